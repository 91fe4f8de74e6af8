#include "tests/bench/freshness.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"

namespace comity::bench {
namespace {

constexpr int kWriters = 4;
constexpr int kWritesPerSecond = 1000;
const absl::Duration kDuration = absl::Seconds(10);

reporting::v1::Freshness Freshness(const Suite& suite, reporting::v1::ReportService::Stub& stub) {
  grpc::ClientContext context;
  suite.Prepare(&context);
  reporting::v1::Freshness freshness;
  const grpc::Status status =
      stub.GetFreshness(&context, reporting::v1::GetFreshnessRequest(), &freshness);
  if (!status.ok()) std::fprintf(stderr, "GetFreshness: %s\n", status.error_message().c_str());
  return freshness;
}

int64_t Entries(const reporting::v1::Freshness& freshness) {
  int64_t entries = 0;
  for (const auto& source : freshness.basis().sources()) entries += source.position();
  return entries;
}

// Up to when the journal that is written to is in.
absl::Time NewestOfLead(const reporting::v1::Freshness& freshness) {
  for (const auto& source : freshness.basis().sources()) {
    if (source.service() != "lead") continue;
    return absl::FromUnixSeconds(source.complete_time().seconds()) +
           absl::Nanoseconds(source.complete_time().nanos());
  }
  return absl::UnixEpoch();
}

// One of the writers: creates an opportunity at each tick of its share of the rate.
void Write(const Suite& suite, absl::Time until, std::atomic<int64_t>* written) {
  const auto stub = lead::v1::OpportunityService::NewStub(suite.NewChannel("lead"));
  const absl::Duration tick = absl::Seconds(1) * kWriters / kWritesPerSecond;
  for (absl::Time next = absl::Now(); next < until; next += tick) {
    absl::SleepFor(next - absl::Now());
    lead::v1::CreateOpportunityRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_opportunity()->set_display_name("Fresh");
    grpc::ClientContext context;
    suite.Prepare(&context);
    lead::v1::Opportunity made;
    if (stub->CreateOpportunity(&context, request, &made).ok()) ++*written;
  }
}

// The win rate, asked again and again while entries come in: hardly ever from the cache.
std::vector<double> AskReports(const Suite& suite, absl::Time until) {
  const auto stub = reporting::v1::ReportService::NewStub(suite.NewChannel("reporting"));
  std::vector<double> millis;
  while (absl::Now() < until) {
    reporting::v1::GetWinRateRequest request;
    request.mutable_query()->add_group_by(reporting::v1::DIMENSION_OWNER);
    grpc::ClientContext context;
    suite.Prepare(&context);
    reporting::v1::WinRateReport report;
    const absl::Time start = absl::Now();
    if (!stub->GetWinRate(&context, request, &report).ok()) continue;
    millis.push_back(absl::ToDoubleMilliseconds(absl::Now() - start));
    absl::SleepFor(absl::Milliseconds(100));
  }
  std::sort(millis.begin(), millis.end());
  return millis;
}

double QuantileOf(const std::vector<double>& sorted, double q) {
  return sorted.empty() ? 0 : sorted[static_cast<size_t>(q * (sorted.size() - 1))];
}

}  // namespace

void WaitUntilFresh(const Suite& suite) {
  const auto stub = reporting::v1::ReportService::NewStub(suite.NewChannel("reporting"));
  int64_t before = -1;
  for (int64_t now = Entries(Freshness(suite, *stub)); now != before;) {
    before = now;
    std::fprintf(stderr, "\rreporting has taken in %ld entries ", static_cast<long>(now));
    absl::SleepFor(absl::Seconds(2));
    now = Entries(Freshness(suite, *stub));
  }
  std::fprintf(stderr, "\n");
}

void MeasureFreshness(const Suite& suite) {
  const auto stub = reporting::v1::ReportService::NewStub(suite.NewChannel("reporting"));
  const int64_t before = Entries(Freshness(suite, *stub));
  const absl::Time start = absl::Now();
  const absl::Time until = start + kDuration;
  std::atomic<int64_t> written = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] { Write(suite, until, &written); });
  }
  std::vector<double> reports;
  std::thread asker([&] { reports = AskReports(suite, until); });
  std::vector<double> ages;
  while (absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(100));
    const absl::Time newest = NewestOfLead(Freshness(suite, *stub));
    if (absl::Now() - start > absl::Seconds(1)) {
      ages.push_back(absl::ToDoubleMilliseconds(absl::Now() - newest));
    }
  }
  for (std::thread& writer : writers) writer.join();
  asker.join();
  std::sort(ages.begin(), ages.end());
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  std::printf(
      "\nreporting at %.0f opportunities/s (%.0f entries/s): newest entry is %.0f ms old in "
      "the median, %.0f ms at most\n",
      written / seconds, (Entries(Freshness(suite, *stub)) - before) / seconds,
      QuantileOf(ages, 0.5), QuantileOf(ages, 1));
  std::printf("win rate by owner meanwhile: p50 %.1f ms, p99 %.1f ms (%ld calls)\n",
              QuantileOf(reports, 0.5), QuantileOf(reports, 0.99),
              static_cast<long>(reports.size()));
}

}  // namespace comity::bench
