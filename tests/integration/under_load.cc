#include "tests/integration/under_load.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/integration/database.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/record_check.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr int kAnswers = 12;  // of each service, before and after the harm

void PrintWhatWasAsked(const std::vector<Act>& acts) {
  const auto count = [&](const auto& condition) {
    return static_cast<int>(std::count_if(acts.begin(), acts.end(), condition));
  };
  std::printf("%zu requests: %d acknowledged, %d sent more than once\n", acts.size(),
              count([](const Act& act) { return act.acknowledged(); }),
              count([](const Act& act) { return act.attempts > 1; }));
}

// Whether what was written has its position in each journal.
bool AwaitNothingPending() {
  return Eventually([] {
    const auto services = Suite::Get().services();
    return std::all_of(services.begin(), services.end(), [](const std::string& service) {
      return absl::StripAsciiWhitespace(Sql(
                 absl::StrCat("SELECT COUNT(*) FROM comity_", service, ".journal_pending"))) == "0";
    });
  });
}

}  // namespace

void ExpectNothingLost(const std::vector<Act>& acts) {
  PrintWhatWasAsked(acts);
  ExpectKnownOutcomes(acts);
  Journals journals;
  ASSERT_TRUE(AwaitSequenced(acts, &journals));
  ASSERT_TRUE(AwaitReportingCaughtUp());
  ReadOn(&journals);
  for (const auto& [service, journal] : journals) ExpectSound(service, journal);
  ExpectEffectsOnce(acts, journals);
  ExpectReadable(acts, journals);
  ExpectReportsFollowFrom(journals["lead"]);
  ExpectSameAnswersAgain(acts);
  // Journals may have grown by then: by workflows that signatures began.
  ASSERT_TRUE(AwaitNothingPending());
  ReadOn(&journals);
  ExpectEffectsOnce(acts, journals);
}

void HarmUnderLoad(const std::function<void()>& harm) {
  Suite& suite = Suite::Get();
  Load load(NewSeed());
  ASSERT_TRUE(load.AwaitMoreAnswers(suite.services(), kAnswers));
  harm();
  ASSERT_TRUE(load.AwaitMoreAnswers(suite.services(), kAnswers)) << "it does not resume";
  load.Stop();
  ExpectNothingLost(load.acts());
  EXPECT_THAT(suite.Mishaps(), ::testing::IsEmpty());
}

void KillUnderLoad(const std::string& process) {
  HarmUnderLoad([&] {
    Suite::Get().Kill(process);
    Suite::Get().StartMissing();
  });
}

}  // namespace comity::integration
