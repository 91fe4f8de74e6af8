#include "services/gateway/http_door/test_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "openssl/pem.h"
#include "openssl/x509v3.h"

namespace comity::gateway {
namespace {

constexpr char kHeaderEnd[] = "\r\n\r\n";

void WriteTo(const std::string& path, const std::function<int(FILE*)>& write) {
  FILE* file = std::fopen(path.c_str(), "w");
  ASSERT_NE(file, nullptr) << path;
  ASSERT_EQ(write(file), 1);
  std::fclose(file);
}

size_t ContentLength(const std::string& headers) {
  const std::string lower = absl::AsciiStrToLower(headers);
  const size_t at = lower.find("content-length:");
  size_t length = 0;
  if (at == std::string::npos) return 0;
  const size_t from = at + std::string("content-length:").size();
  EXPECT_TRUE(absl::SimpleAtoi(lower.substr(from, lower.find("\r\n", from) - from), &length));
  return length;
}

}  // namespace

std::string MakeTestCertificate(const std::string& name) {
  std::string folder = absl::StrCat(::testing::TempDir(), "/comity-door-XXXXXX");
  if (mkdtemp(folder.data()) == nullptr) std::abort();
  const std::string base = absl::StrCat(folder, "/", name);
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_sign(certificate, key, EVP_sha256());
  WriteTo(base + ".crt", [&](FILE* file) { return PEM_write_X509(file, certificate); });
  WriteTo(base + ".key", [&](FILE* file) {
    return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
  X509_free(certificate);
  EVP_PKEY_free(key);
  return base;
}

TestClient::TestClient(int port, int max_version, const std::string& from) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to connections that the server has ended
  fd_ = socket(AF_INET, SOCK_STREAM, 0);
  const timeval timeout{.tv_sec = 5, .tv_usec = 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  sockaddr_in own{};
  own.sin_family = AF_INET;
  inet_pton(AF_INET, from.c_str(), &own.sin_addr);
  bind(fd_, reinterpret_cast<sockaddr*>(&own), sizeof(own));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  context_ = SSL_CTX_new(TLS_client_method());
  if (max_version != 0) SSL_CTX_set_max_proto_version(context_, max_version);
  ssl_ = SSL_new(context_);
  SSL_set_fd(ssl_, fd_);
  connected_ = connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
               SSL_connect(ssl_) == 1;
}

TestClient::~TestClient() {
  SSL_free(ssl_);
  SSL_CTX_free(context_);
  close(fd_);
}

std::string TestClient::peer_subject() const {
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  char text[256] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, text, sizeof(text));
  X509_free(certificate);
  return text;
}

void TestClient::Send(absl::string_view bytes) {
  // A server that has refused may not read the rest: that shows in what it answers.
  SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));
}

bool TestClient::ReadMore() {
  char bytes[16 << 10];
  const int read = SSL_read(ssl_, bytes, sizeof(bytes));
  if (read > 0) received_.append(bytes, static_cast<size_t>(read));
  return read > 0;
}

TestReply TestClient::Receive() {
  TestReply reply;
  size_t end;
  while ((end = received_.find(kHeaderEnd)) == std::string::npos) {
    if (!ReadMore()) return reply;
  }
  reply.headers = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  const size_t length = ContentLength(reply.headers);
  while (received_.size() < length) {
    if (!ReadMore()) return reply;
  }
  reply.body = received_.substr(0, length);
  received_.erase(0, length);
  EXPECT_TRUE(absl::SimpleAtoi(reply.headers.substr(9, 3), &reply.code)) << reply.headers;
  return reply;
}

bool TestClient::WaitForEnd() {
  while (ReadMore()) {
  }
  return SSL_get_error(ssl_, 0) != SSL_ERROR_WANT_READ;
}

TestReply TestClient::Post(absl::string_view path, absl::string_view headers,
                           absl::string_view body) {
  Send(absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\n",
                    "Content-Type: application/json\r\nContent-Length: ", body.size(), "\r\n",
                    headers, "\r\n", body));
  return Receive();
}

}  // namespace comity::gateway
