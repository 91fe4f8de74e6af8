#include "services/gateway/credit/credit_outlook.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/credit/credit_comparison.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

using type::v1::Charter;
using type::v1::CreditRule;

constexpr char kService[] = "lead";
constexpr int64_t kBeyond = std::numeric_limits<int64_t>::max();  // every position
// Of an opportunity without an amount nothing is split, in whatever currency.
constexpr char kAnyCurrency[] = "EUR";

v1::CreditTouch CreditTouchOf(const lead::v1::Touch& from, const TeamOf& team_of) {
  v1::CreditTouch touch;
  touch.set_fact(from.name());
  touch.set_kind(from.kind());
  touch.set_department(from.actor().department());
  touch.set_person(from.actor().person());
  if (!from.actor().person().empty()) {
    touch.set_team(team_of(from.actor().person(), resource::ToTime(from.record_time())));
  }
  *touch.mutable_occur_time() = from.occur_time();
  *touch.mutable_record_time() = from.record_time();
  touch.set_service(kService);
  touch.set_position(from.position() < 0 ? kNoPosition : from.position());
  touch.set_charter_revision(from.charter_revision());
  touch.set_direct(from.direct());
  touch.set_lead_creation(from.lead_creation());
  touch.set_opportunity_creation(from.opportunity_creation());
  touch.set_voided_by(from.voided_by());
  touch.set_contradicted_by(from.contradicted_by());
  return touch;
}

bool Names(const CreditRule& rule, const std::string& department) {
  const auto& all = rule.departments();
  return std::find(all.begin(), all.end(), department) != all.end();
}

const CreditRule* RuleFor(const Charter& charter, const std::string& department) {
  for (const CreditRule& rule : charter.credit_rules()) {
    if (Names(rule, department)) return &rule;
  }
  return charter.credit_rules().empty() ? nullptr : &charter.credit_rules(0);
}

// The rule as it was at `revision`; where that one does not know it, as it was at the creation.
absl::StatusOr<LockedRule> RuleAt(int32_t revision, const LockedRule& at_creation,
                                  const CharterAt& charter_at) {
  const Charter* const charter = charter_at(revision);
  if (charter == nullptr) return Internal("the charter of a touch is not known");
  const CreditRule* const rule = FindRule(*charter, at_creation.rule->name());
  return rule == nullptr ? at_creation : LockedRule{charter, rule};
}

absl::Status NoRule(const lead::v1::TouchSet& set) {
  return PreconditionFailed(
      "NO_CREDIT_RULE", set.opportunity(),
      absl::StrCat("charter revision ", set.charter_revision(),
                   ", under which it was made, has no credit rule; a later one does not count"));
}

// What has no position yet says so again.
void RestorePositions(v1::CreditStatement* statement) {
  for (auto* touches : {statement->mutable_touches(), statement->mutable_late_touches()}) {
    for (v1::CreditTouch& touch : *touches) {
      if (touch.position() == kNoPosition) touch.set_position(-1);
    }
  }
}

// What nobody has drawn has no term, and what is not signed no cut.
void LeaveOutWhatIsNotSo(const lead::v1::TouchSet& set, v1::CreditStatement* statement) {
  statement->clear_state();
  statement->clear_draw_time();
  statement->clear_term_end_time();
  statement->clear_departments();
  if (!set.has_signature()) {
    statement->clear_cuts();
    statement->clear_sign_time();
  }
  if (set.has_amount()) return;
  statement->clear_amount();
  for (v1::CreditLine& line : *statement->mutable_lines()) line.clear_amount();
}

struct DrawnBy {
  v1::CreditStatement statement;
  LockedRule locked;
};

absl::StatusOr<DrawnBy> DrawFor(const lead::v1::TouchSet& set, const Surroundings& around,
                                const std::string& name, absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(const Signing signing, SigningOf(set, now));
  std::vector<v1::CreditTouch> touches = CreditTouchesOf(set, around.team_of);
  for (v1::CreditTouch& touch : touches) {
    touch.set_accepted(around.accepted.contains(touch.fact()));
  }
  COMITY_ASSIGN_OR_RETURN(const LockedRule locked,
                          LockRule(set, signing, touches, around.charter_at));
  COMITY_ASSIGN_OR_RETURN(
      v1::CreditStatement statement,
      DrawStatement(*locked.rule, signing, touches, {name, locked.charter->revision(), now}));
  RestorePositions(&statement);
  return DrawnBy{std::move(statement), locked};
}

}  // namespace

const CreditRule* FindRule(const Charter& charter, const std::string& name) {
  for (const CreditRule& rule : charter.credit_rules()) {
    if (rule.name() == name) return &rule;
  }
  return nullptr;
}

absl::StatusOr<Signing> SigningOf(const lead::v1::TouchSet& set, absl::Time now) {
  Signing signing;
  signing.opportunity = set.opportunity();
  signing.signature = set.signature().fact();
  signing.sign_time = set.has_signature() ? resource::ToTime(set.signature().sign_time()) : now;
  signing.too_many_touches = set.too_many();
  signing.amount = set.has_amount() ? set.amount() : resource::FromMinorUnits(0, kAnyCurrency);
  if (set.has_signature() && set.signature().position() < 0) {
    return Unavailable("SIGNATURE_UNSEQUENCED", "the signature has no position yet; ask again");
  }
  v1::CreditCut& cut = signing.cuts.emplace_back();
  cut.set_service(kService);
  cut.set_position(set.has_signature() ? set.signature().position() : kBeyond);
  return signing;
}

std::vector<v1::CreditTouch> CreditTouchesOf(const lead::v1::TouchSet& set, const TeamOf& team_of) {
  std::vector<v1::CreditTouch> touches;
  for (const lead::v1::Touch& touch : set.touches()) {
    touches.push_back(CreditTouchOf(touch, team_of));
  }
  return touches;
}

absl::StatusOr<LockedRule> LockRule(const lead::v1::TouchSet& set, const Signing& signing,
                                    const std::vector<v1::CreditTouch>& touches,
                                    const CharterAt& charter_at) {
  const Charter* const creation = charter_at(set.charter_revision());
  if (creation == nullptr) return Internal("the charter of an opportunity is not known");
  const CreditRule* const rule = RuleFor(*creation, set.responsible_department());
  if (rule == nullptr) return NoRule(set);
  const LockedRule at_creation = {creation, rule};
  if (rule->lock() != type::v1::CREDIT_LOCK_FIRST_TOUCH) return at_creation;
  std::vector<v1::CreditTouch> that_may_count;
  for (const v1::CreditTouch& touch : touches) {
    COMITY_ASSIGN_OR_RETURN(const LockedRule then,
                            RuleAt(touch.charter_revision(), at_creation, charter_at));
    COMITY_ASSIGN_OR_RETURN(const bool may_count, MayCount(*then.rule, signing, touch));
    if (may_count) that_may_count.push_back(touch);
  }
  COMITY_ASSIGN_OR_RETURN(
      const int32_t revision,
      LockedRevision(rule->lock(), signing, that_may_count, set.charter_revision()));
  return RuleAt(revision, at_creation, charter_at);
}

absl::StatusOr<v1::CreditStatement> StatementOf(const lead::v1::TouchSet& set,
                                                const Surroundings& around, const std::string& name,
                                                absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(DrawnBy drawn, DrawFor(set, around, name, now));
  return std::move(drawn.statement);
}

absl::StatusOr<v1::CreditOutlook> OutlookOf(const lead::v1::TouchSet& set,
                                            const Surroundings& around, absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(DrawnBy drawn, DrawFor(set, around, /*name=*/"", now));
  LeaveOutWhatIsNotSo(set, &drawn.statement);
  v1::CreditOutlook outlook;
  outlook.set_opportunity(set.opportunity());
  outlook.set_rule_text(drawn.locked.rule->text());
  outlook.set_provisional(drawn.locked.charter->provisional());
  *outlook.mutable_statement() = std::move(drawn.statement);
  return outlook;
}

}  // namespace comity::gateway::credit
