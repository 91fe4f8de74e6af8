// The door as callers meet it: real TLS, real sockets, real gRPC services behind it.
#include "services/gateway/http_door/http_door.h"

#include <atomic>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/gateway/http_door/test_client.h"
#include "services/runtime/identity/token.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using nlohmann::json;

constexpr char kGetLead[] = "/comity.lead.v1.LeadService/GetLead";
constexpr char kListLeads[] = "/comity.lead.v1.LeadService/ListLeads";
constexpr char kTrace[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kToken[] = "Authorization: Bearer token-of-ana\r\n";

std::string MetadataOf(grpc::ServerContext* context, const std::string& key) {
  const auto found = context->client_metadata().find(key);
  if (found == context->client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

class FakeLeads final : public lead::v1::LeadService::Service {
 public:
  // Echoes what came with the call; refuses `leads/denied`; holds `leads/slow` until cancelled.
  grpc::Status GetLead(grpc::ServerContext* context, const lead::v1::GetLeadRequest* request,
                       lead::v1::Lead* lead) override {
    if (request->name() == "leads/denied") {
      return server::ToGrpcStatus(PermissionDenied("RIGHT_REQUIRED", "no"));
    }
    if (request->name() == "leads/slow") {
      if (++slow == 1) slow_began.Notify();
      while (!context->IsCancelled() && !let_go) absl::SleepFor(absl::Milliseconds(2));
      return let_go ? grpc::Status::OK : grpc::Status::CANCELLED;
    }
    lead->set_name(request->name());
    lead->set_family_name(MetadataOf(context, "authorization"));
    lead->set_given_name(MetadataOf(context, "traceparent"));
    lead->set_organization(MetadataOf(context, "tracestate"));
    (*lead->mutable_attributes())["ms"] = absl::StrCat(
        absl::ToInt64Milliseconds(absl::FromChrono(context->deadline()) - absl::Now()));
    return grpc::Status::OK;
  }

  absl::Notification slow_began;
  std::atomic<int> slow{0};
  std::atomic<bool> let_go{false};
};

class FakeJudgements final : public judgement::v1::JudgementService::Service {
 public:
  explicit FakeJudgements(int revision) : revision_(revision) {}
  grpc::Status GetStanding(grpc::ServerContext*, const judgement::v1::GetStandingRequest*,
                           judgement::v1::GetStandingResponse* response) override {
    response->set_charter_revision(revision_);
    return grpc::Status::OK;
  }

 private:
  const int revision_;
};

// Every token is the caller's name, but for those that are forged.
class FakeCallers final : public Callers {
 public:
  std::string Known(absl::string_view token) override {
    absl::MutexLock lock(&mutex_);
    return known_.contains(token) ? std::string(token) : "";
  }
  absl::StatusOr<std::string> Verify(absl::string_view token) override {
    if (absl::StartsWith(token, "forged")) {
      return Unauthenticated("SIGNATURE_INVALID", "not signed by a known key");
    }
    absl::MutexLock lock(&mutex_);
    return *known_.insert(std::string(token)).first;
  }

 private:
  absl::Mutex mutex_;
  absl::flat_hash_set<std::string> known_ ABSL_GUARDED_BY(mutex_);
};

class HttpDoorTest : public ::testing::Test {
 protected:
  void SetUp() override { StartDoor({}); }

  // What the door's metrics say of refusals for `reason`.
  double Refusals(const std::string& reason) {
    for (const auto& family : metrics_.Collect()) {
      if (family.name != "comity_http_refused_total") continue;
      for (const auto& metric : family.metric) {
        for (const auto& label : metric.label) {
          if (label.name == "reason" && label.value == reason) return metric.counter.value;
        }
      }
    }
    return 0;
  }

  void StartDoor(HttpOptions options, const DoorLimits& limits = {}) {
    certificate_ = MakeTestCertificate("door");
    options.listen = "127.0.0.1:0";
    options.certificate_file = certificate_ + ".crt";
    options.key_file = certificate_ + ".key";
    if (lead_ == nullptr) StartServices();
    door_ = std::make_unique<HttpDoor>(
        options,
        [this](const std::string& service) {
          const auto found = channels_.find(service);
          return found == channels_.end() ? nullptr : found->second;
        },
        std::make_unique<FakeCallers>(), limits, &metrics_);
    ASSERT_TRUE(door_->Start().ok());
  }

  void StartServices() {
    lead_ = grpc::ServerBuilder()
                .RegisterService(&leads_)
                .RegisterService(&judged_leads_)
                .BuildAndStart();
    support_ = grpc::ServerBuilder().RegisterService(&judged_cases_).BuildAndStart();
    channels_ = {
        {"lead", lead_->InProcessChannel({})},
        {"support", support_->InProcessChannel({})},
        {"account", grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials())}};
  }

  TestReply Post(const std::string& path, const std::string& body,
                 const std::string& headers = kToken) {
    return TestClient(door_->port()).Post(path, headers, body);
  }

  static void ExpectError(const TestReply& reply, int http, const std::string& code,
                          const std::string& reason) {
    EXPECT_EQ(reply.code, http) << reply.body;
    const json error = json::parse(reply.body, nullptr, false);
    ASSERT_TRUE(error.is_object()) << reply.body;
    EXPECT_EQ(error["code"], code);
    std::string found;
    for (const json& detail : error["details"]) {
      if (detail["type"] == "google.rpc.ErrorInfo") found = detail["debug"]["reason"];
    }
    EXPECT_EQ(found, reason) << reply.body;
  }

  std::string certificate_;
  FakeLeads leads_;
  FakeJudgements judged_leads_{1};
  FakeJudgements judged_cases_{2};
  std::unique_ptr<grpc::Server> lead_;
  std::unique_ptr<grpc::Server> support_;
  std::map<std::string, std::shared_ptr<grpc::Channel>> channels_;
  server::Metrics metrics_{"gateway"};
  std::unique_ptr<HttpDoor> door_;
};

TEST_F(HttpDoorTest, PassesCallTokenAndTraceOn) {
  const std::string trace = kTrace;
  const TestReply reply =
      Post(kGetLead, R"({"name":"leads/x"})",
           absl::StrCat(kToken, "Connect-Protocol-Version: 1\r\nTraceparent: ", trace,
                        "\r\nTracestate: a=1\r\nTracestate: b@c=2\r\n"));
  EXPECT_EQ(reply.code, 200);
  const json lead = json::parse(reply.body);
  EXPECT_EQ(lead["name"], "leads/x");
  EXPECT_EQ(lead["familyName"], "Bearer token-of-ana");
  EXPECT_EQ(lead["givenName"], trace);
  EXPECT_EQ(lead.value("organization", ""), "a=1, b@c=2");
  EXPECT_TRUE(absl::StrContains(reply.headers, "Content-Type: application/json\r\n"));
}

// gRPC ends the process that hands it other bytes as metadata.
TEST_F(HttpDoorTest, RefusesATokenOfBytesThatMetadataCannotCarry) {
  for (const char* byte : {"\x80", "\t", "\xe9", "\xff"}) {
    for (const std::string& token : {absl::StrCat("to", byte, "ken"), absl::StrCat(byte, "x")}) {
      ExpectError(Post(kGetLead, "{}", absl::StrCat("Authorization: Bearer x", token, "\r\n")), 401,
                  "unauthenticated", "TOKEN_MALFORMED");
    }
  }
  EXPECT_EQ(Post(kGetLead, "{}").code, 200) << "the door still stands";
}

TEST_F(HttpDoorTest, DropsATraceThatIsNone) {
  const std::string body = R"({"name":"leads/x"})";
  const auto post = [&](const std::string& parent, const std::string& state) {
    const TestReply reply =
        Post(kGetLead, body,
             absl::StrCat(kToken, "Traceparent: ", parent, "\r\nTracestate: ", state, "\r\n"));
    EXPECT_EQ(reply.code, 200) << parent << state << reply.body;
    return json::parse(reply.body, nullptr, false);
  };
  for (const char* byte : {"\x80", "\t", "\xe9", "\xff"}) {
    std::string bad = kTrace;
    bad.replace(20, 1, byte);
    const json lead = post(bad, "a=1");
    EXPECT_FALSE(lead.contains("givenName")) << lead;
    EXPECT_FALSE(lead.contains("organization")) << "a state of no trace" << lead;
    EXPECT_FALSE(post(kTrace, absl::StrCat("a=1", byte, "2")).contains("organization"));
    EXPECT_EQ(post(kTrace, absl::StrCat("a=1", byte, "2")).value("givenName", ""), kTrace);
  }
  EXPECT_FALSE(post(kTrace, absl::StrCat("a=", std::string(600, 'x'))).contains("organization"));
}

TEST_F(HttpDoorTest, TheLargestTokenFits) {
  const std::string token(identity::kLargestToken, 'x');
  const TestReply reply =
      Post(kGetLead, R"({"name":"leads/x"})",
           absl::StrCat("Authorization: Bearer ", token, "\r\nTraceparent: ", kTrace,
                        "\r\nTracestate: a=", std::string(510, 'x'),
                        "\r\nUser-Agent: ", std::string(200, 'x'), "\r\n"));
  ASSERT_EQ(reply.code, 200) << reply.body;
  EXPECT_EQ(json::parse(reply.body)["familyName"], absl::StrCat("Bearer ", token));
  ExpectError(Post(kGetLead, "{}", absl::StrCat("Authorization: Bearer ", token, "x\r\n")), 401,
              "unauthenticated", "TOKEN_TOO_LARGE");
}

TEST_F(HttpDoorTest, HonoursTheTimeout) {
  const json lead = json::parse(
      Post(kGetLead, R"({"name":"leads/x"})", absl::StrCat(kToken, "Connect-Timeout-Ms: 700\r\n"))
          .body);
  EXPECT_LE(std::stoi(std::string(lead["attributes"]["ms"])), 700);
  const json capped = json::parse(
      Post(kGetLead, R"({"name":"leads/x"})", absl::StrCat(kToken, "Connect-Timeout-Ms: 99999\r\n"))
          .body);
  EXPECT_LE(std::stoi(std::string(capped["attributes"]["ms"])), 3000) << "the method's own bound";
  ExpectError(Post(kGetLead, R"({"name":"leads/slow"})",
                   absl::StrCat(kToken, "Connect-Timeout-Ms: 50\r\n")),
              504, "deadline_exceeded", "DEADLINE_EXCEEDED");
  for (const char* bad : {"-1", "soon", "12345678901"}) {
    ExpectError(Post(kGetLead, "{}", absl::StrCat(kToken, "Connect-Timeout-Ms: ", bad, "\r\n")),
                400, "invalid_argument", "INVALID_TIMEOUT");
  }
}

TEST_F(HttpDoorTest, AnswersWithTheErrorsOfTheServices) {
  ExpectError(Post(kGetLead, R"({"name":"leads/denied"})"), 403, "permission_denied",
              "RIGHT_REQUIRED");
  ExpectError(Post("/comity.account.v1.AccountService/GetAccount", "{}"), 503, "unavailable",
              "SERVICE_UNAVAILABLE");
  ExpectError(Post("/comity.reporting.v1.ReportService/GetFreshness", "{}"), 503, "unavailable",
              "SERVICE_UNAVAILABLE");
}

TEST_F(HttpDoorTest, RoutesSharedServicesByTheName) {
  const std::string path = "/comity.judgement.v1.JudgementService/GetStanding";
  EXPECT_EQ(json::parse(Post(path, R"({"subject":"leads/x"})").body)["charterRevision"], 1);
  EXPECT_EQ(json::parse(Post(path, R"({"subject":"cases/x"})").body)["charterRevision"], 2);
  ExpectError(Post(path, "{}"), 400, "invalid_argument", "SERVICE_AMBIGUOUS");
  EXPECT_EQ(json::parse(Post(path, "{}", absl::StrCat(kToken, "Comity-Service: support\r\n"))
                            .body)["charterRevision"],
            2);
}

TEST_F(HttpDoorTest, RefusesWhatIsNoCall) {
  ExpectError(Post(kGetLead, "{}", ""), 401, "unauthenticated", "TOKEN_MISSING");
  ExpectError(Post(kGetLead, "{}", "Authorization: Basic YTpi\r\n"), 401, "unauthenticated",
              "TOKEN_MISSING");
  ExpectError(Post("/nowhere", "{}"), 404, "unimplemented", "METHOD_UNKNOWN");
  ExpectError(Post("/comity.journal.v1.JournalService/WatchJournal", "{}"), 501, "unimplemented",
              "STREAM_UNSUPPORTED");
  ExpectError(Post(kGetLead, "{"), 400, "invalid_argument", "MALFORMED_JSON");
  ExpectError(Post(kGetLead, R"({"nmae":"leads/x"})"), 400, "invalid_argument", "UNKNOWN_FIELD");
  ExpectError(Post(kGetLead, "{}", absl::StrCat(kToken, "Connect-Protocol-Version: 2\r\n")), 400,
              "invalid_argument", "PROTOCOL_VERSION");
  ExpectError(Post(kGetLead, "{}", absl::StrCat(kToken, "Content-Encoding: gzip\r\n")), 501,
              "unimplemented", "ENCODING_UNSUPPORTED");
}

TEST_F(HttpDoorTest, AnswersByTheHeadBeforeABodyIsSent) {
  const auto head = [&](const std::string& path, const std::string& headers) {
    auto client = std::make_unique<TestClient>(door_->port());
    client->Send(absl::StrCat("POST ", path, " HTTP/1.1\r\nHost: x\r\n", headers,
                              "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"));
    return client;
  };
  ExpectError(head(kGetLead, "")->Receive(), 401, "unauthenticated", "TOKEN_MISSING");
  ExpectError(head(kGetLead, "Authorization: Bearer \xe9\r\n")->Receive(), 401, "unauthenticated",
              "TOKEN_MALFORMED");
  ExpectError(head("/nowhere", kToken)->Receive(), 404, "unimplemented", "METHOD_UNKNOWN");
  const auto client = head(kGetLead, "Expect: 100-continue\r\n");
  EXPECT_EQ(client->Receive().code, 401) << "and not told to go on";
  client->Send(std::string(1000000, ' '));
  EXPECT_TRUE(client->WaitForEnd()) << "the rest is not waited for";
  TestClient patient(door_->port());
  EXPECT_EQ(patient.Post(kGetLead, "", "{}").code, 401);
  EXPECT_EQ(patient.Post(kGetLead, kToken, R"({"name":"leads/x"})").code, 200)
      << "a small body is read: the connection lives on";
}

TEST_F(HttpDoorTest, WritesALineAndCountsWhatItRefusesItself) {
  testing::internal::CaptureStderr();
  Post(kGetLead, "{}", "");
  Post("/etc/passwd", "{}");
  Post(kGetLead, "{", absl::StrCat(kToken, "Traceparent: ", kTrace, "\r\n"));
  Post(kGetLead, "{}", absl::StrCat("X-Long: ", std::string(9 << 10, 'x'), "\r\n"));
  Post("/comity.account.v1.AccountService/GetAccount", "{}");
  Post(kGetLead, R"({"name":"leads/denied"})");
  const std::string log = testing::internal::GetCapturedStderr();
  for (const char* reason : {"TOKEN_MISSING", "METHOD_UNKNOWN", "MALFORMED_JSON",
                             "HEADERS_TOO_LARGE", "SERVICE_UNAVAILABLE"}) {
    EXPECT_EQ(Refusals(reason), 1) << reason;
    EXPECT_TRUE(absl::StrContains(log, absl::StrCat("\"reason\":\"", reason, "\""))) << log;
  }
  EXPECT_TRUE(absl::StrContains(log, "\"method\":\"comity.lead.v1.LeadService/GetLead\"")) << log;
  EXPECT_TRUE(absl::StrContains(log, std::string(kTrace).substr(3, 32))) << log;
  EXPECT_FALSE(absl::StrContains(log, "passwd")) << "what a caller made up is no method";
  EXPECT_FALSE(absl::StrContains(log, "token-of-ana"));
  EXPECT_EQ(Refusals("RIGHT_REQUIRED"), 0) << "the service's refusal is in its own log";
}

TEST_F(HttpDoorTest, RefusesOtherMethodsAndTypes) {
  TestClient client(door_->port());
  client.Send("GET /comity.lead.v1.LeadService/GetLead HTTP/1.1\r\nHost: x\r\n\r\n");
  const TestReply get = client.Receive();
  EXPECT_EQ(get.code, 405);
  EXPECT_TRUE(absl::StrContains(get.headers, "Allow: POST\r\n"));
  client.Send(absl::StrCat("POST ", kGetLead, " HTTP/1.1\r\nHost: x\r\n",
                           "Content-Type: application/proto\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(client.Receive().code, 415);
}

TEST_F(HttpDoorTest, BoundsBodyAndHeaders) {
  ExpectError(Post(kGetLead, std::string(2 << 20, ' ')), 413, "resource_exhausted",
              "MESSAGE_TOO_LARGE");
  const std::string name(1 << 20, 'x');
  EXPECT_EQ(Post(kGetLead, name.substr(0, 1 << 20)).code, 400) << "1 MiB of no JSON is read";
  ExpectError(
      Post(kGetLead, "{}", absl::StrCat(kToken, "X-Long: ", std::string(9 << 10, 'x'), "\r\n")),
      431, "resource_exhausted", "HEADERS_TOO_LARGE");
  TestClient client(door_->port());
  client.Send("what is this?\r\n\r\n");
  ExpectError(client.Receive(), 400, "invalid_argument", "MALFORMED_HTTP");
}

TEST_F(HttpDoorTest, ChunkedBodiesAreBoundedAsWell) {
  TestClient client(door_->port());
  client.Send(absl::StrCat("POST ", kGetLead, " HTTP/1.1\r\nHost: x\r\n", kToken,
                           "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
  const std::string chunk = absl::StrCat("40000\r\n", std::string(0x40000, ' '), "\r\n");
  for (int i = 0; i < 5; ++i) client.Send(chunk);
  ExpectError(client.Receive(), 413, "resource_exhausted", "MESSAGE_TOO_LARGE");
}

TEST_F(HttpDoorTest, KeepsAliveAndContinues) {
  TestClient client(door_->port());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(client.Post(kGetLead, kToken, R"({"name":"leads/x"})").code, 200);
  }
  client.Send(absl::StrCat("POST ", kGetLead, " HTTP/1.1\r\nHost: x\r\n", kToken,
                           "Content-Type: application/json\r\nContent-Length: 2\r\n",
                           "Expect: 100-continue\r\n\r\n"));
  EXPECT_EQ(client.Receive().code, 100);
  client.Send("{}");
  EXPECT_EQ(client.Receive().code, 200);
}

TEST_F(HttpDoorTest, ATokenThatIsNoneIsRefusedByTheHeadAndSoonNotEvenLookedAt) {
  door_->Stop();
  StartDoor({}, {.failures_per_second = 0.001, .failures_at_once = 3});
  EXPECT_EQ(Post(kGetLead, R"({"name":"leads/x"})").code, 200);
  const std::string large = std::string(100'000, ' ');
  for (int i = 0; i < 3; ++i) {
    ExpectError(Post(kGetLead, large, absl::StrCat("Authorization: Bearer forged", i, "\r\n")), 401,
                "unauthenticated", "SIGNATURE_INVALID");
  }
  ExpectError(Post(kGetLead, "{}", "Authorization: Bearer forged\r\n"), 429, "resource_exhausted",
              "RATE_LIMITED");
  EXPECT_EQ(Post(kGetLead, R"({"name":"leads/x"})").code, 200) << "whoever is known goes on";
  EXPECT_EQ(TestClient(door_->port(), 0, "127.0.0.2")
                .Post(kGetLead, "Authorization: Bearer new\r\n", R"({"name":"leads/x"})")
                .code,
            200)
      << "and so does who comes from another address";
}

TEST_F(HttpDoorTest, ACallerHasSomeCallsUnderWayAndNoMore) {
  door_->Stop();
  StartDoor({}, {.at_once = 2, .of_service = 3});
  std::vector<std::thread> callers;
  const auto hold = [&](const std::string& token) {
    const int before = leads_.slow;
    callers.emplace_back([=, this] {
      const std::string headers = absl::StrCat("Authorization: Bearer ", token, "\r\n");
      EXPECT_EQ(Post(kGetLead, R"({"name":"leads/slow"})", headers).code, 200);
    });
    while (leads_.slow == before) absl::SleepFor(absl::Milliseconds(2));
  };
  hold("token-of-ana");
  hold("token-of-ana");
  const TestReply busy = Post(kGetLead, R"({"name":"leads/x"})");
  ExpectError(busy, 429, "resource_exhausted", "SERVER_BUSY");
  EXPECT_TRUE(absl::StrContains(busy.body, "google.rpc.RetryInfo"));
  const std::string other = "Authorization: Bearer token-of-eve\r\n";
  EXPECT_EQ(Post(kGetLead, R"({"name":"leads/x"})", other).code, 200) << "another's";
  hold("token-of-eve");
  ExpectError(Post(kGetLead, R"({"name":"leads/x"})", "Authorization: Bearer token-of-ivo\r\n"),
              429, "resource_exhausted", "SERVER_BUSY");
  EXPECT_EQ(
      Post("/comity.judgement.v1.JudgementService/GetStanding", R"({"subject":"cases/x"})", other)
          .code,
      200)
      << "another service is not held up";
  leads_.let_go = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(Post(kGetLead, R"({"name":"leads/x"})").code, 200) << "the places are free again";
}

TEST_F(HttpDoorTest, LimitsTheRateOfAToken) {
  door_->Stop();
  StartDoor({}, {.calls_per_second = 0.001, .burst = 3});
  TestClient client(door_->port());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(client.Post(kListLeads, kToken, "{").code, 400);
  const TestReply reply = client.Post(kListLeads, kToken, "{");
  ExpectError(reply, 429, "resource_exhausted", "RATE_LIMITED");
  EXPECT_TRUE(absl::StrContains(reply.body, "google.rpc.RetryInfo"));
  EXPECT_EQ(client.Post(kListLeads, "Authorization: Bearer other\r\n", "{").code, 400)
      << "another token is not held back";
}

TEST_F(HttpDoorTest, IdleConnectionsHoldNobodyUp) {
  door_->Stop();
  // 500 handshakes take long on a busy machine.
  StartDoor({.max_connections_of_address = 1000,
             .idle_timeout = absl::Minutes(10),
             .drain_timeout = absl::Minutes(2)});
  std::vector<std::unique_ptr<TestClient>> idle;
  for (int i = 0; i < 500; ++i) {
    idle.push_back(std::make_unique<TestClient>(door_->port()));
    ASSERT_TRUE(idle.back()->connected()) << i;
  }
  EXPECT_EQ(Post(kGetLead, R"({"name":"leads/x"})").code, 200);
  EXPECT_EQ(idle.front()->Post(kGetLead, kToken, R"({"name":"leads/x"})").code, 200);
  const absl::Time start = absl::Now();
  door_->Stop();
  EXPECT_LT(absl::Now() - start, absl::Minutes(1)) << "nobody waited for the end of draining";
  EXPECT_TRUE(idle.back()->WaitForEnd());
}

TEST_F(HttpDoorTest, ClosesIdleConnectionsAndThoseTooMany) {
  door_->Stop();
  StartDoor({.max_connections = 2, .idle_timeout = absl::Seconds(2)});
  auto first = std::make_unique<TestClient>(door_->port());
  TestClient second(door_->port());
  TestClient third(door_->port());
  EXPECT_TRUE(first->connected());
  EXPECT_FALSE(third.connected());
  EXPECT_TRUE(second.WaitForEnd());
}

TEST_F(HttpDoorTest, OneAddressHasSomeConnectionsAndNoMore) {
  door_->Stop();
  StartDoor({.max_connections_of_address = 2});
  auto first = std::make_unique<TestClient>(door_->port());
  TestClient second(door_->port());
  EXPECT_TRUE(first->connected() && second.connected());
  EXPECT_FALSE(TestClient(door_->port()).connected());
  EXPECT_TRUE(TestClient(door_->port(), 0, "127.0.0.2").connected()) << "another's";
  first.reset();
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (!TestClient(door_->port()).connected()) ASSERT_LT(absl::Now(), end) << "it is free again";
}

TEST_F(HttpDoorTest, StopsWithACallUnderWay) {
  door_->Stop();
  StartDoor({.drain_timeout = absl::Milliseconds(100)});
  TestReply reply;
  std::thread caller([&] { reply = Post(kGetLead, R"({"name":"leads/slow"})"); });
  leads_.slow_began.WaitForNotification();
  const absl::Time start = absl::Now();
  door_->Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  caller.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(3)) << "the caller is not left waiting";
  ExpectError(reply, 503, "unavailable", "DRAINING");
}

TEST_F(HttpDoorTest, SpeaksOnlyModernTls) {
  EXPECT_FALSE(TestClient(door_->port(), TLS1_1_VERSION).connected());
  EXPECT_TRUE(TestClient(door_->port(), TLS1_2_VERSION).connected());
}

TEST_F(HttpDoorTest, TakesANewCertificateWithoutRestart) {
  EXPECT_EQ(TestClient(door_->port()).peer_subject(), "door");
  const std::string fresh = MakeTestCertificate("fresh");
  ASSERT_EQ(std::rename((fresh + ".key").c_str(), (certificate_ + ".key").c_str()), 0);
  ASSERT_EQ(std::rename((fresh + ".crt").c_str(), (certificate_ + ".crt").c_str()), 0);
  EXPECT_EQ(TestClient(door_->port()).peer_subject(), "fresh");
}

TEST(HttpDoorStart, NeedsAsManyFilesAsConnections) {
  const std::string certificate = MakeTestCertificate("door");
  HttpOptions options{.listen = "127.0.0.1:0",
                      .certificate_file = certificate + ".crt",
                      .key_file = certificate + ".key"};
  options.max_connections = std::numeric_limits<int>::max();
  const auto no_channel = [](const std::string&) { return std::shared_ptr<grpc::Channel>(); };
  EXPECT_EQ(Reason(HttpDoor(options, no_channel, nullptr).Start()), "FILE_LIMIT_TOO_LOW");
}

TEST(HttpDoorStart, SaysWhyItCannot) {
  const auto no_channel = [](const std::string&) { return std::shared_ptr<grpc::Channel>(); };
  const std::string certificate = MakeTestCertificate("door");
  HttpOptions options{.listen = "127.0.0.1:0", .certificate_file = "/nowhere", .key_file = ""};
  EXPECT_EQ(Reason(HttpDoor(options, no_channel, nullptr).Start()), "CERTIFICATE_UNUSABLE");
  options = {.listen = "nowhere",
             .certificate_file = certificate + ".crt",
             .key_file = certificate + ".key"};
  EXPECT_EQ(Reason(HttpDoor(options, no_channel, nullptr).Start()), "INVALID_ADDRESS");
  options.listen = "127.0.0.1:0";
  HttpDoor first(options, no_channel, nullptr);
  ASSERT_TRUE(first.Start().ok());
  options.listen = absl::StrCat("127.0.0.1:", first.port());
  EXPECT_EQ(Reason(HttpDoor(options, no_channel, nullptr).Start()), "ADDRESS_UNAVAILABLE");
}

}  // namespace
}  // namespace comity::gateway
