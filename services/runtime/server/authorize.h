// Whether a verified caller may call a method. Pure.
#ifndef COMITY_RUNTIME_SERVER_AUTHORIZE_H_
#define COMITY_RUNTIME_SERVER_AUTHORIZE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/server/policy.h"

namespace comity::server {

// PERMISSION_DENIED reason WORKLOAD_NOT_ALLOWED unless the method lists the workload.
absl::Status CheckWorkload(const MethodRule& rule, const std::string& workload);

// Whether a call without a token can be one at all: the method needs no person, or it is one that
// services may call by themselves and a service calls.
bool MayLackPerson(const MethodRule& rule, const std::string& workload);

// Whether a token may come with the call. `asserted`: the workload that asserts to act on behalf of
// the person; empty: it is the person's own token. PERMISSION_DENIED reasons ON_BEHALF_NOT_ALLOWED
// (the method is none for that, or another workload asserted), WORKLOAD_NOT_ALLOWED (persons may
// not call the method, also not through the gateway).
absl::Status CheckOnBehalf(const MethodRule& rule, const std::string& workload,
                           const std::string& asserted);

// PERMISSION_DENIED reason ROLE_REQUIRED unless the method lists one of the caller's roles.
absl::Status CheckRole(const MethodRule& rule, const Principal& principal);

// The rights READ, UPDATE and READ_JOURNAL by the charter's access table; RECORD and JUDGE depend
// on kind and question and are checked by the components. `owned`: the service's collections; its
// journal needs the right to read each of them as well.
// Errors: PERMISSION_DENIED reason RIGHT_REQUIRED; INVALID_ARGUMENT reason INVALID_NAME when the
// request names no collection.
absl::Status CheckRight(const MethodRule& rule, const Principal& principal,
                        const charter::Charter& charter, const std::vector<std::string>& owned,
                        const google::protobuf::Message& request);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_AUTHORIZE_H_
