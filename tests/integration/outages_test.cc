// The database away, the database frozen, a service away: what can be said is said at once, nothing
// crashes, everything resumes.
#include <signal.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/customer_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/calls.h"
#include "tests/integration/in_parallel.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

// One call of each service that needs its database.
struct Probe {
  const char* service;
  const char* as;
  const char* method;
  const char* json;
};
const std::vector<Probe>& Probes() {
  static const auto* const probes = new std::vector<Probe>{
      {"lead", "ana@sales", "LeadService/CreateLead", R"({"lead": {"familyName": "Probe"}})"},
      {"account", "ana@sales", "AccountService/CreateAccount",
       R"({"account": {"kind": "ACCOUNT_KIND_PERSON", "displayName": "Probe"}})"},
      {"support", "sue@support", "CaseService/CreateCase", R"({"case": {"title": "Probe"}})"},
      {"gateway", "sam@sales", "DirectoryService/ListPersons", R"({"pageSize": 1})"},
      {"reporting", "max@management", "ReportService/ListReportRows",
       R"({"query": {"lenses": ["settled"]}, "metric": "metrics/win-rate"})"}};
  return *probes;
}

absl::Status Call(const Probe& probe, const std::shared_ptr<grpc::Channel>& channel) {
  return Ask(probe.as, probe.method, probe.json, {.channel = channel}).status();
}

bool NobodyServes() {
  const auto services = Suite::Get().services();
  return std::none_of(services.begin(), services.end(),
                      [](const std::string& name) { return Suite::Get().Serving(name); });
}

// Calls each service again and again until one of its calls fails: so calls are under way when the
// database goes. Its callers are told UNAVAILABLE, or that their time is over; nothing else.
class CallersAtWork {
 public:
  CallersAtWork() {
    for (const Probe& probe : Probes()) {
      callers_.emplace_back([&probe] {
        const auto channel = Suite::Get().OwnChannel(probe.service);
        absl::Status status;
        while (status.ok()) status = Call(probe, channel);
        EXPECT_THAT(status.code(), ::testing::AnyOf(absl::StatusCode::kUnavailable,
                                                    absl::StatusCode::kDeadlineExceeded))
            << probe.service << " " << status;
      });
    }
  }
  ~CallersAtWork() {
    for (std::thread& caller : callers_) caller.join();
  }

 private:
  std::vector<std::thread> callers_;
};

void ExpectRefusedAtOnce(const Probe& probe) {
  const auto channel = Suite::Get().OwnChannel(probe.service);
  const absl::Time begin = absl::Now();
  const absl::Status status = Call(probe, channel);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << probe.service << " " << status;
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE") << probe.service;
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5)) << probe.service;
}

void WithoutTheDatabase(const std::function<void()>& take, const std::function<void()>& give) {
  Suite& suite = Suite::Get();
  {
    const CallersAtWork callers;
    take();
    EXPECT_TRUE(Eventually(NobodyServes)) << "readiness drops";
    InParallel(Probes(), ExpectRefusedAtOnce);
  }
  give();
  EXPECT_TRUE(Eventually([&] { return suite.AllServing(); }));
  for (const Probe& probe : Probes()) {
    EXPECT_TRUE(Eventually([&] { return Call(probe, nullptr).ok(); })) << probe.service;
  }
  EXPECT_THAT(suite.Mishaps(), ::testing::IsEmpty());
}

TEST(Outages, WithoutTheDatabaseCallsFailFastAndAllResumes) {
  WithoutTheDatabase([] { Suite::Get().Kill("mariadb"); }, [] { Suite::Get().StartMissing(); });
}

TEST(Outages, WithAFrozenDatabaseCallsFailFastAndAllResumes) {
  WithoutTheDatabase([] { Suite::Get().Signal("mariadb", SIGSTOP); },
                     [] { Suite::Get().Signal("mariadb", SIGCONT); });
}

TEST(Outages, AnAbsentServiceCostsACustomerItsPart) {
  Suite& suite = Suite::Get();
  gateway::v1::GetCustomerRequest request;
  request.set_name(CreateAccount("ana@sales"));
  suite.Kill("support");
  const auto customer =
      suite.Call(&gateway::v1::CustomerService::Stub::GetCustomer, "gateway", "ana@sales", request);
  suite.StartMissing();
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(Reason(FromRpcStatus(customer->cases().status())), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(customer->account().account().name(), request.name());
}

}  // namespace
}  // namespace comity::integration
