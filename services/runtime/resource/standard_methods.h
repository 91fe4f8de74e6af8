// The standard methods (AIP-131 to 135) of any resource, under the API rules of the design.
// Handlers call these; requests and responses have the shape of protos/comity/*/v1/*_service.proto,
// read by field name.
#ifndef COMITY_RUNTIME_RESOURCE_STANDARD_METHODS_H_
#define COMITY_RUNTIME_RESOURCE_STANDARD_METHODS_H_

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/server/call.h"

namespace comity::resource {

// Further effects of a method (e.g. an opportunity's fact `created`).
struct Further {
  // Of which request, what was written. Leaves in the record what is to be returned.
  using Act =
      std::function<absl::Status(storage::Transaction&, const google::protobuf::Message& request,
                                 google::protobuf::Message* record)>;
  // Rights, and all else that can be said before anything is read: who may not is not told what
  // exists.
  using Check = std::function<absl::Status(const google::protobuf::Message& request)>;

  Further() = default;
  template <typename Callable>
  // NOLINTNEXTLINE(google-explicit-constructor): a lambda is one
  Further(Callable callable) : act(std::move(callable)) {}
  Further(Check may, Act then) : check(std::move(may)), act(std::move(then)) {}

  Check check;  // may be null
  Act act;      // in the transaction; may be null
};
// After a creation.
using AfterInsert = Further;
// A check of a change in its transaction, after the pure ones: what the record said, what it will.
using OnUpdate = std::function<absl::Status(storage::Transaction&, const google::protobuf::Message&,
                                            const google::protobuf::Message&)>;
// After an update, also one that changes no field.
using AfterUpdate = Further;

absl::Status CreateInto(Call& call, const Resource& resource,
                        const google::protobuf::Message& request, const AfterInsert& after,
                        google::protobuf::Message* reply);
absl::Status GetInto(Call& call, const Resource& resource, const google::protobuf::Message& request,
                     google::protobuf::Message* reply);
absl::Status ListInto(Call& call, const Resource& resource,
                      const google::protobuf::Message& request, google::protobuf::Message* reply);
absl::Status UpdateInto(Call& call, const Resource& resource,
                        const google::protobuf::Message& request, const OnUpdate& check,
                        const AfterUpdate& after, google::protobuf::Message* reply);
absl::Status BatchCreateInto(Call& call, const Resource& resource,
                             const google::protobuf::Message& request, const AfterInsert& after,
                             google::protobuf::Message* reply);
absl::Status BatchUpdateInto(Call& call, const Resource& resource,
                             const google::protobuf::Message& request, const OnUpdate& check,
                             const AfterUpdate& after, google::protobuf::Message* reply);

// Creates in a transaction that does more; what CreateInto does there.
absl::Status CreateIn(storage::Transaction& tx, Call& call, const Resource& resource,
                      const google::protobuf::Message& request, const AfterInsert& after,
                      google::protobuf::Message* record);
// Changes a record by a method of its own: locks it, applies `change`, and where that changes
// something, writes it and journals `type` (payload: the record). FAILED_PRECONDITION
// RECORD_WITHDRAWN, NOT_FOUND, and the errors of `change`.
absl::Status ChangeIn(storage::Transaction& tx, Call& call, const Resource& resource,
                      const std::string& name, const char* type,
                      const std::function<absl::Status(google::protobuf::Message* record)>& change,
                      google::protobuf::Message* record);

// Creates: assigns name `{collection}/{uuidv7}`, inserts, journals `created`.
template <typename R>
absl::StatusOr<R> Create(Call& call, const Resource& resource,
                         const google::protobuf::Message& request, const AfterInsert& after = {}) {
  R reply;
  COMITY_RETURN_IF_ERROR(CreateInto(call, resource, request, after, &reply));
  return reply;
}
// Gets, with lens_answers where the resource is judged.
template <typename R>
absl::StatusOr<R> Get(Call& call, const Resource& resource,
                      const google::protobuf::Message& request) {
  R reply;
  COMITY_RETURN_IF_ERROR(GetInto(call, resource, request, &reply));
  return reply;
}
// Lists by keyset pages through the lens's working list.
template <typename ListResponse>
absl::StatusOr<ListResponse> List(Call& call, const Resource& resource,
                                  const google::protobuf::Message& request) {
  ListResponse reply;
  COMITY_RETURN_IF_ERROR(ListInto(call, resource, request, &reply));
  return reply;
}
// Updates by mask and etag; journals `updated`.
template <typename R>
absl::StatusOr<R> Update(Call& call, const Resource& resource,
                         const google::protobuf::Message& request, const OnUpdate& check = {},
                         const AfterUpdate& after = {}) {
  R reply;
  COMITY_RETURN_IF_ERROR(UpdateInto(call, resource, request, check, after, &reply));
  return reply;
}
// Creates many, each atomic by itself, one result each.
template <typename BatchResponse>
absl::StatusOr<BatchResponse> BatchCreate(Call& call, const Resource& resource,
                                          const google::protobuf::Message& request,
                                          const AfterInsert& after = {}) {
  BatchResponse reply;
  COMITY_RETURN_IF_ERROR(BatchCreateInto(call, resource, request, after, &reply));
  return reply;
}

// Updates many, each atomic by itself and in the order given, one result each.
template <typename BatchResponse>
absl::StatusOr<BatchResponse> BatchUpdate(Call& call, const Resource& resource,
                                          const google::protobuf::Message& request,
                                          const OnUpdate& check = {},
                                          const AfterUpdate& after = {}) {
  BatchResponse reply;
  COMITY_RETURN_IF_ERROR(BatchUpdateInto(call, resource, request, check, after, &reply));
  return reply;
}

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_STANDARD_METHODS_H_
