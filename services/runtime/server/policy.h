// The policies of a server's methods, read once from their descriptors. No gRPC.
#ifndef COMITY_RUNTIME_SERVER_POLICY_H_
#define COMITY_RUNTIME_SERVER_POLICY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "services/runtime/server/call.h"

namespace comity::server {

// What decides about calls of one method.
struct MethodRule {
  std::string name;  // `comity.lead.v1.LeadService/CreateLead`
  type::v1::MethodPolicy policy;
  std::vector<std::string> workloads;  // with the default filled in
  bool lists_services = false;         // `service/*` may call without a person
  bool lists_clients = false;          // persons may call it
  absl::Duration timeout;
  const google::protobuf::Descriptor* request = nullptr;
};

// Immutable.
class Policies {
 public:
  // `services`: full names; `grpc.…` (health, reflection) are skipped. Errors: FAILED_PRECONDITION,
  // reason POLICY_INVALID, naming each method without a policy, with an unknown role or workload
  // pattern, without a timeout, that writes and admits auditors,
  // by which a person judges or records and that may be called on his behalf, or that needs no
  // person and admits clients or states a right.
  static absl::StatusOr<Policies> Make(const std::vector<std::string>& services,
                                       const google::protobuf::DescriptorPool& pool);
  // Null when the method is none of the server's.
  const MethodRule* Find(absl::string_view method) const;
  std::vector<std::string> methods() const;

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<const MethodRule>> rules_;
};

// What one method's descriptor says; see Policies::Make for the errors. Pure.
absl::StatusOr<MethodRule> RuleFromDescriptor(const google::protobuf::MethodDescriptor& method);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_POLICY_H_
