#include "tests/security/door_client.h"

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/suite.h"

namespace comity::security {

using gateway::TestClient;
using gateway::TestReply;

TestReply SendToDoor(const std::string& verb, const std::string& path, const std::string& headers,
                     const std::string& body) {
  static std::unique_ptr<TestClient>* const client = new std::unique_ptr<TestClient>;
  for (int attempt = 0; attempt < 2; ++attempt) {
    if (*client == nullptr) {
      *client = std::make_unique<TestClient>(integration::Suite::Get().http_port());
    }
    TestReply reply;
    if ((*client)->connected()) {
      (*client)->Send(absl::StrCat(verb, " ", path, " HTTP/1.1\r\nHost: localhost\r\n", headers,
                                   "Content-Length: ", body.size(), "\r\n\r\n", body));
      reply = (*client)->Receive();
    }
    const bool closes = absl::StrContains(absl::AsciiStrToLower(reply.headers), "close");
    if (closes || reply.code == 0) client->reset();
    if (reply.code != 0) return reply;
  }
  return {};
}

std::string DoorHeaders(const Endpoint& endpoint, const std::string& as) {
  std::string headers =
      absl::StrCat("Content-Type: application/json\r\nComity-Service: ", endpoint.service, "\r\n");
  if (!as.empty()) absl::StrAppend(&headers, "Authorization: Bearer ", TokenOf(as), "\r\n");
  return headers;
}

}  // namespace comity::security
