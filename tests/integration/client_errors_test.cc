// What the command line says when no service answers it: certificates told from a service that is
// away, and messages that are too large; at once where waiting would not help.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/client/api/transport_error.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class ClientErrors : public ::testing::Test {
 protected:
  void SetUp() override { std::ifstream(Suite::Get().folder() + "/profile.json") >> profile_; }

  // Runs a read with the profile as the test has changed it.
  Outcome List() const {
    const std::string path = Suite::Get().folder() + "/changed-profile.json";
    std::ofstream(path) << profile_;
    return TryComity("lead list --page-size 1", path);
  }
  void ExpectError(const std::string& code_and_reason) const {
    const Outcome outcome = List();
    EXPECT_EQ(outcome.code, 1) << outcome.output;
    EXPECT_THAT(outcome.errors, HasSubstr(code_and_reason));
    // One line: gRPC's own log stays out of it.
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
  }
  // A new file of the suite's folder, made by a shell command in which $PKI is the suite's.
  static std::string Make(const std::string& name, const std::string& command) {
    const std::string path = absl::StrCat(Suite::Get().folder(), "/", name);
    const Outcome outcome =
        RunShell(absl::StrCat("PKI=", Suite::Get().folder(), "/pki; ", command, " >", path));
    EXPECT_EQ(outcome.code, 0) << outcome.errors;
    return path;
  }
  json profile_;
};

constexpr char kIdentity[] = "subjectAltName=URI:spiffe://comity.local/client/cli";

TEST_F(ClientErrors, AreNoneWithTheProfileAsItIs) {
  const Outcome outcome = List();
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.errors, "");
}

TEST_F(ClientErrors, TellAServiceThatIsAwayFromAnotherOne) {
  profile_["addresses"]["lead"] = "127.0.0.1:1";
  ExpectError("UNAVAILABLE SERVICE_AWAY");
  profile_["addresses"]["lead"] = profile_["addresses"]["account"];
  ExpectError("UNAVAILABLE PEER_IS_ANOTHER");
}

TEST_F(ClientErrors, NameAMissingCertificate) {
  profile_["tls_cert"] = Suite::Get().folder() + "/pki/nobody.crt";
  ExpectError("INVALID_ARGUMENT TLS_FILE_INVALID");
}

TEST_F(ClientErrors, NameAnExpiredCertificate) {
  const std::string request = "openssl req -new -key $PKI/client.key -subj /CN=client";
  profile_["tls_cert"] =
      Make("expired.crt", absl::StrCat("echo ", kIdentity, " >$PKI/../names; ", request,
                                       " | openssl x509 -req -CA $PKI/ca.crt -CAkey $PKI/ca.key "
                                       "-set_serial 7 -days -1 -extfile $PKI/../names"));
  ExpectError("UNAVAILABLE CERTIFICATE_EXPIRED");
}

TEST_F(ClientErrors, NameAForeignCertificate) {
  const std::string foreign =
      Make("foreign.crt", absl::StrCat("openssl req -x509 -new -key $PKI/client.key -days 2 -subj "
                                       "/CN=client -addext ",
                                       kIdentity));
  profile_["tls_cert"] = foreign;
  ExpectError("UNAVAILABLE CERTIFICATE_FOREIGN");
}

TEST_F(ClientErrors, NameAServiceOfAnotherAuthority) {
  profile_["tls_ca"] =
      Make("other-ca.crt", "openssl req -x509 -new -key $PKI/client.key -days 2 -subj /CN=other");
  ExpectError("UNAVAILABLE PEER_NOT_TRUSTED");
}

TEST_F(ClientErrors, NameAMessageThatIsTooLarge) {
  json request;
  request["lead"]["family_name"] = std::string(client::kLargestRequest + 1, 'x');
  std::ofstream(Suite::Get().folder() + "/large.json") << request;
  const Outcome outcome = RunShell(absl::StrCat(ComityCommand("call LeadService/CreateLead -"),
                                                " <", Suite::Get().folder(), "/large.json"));
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.errors, HasSubstr("RESOURCE_EXHAUSTED MESSAGE_TOO_LARGE"));
}

}  // namespace
}  // namespace comity::integration
