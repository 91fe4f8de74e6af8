// Any method of the suite by its name, with messages by descriptor: for tests that treat many
// methods alike.
#ifndef COMITY_TESTS_INTEGRATION_CALLS_H_
#define COMITY_TESTS_INTEGRATION_CALLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "grpcpp/grpcpp.h"

namespace comity::integration {

using Message = google::protobuf::Message;
// What was sent or answered: shared by those who compare it later.
using MessagePtr = std::shared_ptr<const Message>;

// The request of a method such as `LeadService/CreateLead`, from JSON; with a new request id where
// the method takes one and `json` names none. The test fails where it is none.
std::unique_ptr<Message> MakeRequest(absl::string_view method, const std::string& json);

struct CallOptions {
  absl::Duration timeout = absl::Seconds(20);
  std::shared_ptr<grpc::Channel> channel = nullptr;  // null: the suite's own
};
// Calls it once, as `ana@sales`, at the service that the request's names say.
absl::StatusOr<MessagePtr> Ask(const std::string& as, absl::string_view method,
                               const Message& request, const CallOptions& options = {});
// The same, from JSON.
absl::StatusOr<MessagePtr> Ask(const std::string& as, absl::string_view method,
                               const std::string& json, const CallOptions& options = {});

// The text at a path such as `name` or `lead.name`; empty where there is no such field.
std::string TextAt(const Message& message, absl::string_view path);
// Sets the text at a path; the test fails where there is no such field.
void SetTextAt(Message* message, absl::string_view path, const std::string& text);

// Gets the record of that name, as `as` sees it.
absl::StatusOr<MessagePtr> GetRecord(const std::string& as, const std::string& name);
// The request that sets one text field of `record`, if its etag still holds.
std::unique_ptr<Message> MakeUpdate(const Message& record, const std::string& field,
                                    const std::string& value);
// `LeadService/UpdateLead` for `leads/…` and `Update`.
std::string MethodOf(const std::string& name, absl::string_view verb);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_CALLS_H_
