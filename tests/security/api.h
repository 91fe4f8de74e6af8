// The API as data: every method of all five services by descriptor, and a call of any of them. What
// is added tomorrow is met by the tests of this folder without a change.
#ifndef COMITY_TESTS_SECURITY_API_H_
#define COMITY_TESTS_SECURITY_API_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::security {

using google::protobuf::Message;

// One method in one service. Of those that stand in several (journals, facts, judgements), one for
// each service.
struct Endpoint {
  std::string service;  // `lead`
  const google::protobuf::MethodDescriptor* method = nullptr;

  std::string path() const;  // `comity.lead.v1.LeadService/GetLead`
  std::string text() const;  // for messages of tests
  const type::v1::MethodPolicy& policy() const;
  bool writes() const;
  bool is_batch() const;
  bool streams() const { return method->server_streaming(); }
};

const std::vector<std::string>& ServiceNames();
// Every one. A package that belongs to no known service fails the test.
const std::vector<Endpoint>& Endpoints();
// The unary method `LeadService/GetLead`, in the first service that has it.
const Endpoint& EndpointNamed(absl::string_view name);

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type);
// The singular field of that name and type; null where there is none.
const google::protobuf::FieldDescriptor* TextField(const Message& message, absl::string_view name);
bool SetText(Message* message, absl::string_view name, const std::string& value);
std::string GetText(const Message& message, absl::string_view name);

// Calls with a token, or without one where it is empty. Of a stream: its first message.
absl::StatusOr<std::unique_ptr<Message>> CallWithToken(const Endpoint& endpoint,
                                                       const std::string& token,
                                                       const Message& request);
// The same as `ana@sales`; empty: without a token. Tokens are made once.
absl::StatusOr<std::unique_ptr<Message>> CallAs(const Endpoint& endpoint, const std::string& as,
                                                const Message& request);
std::string TokenOf(const std::string& as);

// The status of the answer; of a batch of one: that of its item where the call itself is OK.
absl::Status OutcomeOf(const absl::StatusOr<std::unique_ptr<Message>>& answer);

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_API_H_
