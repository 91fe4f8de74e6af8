// Which method a path names, and which service's process answers it: by descriptor. Pure.
#ifndef COMITY_GATEWAY_HTTP_DOOR_ROUTE_TABLE_H_
#define COMITY_GATEWAY_HTTP_DOOR_ROUTE_TABLE_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::gateway {

class RouteTable {
 public:
  // Knows every unary method that persons may call of a `comity.…` service that is linked into this
  // program, and from
  // RIGHT_UPDATE in their policies which service owns which collection.
  RouteTable();

  // The method of `/comity.lead.v1.LeadService/GetLead`. Errors: UNIMPLEMENTED reason
  // METHOD_UNKNOWN or STREAM_UNSUPPORTED.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> Find(absl::string_view path) const;

  // The service that answers: that of the package; or, for packages that stand in several services,
  // the owner of the collection of the name that the request carries; or, where it carries none,
  // `hint`. Errors: INVALID_ARGUMENT reason SERVICE_AMBIGUOUS or COLLECTION_UNKNOWN.
  absl::StatusOr<std::string> ServiceOf(const google::protobuf::MethodDescriptor& method,
                                        const google::protobuf::Message& request,
                                        absl::string_view hint) const;

  // `lead` of `leads`; empty if unknown.
  std::string OwnerOf(absl::string_view collection) const;
  // Every unary path, sorted.
  std::vector<std::string> paths() const;

 private:
  void Add(const google::protobuf::ServiceDescriptor& service);

  absl::flat_hash_map<std::string, const google::protobuf::MethodDescriptor*> methods_;
  absl::flat_hash_map<std::string, std::string> owners_;  // collection → service
  absl::flat_hash_set<std::string> services_;
};

// The name in `name`, `parent` or `subject` of the request, of the message in it, or of the first
// item of a batch; empty if there is none.
std::string NameIn(const google::protobuf::Message& request);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_ROUTE_TABLE_H_
