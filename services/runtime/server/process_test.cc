// A whole service on a real database: readiness, probes, drain, and what keeps it from starting.
#include "services/runtime/server/process.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "google/longrunning/operations.pb.h"
#include "grpcpp/impl/client_unary_call.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/identity/token_signer.h"
#include "services/runtime/server/test_ca.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::server {
namespace {

using JournalApi = journal::v1::JournalService;

std::atomic<absl::Notification*> g_hold{nullptr};  // NOLINT: the handler of one test waits for it
std::atomic<int> g_started{0};                     // NOLINT

class TestCharterService final : public gateway::v1::CharterService::CallbackService {
 public:
  using Api = gateway::v1::CharterService;
  explicit TestCharterService(Edge* edge) : edge_(edge) {}
  COMITY_UNARY(GetCharter, gateway::v1::GetCharterRequest, type::v1::Charter)

 private:
  Edge* const edge_;
};
absl::StatusOr<type::v1::Charter> TestCharterService::GetCharter(
    Call&, const gateway::v1::GetCharterRequest&) {
  ++g_started;
  if (absl::Notification* hold = g_hold.load()) hold->WaitForNotification();
  return type::v1::Charter();
}

// A service whose method has a descriptor and no policy.
class BareService final : public grpc::Service {
 public:
  BareService() {
    google::longrunning::GetOperationRequest::default_instance();  // links the descriptor
    AddMethod(new grpc::internal::RpcServiceMethod("/google.longrunning.Operations/GetOperation",
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodAsync(0);
  }
};

std::string SourceFile(const std::string& path) {
  const char* root = std::getenv("COMITY_SOURCE_DIR");
  return absl::StrCat(root == nullptr ? "." : root, "/", path);
}

bool WaitFor(absl::Duration time, const std::function<bool()>& condition) {
  for (const absl::Time end = absl::Now() + time; absl::Now() < end;) {
    if (condition()) return true;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return condition();
}

class ProcessTest : public testing::Test {
 protected:
  ProcessTest() {
    std::ofstream(folder_ + "/issuers.json")
        << identity::IssuersJson("dev-1", "ES256", pair_.public_pem);
    std::ofstream(folder_ + "/page.key") << std::string(64, 'a') << "\n";
    options_.listen = options_.probe_listen = options_.metrics_listen = "127.0.0.1:0";
    options_.database = database_.options();
    options_.tls = ca_.IssueWorkload("service/gateway");
    options_.token_issuers = folder_ + "/issuers.json";
    options_.page_token_key = folder_ + "/page.key";
    options_.charter = SourceFile("config/charter.yaml");
    options_.workers = 4;
    options_.database_wait = absl::Seconds(1);
    options_.drain_wait = absl::Milliseconds(50);
    facts_.service = "gateway";
    facts_.collections = {"persons"};
    facts_.services = [](const Parts& parts) {
      std::vector<std::unique_ptr<grpc::Service>> services;
      services.push_back(std::make_unique<TestCharterService>(parts.edge));
      return services;
    };
  }
  ~ProcessTest() override {
    process_.reset();
    std::filesystem::remove_all(folder_);
  }

  absl::Status Start() {
    auto process = Process::Start(options_, facts_, [] { return false; });
    if (!process.ok()) return process.status();
    process_ = *std::move(process);
    return absl::OkStatus();
  }
  void StartServing() {
    ASSERT_EQ(Start(), absl::OkStatus());
    ASSERT_TRUE(WaitFor(absl::Seconds(10), [&] { return Health(Probe(), "") == "SERVING"; }));
  }
  std::shared_ptr<grpc::Channel> Probe() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", process_->probe_port()),
                               grpc::InsecureChannelCredentials());
  }
  std::shared_ptr<grpc::Channel> As(const std::string& workload) const {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", process_->port()),
        channel::ChannelTls(ca_.IssueWorkload(workload), "service/gateway"), arguments);
  }
  // grpc.health.v1 has no package here: messages with the same fields on the wire take its place.
  static std::string Health(const std::shared_ptr<grpc::Channel>& channel,
                            const std::string& service) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
    type::v1::ExternalId request;  // string 1
    request.set_source(service);
    type::v1::FieldPolicy response;  // int32 1
    const grpc::internal::RpcMethod check("/grpc.health.v1.Health/Check",
                                          grpc::internal::RpcMethod::NORMAL_RPC, channel);
    const grpc::Status status =
        grpc::internal::BlockingUnaryCall<type::v1::ExternalId, type::v1::FieldPolicy,
                                          google::protobuf::MessageLite,
                                          google::protobuf::MessageLite>(
            channel.get(), check, &context, request, &response);
    if (!status.ok()) return absl::StrCat("error ", static_cast<int>(status.error_code()));
    return response.max() == 1 ? "SERVING" : "NOT_SERVING";
  }
  absl::Status ReadJournal(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    journal::v1::ReadJournalResponse response;
    return channel::FromGrpcStatus(JournalApi::NewStub(channel)->ReadJournal(
        &context, journal::v1::ReadJournalRequest(), &response));
  }

  const std::string folder_ = absl::StrCat(testing::TempDir(), "/process-", getpid());
  const TestCa ca_{folder_};
  const identity::KeyPair pair_ = identity::NewP256();
  testlib::Database database_;
  ServerOptions options_;
  ServerFacts facts_;
  std::unique_ptr<Process> process_;
};

TEST_F(ProcessTest, SaysServingOnBothPortsAndPerService) {
  StartServing();
  const auto cli = As("client/cli");
  EXPECT_EQ(Health(cli, ""), "SERVING");
  EXPECT_EQ(Health(Probe(), "comity.gateway.v1.CharterService"), "SERVING");
  EXPECT_EQ(Health(Probe(), "comity.journal.v1.JournalService"), "SERVING");
  EXPECT_EQ(Health(Probe(), "comity.lead.v1.LeadService"), "error 5");  // not one of its own
}

TEST_F(ProcessTest, ServicesReadTheJournalWithoutAPersonAndClientsDoNot) {
  StartServing();
  EXPECT_EQ(ReadJournal(As("service/reporting")), absl::OkStatus());
  EXPECT_EQ(Reason(ReadJournal(As("client/cli"))), "TOKEN_MISSING");
  EXPECT_EQ(Reason(ReadJournal(As("other/cli"))), "WORKLOAD_NOT_ALLOWED");
}

TEST_F(ProcessTest, MetricsAreServed) {
  StartServing();
  EXPECT_EQ(ReadJournal(As("service/reporting")), absl::OkStatus());
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(process_->metrics_port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string get = "GET /metrics HTTP/1.0\r\n\r\n";
  ASSERT_GT(write(fd, get.data(), get.size()), 0);
  std::string page;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) {
    page.append(buffer, static_cast<size_t>(n));
  }
  close(fd);
  EXPECT_TRUE(absl::StrContains(page, "comity_ready{service=\"gateway\"} 1")) << page;
  EXPECT_TRUE(absl::StrContains(page, "comity_calls_total{")) << page;
}

TEST_F(ProcessTest, ReadinessFollowsTheDatabase) {
  StartServing();
  const auto reporting = As("service/reporting");
  testlib::Database::KillServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(4), [&] { return Health(Probe(), "") == "NOT_SERVING"; }));
  const absl::Time begin = absl::Now();
  const absl::Status status = ReadJournal(reporting);
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
  EXPECT_LT(absl::Now() - begin, absl::Seconds(3));
  testlib::Database::RestartServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return Health(Probe(), "") == "SERVING"; }));
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] { return ReadJournal(reporting).ok(); }));
}

TEST_F(ProcessTest, ASilentDatabaseIsNotReady) {
  StartServing();
  testlib::Database::PauseServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] { return Health(Probe(), "") == "NOT_SERVING"; }));
  testlib::Database::ResumeServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return Health(Probe(), "") == "SERVING"; }));
}

TEST_F(ProcessTest, AStartedCallEndsBeforeTheProcess) {
  facts_.backgrounds = nullptr;
  StartServing();
  absl::Notification hold;
  g_hold = &hold;
  g_started = 0;
  auto snapshot = std::make_shared<directory::Snapshot>();
  snapshot->version = 1000;
  auto* membership = snapshot->persons["persons/ana"].add_memberships();
  membership->set_department("departments/sales");
  membership->add_roles(type::v1::ROLE_MEMBER);
  process_->parts().directory->Replace(snapshot);
  const auto signer = *identity::TokenSigner::Make("https://dev.comity.local", "comity", "dev-1",
                                                   pair_.private_pem);
  const auto cli = As("client/cli");
  grpc::Status status(grpc::StatusCode::UNKNOWN, "not run");
  std::thread caller([&] {
    grpc::ClientContext context;
    context.AddMetadata("authorization",
                        "Bearer " + *signer.Sign("persons/ana", "departments/sales", absl::Now()));
    type::v1::Charter charter;
    status = gateway::v1::CharterService::NewStub(cli)->GetCharter(
        &context, gateway::v1::GetCharterRequest(), &charter);
  });
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] { return g_started == 1; }));
  std::thread stopper([&] { process_->Stop(); });
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] {
    return ReadJournal(As("service/reporting")).code() == absl::StatusCode::kUnavailable;
  }));
  hold.Notify();
  caller.join();
  stopper.join();
  g_hold = nullptr;
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(ProcessTest, AStreamIsToldToGoElsewhere) {
  StartServing();
  const auto reporting = As("service/reporting");
  grpc::ClientContext context;
  const auto stream =
      JournalApi::NewStub(reporting)->WatchJournal(&context, journal::v1::WatchJournalRequest());
  journal::v1::WatchJournalResponse response;
  ASSERT_TRUE(stream->Read(&response));  // a sign of life
  std::thread stopper([&] { process_->Stop(); });
  while (stream->Read(&response)) {
  }
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNAVAILABLE);
  stopper.join();
}

TEST_F(ProcessTest, WatchersHoldNoWorkers) {
  StartServing();
  const auto reporting = As("service/reporting");
  const auto stub = JournalApi::NewStub(reporting);
  struct Watcher {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<journal::v1::WatchJournalResponse>> stream;
  };
  std::vector<Watcher> watchers(3 * options_.workers);
  journal::v1::WatchJournalResponse response;
  for (Watcher& watcher : watchers) {
    watcher.stream = stub->WatchJournal(&watcher.context, journal::v1::WatchJournalRequest());
    ASSERT_TRUE(watcher.stream->Read(&response));
  }
  for (int i = 0; i < 2 * options_.workers; ++i) {
    EXPECT_EQ(ReadJournal(reporting), absl::OkStatus()) << "beside " << watchers.size();
  }
  for (Watcher& watcher : watchers) {
    EXPECT_TRUE(watcher.stream->Read(&response)) << "all of them still watch";
    watcher.context.TryCancel();
    while (watcher.stream->Read(&response)) {
    }
    EXPECT_EQ(watcher.stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(ProcessTest, APortInUseIsOneClearError) {
  StartServing();
  const std::string taken = absl::StrCat("127.0.0.1:", process_->port());
  for (std::string ServerOptions::*listen :
       {&ServerOptions::listen, &ServerOptions::probe_listen, &ServerOptions::metrics_listen}) {
    ServerOptions options = options_;
    options.*listen = taken;
    const auto second = Process::Start(options, facts_, [] { return false; });
    EXPECT_EQ(Reason(second.status()), "PORT_UNAVAILABLE");
    EXPECT_TRUE(absl::StrContains(second.status().message(), taken)) << second.status();
  }
}

TEST_F(ProcessTest, AMethodWithoutPolicyKeepsItFromStarting) {
  facts_.services = [](const Parts&) {
    std::vector<std::unique_ptr<grpc::Service>> services;
    services.push_back(std::make_unique<BareService>());
    return services;
  };
  const absl::Status status = Start();
  EXPECT_EQ(Reason(status), "POLICY_INVALID");
  EXPECT_TRUE(absl::StrContains(status.message(), "google.longrunning.Operations/GetOperation"))
      << status;
}

TEST_F(ProcessTest, WithoutADatabaseOrItsSchemaItGivesUp) {
  options_.database.socket = folder_ + "/nowhere.sock";
  EXPECT_EQ(Reason(Start()), "DATABASE_UNAVAILABLE");
  options_.database = database_.options();
  facts_.migrations = {{9999, "9999_not_applied", "SELECT 1"}};
  EXPECT_EQ(Start().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(ProcessTest, MissingFilesAreNamed) {
  for (std::string* file :
       {&options_.charter, &options_.token_issuers, &options_.page_token_key, &options_.tls.key}) {
    const std::string right = *file;
    *file = folder_ + "/absent";
    const absl::Status status = Start();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(absl::StrContains(status.message(), "absent")) << status;
    *file = right;
  }
}

}  // namespace
}  // namespace comity::server
