#include "services/gateway/credit/credit_statement.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "services/gateway/credit/credit_comparison.h"
#include "services/gateway/credit/credit_models.h"
#include "services/gateway/credit/credit_split.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

using google::type::Money;
using type::v1::CreditRule;

constexpr double kMostDays = 1e6;  // beyond every record; times stay finite

bool DaysFit(double days) { return days >= 0 && days <= kMostDays; }

absl::Status CheckRule(const CreditRule& rule) {
  const bool fits = rule.model() != type::v1::CREDIT_MODEL_UNSPECIFIED &&
                    type::v1::CreditModel_IsValid(rule.model()) &&
                    type::v1::CreditParty_IsValid(rule.party()) && DaysFit(rule.window_days()) &&
                    DaysFit(rule.half_life_days()) && DaysFit(rule.term_days()) &&
                    HalfLifeOf(rule) > absl::ZeroDuration();
  if (fits) return absl::OkStatus();
  return InvalidField("CREDIT_RULE_INVALID", "rule",
                      "a rule has a model, a kind of party, and days from 0 to 1,000,000");
}

absl::Status CheckTouch(const v1::CreditTouch& touch) {
  if (!touch.fact().empty() && !touch.department().empty() && touch.has_occur_time()) {
    return absl::OkStatus();
  }
  return InvalidField("CREDIT_TOUCH_INVALID", "touches",
                      "a touch has a fact, a department and a time");
}

absl::StatusOr<bool> RecordedBefore(const v1::CreditTouch& touch, const Signing& signing) {
  for (const v1::CreditCut& cut : signing.cuts) {
    if (cut.service() == touch.service()) return touch.position() < cut.position();
  }
  return InvalidField("CREDIT_CUT_MISSING", "cuts",
                      "each journal with touches needs its position at the signature");
}

bool IsParty(const CreditRule& rule, const std::string& department) {
  const std::vector<std::string> all = DepartmentsOf(rule);
  return all.empty() || std::find(all.begin(), all.end(), department) != all.end();
}

v1::CreditStanding StandingOf(const v1::CreditTouch& touch, const CreditRule& rule,
                              const Signing& signing, bool recorded_before) {
  if (!touch.voided_by().empty()) return v1::CREDIT_STANDING_VOIDED;
  if (!IsParty(rule, touch.department())) return v1::CREDIT_STANDING_NOT_A_PARTY;
  const absl::Time time = resource::ToTime(touch.occur_time());
  if (rule.window_days() > 0 && time < signing.sign_time - rule.window_days() * absl::Hours(24)) {
    return v1::CREDIT_STANDING_OUTSIDE_WINDOW;
  }
  if (recorded_before) return v1::CREDIT_STANDING_COUNTS;
  if (time > signing.sign_time) return v1::CREDIT_STANDING_AFTER_SIGNATURE;
  return touch.accepted() ? v1::CREDIT_STANDING_ACCEPTED : v1::CREDIT_STANDING_LATE;
}

bool Counts(const v1::CreditTouch& touch) {
  return touch.standing() == v1::CREDIT_STANDING_COUNTS ||
         touch.standing() == v1::CREDIT_STANDING_ACCEPTED;
}

bool IsLate(const v1::CreditTouch& touch) { return touch.standing() == v1::CREDIT_STANDING_LATE; }

// What either says of the fact that both reached.
void Join(const v1::CreditTouch& other, v1::CreditTouch* touch) {
  touch->set_direct(touch->direct() || other.direct());
  touch->set_lead_creation(touch->lead_creation() || other.lead_creation());
  touch->set_opportunity_creation(touch->opportunity_creation() || other.opportunity_creation());
  touch->set_accepted(touch->accepted() || other.accepted());
}

// Touches in the order in which they happened, each once.
std::vector<v1::CreditTouch> InOrder(const std::vector<v1::CreditTouch>& touches) {
  std::map<std::string, v1::CreditTouch> by_fact;
  for (const v1::CreditTouch& touch : touches) {
    Join(touch, &by_fact.try_emplace(touch.fact(), touch).first->second);
  }
  std::vector<v1::CreditTouch> in_order;
  for (auto& [fact, touch] : by_fact) in_order.push_back(std::move(touch));
  std::sort(in_order.begin(), in_order.end(),
            [](const auto& a, const auto& b) { return ComesBefore(TouchOf(a), TouchOf(b)); });
  return in_order;
}

// Gives each touch its standing and party, and puts it where the statement shows it.
absl::Status SortTouches(const CreditRule& rule, const Signing& signing,
                         const std::vector<v1::CreditTouch>& touches,
                         v1::CreditStatement* statement) {
  for (const v1::CreditTouch& touch : touches) COMITY_RETURN_IF_ERROR(CheckTouch(touch));
  for (v1::CreditTouch& touch : InOrder(touches)) {
    COMITY_ASSIGN_OR_RETURN(const bool before, RecordedBefore(touch, signing));
    touch.set_standing(StandingOf(touch, rule, signing, before));
    touch.set_party(PartyOf(touch, statement->party()));
    touch.clear_weight();
    const bool shown_late = !before && touch.standing() != v1::CREDIT_STANDING_ACCEPTED;
    *(shown_late ? statement->add_late_touches() : statement->add_touches()) = std::move(touch);
  }
  return absl::OkStatus();
}

std::vector<std::string> PartiesOf(const CreditRule& rule, const v1::CreditStatement& statement,
                                   type::v1::CreditParty kind) {
  std::vector<std::string> parties;
  if (kind == type::v1::CREDIT_PARTY_DEPARTMENT) parties = DepartmentsOf(rule);
  for (const auto& touch : statement.touches()) {
    if (Counts(touch)) parties.push_back(PartyOf(touch, kind));
  }
  for (const auto& touch : statement.late_touches()) {
    if (IsLate(touch)) parties.push_back(PartyOf(touch, kind));
  }
  return parties;
}

// The weights of the touches that count under the rule's model.
absl::Status AddWeights(const CreditRule& rule, v1::CreditStatement* statement) {
  if (rule.model() == type::v1::CREDIT_MODEL_BY_ROLE) return absl::OkStatus();
  std::vector<Touch> touches;
  for (const auto& touch : statement->touches()) {
    if (Counts(touch)) touches.push_back(TouchOf(touch));
  }
  COMITY_ASSIGN_OR_RETURN(const auto weights, WeightsOf(rule.model(), touches, HalfLifeOf(rule)));
  auto weight = weights.begin();
  for (auto& touch : *statement->mutable_touches()) {
    if (Counts(touch)) touch.set_weight(*weight++);
  }
  return absl::OkStatus();
}

absl::Status AddLines(const Basis& basis, int64_t minor, v1::CreditStatement* statement) {
  if (basis.counted.empty() && basis.rule.model() != type::v1::CREDIT_MODEL_BY_ROLE) {
    statement->set_result(v1::CREDIT_RESULT_NO_TOUCHES);
    return absl::OkStatus();
  }
  statement->set_result(v1::CREDIT_RESULT_SPLIT);
  COMITY_RETURN_IF_ERROR(AddWeights(basis.rule, statement));
  COMITY_ASSIGN_OR_RETURN(const auto points, SplitUnder(basis.rule.model(), basis));
  // By the basis points that the statement shows: who has them can work out the money.
  COMITY_ASSIGN_OR_RETURN(const auto money, SplitUnits(minor, points));
  for (size_t i = 0; i < points.size(); ++i) {
    v1::CreditLine* line = statement->add_lines();
    line->set_party(points[i].party);
    line->set_basis_points(static_cast<int32_t>(points[i].units));
    *line->mutable_amount() =
        resource::FromMinorUnits(money[i].units, statement->amount().currency_code());
  }
  return absl::OkStatus();
}

// Nobody has numbers, so it is for all among whom the rule would split.
void NoteTooMany(const CreditRule& rule, v1::CreditStatement* statement) {
  statement->set_result(v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  const std::vector<std::string> all = DepartmentsOf(rule);
  for (const std::string& department : std::set<std::string>(all.begin(), all.end())) {
    statement->add_departments(department);
  }
}

absl::Status AddNumbers(const CreditRule& rule, int64_t minor, v1::CreditStatement* statement) {
  std::vector<v1::CreditTouch> counted;
  for (const auto& touch : statement->touches()) {
    if (Counts(touch)) counted.push_back(touch);
  }
  const auto basis = [&](type::v1::CreditParty kind) {
    return Basis{rule, counted, kind, PartiesOf(rule, *statement, kind)};
  };
  const Basis by_party = basis(statement->party());
  COMITY_RETURN_IF_ERROR(AddLines(by_party, minor, statement));
  COMITY_ASSIGN_OR_RETURN(*statement->mutable_comparison(), Compare(by_party));
  COMITY_ASSIGN_OR_RETURN(*statement->mutable_department_comparison(),
                          Compare(basis(type::v1::CREDIT_PARTY_DEPARTMENT)));
  return absl::OkStatus();
}

// Whether a reversal can negate it.
absl::StatusOr<int64_t> MinorUnitsOf(const Money& amount) {
  COMITY_ASSIGN_OR_RETURN(const int64_t minor, resource::ToMinorUnits(amount));
  if (minor == std::numeric_limits<int64_t>::min()) {
    return InvalidField("MONEY_OUT_OF_RANGE", "amount", "the amount has no negative in 64 bits");
  }
  return minor;
}

absl::StatusOr<Money> Negated(const Money& money) {
  COMITY_ASSIGN_OR_RETURN(const int64_t minor, MinorUnitsOf(money));
  return resource::FromMinorUnits(-minor, money.currency_code());
}

absl::Status CheckReversible(const v1::CreditStatement& statement) {
  if (!statement.reverses().empty()) {
    return PreconditionFailed("CREDIT_STATEMENT_IS_REVERSAL", statement.name(),
                              "a reversal is final: draw a new statement instead");
  }
  if (statement.state() == v1::CREDIT_STATE_REVERSED) {
    return PreconditionFailed("CREDIT_STATEMENT_REVERSED", statement.name(),
                              "a statement is reversed once");
  }
  return absl::OkStatus();
}

}  // namespace

std::vector<std::string> DepartmentsOf(const CreditRule& rule) {
  std::vector<std::string> departments(rule.departments().begin(), rule.departments().end());
  for (const auto& share : rule.shares()) departments.push_back(share.department());
  return departments;
}

absl::StatusOr<v1::CreditStatement> DrawStatement(const CreditRule& rule, const Signing& signing,
                                                  const std::vector<v1::CreditTouch>& touches,
                                                  const Drawing& drawing) {
  COMITY_RETURN_IF_ERROR(CheckRule(rule));
  COMITY_ASSIGN_OR_RETURN(const int64_t minor, MinorUnitsOf(signing.amount));
  v1::CreditStatement statement;
  statement.set_name(drawing.name);
  statement.set_opportunity(signing.opportunity);
  statement.set_signature(signing.signature);
  *statement.mutable_sign_time() = resource::FromTime(signing.sign_time);
  statement.mutable_cuts()->Add(signing.cuts.begin(), signing.cuts.end());
  statement.set_rule(rule.name());
  statement.set_charter_revision(drawing.charter_revision);
  statement.set_model(rule.model());
  statement.set_party(PartyKindOf(rule));
  statement.set_state(v1::CREDIT_STATE_DRAWN);
  *statement.mutable_amount() = signing.amount;
  *statement.mutable_draw_time() = resource::FromTime(drawing.draw_time);
  *statement.mutable_term_end_time() =
      resource::FromTime(drawing.draw_time + rule.term_days() * absl::Hours(24));
  if (signing.too_many_touches) {
    NoteTooMany(rule, &statement);
    return statement;
  }
  COMITY_RETURN_IF_ERROR(SortTouches(rule, signing, touches, &statement));
  COMITY_RETURN_IF_ERROR(AddNumbers(rule, minor, &statement));
  return statement;
}

absl::StatusOr<v1::CreditStatement> ReverseStatement(const v1::CreditStatement& statement,
                                                     const std::string& name,
                                                     const std::string& reason,
                                                     absl::Time draw_time) {
  COMITY_RETURN_IF_ERROR(CheckReversible(statement));
  v1::CreditStatement reversal = statement;
  reversal.set_name(name);
  reversal.set_state(v1::CREDIT_STATE_FINAL);
  reversal.set_reverses(statement.name());
  reversal.set_reason(reason);
  *reversal.mutable_draw_time() = resource::FromTime(draw_time);
  *reversal.mutable_final_time() = resource::FromTime(draw_time);
  // The statement that it names shows why the lines were what they are, and who acknowledged them.
  reversal.clear_departments();
  reversal.clear_dispute();
  reversal.clear_acknowledgements();
  reversal.clear_term_end_time();
  reversal.clear_touches();
  reversal.clear_late_touches();
  reversal.clear_later_touches();
  reversal.clear_late_acceptances();
  reversal.clear_comparison();
  reversal.clear_department_comparison();
  COMITY_ASSIGN_OR_RETURN(*reversal.mutable_amount(), Negated(statement.amount()));
  for (v1::CreditLine& line : *reversal.mutable_lines()) {
    line.set_basis_points(-line.basis_points());
    COMITY_ASSIGN_OR_RETURN(*line.mutable_amount(), Negated(line.amount()));
  }
  return reversal;
}

absl::StatusOr<v1::CreditStanding> StandingUnder(const CreditRule& rule, const Signing& signing,
                                                 const v1::CreditTouch& touch) {
  COMITY_ASSIGN_OR_RETURN(const bool before, RecordedBefore(touch, signing));
  return StandingOf(touch, rule, signing, before);
}

absl::StatusOr<bool> MayCount(const CreditRule& rule, const Signing& signing,
                              const v1::CreditTouch& touch) {
  COMITY_ASSIGN_OR_RETURN(const v1::CreditStanding standing, StandingUnder(rule, signing, touch));
  const bool is_left_out = rule.model() == type::v1::CREDIT_MODEL_LAST_NON_DIRECT && touch.direct();
  return standing == v1::CREDIT_STANDING_COUNTS && !is_left_out;
}

absl::StatusOr<int32_t> LockedRevision(type::v1::CreditLock lock, const Signing& signing,
                                       absl::Span<const v1::CreditTouch> touches,
                                       int32_t revision_at_creation) {
  if (lock != type::v1::CREDIT_LOCK_FIRST_TOUCH) return revision_at_creation;
  // Across journals only the clock of recording orders entries.
  const auto key = [](const v1::CreditTouch& touch) {
    return std::make_tuple(resource::ToTime(touch.record_time()), touch.position(), touch.fact());
  };
  const v1::CreditTouch* first = nullptr;
  for (const v1::CreditTouch& touch : touches) {
    COMITY_ASSIGN_OR_RETURN(const bool before, RecordedBefore(touch, signing));
    if (before && (first == nullptr || key(touch) < key(*first))) first = &touch;
  }
  return first == nullptr ? revision_at_creation : first->charter_revision();
}

}  // namespace comity::gateway::credit
