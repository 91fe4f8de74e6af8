// Ten times the callers that saturate: the server goes on at its pace and refuses the rest early.
#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/runtime/server/test_house.h"

namespace comity::server {
namespace {

constexpr int kWorkers = 4;
constexpr int kSaturating = 8;                                // callers
constexpr absl::Duration kWork = absl::Milliseconds(25);      // of a handler
constexpr absl::Duration kDeadline = absl::Seconds(1);        // of a call
constexpr absl::Duration kShort = absl::Milliseconds(200);    // less than all would wait
constexpr absl::Duration kBackoff = absl::Milliseconds(300);  // after a refusal, as RetryInfo asks
constexpr absl::Duration kPhase = absl::Seconds(3);

struct Outcome {
  int good = 0;
  int shed = 0;
  int late = 0;
  int other = 0;
  absl::Duration slowest_shed;

  double per_second() const { return good / absl::ToDoubleSeconds(kPhase); }
  void Add(const Outcome& more) {
    good += more.good;
    shed += more.shed;
    late += more.late;
    other += more.other;
    slowest_shed = std::max(slowest_shed, more.slowest_shed);
  }
};

void CallOnce(gateway::v1::CharterService::Stub* stub, const std::string& token,
              absl::Duration deadline, Outcome* outcome) {
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + token);
  const absl::Time begin = absl::Now();
  context.set_deadline(absl::ToChronoTime(begin + deadline));
  type::v1::Charter charter;
  const grpc::Status status =
      stub->GetCharter(&context, gateway::v1::GetCharterRequest(), &charter);
  switch (status.error_code()) {
    case grpc::StatusCode::OK:
      ++outcome->good;
      return;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      ++outcome->shed;
      outcome->slowest_shed = std::max(outcome->slowest_shed, absl::Now() - begin);
      absl::SleepFor(kBackoff);
      return;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      ++outcome->late;
      return;
    default:
      ++outcome->other;
  }
}

Outcome Load(House* house, int callers, absl::Duration deadline = kDeadline) {
  const auto channel = house->Channel(house->ca.IssueWorkload("client/cli"));
  const auto stub = gateway::v1::CharterService::NewStub(channel);
  const std::string token = house->Token("ana", "sales");
  const absl::Time end = absl::Now() + kPhase;
  absl::Mutex mutex;
  Outcome total;
  std::vector<std::thread> threads;
  for (int i = 0; i < callers; ++i) {
    threads.emplace_back([&] {
      Outcome own;
      while (absl::Now() < end) CallOnce(stub.get(), token, deadline, &own);
      absl::MutexLock lock(&mutex);
      total.Add(own);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return total;
}

TEST(OverloadTest, GoodputHoldsAndTheRestIsRefusedInTime) {
  House house(EdgeOptions{.workers = kWorkers, .queue_size = 32});
  house.charter_service->behaviour = [](Call&) {
    absl::SleepFor(kWork);
    return absl::OkStatus();
  };
  Load(&house, kSaturating);  // warms up
  const Outcome peak = Load(&house, kSaturating);
  const Outcome over = Load(&house, 10 * kSaturating);
  const Outcome after = Load(&house, kSaturating);  // within the next three seconds
  RecordProperty("peak_per_second", absl::StrCat(peak.per_second()));
  RecordProperty("overload_per_second", absl::StrCat(over.per_second()));
  EXPECT_GE(over.per_second(), 0.8 * peak.per_second());
  EXPECT_GT(over.shed, 0);
  EXPECT_LT(over.slowest_shed, kDeadline);
  EXPECT_LE(over.late, over.good / 20);
  EXPECT_EQ(over.other, 0);
  EXPECT_GE(after.per_second(), 0.8 * peak.per_second());
  EXPECT_EQ(after.shed, 0);
}

// The queue has room for all: only their deadlines say that most cannot be served. What is begun
// must be what can still be done in time, or the server works for nobody.
TEST(OverloadTest, WorkIsNotSpentOnWhatComesTooLate) {
  House house(EdgeOptions{.workers = kWorkers, .queue_size = 1024});
  house.charter_service->behaviour = [](Call&) {
    absl::SleepFor(kWork);
    return absl::OkStatus();
  };
  Load(&house, kSaturating);  // warms up
  const Outcome peak = Load(&house, kSaturating, kShort);
  const Outcome over = Load(&house, 10 * kSaturating, kShort);
  RecordProperty("peak_per_second", absl::StrCat(peak.per_second()));
  RecordProperty("overload_per_second", absl::StrCat(over.per_second()));
  EXPECT_GE(over.per_second(), 0.8 * peak.per_second())
      << over.good << " good, " << over.shed << " shed, " << over.late << " late";
  EXPECT_GT(over.shed, 0);
  EXPECT_LE(over.late, over.good / 5);
  EXPECT_EQ(over.other, 0);
}

}  // namespace
}  // namespace comity::server
