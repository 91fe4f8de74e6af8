// A whole service on a real database: readiness, probes, drain, and what keeps it from starting.
#include <thread>

#include "absl/strings/match.h"
#include "google/longrunning/operations.pb.h"
#include "services/runtime/server/process_testing.h"

namespace comity::server {
namespace {

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
  const std::string page = MetricsPage();
  EXPECT_TRUE(absl::StrContains(page, "comity_ready{service=\"gateway\"} 1")) << page;
  EXPECT_TRUE(absl::StrContains(page, "comity_calls_total{")) << page;
  EXPECT_TRUE(absl::StrContains(page, "comity_directory_age_seconds{service=\"gateway\"} 0."))
      << page;
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

TEST_F(ProcessTest, WithASilentDatabaseCallsAreRefusedBeforeTheyWait) {
  StartServing();
  ShowRoles("ana", "sales", {type::v1::ROLE_MEMBER});
  const auto cli = As("client/cli");
  EXPECT_EQ(GetCharter(cli, Token("ana", "sales")), absl::OkStatus());
  testlib::Database::PauseServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return Health(Probe(), "") == "NOT_SERVING"; }));
  // Ten times as many as there are workers, and each would wait for the database's silence to end.
  const auto reporting = As("service/reporting");
  const absl::Time begin = absl::Now();
  for (int i = 0; i < 10 * options_.workers; ++i) {
    EXPECT_EQ(Reason(ReadJournal(reporting)), "DATABASE_UNAVAILABLE");
  }
  EXPECT_LT(absl::Now() - begin, options_.database.read_timeout) << "nobody waited";
  g_started = 0;
  EXPECT_EQ(Reason(GetCharter(cli, Token("ana", "sales"))), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(g_started, 0) << "the handler, which asks no database, was not reached";
  testlib::Database::ResumeServer();
  EXPECT_TRUE(WaitFor(absl::Seconds(30), [&] {
    return GetCharter(cli, Token("ana", "sales")).ok() && ReadJournal(reporting).ok();
  }));
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return Health(Probe(), "") == "SERVING"; }));
}

TEST_F(ProcessTest, AStartedCallEndsBeforeTheProcess) {
  facts_.backgrounds = nullptr;
  StartServing();
  absl::Notification hold;
  g_hold = &hold;
  g_started = 0;
  ShowRoles("ana", "sales", {type::v1::ROLE_MEMBER});
  const auto cli = As("client/cli");
  absl::Status status = absl::UnknownError("not run");
  std::thread caller([&] { status = GetCharter(cli, Token("ana", "sales")); });
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] { return g_started == 1; }));
  std::thread stopper([&] { process_->Stop(); });
  EXPECT_TRUE(WaitFor(absl::Seconds(5), [&] {
    return ReadJournal(As("service/reporting")).code() == absl::StatusCode::kUnavailable;
  }));
  hold.Notify();
  caller.join();
  stopper.join();
  g_hold = nullptr;
  EXPECT_EQ(status, absl::OkStatus());
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

TEST_F(ProcessTest, TellsNobodyItsMethodsUnlessToldTo) {
  EXPECT_FALSE(ServerOptions().reflection);
  StartServing();
  EXPECT_EQ(Health(Probe(), "grpc.reflection.v1alpha.ServerReflection"), "error 5") << "no service";
  EXPECT_EQ(Health(Probe(), "grpc.channelz.v1.Channelz"), "error 5");
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
