#include "services/reporting/freshness.h"

#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"

namespace comity::reporting {
namespace {

using google::protobuf::util::TimeUtil;

constexpr int64_t kSecond = 1'000'000;

// Lead is in up to position 10, whose newest entry is of second 100; account up to 4, of second 20.
v1::ReportBasis Basis() {
  v1::ReportBasis basis;
  for (const auto& [service, position, second] :
       {std::tuple("account", 4, 20), std::tuple("lead", 10, 100)}) {
    auto* source = basis.add_sources();
    source->set_service(service);
    source->set_position(position);
    source->mutable_complete_time()->set_seconds(second);
  }
  return basis;
}

v1::ReportBasis Filled(const std::vector<SourceProgress>& progress) {
  v1::ReportBasis basis = Basis();
  FillFreshness(progress, &basis);
  return basis;
}

TEST(Freshness, AQuietSourceIsNotStale) {
  const auto basis = Filled({{"account", 0, 4, 200 * kSecond}, {"lead", 0, 10, 190 * kSecond}});
  EXPECT_EQ(basis.sources(0).complete_time().seconds(), 200);
  EXPECT_EQ(basis.sources(1).complete_time().seconds(), 190);
  EXPECT_EQ(basis.fresh_time().seconds(), 190);
}

TEST(Freshness, AStuckSourceIsStaleHoweverTheOthersMove) {
  // Lead had everything at second 110, and has brought what is not in since.
  const auto basis = Filled({{"account", 0, 4, 900 * kSecond}, {"lead", 7, 10, 110 * kSecond}});
  EXPECT_EQ(basis.fresh_time().seconds(), 110);
}

TEST(Freshness, WhatWasSeenOfALaterPositionSaysNothingOfThisOne) {
  // A report as of an earlier intake: at second 900 lead had 12 entries, of which it has 10.
  const auto basis = Filled({{"account", 0, 4, 900 * kSecond}, {"lead", 0, 12, 900 * kSecond}});
  EXPECT_EQ(basis.sources(1).complete_time().seconds(), 100);
  EXPECT_EQ(basis.fresh_time().seconds(), 100);
}

TEST(Freshness, EntriesThatAreInProveMoreThanAnOldLook) {
  const auto basis = Filled({{"account", 0, 4, 200 * kSecond}, {"lead", 0, 9, 50 * kSecond}});
  EXPECT_EQ(basis.sources(1).complete_time().seconds(), 100);
}

TEST(Freshness, ASourceThatWasNeverHeardLeavesItOpen) {
  const auto basis = Filled({{"gateway", 0, 0, kNever}, {"lead", 0, 10, 200 * kSecond}});
  ASSERT_EQ(basis.sources_size(), 3);
  EXPECT_EQ(basis.sources(1).service(), "gateway");
  EXPECT_EQ(basis.sources(2).service(), "lead");
  EXPECT_EQ(basis.sources(2).position(), 10);
  EXPECT_FALSE(basis.sources(1).has_complete_time());
  EXPECT_FALSE(basis.has_fresh_time());
}

TEST(Freshness, AnEmptyJournalIsCompleteOnceItWasSeen) {
  const auto basis = Filled({{"account", 0, 4, 200 * kSecond},
                             {"lead", 0, 10, 200 * kSecond},
                             {"support", 0, 0, 150 * kSecond}});
  EXPECT_EQ(basis.fresh_time().seconds(), 150);
}

}  // namespace
}  // namespace comity::reporting
