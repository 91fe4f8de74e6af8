// One connection of the HTTP server, and what all of them share. This and http_server.cc are the
// only files that meet Beast.
#ifndef COMITY_GATEWAY_HTTP_DOOR_HTTP_CONNECTION_H_
#define COMITY_GATEWAY_HTTP_DOOR_HTTP_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>  // before Beast 1.74, which forgets it under C++20

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "boost/asio.hpp"
#include "boost/asio/ssl.hpp"
#include "boost/beast.hpp"
#include "boost/beast/ssl.hpp"
#include "services/gateway/http_door/http_server.h"

namespace comity::gateway {

class HttpConnection;

// What all connections of a server share.
struct HttpConnections {
  HttpOptions options;
  HttpPreflight preflight;
  HttpHandler handler;
  HttpRefusal refusal;
  absl::Mutex mutex;
  bool draining ABSL_GUARDED_BY(mutex) = false;
  absl::flat_hash_map<std::string, int> by_address ABSL_GUARDED_BY(mutex);  // connections
  absl::flat_hash_map<int64_t, std::weak_ptr<HttpConnection>> live ABSL_GUARDED_BY(mutex);
  int64_t accepted ABSL_GUARDED_BY(mutex) = 0;  // the next connection's number

  bool NoneLive() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) { return live.empty(); }
  bool IsDraining() {
    absl::MutexLock lock(&mutex);
    return draining;
  }
  // Counts one more connection of `address` if there may be one.
  bool HasRoom(const std::string& address) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (static_cast<int>(live.size()) >= options.max_connections) return false;
    int& own = by_address[address];
    if (own >= options.max_connections_of_address) return false;
    ++own;
    return true;
  }
  // Of a connection that is destroyed: once none is live, what they need may go.
  void Forget(int64_t connection, const std::string& address) {
    absl::MutexLock lock(&mutex);
    live.erase(connection);
    const auto own = by_address.find(address);
    if (--own->second == 0) by_address.erase(own);
  }
};

// One TLS connection; what is private runs on its strand.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  using TlsContext = boost::asio::ssl::context;
  // `shared` outlives it.
  HttpConnection(boost::asio::ip::tcp::socket socket, std::string address,
                 std::shared_ptr<TlsContext> tls, HttpConnections* shared);

  // May be called from anywhere.
  void Start();
  // Ends the connection if it is between two requests, or in any case. From anywhere.
  void Close(bool even_if_busy);

 private:
  using ErrorCode = boost::system::error_code;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  using Response = boost::beast::http::response<boost::beast::http::string_body>;

  void ShakeHands();
  void ExpiresAfter(absl::Duration timeout);
  void ReadHeader();
  void OnHeader(ErrorCode error);
  void ReadBody();
  // Answers before the body is there, and takes in little of it.
  void RefuseEarly();
  void Dispatch();
  HttpRequest TakeRequest();
  // Answers what is no acceptable request, and closes: what follows cannot be told from its rest.
  void Refuse(ErrorCode error);
  void Write(const HttpResponse& response);
  // Takes in some of what the caller still sends: closing at once would reset the connection before
  // the refusal is read.
  void Discard(size_t left);
  void ShutDown();

  const std::shared_ptr<TlsContext> tls_;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream_;
  const std::string address_;  // of the peer
  HttpConnections* const shared_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;
  std::unique_ptr<Response> response_;
  std::optional<HttpResponse> early_;  // what the head alone was answered with
  bool keep_alive_ = false;
  size_t discard_ = 0;  // how much is taken in of a request that was refused
  bool idle_ = true;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_HTTP_CONNECTION_H_
