// What the tests of whole services share.
#ifndef COMITY_RUNTIME_SERVER_PROCESS_TESTING_H_
#define COMITY_RUNTIME_SERVER_PROCESS_TESTING_H_

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "grpcpp/impl/client_unary_call.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/identity/token_signer.h"
#include "services/runtime/server/process.h"
#include "services/runtime/server/test_ca.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::server {

using JournalApi = journal::v1::JournalService;

// What GetCharter's handler waits for, and how often it ran.
inline std::atomic<absl::Notification*> g_hold{nullptr};  // NOLINT
inline std::atomic<int> g_started{0};                     // NOLINT

class HoldingCharterService final : public gateway::v1::CharterService::CallbackService {
 public:
  using Api = gateway::v1::CharterService;
  explicit HoldingCharterService(Edge* edge) : edge_(edge) {}
  COMITY_UNARY(GetCharter, gateway::v1::GetCharterRequest, type::v1::Charter)

 private:
  Edge* const edge_;
};
inline absl::StatusOr<type::v1::Charter> HoldingCharterService::GetCharter(
    Call&, const gateway::v1::GetCharterRequest&) {
  ++g_started;
  if (absl::Notification* hold = g_hold.load()) hold->WaitForNotification();
  return type::v1::Charter();
}

inline std::string SourceFile(const std::string& path) {
  const char* root = std::getenv("COMITY_SOURCE_DIR");
  return absl::StrCat(root == nullptr ? "." : root, "/", path);
}

inline bool WaitFor(absl::Duration time, const std::function<bool()>& condition) {
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
      services.push_back(std::make_unique<HoldingCharterService>(parts.edge));
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
  static absl::Status GetCharter(const std::shared_ptr<grpc::Channel>& channel,
                                 const std::string& token) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    context.AddMetadata("authorization", "Bearer " + token);
    type::v1::Charter charter;
    return channel::FromGrpcStatus(gateway::v1::CharterService::NewStub(channel)->GetCharter(
        &context, gateway::v1::GetCharterRequest(), &charter));
  }
  // Of fifteen minutes, for `ana` and `sales`.
  std::string Token(const std::string& person, const std::string& department,
                    absl::Time issued = absl::Now()) const {
    const auto signer = *identity::TokenSigner::Make("https://dev.comity.local", "comity", "dev-1",
                                                     pair_.private_pem);
    return *signer.Sign("persons/" + person, "departments/" + department, issued);
  }
  // What the process holds from now on: these roles, and nobody else's.
  void ShowRoles(const std::string& person, const std::string& department,
                 const std::vector<type::v1::Role>& roles) {
    auto snapshot = std::make_shared<directory::Snapshot>();
    snapshot->version = ++shown_;
    auto* membership = snapshot->persons["persons/" + person].add_memberships();
    membership->set_department("departments/" + department);
    for (const type::v1::Role role : roles) membership->add_roles(role);
    process_->parts().directory->Replace(snapshot);
  }
  std::string MetricsPage() const {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(process_->metrics_port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    const std::string get = "GET /metrics HTTP/1.0\r\n\r\n";
    EXPECT_GT(write(fd, get.data(), get.size()), 0);
    std::string page;
    char buffer[4096];
    for (ssize_t n; (n = read(fd, buffer, sizeof(buffer))) > 0;) {
      page.append(buffer, static_cast<size_t>(n));
    }
    close(fd);
    return page;
  }

  const std::string folder_ = absl::StrCat(testing::TempDir(), "/process-", getpid());
  const TestCa ca_{folder_};
  const identity::KeyPair pair_ = identity::NewP256();
  testlib::Database database_;
  ServerOptions options_;
  ServerFacts facts_;
  std::unique_ptr<Process> process_;
  int64_t shown_ = 1000;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_PROCESS_TESTING_H_
