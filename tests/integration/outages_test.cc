// Databases and services that die: nothing acknowledged is lost, everything resumes.
#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "comity/gateway/v1/customer_service.grpc.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

// Eight callers that create leads until told to stop; a lost call is sent again, as it was.
class Load {
 public:
  Load() {
    for (int i = 0; i < 8; ++i) {
      callers_.emplace_back([this] {
        while (!stop_) CreateOne();
      });
    }
  }
  ~Load() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& caller : callers_) caller.join();
    callers_.clear();
  }
  // Names of the leads whose creation was acknowledged, by request id.
  std::map<std::string, std::string> acknowledged() {
    absl::MutexLock lock(&mutex_);
    return acknowledged_;
  }
  bool HasAcknowledged(size_t more_than) { return acknowledged().size() > more_than; }

 private:
  void CreateOne() {
    const std::string id = NewRequestId();
    absl::StatusOr<lead::v1::Lead> lead = CreateLead("ana@sales", "Load", id);
    while (!lead.ok() && !stop_) {
      absl::SleepFor(absl::Milliseconds(50));
      lead = CreateLead("ana@sales", "Load", id);
    }
    if (!lead.ok()) return;
    absl::MutexLock lock(&mutex_);
    acknowledged_[id] = lead->name();
  }

  std::atomic<bool> stop_ = false;
  absl::Mutex mutex_;
  std::map<std::string, std::string> acknowledged_;
  std::vector<std::thread> callers_;
};

// The lead service's whole journal.
std::vector<journal::v1::PositionedEntry> ReadJournal() {
  std::vector<journal::v1::PositionedEntry> entries;
  while (true) {
    journal::v1::ReadJournalRequest request;
    request.set_from_position(static_cast<int64_t>(entries.size()));
    request.set_page_size(1000);
    const auto page = Suite::Get().Call(&journal::v1::JournalService::Stub::ReadJournal, "lead",
                                        "ana@sales", request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok() || page->entries().empty()) return entries;
    entries.insert(entries.end(), page->entries().begin(), page->entries().end());
  }
}

void ExpectSound(const std::vector<journal::v1::PositionedEntry>& entries,
                 const std::map<std::string, std::string>& acknowledged) {
  std::map<std::string, int64_t> versions;
  std::map<std::string, int> creations;  // by request id
  for (size_t i = 0; i < entries.size(); ++i) {
    ASSERT_EQ(entries[i].position(), static_cast<int64_t>(i)) << "a gap";
    const journal::v1::Entry& entry = entries[i].entry();
    ASSERT_EQ(entry.version(), ++versions[entry.subject()]) << entry.subject();
    if (entry.version() == 1) ++creations[entry.request_id()];
  }
  for (const auto& [id, name] : acknowledged) {
    EXPECT_TRUE(versions.contains(name)) << "lost: " << name;
    EXPECT_EQ(creations[id], 1) << "request " << id;
  }
}

void KillUnderLoad(const std::string& process) {
  Suite& suite = Suite::Get();
  Load load;
  ASSERT_TRUE(Eventually([&] { return load.HasAcknowledged(50); }));
  suite.Kill(process);
  const size_t before = load.acknowledged().size();
  suite.StartMissing();
  ASSERT_TRUE(Eventually([&] { return load.HasAcknowledged(before + 50); }));
  load.Stop();
  const auto acknowledged = load.acknowledged();
  ASSERT_TRUE(Eventually([&] {
    const auto entries = ReadJournal();
    std::set<std::string> subjects;
    for (const auto& entry : entries) subjects.insert(entry.entry().subject());
    return std::all_of(acknowledged.begin(), acknowledged.end(),
                       [&](const auto& each) { return subjects.contains(each.second); });
  }));
  ExpectSound(ReadJournal(), acknowledged);
}

TEST(Outages, AKilledServiceLosesNothing) { KillUnderLoad("lead"); }

TEST(Outages, AKilledDatabaseLosesNothing) { KillUnderLoad("mariadb"); }

TEST(Outages, WithoutTheDatabaseCallsFailFastAndAllResumes) {
  Suite& suite = Suite::Get();
  ASSERT_TRUE(CreateLead("ana@sales").ok());
  suite.Kill("mariadb");
  ASSERT_TRUE(Eventually([&] { return !suite.Serving("lead"); })) << "readiness drops";
  const absl::Time start = absl::Now();
  const absl::Status status = CreateLead("ana@sales").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  suite.StartMissing();
  EXPECT_TRUE(Eventually([&] { return suite.Serving("lead"); }));
  EXPECT_TRUE(Eventually([] { return CreateLead("ana@sales").ok(); }));
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
