// Who may not call: wrong or missing certificates, tokens of every bad kind, unknown roles; over
// gRPC and through the HTTP/JSON door alike.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/gateway/http_door/test_client.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using LeadStub = lead::v1::LeadService::Stub;
using nlohmann::json;

constexpr char kListLeads[] = "/comity.lead.v1.LeadService/ListLeads";

std::string Read(const std::string& path) {
  std::ifstream file(path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

absl::Status ListLeads(const grpc::SslCredentialsOptions& tls) {
  Suite& suite = Suite::Get();
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  const auto channel = grpc::CreateCustomChannel(suite.profile().addresses.at("lead"),
                                                 grpc::SslCredentials(tls), arguments);
  return Suite::CallWith(channel, &LeadStub::ListLeads, suite.Token("ana@sales"),
                         lead::v1::ListLeadsRequest(), absl::Seconds(5))
      .status();
}

TEST(Callers, NeedACertificateOfOurAuthority) {
  const client::Profile& profile = Suite::Get().profile();
  const std::string ca = Read(profile.tls_ca);
  EXPECT_TRUE(ListLeads({ca, Read(profile.tls_key), Read(profile.tls_cert)}).ok());
  EXPECT_EQ(ListLeads({ca, "", ""}).code(), absl::StatusCode::kUnavailable);
  const std::string foreign = gateway::MakeTestCertificate("client");
  EXPECT_EQ(ListLeads({ca, Read(foreign + ".key"), Read(foreign + ".crt")}).code(),
            absl::StatusCode::kUnavailable);
}

struct BadToken {
  std::string what;
  std::string token;
  std::vector<std::string> reasons;  // any of these
};

std::string Encode(const std::string& text) { return absl::WebSafeBase64Escape(text); }

std::vector<BadToken> BadTokens() {
  Suite& suite = Suite::Get();
  const std::string good = suite.Token("ana@sales");
  const std::vector<std::string> parts = absl::StrSplit(good, '.');
  const auto foreign =
      identity::TokenSigner::Make(suite.profile().issuer.iss, suite.profile().issuer.aud,
                                  suite.profile().issuer.kid, identity::NewP256().private_pem);
  const std::string kid = suite.profile().issuer.kid;
  const std::string none = Encode(absl::StrCat(R"({"alg":"none","kid":")", kid, R"("})"));
  const std::string hs256 = Encode(absl::StrCat(R"({"alg":"HS256","kid":")", kid, R"("})"));
  return {
      {"expired", suite.Token("ana@sales", absl::Now() - absl::Hours(2)), {"TOKEN_EXPIRED"}},
      {"foreign",
       *foreign->Sign("persons/ana", "departments/sales", absl::Now()),
       {"TOKEN_SIGNATURE"}},
      {"unsigned",
       absl::StrCat(parts[0], ".", parts[1], "."),
       {"TOKEN_SIGNATURE", "TOKEN_MALFORMED"}},
      {"none", absl::StrCat(none, ".", parts[1], "."), {"TOKEN_ALGORITHM", "TOKEN_MALFORMED"}},
      {"HS256", absl::StrCat(hs256, ".", parts[1], ".", parts[2]), {"TOKEN_ALGORITHM"}},
      {"changed",
       absl::StrCat(parts[0], ".", Encode(R"({"sub":"persons/sam"})"), ".", parts[2]),
       {"TOKEN_SIGNATURE", "TOKEN_MALFORMED"}},
      {"no token at all", "junk", {"TOKEN_MALFORMED"}},
  };
}

TEST(Callers, BadTokensEachHaveTheirError) {
  Suite& suite = Suite::Get();
  const channel::Channels channels(
      {suite.profile().tls_cert, suite.profile().tls_key, suite.profile().tls_ca},
      suite.profile().addresses);
  for (const BadToken& bad : BadTokens()) {
    const absl::Status status = Suite::CallWith(channels.To("lead"), &LeadStub::ListLeads,
                                                bad.token, lead::v1::ListLeadsRequest())
                                    .status();
    EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated) << bad.what << status;
    EXPECT_NE(std::find(bad.reasons.begin(), bad.reasons.end(), Reason(status)), bad.reasons.end())
        << bad.what << ": " << Reason(status);
  }
}

std::string ReasonIn(const std::string& body) {
  const json error = json::parse(body, nullptr, false);
  if (!error.is_object()) return body;
  for (const json& detail : error.value("details", json::array())) {
    if (detail["type"] == "google.rpc.ErrorInfo") return detail["debug"]["reason"];
  }
  return body;
}

gateway::TestReply Post(const std::string& path, const std::string& token, const std::string& body,
                        const std::string& headers = "") {
  return gateway::TestClient(Suite::Get().http_port())
      .Post(path, absl::StrCat("Authorization: Bearer ", token, "\r\n", headers), body);
}

TEST(Callers, TheDoorSaysTheSame) {
  EXPECT_EQ(Post(kListLeads, Suite::Get().Token("ana@sales"), "{}").code, 200);
  for (const BadToken& bad : BadTokens()) {
    const gateway::TestReply reply = Post(kListLeads, bad.token, "{}");
    EXPECT_EQ(reply.code, 401) << bad.what;
    EXPECT_NE(std::find(bad.reasons.begin(), bad.reasons.end(), ReasonIn(reply.body)),
              bad.reasons.end())
        << bad.what << ": " << reply.body;
  }
}

// The gateway itself may read journals: its right must not stand in for a person's.
TEST(Callers, TheDoorLendsNobodyTheGatewaysRights) {
  const std::string read = "/comity.journal.v1.JournalService/ReadJournal";
  const std::string lead = "Comity-Service: lead\r\n";
  EXPECT_EQ(Post(read, Suite::Get().Token("ana@sales"), "{}", lead).code, 200);
  EXPECT_EQ(Post(read, "junk", "{}", lead).code, 401);
  EXPECT_EQ(Post(read, Suite::Get().Token("ivo@it"), "{}", lead).code, 403);
}

TEST(Callers, NeedAPlaceInTheDirectory) {
  for (const std::string as : {"nobody@sales", "ana@marketing", "ana@astrology"}) {
    const absl::Status status = CreateLead(as).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << as;
    EXPECT_EQ(Reason(status), "ROLE_UNKNOWN") << as << status;
  }
}

TEST(Callers, AuditorsWriteNothingAndOperatorsReadNothing) {
  EXPECT_EQ(Reason(CreateLead("aud@management").status()), "ROLE_REQUIRED");
  EXPECT_TRUE(
      Suite::Get()
          .Call(&LeadStub::ListLeads, "lead", "aud@management", lead::v1::ListLeadsRequest())
          .ok());
  Suite& suite = Suite::Get();
  const auto list =
      suite.Call(&LeadStub::ListLeads, "lead", "ivo@it", lead::v1::ListLeadsRequest());
  EXPECT_EQ(Reason(list.status()), "ROLE_REQUIRED") << "a real operator, of config/directory.yaml";
  gateway::v1::SetMembershipRequest membership;
  membership.mutable_membership()->set_person("persons/ana");
  membership.mutable_membership()->set_department("departments/it");
  membership.mutable_membership()->add_roles(type::v1::ROLE_MEMBER);
  membership.set_request_id(NewRequestId());
  for (const char* as : {"ivo@it", "aud@management"}) {
    EXPECT_EQ(Reason(suite
                         .Call(&gateway::v1::DirectoryService::Stub::SetMembership, "gateway", as,
                               membership)
                         .status()),
              "ROLE_REQUIRED")
        << as;
    EXPECT_TRUE(suite
                    .Call(&gateway::v1::CharterService::Stub::GetCharter, "gateway", as,
                          gateway::v1::GetCharterRequest())
                    .ok())
        << as;
  }
  for (const std::string service : {"lead", "account", "support", "reporting", "gateway"}) {
    const auto read = [&](const std::string& as) {
      return suite
          .Call(&journal::v1::JournalService::Stub::ReadJournal, service, as,
                journal::v1::ReadJournalRequest())
          .status();
    };
    EXPECT_TRUE(read("aud@management").ok()) << service;
    EXPECT_EQ(Reason(read("ivo@it")), "ROLE_REQUIRED") << service;
  }
}

// A journal holds whole records.
TEST(Callers, NoJournalOfRecordsThatOneMayNotRead) {
  const auto read = [](const std::string& as, const std::string& service) {
    return Reason(Suite::Get()
                      .Call(&journal::v1::JournalService::Stub::ReadJournal, service, as,
                            journal::v1::ReadJournalRequest())
                      .status());
  };
  EXPECT_EQ(read("mia@marketing", "lead"), "");
  EXPECT_EQ(read("mia@marketing", "support"), "RIGHT_REQUIRED");
  EXPECT_EQ(read("sue@support", "support"), "");
  EXPECT_EQ(read("sue@support", "lead"), "RIGHT_REQUIRED") << "campaigns are not support's to read";
  EXPECT_EQ(read("ida@it", "account"), "RIGHT_REQUIRED");
  EXPECT_EQ(read("ida@it", "gateway"), "");
}

}  // namespace
}  // namespace comity::integration
