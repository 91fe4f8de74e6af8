// For tests: a certificate for a moment, and a TLS client that sends whatever bytes it is given.
#ifndef COMITY_GATEWAY_HTTP_DOOR_TEST_CLIENT_H_
#define COMITY_GATEWAY_HTTP_DOOR_TEST_CLIENT_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "openssl/ssl.h"

namespace comity::gateway {

// Writes a self-signed certificate for `localhost` and its key to NAME.crt and NAME.key in a
// temporary folder; returns the path without the ending. Ends the test on failure.
std::string MakeTestCertificate(const std::string& name);

struct TestReply {
  int code = 0;  // 0: the connection ended without an answer
  std::string headers;
  std::string body;
};

// One connection. Any certificate is accepted.
class TestClient {
 public:
  // Not connected after a failure: see connected(). `max_version`: e.g. TLS1_1_VERSION. `from`: the
  // own address.
  explicit TestClient(int port, int max_version = 0, const std::string& from = "127.0.0.1");
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  bool connected() const { return connected_; }
  std::string peer_subject() const;
  void Send(absl::string_view bytes);
  TestReply Receive();
  // Whether the server has ended the connection; waits up to five seconds.
  bool WaitForEnd();
  // POST with Content-Type, Content-Length and `headers` (each `Name: value\r\n`).
  TestReply Post(absl::string_view path, absl::string_view headers, absl::string_view body);

 private:
  bool ReadMore();

  int fd_ = -1;
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
  bool connected_ = false;
  std::string received_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_TEST_CLIENT_H_
