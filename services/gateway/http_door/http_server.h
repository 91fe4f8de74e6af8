// An HTTP/1.1 server over TLS that knows nothing of what it serves.
#ifndef COMITY_GATEWAY_HTTP_DOOR_HTTP_SERVER_H_
#define COMITY_GATEWAY_HTTP_DOOR_HTTP_SERVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/time/time.h"

namespace comity::gateway {

struct HttpRequest {
  std::string method;  // `POST`
  std::string path;    // as sent, with its query
  // Names in lower case. A header that came twice has its values joined by `, `.
  absl::flat_hash_map<std::string, std::string> headers;
  std::string body;
  std::string address;  // whose it is, as connections are counted: of IPv6 the network

  // Empty if absent.
  std::string header(const std::string& lower_case_name) const;
};

struct HttpResponse {
  int code = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // JSON
};

// Answers a request by calling `done` once, from any thread, now or later.
using HttpHandler = std::function<void(HttpRequest, std::function<void(HttpResponse)> done)>;
// The answer to a request that its head alone refuses; none: its body is read. The request has no
// body yet.
using HttpPreflight = std::function<std::optional<HttpResponse>(const HttpRequest&)>;
// The answer to what the server refuses before it is a request: 400, 413 or 431.
using HttpRefusal = std::function<HttpResponse(int code)>;

struct HttpOptions {
  std::string listen;  // `host:port`; port 0 takes a free one
  std::string certificate_file;
  std::string key_file;
  int threads = 2;
  int max_connections = 1000;  // more are closed as they come
  int max_connections_of_address = 256;
  size_t max_header_bytes = 8 << 10;
  size_t max_body_bytes = 1 << 20;
  absl::Duration handshake_timeout = absl::Seconds(5);
  absl::Duration idle_timeout = absl::Seconds(60);  // until the next request's header is complete
  absl::Duration body_timeout = absl::Seconds(30);  // of one body, in or out
  absl::Duration drain_timeout = absl::Seconds(5);
};

// Reads the certificate anew when its file changes. Thread-safe.
class HttpServer {
 public:
  HttpServer(HttpOptions options, HttpPreflight preflight, HttpHandler handler,
             HttpRefusal refusal);
  ~HttpServer();

  // Errors: FAILED_PRECONDITION (certificate or key unusable), UNAVAILABLE (address in use),
  // INVALID_ARGUMENT (`listen`); FAILED_PRECONDITION FILE_LIMIT_TOO_LOW where the process may not
  // have as many open files as connections.
  absl::Status Start();
  int port() const;
  // Accepts nothing more, closes idle connections, lets the others finish their request; waits for
  // that up to `drain_timeout`.
  void Drain();
  // Closes what is left and joins the threads. No `done` may be called afterwards: end all requests
  // between Drain and Stop.
  void Stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_HTTP_SERVER_H_
