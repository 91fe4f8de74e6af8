// What becomes of a credit statement once it is drawn. Pure.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_RULES_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/lead/v1/touch.pb.h"
#include "comity/type/v1/resource.pb.h"

namespace comity::gateway::credit {

// What happened to it, as its journal says: `drawn`, `acknowledged`, `final` …
using CreditEvents = std::vector<std::string>;

// Notes whose term it is: the departments of all parties that have a line, those of late touches,
// also where nobody has a line, and those that are noted already. Where there are none, it is
// nobody's, and final at once.
CreditEvents Begin(absl::Time now, v1::CreditStatement* statement);

// Notes that the department of `actor` has acknowledged it; the last one makes it final. No events:
// it has before. Errors: PERMISSION_DENIED reason NOT_OWN_DEPARTMENT, FAILED_PRECONDITION reason
// CREDIT_STATEMENT_NOT_OPEN (its term is over, or it is reversed).
absl::StatusOr<CreditEvents> Acknowledge(const type::v1::Actor& actor, absl::Time now,
                                         v1::CreditStatement* statement);

// A department disputes it: it stays open until NoteDisputeEnded, whatever its term says. Several
// may. Errors: PERMISSION_DENIED reason NOT_A_PARTY, FAILED_PRECONDITION reasons
// CREDIT_STATEMENT_ACKNOWLEDGED (it had nothing against it) and CREDIT_STATEMENT_NOT_OPEN.
absl::StatusOr<CreditEvents> NoteDisputed(const std::string& department, absl::Time now,
                                          v1::CreditStatement* statement);
// A dispute about it has ended, and it stands. Where none is open any more its term goes on, or is
// over.
CreditEvents NoteDisputeEnded(bool others_are_open, absl::Time now, v1::CreditStatement* statement);

// Notes that its term is over: who has said nothing by then has nothing against it.
CreditEvents NoteTerm(absl::Time now, v1::CreditStatement* statement);

// Whether the signature that stands by now corrects that of the statement.
bool IsCorrected(const v1::CreditStatement& statement, const lead::v1::Signature& standing);
// Why a statement is negated where another signature stands by now: SIGNATURE_CORRECTED if that one
// corrects its own, else SIGNATURE_VOIDED.
std::string WhyReversed(const v1::CreditStatement& statement, const lead::v1::Signature& standing);

// When its term has to be looked at; infinite where nothing is awaited.
absl::Time TermEnd(const v1::CreditStatement& statement);

// Whether it is the one that says how its opportunity is split.
bool Stands(const v1::CreditStatement& statement);

// Takes away the touches and the models: what only who looks at one statement wants to see.
void ClearDetail(v1::CreditStatement* statement);

// What somebody may read.
struct CreditSight {
  bool leads = false;
  bool opportunities = false;
};
// Leaves out what he may not, of outlooks and statements alike: touches and models without leads,
// amounts without opportunities.
void LeaveOut(CreditSight sight, v1::CreditStatement* statement);

// What everybody may read in the journal: the parts, and who has accepted which late touch, without
// money, touches and models. Who may read the opportunity can work out the money: the cut and the
// basis points tell it exactly.
v1::CreditStatement ForJournal(v1::CreditStatement statement);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_RULES_H_
