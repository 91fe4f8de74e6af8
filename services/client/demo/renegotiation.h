// What the story proposes to change in the charter. Pure.
#ifndef COMITY_CLIENT_DEMO_RENEGOTIATION_H_
#define COMITY_CLIENT_DEMO_RENEGOTIATION_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/type/v1/charter.pb.h"

namespace comity::client {

struct Renegotiation {
  type::v1::Charter far;   // management decides what has become of an opportunity
  type::v1::Charter near;  // sales does; another number of days of silence is a loss
  std::string days;        // that number: `sixty` where it was ninety, and `ninety` otherwise
};

// So a second play takes back what the first one changed. FAILED_PRECONDITION reason
// NOT_A_DEMONSTRATION: the charter does not say of questions/opportunity-outcome what the
// demonstration's does.
absl::StatusOr<Renegotiation> Renegotiate(const type::v1::Charter& charter);

// FAILED_PRECONDITION reason NOT_A_DEMONSTRATION: why the story cannot be played.
absl::Status NotADemonstration(const std::string& why);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_RENEGOTIATION_H_
