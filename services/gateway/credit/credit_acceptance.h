// Late touches that the parties accept, so that they count. Pure.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_ACCEPTANCE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_ACCEPTANCE_H_

#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "comity/type/v1/resource.pb.h"
#include "services/gateway/credit/credit_rules.h"

namespace comity::gateway::credit {

// Most late touches of a statement about which departments have said something.
inline constexpr int kMostAccepted = 200;

// Those that must all accept a late touch: the departments that its term is for; where credit goes
// to departments, those of the rule, also where nobody has a line yet; and those of touches that
// were recorded since it was drawn, and that a department has accepted.
std::set<std::string> AcceptorsOf(const type::v1::CreditRule& rule,
                                  const v1::CreditStatement& statement);

// Who says something, and when.
struct AcceptanceTurn {
  const type::v1::CreditRule& rule;  // that of the statement
  const type::v1::Actor& actor;
  absl::Time now;
};

// Notes that the department of `turn.actor` accepts the touches of `facts`. `later`: those of them
// that the statement does not show, as the lead service tells of them. No events: it has accepted
// them before. On an error nothing is changed. Errors: PERMISSION_DENIED reason NOT_OWN_DEPARTMENT;
// FAILED_PRECONDITION reasons CREDIT_STATEMENT_NOT_OPEN (final, reversed, its term over, or
// disputed), TOUCH_NOT_LATE, TOO_MANY_LATE_TOUCHES; INVALID_ARGUMENT reason TOUCH_REQUIRED.
absl::StatusOr<CreditEvents> AcceptLate(const AcceptanceTurn& turn,
                                        const std::vector<std::string>& facts,
                                        const std::vector<v1::CreditTouch>& later,
                                        v1::CreditStatement* statement);
// Takes that back. No events: it had accepted none of them. Errors: as AcceptLate, and
// FAILED_PRECONDITION reason TOUCH_COUNTS instead of TOUCH_NOT_LATE.
absl::StatusOr<CreditEvents> TakeBack(const AcceptanceTurn& turn,
                                      const std::vector<std::string>& facts,
                                      v1::CreditStatement* statement);

// Those of `facts` that it does not show at all.
std::vector<std::string> NotShown(const v1::CreditStatement& statement,
                                  const std::vector<std::string>& facts);
// The facts of the touches that all have accepted.
std::set<std::string> AcceptedByAll(const v1::CreditStatement& statement);
// Whether one of these does not count in it yet.
bool MustBeDrawnAnew(const v1::CreditStatement& statement);

// A statement, and what its journal says of it.
struct DrawnAnew {
  v1::CreditStatement statement;
  CreditEvents events;
};
// `statement` drawn anew, with what all have accepted: by the same rule, revision, cuts and
// touches, with a term of its own. Who has accepted what goes with it. Errors: as DrawStatement.
absl::StatusOr<DrawnAnew> DrawAccepted(const type::v1::CreditRule& rule,
                                       const v1::CreditStatement& statement,
                                       const std::string& name, absl::Time now);

// What was accepted in `from` stays accepted in `to`, which a corrected signature draws, as far as
// it is late there; one that is a party of `to` alone has yet to accept it.
void CarryAcceptances(const type::v1::CreditRule& rule, const v1::CreditStatement& from,
                      v1::CreditStatement* to);
// Keeps of what was accepted only what counts.
void DropPending(v1::CreditStatement* statement);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_ACCEPTANCE_H_
