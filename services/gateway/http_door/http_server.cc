#include "services/gateway/http_door/http_server.h"

#include <sys/stat.h>

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/http_door/http_connection.h"
#include "services/runtime/server/file_limit.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

constexpr int kOtherFiles = 256;  // the database's connections, gRPC's, the log

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
  HttpConnections shared;
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
  const auto forget = [this, number, address](HttpConnection* connection) {
    delete connection;
    shared.Forget(number, address);
  };
  const std::shared_ptr<HttpConnection> connection(
      new HttpConnection(std::move(socket), address, tls, &shared), forget);
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
  std::vector<std::shared_ptr<HttpConnection>> open;
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
  return shared.mutex.AwaitWithTimeout(absl::Condition(&shared, &HttpConnections::NoneLive),
                                       timeout);
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
