// What came of a call to another service.
#ifndef COMITY_GATEWAY_OUTCOME_H_
#define COMITY_GATEWAY_OUTCOME_H_

#include <string>

#include "absl/status/status.h"
#include "grpcpp/grpcpp.h"

namespace comity::gateway {

// The service's own error, details and all; or, where gRPC itself reports (it knows no reason and
// may name addresses), UNAVAILABLE SERVICE_UNAVAILABLE or DEADLINE_EXCEEDED.
absl::Status OutcomeOf(const grpc::Status& status, const std::string& service);
// Whether nobody answered, or not in time: another call would fare no better.
bool IsAway(const absl::Status& status);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_OUTCOME_H_
