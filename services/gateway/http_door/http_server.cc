#include "services/gateway/http_door/http_server.h"

#include <sys/stat.h>

#include <thread>
#include <utility>  // before Beast 1.74, which forgets it under C++20

#include "absl/base/thread_annotations.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "boost/asio.hpp"
#include "boost/asio/ssl.hpp"
#include "boost/beast.hpp"
#include "boost/beast/ssl.hpp"
#include "services/runtime/server/file_limit.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;
using Parser = http::request_parser<http::string_body>;

constexpr size_t kSmallBody = 16 << 10;  // read whatever its head says, to keep the connection
constexpr size_t kLargeBody = 8 << 20;
constexpr int kOtherFiles = 256;  // the database's connections, gRPC's, the log

class Connection;

// What all connections of a server share.
struct Shared {
  HttpOptions options;
  HttpPreflight preflight;
  HttpHandler handler;
  HttpRefusal refusal;
  absl::Mutex mutex;
  bool draining ABSL_GUARDED_BY(mutex) = false;
  absl::flat_hash_map<std::string, int> by_address ABSL_GUARDED_BY(mutex);  // connections
  absl::flat_hash_map<int64_t, std::weak_ptr<Connection>> live ABSL_GUARDED_BY(mutex);
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

// The headers of a request, names in lower case.
HttpRequest HeadOf(const http::request<http::string_body>& message, const std::string& address) {
  HttpRequest request;
  request.address = address;
  request.method = std::string(message.method_string());
  request.path = std::string(message.target());
  for (const auto& field : message) {
    const std::string name = absl::AsciiStrToLower(
        absl::string_view(field.name_string().data(), field.name_string().size()));
    std::string& value = request.headers[name];
    absl::StrAppend(&value, value.empty() ? "" : ", ", std::string(field.value()));
  }
  return request;
}

// One TLS connection; what is private runs on its strand.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::string address, std::shared_ptr<ssl::context> tls,
             Shared* shared)
      : tls_(std::move(tls)),
        stream_(std::move(socket), *tls_),
        address_(std::move(address)),
        shared_(shared) {}

  // May be called from anywhere.
  void Start() {
    asio::post(stream_.get_executor(), [self = shared_from_this()] { self->ShakeHands(); });
  }

  // Ends the connection if it is between two requests, or in any case. From anywhere.
  void Close(bool even_if_busy) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), even_if_busy] {
      if (self->idle_ || even_if_busy) beast::get_lowest_layer(self->stream_).close();
    });
  }

 private:
  void ShakeHands() {
    ExpiresAfter(shared_->options.handshake_timeout);
    stream_.async_handshake(ssl::stream_base::server,
                            [self = shared_from_this()](error_code error) {
                              if (!error) self->ReadHeader();
                            });
  }

  void ExpiresAfter(absl::Duration timeout) {
    beast::get_lowest_layer(stream_).expires_after(absl::ToChronoMilliseconds(timeout));
  }

  void ReadHeader() {
    if (shared_->IsDraining()) return ShutDown();
    idle_ = buffer_.size() == 0;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(shared_->options.max_header_bytes));
    parser_->body_limit(shared_->options.max_body_bytes);
    ExpiresAfter(shared_->options.idle_timeout);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, size_t) {
                              self->idle_ = false;
                              self->OnHeader(error);
                            });
  }

  void OnHeader(error_code error) {
    if (error) return Refuse(error);
    early_ = shared_->preflight(HeadOf(parser_->get(), address_));
    const auto length = parser_->content_length();
    const bool small = parser_->is_done() || (length.has_value() && *length <= kSmallBody);
    if (early_.has_value() && !small) return RefuseEarly();
    if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return ReadBody();
    // Callers such as curl hold the body back until they are told to go on.
    auto go_on = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
    http::async_write(stream_, *go_on,
                      [self = shared_from_this(), go_on](error_code error, size_t) {
                        if (!error) self->ReadBody();
                      });
  }

  void ReadBody() {
    ExpiresAfter(shared_->options.body_timeout);
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](error_code error, size_t) {
                       if (error) return self->Refuse(error);
                       self->Dispatch();
                     });
  }

  // Answers before the body is there, and takes in little of it.
  void RefuseEarly() {
    keep_alive_ = false;
    discard_ = kSmallBody;
    Write(*early_);
  }

  void Dispatch() {
    keep_alive_ = parser_->get().keep_alive();
    if (early_.has_value()) return Write(*early_);  // the body was small: the connection lives on
    beast::get_lowest_layer(stream_).expires_never();  // the call has its own deadline
    shared_->handler(TakeRequest(), [self = shared_from_this()](HttpResponse response) {
      asio::post(self->stream_.get_executor(),
                 [self, response = std::move(response)]() mutable { self->Write(response); });
    });
  }

  HttpRequest TakeRequest() {
    auto message = parser_->release();
    HttpRequest request = HeadOf(message, address_);
    request.body = std::move(message.body());
    return request;
  }

  // Answers what is no acceptable request, and closes: what follows cannot be told from its rest.
  void Refuse(error_code error) {
    keep_alive_ = false;
    discard_ = kLargeBody;
    if (error == http::error::header_limit) return Write(shared_->refusal(431));
    if (error == http::error::body_limit) return Write(shared_->refusal(413));
    if (error == http::error::end_of_stream) return ShutDown();
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::partial_message) {
      return Write(shared_->refusal(400));
    }
    // Gone or timed out: nobody is there to be answered.
  }

  void Write(const HttpResponse& response) {
    if (shared_->IsDraining()) keep_alive_ = false;
    response_ = std::make_unique<http::response<http::string_body>>();
    response_->version(11);
    response_->result(static_cast<unsigned>(response.code));
    response_->set(http::field::content_type, "application/json");
    response_->set(http::field::cache_control, "no-store");
    response_->set("X-Content-Type-Options", "nosniff");
    for (const auto& [name, value] : response.headers) response_->set(name, value);
    response_->body() = response.body;
    response_->keep_alive(keep_alive_);
    response_->prepare_payload();
    ExpiresAfter(shared_->options.body_timeout);
    http::async_write(stream_, *response_, [self = shared_from_this()](error_code error, size_t) {
      if (error) return;
      if (self->keep_alive_) return self->ReadHeader();
      if (self->discard_ == 0) return self->ShutDown();
      self->ExpiresAfter(absl::Seconds(2));
      self->Discard(self->discard_);
    });
  }

  // Takes in some of what the caller still sends: closing at once would reset the connection before
  // the refusal is read.
  void Discard(size_t left) {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(16 << 10),
                            [self = shared_from_this(), left](error_code error, size_t read) {
                              if (error || read >= left) return self->ShutDown();
                              self->Discard(left - read);
                            });
  }

  void ShutDown() {
    ExpiresAfter(shared_->options.handshake_timeout);
    stream_.async_shutdown([self = shared_from_this()](error_code) {});
  }

  const std::shared_ptr<ssl::context> tls_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  const std::string address_;  // of the peer
  Shared* const shared_;
  beast::flat_buffer buffer_;
  std::unique_ptr<Parser> parser_;
  std::unique_ptr<http::response<http::string_body>> response_;
  std::optional<HttpResponse> early_;  // what the head alone was answered with
  bool keep_alive_ = false;
  size_t discard_ = 0;  // how much is taken in of a request that was refused
  bool idle_ = true;
};

// Whose a connection is: of IPv6 the network, in which one host has as many addresses as it likes.
std::string AddressOf(const tcp::socket& socket) {
  error_code ignored;
  const asio::ip::address address = socket.remote_endpoint(ignored).address();
  if (address.is_v4() || address.to_v6().is_v4_mapped()) return address.to_string();
  const auto bytes = address.to_v6().to_bytes();
  return std::string(bytes.begin(), bytes.begin() + 8);
}

absl::Status TlsFault(const std::string& file, const error_code& error) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "CERTIFICATE_UNUSABLE",
                   absl::StrCat(file, ": ", error.message()), {{"file", file}});
}

absl::StatusOr<std::shared_ptr<ssl::context>> MakeTls(const HttpOptions& options) {
  auto tls = std::make_shared<ssl::context>(ssl::context::tls_server);
  error_code error;
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                       ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION |
                       SSL_OP_CIPHER_SERVER_PREFERENCE,
                   error);
  SSL_CTX_set_cipher_list(tls->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
  tls->use_certificate_chain_file(options.certificate_file, error);
  if (error) return TlsFault(options.certificate_file, error);
  tls->use_private_key_file(options.key_file, ssl::context::pem, error);
  if (error) return TlsFault(options.key_file, error);
  return tls;
}

absl::Time ModifiedAt(const std::string& file) {
  struct stat facts;
  if (stat(file.c_str(), &facts) != 0) return absl::InfinitePast();
  return absl::TimeFromTimespec(facts.st_mtim);
}

absl::StatusOr<tcp::endpoint> ParseListen(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  error_code error;
  int port = -1;
  if (colon == std::string::npos || !absl::SimpleAtoi(listen.substr(colon + 1), &port) ||
      port < 0 || port > 65535) {
    return InvalidField("INVALID_ADDRESS", "http_listen", "must be address:port");
  }
  const auto address = asio::ip::make_address(listen.substr(0, colon), error);
  if (error) return InvalidField("INVALID_ADDRESS", "http_listen", "must be an IP address:port");
  return tcp::endpoint(address, static_cast<unsigned short>(port));
}

}  // namespace

std::string HttpRequest::header(const std::string& lower_case_name) const {
  const auto found = headers.find(lower_case_name);
  return found == headers.end() ? "" : found->second;
}

struct HttpServer::State {
  Shared shared;
  asio::io_context io;
  // Until Stop: while only calls to services are under way, `io` itself has nothing to do.
  asio::executor_work_guard<asio::io_context::executor_type> more_to_come{io.get_executor()};
  tcp::acceptor acceptor{asio::make_strand(io)};
  asio::steady_timer pause{acceptor.get_executor()};
  std::vector<std::thread> threads;
  int port = 0;
  // Used by the accepting strand only.
  std::shared_ptr<ssl::context> tls;
  absl::Time certificate_time;

  absl::Status Open();
  void Accept();
  void OnAccepted(tcp::socket socket);
  void RefreshCertificate();
  void CloseConnections(bool even_if_busy);
  bool WaitUntilNoneLive(absl::Duration timeout);
};

absl::Status HttpServer::State::Open() {
  const int64_t files = server::RaiseFileLimit();
  if (files < int64_t{shared.options.max_connections} + kOtherFiles) {
    return MakeError(
        absl::StatusCode::kFailedPrecondition, "FILE_LIMIT_TOO_LOW",
        absl::StrCat("the process may have ", files, " open files; the door alone may ", "have ",
                     shared.options.max_connections,
                     " connections: raise the hard limit (ulimit -Hn)"));
  }
  COMITY_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseListen(shared.options.listen));
  COMITY_ASSIGN_OR_RETURN(tls, MakeTls(shared.options));
  certificate_time = ModifiedAt(shared.options.certificate_file);
  error_code error;
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return MakeError(absl::StatusCode::kUnavailable, "ADDRESS_UNAVAILABLE",
                     absl::StrCat(shared.options.listen, ": ", error.message()));
  }
  port = acceptor.local_endpoint(error).port();
  return absl::OkStatus();
}

void HttpServer::State::Accept() {
  acceptor.async_accept(asio::make_strand(io), [this](error_code error, tcp::socket socket) {
    if (error == asio::error::operation_aborted || shared.IsDraining()) return;
    if (!error) {
      OnAccepted(std::move(socket));
      return Accept();
    }
    // Out of file descriptors, most likely: a moment later some are free.
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([this](error_code stopped) {
      if (!stopped) Accept();
    });
  });
}

void HttpServer::State::OnAccepted(tcp::socket socket) {
  RefreshCertificate();
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const std::string address = AddressOf(socket);
  absl::ReleasableMutexLock lock(&shared.mutex);
  if (!shared.HasRoom(address)) return;
  const int64_t number = shared.accepted++;
  // The last to let go may be a call's thread: it is forgotten when it is gone, not while it goes.
  const auto forget = [this, number, address](Connection* connection) {
    delete connection;
    shared.Forget(number, address);
  };
  const std::shared_ptr<Connection> connection(
      new Connection(std::move(socket), address, tls, &shared), forget);
  shared.live[number] = connection;
  lock.Release();
  connection->Start();
}

void HttpServer::State::RefreshCertificate() {
  const absl::Time changed = ModifiedAt(shared.options.certificate_file);
  if (changed == certificate_time) return;
  auto fresh = MakeTls(shared.options);
  if (!fresh.ok()) return;  // half written: keep the last good one, try with the next connection
  tls = *std::move(fresh);
  certificate_time = changed;
}

void HttpServer::State::CloseConnections(bool even_if_busy) {
  std::vector<std::shared_ptr<Connection>> open;
  {
    absl::MutexLock lock(&shared.mutex);
    for (const auto& [unused, weak] : shared.live) {
      if (auto connection = weak.lock()) open.push_back(std::move(connection));
    }
  }
  for (const auto& connection : open) connection->Close(even_if_busy);
}

bool HttpServer::State::WaitUntilNoneLive(absl::Duration timeout) {
  absl::MutexLock lock(&shared.mutex);
  return shared.mutex.AwaitWithTimeout(absl::Condition(&shared, &Shared::NoneLive), timeout);
}

HttpServer::HttpServer(HttpOptions options, HttpPreflight preflight, HttpHandler handler,
                       HttpRefusal refusal)
    : state_(std::make_unique<State>()) {
  state_->shared.options = std::move(options);
  state_->shared.preflight = std::move(preflight);
  state_->shared.handler = std::move(handler);
  state_->shared.refusal = std::move(refusal);
}

HttpServer::~HttpServer() { Stop(); }

int HttpServer::port() const { return state_->port; }

absl::Status HttpServer::Start() {
  COMITY_RETURN_IF_ERROR(state_->Open());
  state_->Accept();
  for (int i = 0; i < state_->shared.options.threads; ++i) {
    state_->threads.emplace_back([this] { state_->io.run(); });
  }
  return absl::OkStatus();
}

void HttpServer::Drain() {
  if (state_->threads.empty()) return;
  {
    absl::MutexLock lock(&state_->shared.mutex);
    state_->shared.draining = true;
  }
  asio::post(state_->acceptor.get_executor(), [state = state_.get()] {
    error_code ignored;
    state->acceptor.close(ignored);
    state->pause.cancel();
  });
  state_->CloseConnections(/*even_if_busy=*/false);
  state_->WaitUntilNoneLive(state_->shared.options.drain_timeout);
}

void HttpServer::Stop() {
  if (state_->threads.empty()) return;
  Drain();
  state_->CloseConnections(/*even_if_busy=*/true);
  state_->WaitUntilNoneLive(state_->shared.options.drain_timeout);
  state_->io.stop();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
}

}  // namespace comity::gateway
