#include "services/reporting/handovers.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using fact::v1::FactKind;

std::string Id(const std::string& text) { return text + std::string(16 - text.size(), '.'); }

class HandoversTest : public ::testing::Test {
 protected:
  // A fact at `hour`; returns its id.
  std::string Add(const std::string& of_case, FactKind kind, int64_t hour,
                  const std::string& team = "", const std::string& supersedes = "",
                  const std::string& owner = "") {
    const std::string fact = Id("f" + std::to_string(rows_.size()));
    rows_.push_back({static_cast<Position>(rows_.size()), fact, Id(of_case), kind,
                     hour * 3'600'000'000, team, owner, supersedes});
    return fact;
  }
  v1::HandoverReport Count(v1::HolderKind holder = v1::HOLDER_KIND_TEAM, int64_t before = kNever) {
    Handovers handovers(holder, before);
    for (const CaseFactRow& row : rows_) handovers.Add(row);
    auto report = handovers.Count();
    EXPECT_TRUE(report.ok()) << report.status();
    return *report;
  }
  std::vector<CaseFactRow> rows_;
};

constexpr FactKind kOpened = fact::v1::FACT_KIND_OPENED;
constexpr FactKind kHanded = fact::v1::FACT_KIND_HANDED_TO_TEAM;

TEST_F(HandoversTest, RepeatsAreMergedAndReturnsCounted) {
  Add("x", kOpened, 0, "teams/a");
  Add("x", kHanded, 1, "teams/a");
  Add("x", kHanded, 2, "teams/b");
  Add("x", fact::v1::FACT_KIND_NOTE, 3);
  Add("x", kHanded, 4, "teams/b");
  Add("x", kHanded, 5, "teams/a");
  Add("x", kHanded, 6, "teams/b");
  Add("y", kOpened, 0, "teams/a");
  Add("y", fact::v1::FACT_KIND_RESOLVED, 10);
  Add("z", kOpened, 0);
  const v1::HandoverReport report = Count();
  EXPECT_EQ(report.cases(), 3);
  EXPECT_EQ(report.handovers(), 3);
  EXPECT_EQ(report.cases_with_handover(), 1);
  EXPECT_EQ(report.returns(), 2);
  EXPECT_EQ(report.cases_with_return(), 1);
  EXPECT_EQ(report.mean_duration_with_return().seconds(), 6 * 3600);
  EXPECT_EQ(report.mean_duration_without_return().seconds(), 5 * 3600);
  ASSERT_EQ(report.rows_size(), 2);
  EXPECT_EQ(report.rows(0).holder(), "teams/a");
  EXPECT_EQ(report.rows(0).cases(), 2);
  EXPECT_EQ(report.rows(0).received(), 1);
  EXPECT_EQ(report.rows(0).handed_on(), 2);
  EXPECT_EQ(report.rows(1).returns(), 1);
}

TEST_F(HandoversTest, ALateEntryStandsWhereItHappened) {
  Add("x", kOpened, 0, "teams/a");
  Add("x", kHanded, 5, "teams/a");
  Add("x", kHanded, 2, "teams/b");  // recorded last, happened in between
  const v1::HandoverReport report = Count();
  EXPECT_EQ(report.handovers(), 2);
  EXPECT_EQ(report.returns(), 1);
}

TEST_F(HandoversTest, WhatWasVoidedOrCorrectedHasNotHappened) {
  Add("x", kOpened, 0, "teams/a");
  const std::string wrong = Add("x", kHanded, 1, "teams/b");
  Add("x", kHanded, 2, "teams/c");
  EXPECT_EQ(Count().handovers(), 2);
  Add("x", fact::v1::FACT_KIND_VOIDED, 9, "", wrong);
  const v1::HandoverReport report = Count();
  EXPECT_EQ(report.handovers(), 1);
  EXPECT_EQ(report.mean_duration_without_return().seconds(), 2 * 3600);  // a voiding is no event
}

TEST_F(HandoversTest, OwnersAreHoldersToo) {
  Add("x", kOpened, 0, "teams/a", "", "persons/ana");
  Add("x", fact::v1::FACT_KIND_OWNER_CHANGED, 1, "", "", "persons/bo");
  Add("x", kHanded, 2, "teams/b", "", "persons/ana");
  const v1::HandoverReport report = Count(v1::HOLDER_KIND_OWNER);
  EXPECT_EQ(report.handovers(), 2);
  EXPECT_EQ(report.returns(), 1);
  EXPECT_EQ(Count().handovers(), 1);
}

TEST_F(HandoversTest, OnlyWhatHappenedBefore) {
  Add("x", kOpened, 1, "teams/a");
  Add("x", kHanded, 2, "teams/b");
  Add("y", kOpened, 3, "teams/a");
  const v1::HandoverReport report = Count(v1::HOLDER_KIND_TEAM, 2 * int64_t{3'600'000'000});
  EXPECT_EQ(report.cases(), 1);
  EXPECT_EQ(report.handovers(), 0);
}

TEST_F(HandoversTest, NothingIsNothing) {
  const v1::HandoverReport report = Count();
  EXPECT_EQ(report.cases(), 0);
  EXPECT_FALSE(report.has_mean_duration_with_return());
}

TEST_F(HandoversTest, TooManyHoldersAreRefused) {
  Handovers handovers(v1::HOLDER_KIND_TEAM, kNever);
  for (int i = 0; i <= 5000; ++i) {
    handovers.Add({i, Id("f" + std::to_string(i)), Id("c" + std::to_string(i)), kOpened, 0,
                   "teams/" + std::to_string(i), "", ""});
  }
  EXPECT_EQ(Reason(handovers.Count().status()), "TOO_MANY_GROUPS");
}

}  // namespace
}  // namespace comity::reporting
