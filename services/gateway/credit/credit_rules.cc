#include "services/gateway/credit/credit_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

bool HasAcknowledged(const v1::CreditStatement& statement, const std::string& department) {
  const auto& all = statement.acknowledgements();
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& one) { return one.department() == department; });
}

// One that is voided, too old or of a stranger is nobody's claim.
bool IsClaim(const v1::CreditTouch& touch) {
  return touch.standing() == v1::CREDIT_STANDING_COUNTS ||
         touch.standing() == v1::CREDIT_STANDING_ACCEPTED ||
         touch.standing() == v1::CREDIT_STANDING_LATE;
}

// Those for which a party stands: itself, or whoever recorded what it has credit for, or would
// have.
std::set<std::string> DepartmentsBehind(const v1::CreditStatement& statement) {
  std::set<std::string> departments(statement.departments().begin(), statement.departments().end());
  for (const v1::CreditLine& line : statement.lines()) {
    if (absl::StartsWith(line.party(), "departments/")) departments.insert(line.party());
  }
  for (const auto* touches : {&statement.touches(), &statement.late_touches()}) {
    for (const v1::CreditTouch& touch : *touches) {
      if (IsClaim(touch)) departments.insert(touch.department());
    }
  }
  return departments;
}

CreditEvents MakeFinal(absl::Time now, v1::CreditStatement* statement) {
  statement->set_state(v1::CREDIT_STATE_FINAL);
  *statement->mutable_final_time() = resource::FromTime(now);
  return {"final"};
}

bool AllHaveAcknowledged(const v1::CreditStatement& statement) {
  const auto& all = statement.departments();
  return std::all_of(all.begin(), all.end(), [&](const std::string& department) {
    return HasAcknowledged(statement, department);
  });
}

}  // namespace

CreditEvents Begin(absl::Time now, v1::CreditStatement* statement) {
  const std::set<std::string> departments = DepartmentsBehind(*statement);
  statement->clear_departments();
  for (const std::string& department : departments) statement->add_departments(department);
  CreditEvents events = {"drawn"};
  if (!statement->departments().empty()) return events;
  for (std::string& event : MakeFinal(now, statement)) events.push_back(std::move(event));
  return events;
}

absl::StatusOr<CreditEvents> Acknowledge(const type::v1::Actor& actor, absl::Time now,
                                         v1::CreditStatement* statement) {
  const auto& all = statement->departments();
  if (std::find(all.begin(), all.end(), actor.department()) == all.end()) {
    return PermissionDenied("NOT_OWN_DEPARTMENT",
                            absl::StrCat(actor.department(), " is no party of this statement"));
  }
  if (HasAcknowledged(*statement, actor.department())) return CreditEvents();
  if (statement->state() != v1::CREDIT_STATE_DRAWN || now >= TermEnd(*statement)) {
    return PreconditionFailed("CREDIT_STATEMENT_NOT_OPEN", statement->name(),
                              "it is final, disputed or reversed: nothing is awaited");
  }
  v1::CreditAcknowledgement* said = statement->add_acknowledgements();
  said->set_department(actor.department());
  *said->mutable_actor() = actor;
  *said->mutable_time() = resource::FromTime(now);
  CreditEvents events = {"acknowledged"};
  if (!AllHaveAcknowledged(*statement)) return events;
  for (std::string& event : MakeFinal(now, statement)) events.push_back(std::move(event));
  return events;
}

absl::StatusOr<CreditEvents> NoteDisputed(const std::string& department, absl::Time now,
                                          v1::CreditStatement* statement) {
  const auto& all = statement->departments();
  if (std::find(all.begin(), all.end(), department) == all.end()) {
    return PermissionDenied("NOT_A_PARTY",
                            absl::StrCat(department, " is no party of this statement"));
  }
  if (HasAcknowledged(*statement, department)) {
    return PreconditionFailed("CREDIT_STATEMENT_ACKNOWLEDGED", statement->name(),
                              absl::StrCat(department, " has said that it has nothing against it"));
  }
  // A dispute keeps it from being final; it gives nobody more time to say something.
  const bool is_open = (statement->state() == v1::CREDIT_STATE_DISPUTED ||
                        statement->state() == v1::CREDIT_STATE_DRAWN) &&
                       now < resource::ToTime(statement->term_end_time());
  if (!is_open) {
    return PreconditionFailed("CREDIT_STATEMENT_NOT_OPEN", statement->name(),
                              "it is final or reversed, or its term is over");
  }
  statement->set_state(v1::CREDIT_STATE_DISPUTED);
  return CreditEvents{"disputed"};
}

CreditEvents NoteDisputeEnded(bool others_are_open, absl::Time now,
                              v1::CreditStatement* statement) {
  CreditEvents events = {"dispute-ended"};
  if (others_are_open || statement->state() != v1::CREDIT_STATE_DISPUTED) return events;
  statement->set_state(v1::CREDIT_STATE_DRAWN);
  for (std::string& event : NoteTerm(now, statement)) events.push_back(std::move(event));
  return events;
}

CreditEvents NoteTerm(absl::Time now, v1::CreditStatement* statement) {
  if (now < TermEnd(*statement)) return {};
  return MakeFinal(now, statement);
}

bool IsCorrected(const v1::CreditStatement& statement, const lead::v1::Signature& standing) {
  const auto& corrected = standing.corrects();
  return std::find(corrected.begin(), corrected.end(), statement.signature()) != corrected.end();
}

std::string WhyReversed(const v1::CreditStatement& statement, const lead::v1::Signature& standing) {
  return IsCorrected(statement, standing) ? "SIGNATURE_CORRECTED" : "SIGNATURE_VOIDED";
}

absl::Time TermEnd(const v1::CreditStatement& statement) {
  if (statement.state() != v1::CREDIT_STATE_DRAWN) return absl::InfiniteFuture();
  return resource::ToTime(statement.term_end_time());
}

bool Stands(const v1::CreditStatement& statement) {
  return statement.reverses().empty() && statement.state() != v1::CREDIT_STATE_REVERSED;
}

void ClearDetail(v1::CreditStatement* statement) {
  statement->clear_touches();
  statement->clear_late_touches();
  statement->clear_later_touches();
  statement->clear_comparison();
  statement->clear_department_comparison();
}

void LeaveOut(CreditSight sight, v1::CreditStatement* statement) {
  if (!sight.leads) ClearDetail(statement);
  if (sight.opportunities) return;
  statement->clear_amount();
  for (v1::CreditLine& line : *statement->mutable_lines()) line.clear_amount();
}

v1::CreditStatement ForJournal(v1::CreditStatement statement) {
  LeaveOut({.leads = false, .opportunities = false}, &statement);
  return statement;
}

}  // namespace comity::gateway::credit
