#include "services/gateway/http_door/http_connection.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace comity::gateway {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using tcp = boost::asio::ip::tcp;

constexpr size_t kSmallBody = 16 << 10;  // read whatever its head says, to keep the connection
constexpr size_t kLargeBody = 8 << 20;

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

}  // namespace

HttpConnection::HttpConnection(tcp::socket socket, std::string address,
                               std::shared_ptr<TlsContext> tls, HttpConnections* shared)
    : tls_(std::move(tls)),
      stream_(std::move(socket), *tls_),
      address_(std::move(address)),
      shared_(shared) {}

void HttpConnection::Start() {
  asio::post(stream_.get_executor(), [self = shared_from_this()] { self->ShakeHands(); });
}

void HttpConnection::Close(bool even_if_busy) {
  asio::post(stream_.get_executor(), [self = shared_from_this(), even_if_busy] {
    if (self->idle_ || even_if_busy) beast::get_lowest_layer(self->stream_).close();
  });
}

void HttpConnection::ShakeHands() {
  ExpiresAfter(shared_->options.handshake_timeout);
  stream_.async_handshake(ssl::stream_base::server, [self = shared_from_this()](error_code error) {
    if (!error) self->ReadHeader();
  });
}

void HttpConnection::ExpiresAfter(absl::Duration timeout) {
  beast::get_lowest_layer(stream_).expires_after(absl::ToChronoMilliseconds(timeout));
}

void HttpConnection::ReadHeader() {
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

void HttpConnection::OnHeader(error_code error) {
  if (error) return Refuse(error);
  early_ = shared_->preflight(HeadOf(parser_->get(), address_));
  const auto length = parser_->content_length();
  const bool small = parser_->is_done() || (length.has_value() && *length <= kSmallBody);
  if (early_.has_value() && !small) return RefuseEarly();
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) return ReadBody();
  // Callers such as curl hold the body back until they are told to go on.
  auto go_on = std::make_shared<http::response<http::empty_body>>(http::status::continue_, 11);
  http::async_write(stream_, *go_on, [self = shared_from_this(), go_on](error_code error, size_t) {
    if (!error) self->ReadBody();
  });
}

void HttpConnection::ReadBody() {
  ExpiresAfter(shared_->options.body_timeout);
  http::async_read(stream_, buffer_, *parser_,
                   [self = shared_from_this()](error_code error, size_t) {
                     if (error) return self->Refuse(error);
                     self->Dispatch();
                   });
}

void HttpConnection::RefuseEarly() {
  keep_alive_ = false;
  discard_ = kSmallBody;
  Write(*early_);
}

void HttpConnection::Dispatch() {
  keep_alive_ = parser_->get().keep_alive();
  if (early_.has_value()) return Write(*early_);     // the body was small: the connection lives on
  beast::get_lowest_layer(stream_).expires_never();  // the call has its own deadline
  shared_->handler(TakeRequest(), [self = shared_from_this()](HttpResponse response) {
    asio::post(self->stream_.get_executor(),
               [self, response = std::move(response)]() mutable { self->Write(response); });
  });
}

HttpRequest HttpConnection::TakeRequest() {
  auto message = parser_->release();
  HttpRequest request = HeadOf(message, address_);
  request.body = std::move(message.body());
  return request;
}

void HttpConnection::Refuse(error_code error) {
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

void HttpConnection::Write(const HttpResponse& response) {
  if (shared_->IsDraining()) keep_alive_ = false;
  response_ = std::make_unique<Response>();
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

void HttpConnection::Discard(size_t left) {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16 << 10),
                          [self = shared_from_this(), left](error_code error, size_t read) {
                            if (error || read >= left) return self->ShutDown();
                            self->Discard(left - read);
                          });
}

void HttpConnection::ShutDown() {
  ExpiresAfter(shared_->options.handshake_timeout);
  stream_.async_shutdown([self = shared_from_this()](error_code) {});
}

}  // namespace comity::gateway
