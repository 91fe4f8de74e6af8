// A service that follows the directory of another process: while that is away, and when it returns.
#include "absl/strings/match.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/server/process_testing.h"
#include "services/runtime/storage/transact.h"

namespace comity::server {
namespace {

// `process_` is the service `lead`; the gateway is a second process with its own database.
class DirectoryOutageTest : public ProcessTest {
 protected:
  DirectoryOutageTest() : gateway_options_(options_), gateway_facts_(facts_) {
    gateway_options_.database = gateway_database_.options();
    StartGateway();
    gateway_options_.listen = absl::StrCat("127.0.0.1:", gateway_->port());  // also next time
    options_.tls = ca_.IssueWorkload("service/lead");
    options_.peers = {{"gateway", gateway_options_.listen}};
    options_.directory_silence = absl::Seconds(4);
    facts_.service = "lead";
    facts_.collections = {"leads"};
  }
  ~DirectoryOutageTest() override { gateway_.reset(); }

  void StartGateway() {
    auto gateway = Process::Start(gateway_options_, gateway_facts_, [] { return false; });
    ASSERT_TRUE(gateway.ok()) << gateway.status();
    gateway_ = *std::move(gateway);
  }
  // Journals ana's roles in sales, as the directory does.
  void SetRoles(const std::vector<type::v1::Role>& roles) {
    gateway::v1::Person ana;
    ana.set_name("persons/ana");
    auto* membership = ana.add_memberships();
    membership->set_department("departments/sales");
    for (const type::v1::Role role : roles) membership->add_roles(role);
    Call call;
    call.runtime = gateway_->parts().runtime;
    call.method = "test/SetRoles";
    call.now = absl::Now();
    call.deadline = call.now + absl::Seconds(10);
    google::protobuf::Empty reply;
    const auto append = [&](storage::Transaction& tx) {
      journal::v1::Entry entry;
      entry.set_subject(ana.name());
      entry.set_version(++version_);
      entry.set_type("membership-set");
      entry.mutable_payload()->PackFrom(ana);
      tx.Append(std::move(entry));
      return absl::OkStatus();
    };
    ASSERT_TRUE(storage::TransactInto(call, {}, append, &reply).ok());
  }
  std::string CallReason() {
    grpc::ChannelArguments arguments;
    arguments.SetSslTargetNameOverride("localhost");
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto lead = grpc::CreateCustomChannel(
        absl::StrCat("127.0.0.1:", process_->port()),
        channel::ChannelTls(ca_.IssueWorkload("client/cli"), "service/lead"), arguments);
    const absl::Status status = GetCharter(lead, Token("ana", "sales"));
    return status.ok() ? "OK" : Reason(status);
  }
  bool Becomes(const std::string& reason) {
    return WaitFor(absl::Seconds(30), [&] { return CallReason() == reason; });
  }
  bool Says(const std::string& health) {
    return WaitFor(absl::Seconds(30), [&] { return Health(Probe(), "") == health; });
  }

  testlib::Database gateway_database_;
  ServerOptions gateway_options_;
  ServerFacts gateway_facts_;
  std::unique_ptr<Process> gateway_;
  int64_t version_ = 0;
};

TEST_F(DirectoryOutageTest, WithoutWordFromTheGatewayNobodyIsTaken) {
  SetRoles({type::v1::ROLE_MEMBER});
  StartServing();
  EXPECT_TRUE(Becomes("OK"));
  gateway_.reset();
  EXPECT_TRUE(Becomes("DIRECTORY_STALE"));
  EXPECT_TRUE(Says("NOT_SERVING"));
  StartGateway();
  EXPECT_TRUE(Becomes("OK"));
  EXPECT_TRUE(Says("SERVING"));
}

TEST_F(DirectoryOutageTest, ARestartedServiceReadsBeforeItServes) {
  SetRoles({type::v1::ROLE_MEMBER});
  StartServing();
  EXPECT_TRUE(Becomes("OK"));
  process_.reset();
  SetRoles({});  // revoked while the service was away
  gateway_.reset();
  ASSERT_EQ(Start(), absl::OkStatus());
  absl::SleepFor(absl::Seconds(2));  // several attempts to reach the gateway
  EXPECT_EQ(Health(Probe(), ""), "NOT_SERVING");
  EXPECT_NE(CallReason(), "OK") << "by a copy that nobody confirmed";
  StartGateway();
  EXPECT_TRUE(Says("SERVING"));
  EXPECT_EQ(CallReason(), "ROLE_UNKNOWN");
}

TEST_F(DirectoryOutageTest, ARevocationArrivesByTheJournal) {
  SetRoles({type::v1::ROLE_MEMBER});
  StartServing();
  EXPECT_TRUE(Becomes("OK"));
  const absl::Time revoked = absl::Now();
  SetRoles({});
  EXPECT_TRUE(Becomes("ROLE_UNKNOWN"));
  EXPECT_LT(absl::Now() - revoked, absl::Seconds(60));
}

}  // namespace
}  // namespace comity::server
