// What the mTLS port of a server negotiates: every version and suite that OpenSSL can speak, tried.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "services/runtime/server/test_house.h"

namespace comity::server {
namespace {

// What one handshake may use.
struct Offer {
  int version = TLS1_2_VERSION;
  std::string suite;  // empty: whatever OpenSSL offers
};

class TlsTest : public testing::Test {
 protected:
  TlsTest() { std::signal(SIGPIPE, SIG_IGN); }

  // A client's context that refuses nothing itself.
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> Context(const Offer& offer) {
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                              SSL_CTX_free);
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), offer.version);
    SSL_CTX_set_max_proto_version(context.get(), offer.version);
    if (!offer.suite.empty()) {
      EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), offer.suite.c_str()), 1) << offer.suite;
    }
    SSL_CTX_use_certificate_chain_file(context.get(), client_.certificate.c_str());
    SSL_CTX_use_PrivateKey_file(context.get(), client_.key.c_str(), SSL_FILETYPE_PEM);
    const unsigned char h2[] = {2, 'h', '2'};
    SSL_CTX_set_alpn_protos(context.get(), h2, sizeof(h2));
    return context;
  }

  // Whether server and client agree.
  bool Agree(const Offer& offer) {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    const timeval timeout{.tv_sec = 10, .tv_usec = 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(house_.server->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const auto context = Context(offer);
    const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()), SSL_free);
    SSL_set_fd(ssl.get(), fd);
    const bool agreed = SSL_connect(ssl.get()) == 1;
    ERR_clear_error();
    close(fd);
    return agreed;
  }

  House house_{EdgeOptions{.workers = 1}};
  const channel::TlsFiles client_ = house_.ca.IssueWorkload("client/cli");
};

// The names of all suites of TLS 1.2 and before.
std::vector<std::string> Suites() {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_cipher_list(context.get(), "ALL:COMPLEMENTOFALL");
  const STACK_OF(SSL_CIPHER)* ciphers = SSL_CTX_get_ciphers(context.get());
  std::vector<std::string> names;
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const SSL_CIPHER* cipher = sk_SSL_CIPHER_value(ciphers, i);
    if (!absl::EqualsIgnoreCase(SSL_CIPHER_get_version(cipher), "TLSv1.3")) {
      names.emplace_back(SSL_CIPHER_get_name(cipher));
    }
  }
  return names;
}

bool IsForwardSecretAead(const std::string& suite) {
  return absl::StartsWith(suite, "ECDHE-") &&
         (absl::StrContains(suite, "GCM") || absl::StrContains(suite, "CHACHA20"));
}

TEST_F(TlsTest, OnlyVersionsFromOnePointTwoOn) {
  EXPECT_FALSE(Agree({.version = TLS1_VERSION}));
  EXPECT_FALSE(Agree({.version = TLS1_1_VERSION}));
  EXPECT_TRUE(Agree({.version = TLS1_2_VERSION}));
  EXPECT_TRUE(Agree({.version = TLS1_3_VERSION}));
}

TEST_F(TlsTest, OnlyForwardSecretSuitesWithAuthenticatedEncryption) {
  int taken = 0;
  const std::vector<std::string> suites = Suites();
  for (const std::string& suite : suites) {
    const bool agreed = Agree({.suite = suite});
    EXPECT_TRUE(!agreed || IsForwardSecretAead(suite)) << suite;
    taken += agreed ? 1 : 0;
  }
  EXPECT_GT(suites.size(), 50u);
  EXPECT_GE(taken, 2) << "those for the kind of key that the certificate has";
  EXPECT_TRUE(Agree({.suite = "ECDHE-ECDSA-AES128-GCM-SHA256"}));
  EXPECT_TRUE(Agree({.suite = "ECDHE-ECDSA-AES256-GCM-SHA384"}));
}

}  // namespace
}  // namespace comity::server
