// The credit of an opportunity as it stands now: which rule has locked for it, and how it splits.
// Pure: charters, teams and the clock are arguments.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_OUTLOOK_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_OUTLOOK_H_

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/lead/v1/touch.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/gateway/credit/credit_statement.h"

namespace comity::gateway::credit {

// A charter by its revision; null where it is not known.
using CharterAt = std::function<const type::v1::Charter*(int32_t revision)>;
// The team that a person was in then; empty where there was none.
using TeamOf = std::function<std::string(const std::string& person, absl::Time time)>;

// The signature, or, of an open opportunity, one that were made `now`: then all that is recorded
// came before it. Errors: UNAVAILABLE reason SIGNATURE_UNSEQUENCED: it has no position yet.
absl::StatusOr<Signing> SigningOf(const lead::v1::TouchSet& set, absl::Time now);

std::vector<v1::CreditTouch> CreditTouchesOf(const lead::v1::TouchSet& set, const TeamOf& team_of);

// Null where the charter has none of that name.
const type::v1::CreditRule* FindRule(const type::v1::Charter& charter, const std::string& name);

// The rule by which it is split, and the charter that it is of.
struct LockedRule {
  const type::v1::Charter* charter = nullptr;
  const type::v1::CreditRule* rule = nullptr;
};

// Which rule it is follows from the charter under which the opportunity was made and the department
// that was responsible for it then: the first rule among whose departments it is, else the first.
// Which revision of it, the rule's lock says; where that one does not know the rule, the one under
// which the opportunity was made. A touch locks only if it may count by the rule as it was when the
// touch was recorded. No act after the signature moves any of it. Errors: FAILED_PRECONDITION
// reason NO_CREDIT_RULE; INTERNAL where a charter is not known; as LockedRevision.
absl::StatusOr<LockedRule> LockRule(const lead::v1::TouchSet& set, const Signing& signing,
                                    const std::vector<v1::CreditTouch>& touches,
                                    const CharterAt& charter_at);

// What is around an opportunity.
struct Surroundings {
  CharterAt charter_at;
  TeamOf team_of;
  std::set<std::string> accepted;  // the facts of late touches that all parties have accepted
};

// The statement of an opportunity, named `name`. Errors: as SigningOf, LockRule and DrawStatement.
absl::StatusOr<v1::CreditStatement> StatementOf(const lead::v1::TouchSet& set,
                                                const Surroundings& around, const std::string& name,
                                                absl::Time now);

// What its statement would say, had it to be drawn `now`. Errors: as StatementOf.
absl::StatusOr<v1::CreditOutlook> OutlookOf(const lead::v1::TouchSet& set,
                                            const Surroundings& around, absl::Time now);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_OUTLOOK_H_
