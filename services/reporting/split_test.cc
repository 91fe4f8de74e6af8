#include "services/reporting/split.h"

#include <limits>
#include <numeric>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Split, ByLargestRemainder) {
  EXPECT_THAT(Split(100, {1, 1, 1}), ElementsAre(34, 33, 33));
  EXPECT_THAT(Split(100, {1, 2, 4}), ElementsAre(14, 29, 57));  // 14.28, 28.57, 57.14
  EXPECT_THAT(Split(5, {3, 3}), ElementsAre(3, 2));
  EXPECT_THAT(Split(-5, {3, 3}), ElementsAre(-3, -2));
}

TEST(Split, WeightsWithoutValue) {
  EXPECT_THAT(Split(7, {}), IsEmpty());
  EXPECT_THAT(Split(7, {0, 0}), ElementsAre(4, 3));
  EXPECT_THAT(Split(7, {-4, 2}), ElementsAre(0, 7));
}

TEST(Split, AlwaysSumsExactly) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 5'000; ++round) {
    std::vector<int64_t> weights(1 + random() % 9);
    for (int64_t& weight : weights) weight = static_cast<int64_t>(random() >> (1 + random() % 60));
    const auto amount = static_cast<int64_t>(random() >> (random() % 60));
    const auto parts = Split(amount, weights);
    const __int128 sum = std::accumulate(parts.begin(), parts.end(), static_cast<__int128>(0));
    ASSERT_TRUE(sum == amount);
  }
}

TEST(Split, Extremes) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  EXPECT_THAT(Split(kMost, {kMost, 0}), ElementsAre(kMost, 0));
  EXPECT_THAT(Split(kLeast, {kMost}), ElementsAre(kLeast));
}

}  // namespace
}  // namespace comity::reporting
