// Requests that are sent until they are answered, whatever is killed meanwhile.
#ifndef COMITY_TESTS_FAULTS_INSIST_H_
#define COMITY_TESTS_FAULTS_INSIST_H_

#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "gtest/gtest.h"
#include "tests/integration/journals.h"
#include "tests/integration/suite.h"

namespace comity::integration {

// Whether the service has not spoken: the same request may be sent again.
bool IsNotKnown(const absl::Status& status);
// Keeps the request's id, if it has one: what was acknowledged may not be lost.
void NoteAcknowledged(const google::protobuf::Message& request);
// The ids of acknowledged requests of which no journal holds an entry.
std::vector<std::string> LostWrites(const Journals& journals);

// The same request until it is answered by the service itself, which takes it.
template <typename Stub, typename Request, typename Response>
Response Insist(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const std::string& service, const Request& request,
                const std::string& as = "ana@sales") {
  absl::StatusOr<Response> response;
  EXPECT_TRUE(Eventually([&] {
    response = Suite::Get().Call<Stub, Request, Response>(method, service, as, request);
    return !IsNotKnown(response.status());
  }));
  EXPECT_TRUE(response.ok()) << response.status();
  if (response.ok()) NoteAcknowledged(request);
  return response.value_or(Response());
}

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_INSIST_H_
