#include "services/gateway/credit/credit_acceptance.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/gateway/credit/credit_comparison.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway::credit {
namespace {

using type::v1::CreditRule;
using Touches = google::protobuf::RepeatedPtrField<v1::CreditTouch>;

const v1::CreditTouch* FindIn(const Touches& touches, const std::string& fact) {
  const auto found = std::find_if(touches.begin(), touches.end(),
                                  [&](const auto& touch) { return touch.fact() == fact; });
  return found == touches.end() ? nullptr : &*found;
}

const v1::CreditTouch* FindShown(const v1::CreditStatement& statement, const std::string& fact) {
  for (const Touches* touches :
       {&statement.touches(), &statement.late_touches(), &statement.later_touches()}) {
    const v1::CreditTouch* const found = FindIn(*touches, fact);
    if (found != nullptr) return found;
  }
  return nullptr;
}

v1::CreditStanding StandingIn(const v1::CreditStatement& statement, const std::string& fact) {
  const v1::CreditTouch* const touch = FindShown(statement, fact);
  return touch == nullptr ? v1::CREDIT_STANDING_UNSPECIFIED : touch->standing();
}

bool WaitsForAcceptance(const v1::CreditStatement& statement, const std::string& fact) {
  return StandingIn(statement, fact) == v1::CREDIT_STANDING_LATE;
}

bool CountsAsAccepted(const v1::CreditStatement& statement, const std::string& fact) {
  return StandingIn(statement, fact) == v1::CREDIT_STANDING_ACCEPTED;
}

// The signature that it was drawn for.
Signing SigningBehind(const v1::CreditStatement& statement) {
  Signing signing;
  signing.opportunity = statement.opportunity();
  signing.signature = statement.signature();
  signing.sign_time = resource::ToTime(statement.sign_time());
  signing.amount = statement.amount();
  signing.cuts.assign(statement.cuts().begin(), statement.cuts().end());
  return signing;
}

v1::LateTouchAcceptance* FindAcceptance(const std::string& fact, v1::CreditStatement* statement) {
  for (v1::LateTouchAcceptance& each : *statement->mutable_late_acceptances()) {
    if (each.fact() == fact) return &each;
  }
  return nullptr;
}

// Its place, ordered by fact.
v1::LateTouchAcceptance* AddAcceptance(const std::string& fact, v1::CreditStatement* statement) {
  auto& all = *statement->mutable_late_acceptances();
  all.Add()->set_fact(fact);
  int at = all.size() - 1;
  for (; at > 0 && all[at - 1].fact() > fact; --at) all.SwapElements(at - 1, at);
  return &all[at];
}

bool HasAccepted(const v1::LateTouchAcceptance& acceptance, const std::string& department) {
  const auto& all = acceptance.acceptances();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& one) { return one.department() == department; });
}

void NoteAwaited(const CreditRule& rule, v1::CreditStatement* statement) {
  const std::set<std::string> acceptors = AcceptorsOf(rule, *statement);
  for (v1::LateTouchAcceptance& each : *statement->mutable_late_acceptances()) {
    each.clear_awaits();
    for (const std::string& department : acceptors) {
      if (!HasAccepted(each, department)) each.add_awaits(department);
    }
  }
}

absl::Status CheckTurn(const AcceptanceTurn& turn, const std::vector<std::string>& facts,
                       const v1::CreditStatement& statement) {
  const std::set<std::string> acceptors = AcceptorsOf(turn.rule, statement);
  if (!acceptors.contains(turn.actor.department())) {
    return PermissionDenied("NOT_OWN_DEPARTMENT", absl::StrCat(turn.actor.department(),
                                                               " is no party of this statement"));
  }
  if (statement.state() != v1::CREDIT_STATE_DRAWN || turn.now >= TermEnd(statement)) {
    return PreconditionFailed("CREDIT_STATEMENT_NOT_OPEN", statement.name(),
                              "it is final, disputed or reversed: nothing is accepted");
  }
  if (!facts.empty()) return absl::OkStatus();
  return InvalidField("TOUCH_REQUIRED", "touches", "name the facts of the late touches");
}

// Shows those that were recorded since, as far as they are late: each makes its department a party.
absl::Status TakeLater(const CreditRule& rule, const std::vector<std::string>& facts,
                       const std::vector<v1::CreditTouch>& later, v1::CreditStatement* statement) {
  if (statement->result() == v1::CREDIT_RESULT_TOO_MANY_TOUCHES) return absl::OkStatus();
  const Signing signing = SigningBehind(*statement);
  for (v1::CreditTouch touch : later) {
    const bool is_named = std::find(facts.begin(), facts.end(), touch.fact()) != facts.end();
    if (!is_named || FindShown(*statement, touch.fact()) != nullptr) continue;
    touch.clear_accepted();
    COMITY_ASSIGN_OR_RETURN(const v1::CreditStanding standing, StandingUnder(rule, signing, touch));
    if (standing != v1::CREDIT_STANDING_LATE) continue;
    touch.set_standing(standing);
    touch.set_party(PartyOf(touch, statement->party()));
    if (touch.position() == kNoPosition) touch.set_position(-1);
    *statement->add_later_touches() = std::move(touch);
  }
  return absl::OkStatus();
}

// Whether it is news.
absl::StatusOr<bool> AcceptOne(const AcceptanceTurn& turn, const std::string& fact,
                               v1::CreditStatement* statement) {
  v1::LateTouchAcceptance* acceptance = FindAcceptance(fact, statement);
  if (acceptance == nullptr && !WaitsForAcceptance(*statement, fact)) {
    return PreconditionFailed("TOUCH_NOT_LATE", fact,
                              "it is no late touch of this statement that could count");
  }
  if (acceptance == nullptr && statement->late_acceptances_size() >= kMostAccepted) {
    return PreconditionFailed("TOO_MANY_LATE_TOUCHES", statement->name(),
                              absl::StrCat("at most ", kMostAccepted, " are accepted at a time"));
  }
  if (acceptance == nullptr) acceptance = AddAcceptance(fact, statement);
  if (HasAccepted(*acceptance, turn.actor.department())) return false;
  v1::CreditAcceptance* const said = acceptance->add_acceptances();
  said->set_department(turn.actor.department());
  *said->mutable_actor() = turn.actor;
  *said->mutable_time() = resource::FromTime(turn.now);
  return true;
}

template <typename Items, typename Test>
void RemoveWhere(Items* items, Test test) {
  items->erase(std::remove_if(items->begin(), items->end(), test), items->end());
}

absl::StatusOr<bool> TakeBackOne(const AcceptanceTurn& turn, const std::string& fact,
                                 v1::CreditStatement* statement) {
  v1::LateTouchAcceptance* const acceptance = FindAcceptance(fact, statement);
  const std::string& department = turn.actor.department();
  if (acceptance == nullptr || !HasAccepted(*acceptance, department)) return false;
  if (CountsAsAccepted(*statement, fact)) {
    return PreconditionFailed("TOUCH_COUNTS", fact,
                              "all have accepted it: who is against it now disputes the statement");
  }
  RemoveWhere(acceptance->mutable_acceptances(),
              [&](const auto& one) { return one.department() == department; });
  if (!acceptance->acceptances().empty()) return true;
  // Nobody speaks for it any more.
  RemoveWhere(statement->mutable_late_acceptances(),
              [&](const auto& each) { return each.fact() == fact; });
  RemoveWhere(statement->mutable_later_touches(),
              [&](const auto& touch) { return touch.fact() == fact; });
  return true;
}

// All touches of a statement, those that all have accepted marked.
std::vector<v1::CreditTouch> TouchesWithAccepted(const v1::CreditStatement& statement) {
  const std::set<std::string> accepted = AcceptedByAll(statement);
  std::vector<v1::CreditTouch> all;
  for (const Touches* touches :
       {&statement.touches(), &statement.late_touches(), &statement.later_touches()}) {
    for (v1::CreditTouch touch : *touches) {
      touch.set_accepted(accepted.contains(touch.fact()));
      // What had no position yet came after all that had one.
      if (touch.position() < 0) touch.set_position(kNoPosition);
      all.push_back(std::move(touch));
    }
  }
  return all;
}

void ShowNoPosition(Touches* touches) {
  for (v1::CreditTouch& touch : *touches) {
    if (touch.position() == kNoPosition) touch.set_position(-1);
  }
}

}  // namespace

std::set<std::string> AcceptorsOf(const CreditRule& rule, const v1::CreditStatement& statement) {
  std::set<std::string> acceptors(statement.departments().begin(), statement.departments().end());
  if (statement.party() == type::v1::CREDIT_PARTY_DEPARTMENT) {
    for (std::string& department : DepartmentsOf(rule)) acceptors.insert(std::move(department));
  }
  for (const auto& touch : statement.later_touches()) acceptors.insert(touch.department());
  return acceptors;
}

absl::StatusOr<CreditEvents> AcceptLate(const AcceptanceTurn& turn,
                                        const std::vector<std::string>& facts,
                                        const std::vector<v1::CreditTouch>& later,
                                        v1::CreditStatement* statement) {
  v1::CreditStatement changed = *statement;
  COMITY_RETURN_IF_ERROR(TakeLater(turn.rule, facts, later, &changed));
  COMITY_RETURN_IF_ERROR(CheckTurn(turn, facts, changed));
  bool is_news = false;
  for (const std::string& fact : facts) {
    COMITY_ASSIGN_OR_RETURN(const bool accepted, AcceptOne(turn, fact, &changed));
    is_news = is_news || accepted;
  }
  if (!is_news) return CreditEvents();
  NoteAwaited(turn.rule, &changed);
  *statement = std::move(changed);
  return CreditEvents{"late-touches-accepted"};
}

absl::StatusOr<CreditEvents> TakeBack(const AcceptanceTurn& turn,
                                      const std::vector<std::string>& facts,
                                      v1::CreditStatement* statement) {
  COMITY_RETURN_IF_ERROR(CheckTurn(turn, facts, *statement));
  v1::CreditStatement changed = *statement;
  bool is_news = false;
  for (const std::string& fact : facts) {
    COMITY_ASSIGN_OR_RETURN(const bool taken, TakeBackOne(turn, fact, &changed));
    is_news = is_news || taken;
  }
  if (!is_news) return CreditEvents();
  NoteAwaited(turn.rule, &changed);
  *statement = std::move(changed);
  return CreditEvents{"acceptances-taken-back"};
}

std::vector<std::string> NotShown(const v1::CreditStatement& statement,
                                  const std::vector<std::string>& facts) {
  std::vector<std::string> unknown;
  for (const std::string& fact : facts) {
    if (FindShown(statement, fact) == nullptr) unknown.push_back(fact);
  }
  return unknown;
}

std::set<std::string> AcceptedByAll(const v1::CreditStatement& statement) {
  std::set<std::string> facts;
  for (const v1::LateTouchAcceptance& each : statement.late_acceptances()) {
    if (each.awaits().empty()) facts.insert(each.fact());
  }
  return facts;
}

bool MustBeDrawnAnew(const v1::CreditStatement& statement) {
  const std::set<std::string> accepted = AcceptedByAll(statement);
  return std::any_of(accepted.begin(), accepted.end(),
                     [&](const std::string& fact) { return WaitsForAcceptance(statement, fact); });
}

absl::StatusOr<DrawnAnew> DrawAccepted(const CreditRule& rule, const v1::CreditStatement& statement,
                                       const std::string& name, absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(
      v1::CreditStatement drawn,
      DrawStatement(rule, SigningBehind(statement), TouchesWithAccepted(statement),
                    {name, statement.charter_revision(), now}));
  ShowNoPosition(drawn.mutable_touches());
  ShowNoPosition(drawn.mutable_late_touches());
  drawn.set_source_position(statement.source_position());
  *drawn.mutable_late_acceptances() = statement.late_acceptances();
  CreditEvents events = Begin(now, &drawn);
  NoteAwaited(rule, &drawn);
  return DrawnAnew{std::move(drawn), std::move(events)};
}

void CarryAcceptances(const CreditRule& rule, const v1::CreditStatement& from,
                      v1::CreditStatement* to) {
  for (const v1::LateTouchAcceptance& each : from.late_acceptances()) {
    if (WaitsForAcceptance(*to, each.fact())) *to->add_late_acceptances() = each;
  }
  NoteAwaited(rule, to);
}

void DropPending(v1::CreditStatement* statement) {
  RemoveWhere(statement->mutable_late_acceptances(),
              [&](const auto& each) { return !CountsAsAccepted(*statement, each.fact()); });
  statement->clear_later_touches();
}

}  // namespace comity::gateway::credit
