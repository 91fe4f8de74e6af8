#include "tests/faults/workflow_check.h"

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/faults/check_references.h"
#include "tests/faults/evidence.h"
#include "tests/faults/insist.h"
#include "tests/integration/database.h"
#include "tests/integration/journal_check.h"
#include "tests/integration/journals.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using ::testing::IsEmpty;

int Count(const std::string& sql) {
  int count = -1;
  return absl::SimpleAtoi(Sql(sql), &count) ? count : -1;
}

}  // namespace

bool AwaitAllEnded(absl::Duration limit) {
  const auto ended = [] {
    return Count(
               "SELECT COUNT(*) FROM comity_gateway.workflows WHERE state IN (1, 2) OR due = 1") ==
           0;
  };
  // What was signed or voided last may not have been seen yet: it must be quiet for a while.
  return Eventually(
      [&] {
        if (!ended()) return false;
        absl::SleepFor(absl::Seconds(1));
        return ended();
      },
      limit);
}

int CountWorkflows() { return Count("SELECT COUNT(*) FROM comity_gateway.workflows"); }

std::vector<std::string> WorkflowProblems() {
  Problems problems;
  const Evidence evidence = ReadEvidence(&problems);
  for (const auto check : {CheckEnded, CheckEffects, CheckLeads, CheckAccounts, CheckDomains,
                           CheckSignatures, CheckStatements, CheckRelationships, CheckCases,
                           CheckMoves, CheckEnactments, CheckHandovers}) {
    check(evidence, &problems);
  }
  CheckCharters(&problems);
  for (const std::string& dangling : DanglingReferences()) problems.push_back(dangling);
  return problems;
}

void ExpectAllSound() {
  EXPECT_THAT(Suite::Get().Mishaps(), IsEmpty());
  ASSERT_TRUE(AwaitAllEnded(absl::Seconds(60)));
  EXPECT_THAT(WorkflowProblems(), IsEmpty());
  ASSERT_TRUE(AwaitReportingCaughtUp());
  Journals journals;
  Eventually([&] {  // what is committed has its place within a moment
    ReadOn(&journals);
    return LostWrites(journals).empty();
  });
  EXPECT_THAT(LostWrites(journals), IsEmpty()) << "acknowledged requests";
  for (const auto& [service, journal] : journals) ExpectSound(service, journal);
  ExpectReportsFollowFrom(journals["lead"]);
}

}  // namespace comity::integration
