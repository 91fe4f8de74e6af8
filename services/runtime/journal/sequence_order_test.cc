#include "services/runtime/journal/sequence_order.h"

#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

absl::StatusOr<std::vector<PendingEntry>> NoFetch(const std::string& subject, int64_t) {
  ADD_FAILURE() << "fetched the chain of " << subject;
  return std::vector<PendingEntry>();
}

TEST(PredecessorsOutsideTest, NamesThoseThatTheBatchLacks) {
  EXPECT_THAT(PredecessorsOutside({{"1", "leads/a", 1},
                                   {"2", "leads/b", 4},
                                   {"3", "leads/a", 2},
                                   {"4", "leads/c", 3},
                                   {"5", "leads/c", 5}}),
              UnorderedElementsAre(Pair("leads/b", 3), Pair("leads/c", 2), Pair("leads/c", 4)));
}

TEST(OrderBatchTest, FollowsIdsWhereSubjectsDiffer) {
  const auto order =
      OrderBatch({{"1", "leads/a", 1}, {"2", "leads/b", 1}, {"3", "leads/a", 2}}, {}, 10, NoFetch);
  EXPECT_THAT(*order, ElementsAre("1", "2", "3"));
}

TEST(OrderBatchTest, PutsVersionsBeforeIds) {
  // Written by three replicas whose clocks disagree.
  const auto order = OrderBatch(
      {{"1", "leads/a", 3}, {"2", "leads/b", 1}, {"3", "leads/a", 1}, {"4", "leads/a", 2}}, {}, 10,
      NoFetch);
  EXPECT_THAT(*order, ElementsAre("3", "4", "1", "2"));
}

TEST(OrderBatchTest, FetchesWhatABlockedSubjectLacks) {
  const auto fetch = [](const std::string& subject,
                        int64_t version) -> absl::StatusOr<std::vector<PendingEntry>> {
    EXPECT_EQ(subject, "leads/a");
    EXPECT_EQ(version, 4);
    return std::vector<PendingEntry>{{"8", "leads/a", 2}, {"1", "leads/a", 3}, {"2", "leads/a", 4}};
  };
  const auto order = OrderBatch({{"1", "leads/a", 3}, {"2", "leads/a", 4}, {"3", "leads/b", 1}},
                                {"leads/a"}, 10, fetch);
  EXPECT_THAT(*order, ElementsAre("8", "1", "2", "3"));
}

TEST(OrderBatchTest, CutsAfterAPrefixOfEachSubject) {
  const auto order =
      OrderBatch({{"1", "leads/a", 3}, {"2", "leads/a", 1}, {"3", "leads/a", 2}}, {}, 2, NoFetch);
  EXPECT_THAT(*order, ElementsAre("2", "3"));
}

TEST(OrderBatchTest, ProgressesWhenAllThatIsInTheBatchMustWait) {
  const auto fetch = [](const std::string&, int64_t) -> absl::StatusOr<std::vector<PendingEntry>> {
    return std::vector<PendingEntry>{{"7", "leads/a", 1}, {"8", "leads/a", 2}};
  };
  const auto order = OrderBatch({{"1", "leads/a", 9}, {"2", "leads/a", 8}}, {"leads/a"}, 2, fetch);
  EXPECT_THAT(*order, ElementsAre("7", "8"));
}

}  // namespace
}  // namespace comity::journal
