// A real server over mTLS, without a database: who may call, what is refused, how errors arrive.
#include "services/runtime/server/edge.h"

#include <atomic>
#include <fstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "google/rpc/error_details.pb.h"
#include "grpc/grpc_security_constants.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/server/test_house.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

using gateway::v1::GetCharterRequest;
using CharterApi = gateway::v1::CharterService;
using LeadApi = lead::v1::LeadService;

House& TheHouse() {
  static House* const house = new House(EdgeOptions{.workers = 2});
  return *house;
}

class EdgeTest : public testing::Test {
 protected:
  static void TearDownTestSuite() { delete &TheHouse(); }
  EdgeTest() { house_.charter_service->behaviour = nullptr; }

  std::string Token(const std::string& person, const std::string& department) {
    return house_.Token(person, department);
  }
  void Prepare(grpc::ClientContext* context, const std::string& token) {
    context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    if (!token.empty()) context->AddMetadata("authorization", "Bearer " + token);
  }
  absl::Status GetCharter(const std::shared_ptr<grpc::Channel>& channel, const std::string& token) {
    grpc::ClientContext context;
    Prepare(&context, token);
    type::v1::Charter charter;
    return channel::FromGrpcStatus(
        CharterApi::NewStub(channel)->GetCharter(&context, GetCharterRequest(), &charter));
  }
  absl::Status GetLead(const std::string& name, const std::string& token) {
    grpc::ClientContext context;
    Prepare(&context, token);
    lead::v1::GetLeadRequest request;
    request.set_name(name);
    lead::v1::Lead lead;
    return channel::FromGrpcStatus(LeadApi::NewStub(cli_)->GetLead(&context, request, &lead));
  }
  absl::Status CreateLead(const lead::v1::CreateLeadRequest& request, const std::string& token) {
    grpc::ClientContext context;
    Prepare(&context, token);
    lead::v1::Lead lead;
    return channel::FromGrpcStatus(LeadApi::NewStub(cli_)->CreateLead(&context, request, &lead));
  }
  // The outcome with a certificate of these URI names.
  absl::Status CallAs(const std::string& name, const std::vector<std::string>& uri_names) {
    TestCa::Leaf leaf;
    leaf.uri_names = uri_names;
    return GetCharter(house_.Channel(house_.ca.Issue(name, leaf)), Token("ana", "sales"));
  }

  House& house_ = TheHouse();
  std::shared_ptr<grpc::Channel> cli_ = house_.Channel(house_.ca.IssueWorkload("client/cli"));
};

constexpr char kLead[] = "leads/0190f3a1-0000-7000-8000-000000000000";

TEST_F(EdgeTest, AKnownWorkloadWithAKnownPersonMayCall) {
  EXPECT_EQ(GetCharter(cli_, Token("ana", "sales")), absl::OkStatus());
}

TEST_F(EdgeTest, CertificatesThatAreNotTakenEndTheHandshake) {
  TestCa::Leaf leaf;
  leaf.uri_names = {"spiffe://comity.local/client/cli"};
  const std::string token = Token("ana", "sales");
  channel::TlsFiles foreign = house_.foreign_ca.Issue("foreign", leaf);
  foreign.ca = house_.folder + "/ca.crt";
  EXPECT_EQ(GetCharter(house_.Channel(foreign), token).code(), absl::StatusCode::kUnavailable);
  leaf.not_after = -60;
  EXPECT_EQ(GetCharter(house_.Channel(house_.ca.Issue("expired", leaf)), token).code(),
            absl::StatusCode::kUnavailable);
  leaf.not_before = 3600;
  leaf.not_after = 7200;
  EXPECT_EQ(GetCharter(house_.Channel(house_.ca.Issue("early", leaf)), token).code(),
            absl::StatusCode::kUnavailable);
  leaf.not_before = -60;
  leaf.server_only = true;
  EXPECT_EQ(GetCharter(house_.Channel(house_.ca.Issue("usage", leaf)), token).code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(EdgeTest, NoCertificateAndNoTlsEndTheHandshake) {
  const std::string address = absl::StrCat("127.0.0.1:", house_.server->port());
  grpc::SslCredentialsOptions ssl;
  std::ifstream file(house_.folder + "/ca.crt");
  ssl.pem_root_certs.assign(std::istreambuf_iterator<char>(file), {});
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride("localhost");
  const auto bare = grpc::CreateCustomChannel(address, grpc::SslCredentials(ssl), arguments);
  EXPECT_EQ(GetCharter(bare, "").code(), absl::StatusCode::kUnavailable);
  const auto plain = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  EXPECT_EQ(GetCharter(plain, "").code(), absl::StatusCode::kUnavailable);
}

TEST_F(EdgeTest, ExactlyOneSpiffeIdOfTheTrustDomain) {
  EXPECT_EQ(Reason(CallAs("none", {})), "WORKLOAD_UNKNOWN");
  EXPECT_EQ(Reason(CallAs("two", {"spiffe://comity.local/client/cli",
                                  "spiffe://comity.local/service/gateway"})),
            "WORKLOAD_UNKNOWN");
  EXPECT_EQ(Reason(CallAs("other", {"spiffe://other.local/client/cli"})), "WORKLOAD_UNKNOWN");
  EXPECT_EQ(Reason(CallAs("evil", {"spiffe://comity.local/service/gateway-evil"})),
            "WORKLOAD_NOT_ALLOWED");
  EXPECT_EQ(Reason(CallAs("lead", {"spiffe://comity.local/service/lead"})), "WORKLOAD_NOT_ALLOWED");
  EXPECT_EQ(CallAs("gateway", {"spiffe://comity.local/service/gateway"}), absl::OkStatus());
}

TEST_F(EdgeTest, AChannelTakesOnlyThePeerItWasMadeFor) {
  const auto tls = house_.ca.IssueWorkload("client/cli");
  EXPECT_EQ(GetCharter(house_.Channel(tls, "service/lead"), "").code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(EdgeTest, ANewCertificateIsServedWithoutARestart) {
  const auto tls = house_.ca.IssueWorkload("client/cli");
  const auto served = [&]() -> std::string {
    grpc::ClientContext context;
    Prepare(&context, Token("ana", "sales"));
    type::v1::Charter charter;
    const auto stub = CharterApi::NewStub(house_.Channel(tls));
    if (!stub->GetCharter(&context, GetCharterRequest(), &charter).ok()) return "";
    const auto pem = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
    return pem.empty() ? "" : std::string(pem[0].data(), pem[0].size());
  };
  const std::string before = served();
  ASSERT_NE(before, "");
  house_.ca.IssueWorkload("service/test");  // overwrites the server's files
  std::string after = before;
  for (const absl::Time end = absl::Now() + absl::Seconds(10);
       (after == before || after.empty()) && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(100));
    after = served();
  }
  EXPECT_NE(after, "");
  EXPECT_NE(after, before);
  EXPECT_EQ(GetCharter(cli_, Token("ana", "sales")), absl::OkStatus());
}

TEST_F(EdgeTest, TokensThatAreNotTaken) {
  const absl::Time now = absl::Now();
  const auto sign = [&](absl::Time at) {
    return *house_.signer.Sign("persons/ana", "departments/sales", at);
  };
  EXPECT_EQ(Reason(GetCharter(cli_, "")), "TOKEN_MISSING");
  EXPECT_EQ(Reason(GetCharter(cli_, "a.b.c")), "TOKEN_MALFORMED");
  EXPECT_EQ(Reason(GetCharter(cli_, sign(now - absl::Hours(1)))), "TOKEN_EXPIRED");
  EXPECT_EQ(Reason(GetCharter(cli_, sign(now + absl::Minutes(5)))), "TOKEN_NOT_YET_VALID");
  const auto foreign = *identity::TokenSigner::Make("https://dev.comity.local", "comity", "dev-1",
                                                    identity::NewP256().private_pem);
  EXPECT_EQ(Reason(GetCharter(cli_, *foreign.Sign("persons/ana", "departments/sales", now))),
            "TOKEN_SIGNATURE");
  EXPECT_EQ(GetCharter(cli_, "").code(), absl::StatusCode::kUnauthenticated);
}

// What the rules take must be able to arrive, with all that goes with it.
TEST_F(EdgeTest, TheLargestTokenArrives) {
  const auto key = *identity::PrivateKey::FromPem(house_.pair.private_pem);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto of_size = [&](size_t size) {
    std::string token;
    for (size_t padding = size * 3 / 4 - 500; token.size() < size; ++padding) {
      token = *identity::SignToken(
          R"({"alg":"ES256","kid":"dev-1"})",
          absl::StrCat(R"({"iss":"https://dev.comity.local","aud":"comity","sub":"persons/ana",)",
                       R"("dept":"departments/sales","iat":)", now, R"(,"exp":)", now + 900,
                       R"(,"groups":")", std::string(padding, 'x'), R"("})"),
          key);
    }
    return token;
  };
  const auto call = [&](const std::string& token) {
    grpc::ClientContext context;
    Prepare(&context, token);
    context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    context.AddMetadata("tracestate", "a=" + std::string(510, 'x'));
    type::v1::Charter charter;
    return channel::FromGrpcStatus(
        CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter));
  };
  const std::string largest = of_size(identity::kLargestToken - 1);  // base64url grows by 1 or 2
  ASSERT_LE(largest.size(), identity::kLargestToken);
  EXPECT_EQ(call(largest), absl::OkStatus());
  EXPECT_EQ(Reason(call(of_size(identity::kLargestToken + 1))), "TOKEN_TOO_LARGE");
}

TEST_F(EdgeTest, TwoAuthorizationHeadersAreRefused) {
  grpc::ClientContext context;
  Prepare(&context, Token("ana", "sales"));
  context.AddMetadata("authorization", "Bearer " + Token("ivo", "it"));
  type::v1::Charter charter;
  EXPECT_EQ(Reason(channel::FromGrpcStatus(
                CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter))),
            "TOKEN_MALFORMED");
}

TEST_F(EdgeTest, RolesComeFromTheDirectory) {
  EXPECT_EQ(Reason(GetCharter(cli_, Token("eve", "sales"))), "ROLE_UNKNOWN");
  EXPECT_EQ(Reason(GetCharter(cli_, Token("ana", "marketing"))), "ROLE_UNKNOWN");
  EXPECT_EQ(Reason(GetLead(kLead, Token("ivo", "it"))), "ROLE_REQUIRED");
  EXPECT_EQ(GetCharter(cli_, Token("ivo", "it")), absl::OkStatus());
}

TEST(StaleDirectoryTest, NobodyIsTakenByACopyThatIsNotConfirmed) {
  for (const absl::Duration confirmed :
       {-absl::InfiniteDuration(), Uptime() - directory::kLongestSilence - absl::Seconds(1),
        Uptime()}) {
    House house(EdgeOptions{.workers = 2}, confirmed);
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + house.Token("ana", "sales"));
    type::v1::Charter charter;
    const absl::Status status = channel::FromGrpcStatus(
        CharterApi::NewStub(house.Channel(house.ca.IssueWorkload("client/cli")))
            ->GetCharter(&context, GetCharterRequest(), &charter));
    const bool fresh = Uptime() - confirmed < directory::kLongestSilence;
    EXPECT_EQ(status.code(), fresh ? absl::StatusCode::kOk : absl::StatusCode::kUnavailable);
    EXPECT_EQ(Reason(status), fresh ? "" : "DIRECTORY_STALE");
  }
  // A revocation has a minute in all: until it is sequenced or found not to be, looked for each
  // second, and held up on its way for as long as a stream may be silent.
  EXPECT_LT(directory::kLongestSilence + absl::Seconds(5 + 1 + 10), absl::Seconds(60));
}

TEST_F(EdgeTest, TheCharterGivesTheRights) {
  EXPECT_EQ(Reason(GetLead(kLead, Token("ana", "sales"))), "RESOURCE_NOT_FOUND");
  // Permission is checked before existence.
  EXPECT_EQ(Reason(GetLead(kLead, Token("ina", "it"))), "RIGHT_REQUIRED");
  EXPECT_EQ(Reason(GetLead(kLead, Token("aud", "it"))), "RESOURCE_NOT_FOUND");
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_given_name("Ada");
  EXPECT_EQ(CreateLead(request, Token("ana", "sales")), absl::OkStatus());
  EXPECT_EQ(Reason(CreateLead(request, Token("aud", "it"))), "ROLE_REQUIRED");
  EXPECT_EQ(Reason(CreateLead(request, Token("ina", "it"))), "RIGHT_REQUIRED");
}

TEST_F(EdgeTest, RequestsAreCheckedBeforeTheHandler) {
  const absl::Status status = GetLead("leads/x", Token("ana", "sales"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "INVALID_NAME");
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_given_name("a\x01");
  EXPECT_EQ(Reason(CreateLead(request, Token("ana", "sales"))), "CONTROL_CHARACTER");
}

TEST_F(EdgeTest, AMessageOverOneMebibyteIsRefused) {
  lead::v1::CreateLeadRequest request;
  request.mutable_lead()->set_given_name(std::string(2 << 20, 'a'));
  EXPECT_EQ(CreateLead(request, Token("ana", "sales")).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetCharter(cli_, Token("ana", "sales")), absl::OkStatus());
}

// Of 40 KiB on the wire, and of many times that in memory.
TEST(QueueMemoryTest, ARequestCountsAsWhatItHoldsInMemory) {
  lead::v1::CreateLeadRequest request;
  for (int i = 0; i < 5000; ++i) {
    (*request.mutable_lead()->mutable_attributes())[std::to_string(i)] = "";
  }
  ASSERT_LT(request.ByteSizeLong(), 64 << 10);
  for (const size_t queue_bytes : {size_t{64} << 10, size_t{64} << 20}) {
    House house(EdgeOptions{.workers = 1, .queue_bytes = queue_bytes});
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + house.Token("ana", "sales"));
    lead::v1::Lead lead;
    const absl::Status status = channel::FromGrpcStatus(
        lead::v1::LeadService::NewStub(house.Channel(house.ca.IssueWorkload("client/cli")))
            ->CreateLead(&context, request, &lead));
    // Where there is room, the checks find far too many attributes.
    EXPECT_EQ(status.code(), queue_bytes < 1 << 20 ? absl::StatusCode::kResourceExhausted
                                                   : absl::StatusCode::kInvalidArgument)
        << status;
  }
}

TEST_F(EdgeTest, MetadataOverEightKilobytesIsRefused) {
  const auto call_with = [&](size_t size) {
    grpc::ClientContext context;
    Prepare(&context, Token("ana", "sales"));
    context.AddMetadata("x-filler", std::string(size, 'a'));
    type::v1::Charter charter;
    return CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter);
  };
  EXPECT_TRUE(call_with(6 << 10).ok());
  EXPECT_EQ(call_with(9 << 10).error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(EdgeTest, ErrorDetailsArrive) {
  house_.charter_service->behaviour = [](Call&) {
    return InvalidField("TEST_REASON", "a.b", "mend it so");
  };
  const absl::Status status = GetCharter(cli_, Token("ana", "sales"));
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "TEST_REASON");
  google::rpc::BadRequest bad;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest");
  ASSERT_TRUE(payload.has_value());
  ASSERT_TRUE(bad.ParseFromString(std::string(*payload)));
  EXPECT_EQ(bad.field_violations(0).field(), "a.b");
}

TEST_F(EdgeTest, InternalErrorsShowAnIdAndNothingElse) {
  for (const auto& behaviour : std::vector<std::function<absl::Status(Call&)>>{
           [](Call&) { return Internal("SELECT secret FROM table"); },
           [](Call&) { return absl::UnknownError("SELECT secret FROM table"); },
           [](Call&) -> absl::Status { throw std::runtime_error("secret at /path"); }}) {
    house_.charter_service->behaviour = behaviour;
    testing::internal::CaptureStderr();
    const absl::Status status = GetCharter(cli_, Token("ana", "sales"));
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_EQ(status.ToString().find("secret"), std::string::npos) << status;
    const std::string id = ErrorValue(status, "error_id");
    EXPECT_EQ(id.size(), 16u);
    std::string log;  // the line comes just after the answer
    for (int i = 0; i < 100 && log.find(id) == std::string::npos; ++i) {
      absl::SleepFor(absl::Milliseconds(10));
      log += testing::internal::GetCapturedStderr();
      testing::internal::CaptureStderr();
    }
    testing::internal::GetCapturedStderr();
    EXPECT_NE(log.find(id), std::string::npos);
    EXPECT_NE(log.find("secret"), std::string::npos);
  }
}

TEST_F(EdgeTest, TheDeadlineIsTheCallersOrThePolicys) {
  absl::Duration left;
  house_.charter_service->behaviour = [&](Call& call) {
    left = call.deadline - call.now;
    return absl::OkStatus();
  };
  ASSERT_EQ(GetCharter(cli_, Token("ana", "sales")), absl::OkStatus());
  EXPECT_EQ(left, absl::Seconds(3));  // the policy's, of 10 s asked for
  grpc::ClientContext context;
  Prepare(&context, Token("ana", "sales"));
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(1)));
  type::v1::Charter charter;
  ASSERT_TRUE(CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter).ok());
  EXPECT_LE(left, absl::Milliseconds(1200));  // gRPC rounds a deadline up on its way
}

TEST_F(EdgeTest, TheTraceGoesOn) {
  std::string seen;
  std::string state;
  house_.charter_service->behaviour = [&](Call& call) {
    seen = call.traceparent;
    state = call.tracestate;
    return absl::OkStatus();
  };
  grpc::ClientContext context;
  Prepare(&context, Token("ana", "sales"));
  context.AddMetadata("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
  context.AddMetadata("tracestate", "a=1");
  context.AddMetadata("tracestate", "b@c=2 x");
  type::v1::Charter charter;
  ASSERT_TRUE(CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter).ok());
  EXPECT_EQ(seen.substr(0, 36), "00-0af7651916cd43dd8448eb211c80319c-");
  EXPECT_NE(seen.substr(36, 16), "b7ad6b7169203331");
  EXPECT_EQ(state, "a=1,b@c=2 x");
}

TEST_F(EdgeTest, AQueuedCallThatIsTooLateIsNotRun) {
  absl::Notification go;
  std::atomic<int> runs{0};
  house_.charter_service->behaviour = [&](Call&) {
    ++runs;
    go.WaitForNotification();
    return absl::OkStatus();
  };
  const std::string token = Token("ana", "sales");
  std::vector<std::thread> blocking;
  for (int i = 0; i < 2; ++i) blocking.emplace_back([&] { (void)GetCharter(cli_, token); });
  while (runs < 2) absl::SleepFor(absl::Milliseconds(1));
  grpc::ClientContext context;
  Prepare(&context, token);
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Milliseconds(200)));
  type::v1::Charter charter;
  const auto late = CharterApi::NewStub(cli_)->GetCharter(&context, GetCharterRequest(), &charter);
  EXPECT_EQ(late.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  go.Notify();
  for (std::thread& thread : blocking) thread.join();
  EXPECT_EQ(GetCharter(cli_, token), absl::OkStatus());
  EXPECT_EQ(runs, 3);  // the two that blocked and the last
}

TEST_F(EdgeTest, CallsAreCounted) {
  EXPECT_EQ(GetCharter(cli_, Token("ana", "sales")), absl::OkStatus());
  double calls = 0;
  for (const auto& family : house_.metrics.Collect()) {
    if (family.name != "comity_calls_total") continue;
    for (const auto& metric : family.metric) calls += metric.counter.value;
  }
  EXPECT_GE(calls, 1);
}

}  // namespace
}  // namespace comity::server
