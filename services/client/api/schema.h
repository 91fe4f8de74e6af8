// The API as data: methods by name, the service that answers, the standard methods of a collection.
#ifndef COMITY_CLIENT_API_SCHEMA_H_
#define COMITY_CLIENT_API_SCHEMA_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::client {

// The method `comity.lead.v1.LeadService/CreateLead`; the package may be left out where one service
// alone has the name. INVALID_ARGUMENT reason UNKNOWN_METHOD.
absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(absl::string_view name);
// The field at a path such as `owner`, `external_id.id`, `attributes.x` (the map) or
// `lines.0.product`; null if there is none.
const google::protobuf::FieldDescriptor* FieldAt(const google::protobuf::Descriptor& type,
                                                 absl::string_view path);
// An empty message of a type.
std::unique_ptr<google::protobuf::Message> New(const google::protobuf::Descriptor* type);

// A kind of record and its standard methods.
struct Collection {
  std::string plural;    // `leads`
  std::string singular;  // `lead`
  std::string service;   // `comity.lead.v1.LeadService`

  // `comity.lead.v1.LeadService/CreateLead` for `Create` …; plural for List and BatchCreate.
  std::string Method(absl::string_view verb) const;
  const google::protobuf::Descriptor* type() const;
  // Whether its callers choose the ids (persons/ana); other records are found by their external
  // ids.
  bool has_chosen_ids() const;
};
// leads, opportunities, campaigns, products, accounts, contacts, relationships, cases, persons …
const std::vector<Collection>& Collections();
const Collection* FindCollection(absl::string_view plural);          // null if unknown
const Collection* FindCollectionBySingular(absl::string_view name);  // null if unknown

// Who answers `method`: `lead`, `account`, `support`, `reporting` or `gateway`. Fact, judgement and
// journal services stand in several: there the collection of the request's names decides.
// INVALID_ARGUMENT reason UNKNOWN_COLLECTION where the request names none.
absl::StatusOr<std::string> ServiceFor(const google::protobuf::MethodDescriptor& method,
                                       const google::protobuf::Message& request);
// `lead` for `leads/…/facts/…` or `leads`; empty if unknown.
std::string ServiceOfCollection(absl::string_view name);

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_SCHEMA_H_
