#include "services/gateway/credit/credit_split.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {

std::ostream& operator<<(std::ostream& out, const Portion& portion) {
  return out << portion.party << ": " << portion.units;
}

namespace {

using ::testing::ElementsAre;

constexpr unsigned kSeed = 20261127;
using Portions = std::vector<Portion>;
using Weights = std::vector<PartyWeight>;

Portions Split(int64_t total, const Portions& weights) {
  const auto portions = SplitUnits(total, weights);
  EXPECT_TRUE(portions.ok()) << portions.status();
  return portions.ok() ? *portions : Portions();
}

Portions Points(const Weights& weights) {
  const auto portions = BasisPointsOf(weights);
  EXPECT_TRUE(portions.ok()) << portions.status();
  return portions.ok() ? *portions : Portions();
}

int64_t Sum(const Portions& portions) {
  int64_t sum = 0;
  for (const Portion& portion : portions) sum += portion.units;
  return sum;
}

TEST(CreditSplit, OfEqualRemaindersTheSmallerIdsGetTheUnits) {
  EXPECT_THAT(Points({{"c", 1}, {"a", 1}, {"b", 1}}),
              ElementsAre(Portion{"a", 3334}, Portion{"b", 3333}, Portion{"c", 3333}));
  EXPECT_THAT(Split(2, {{"c", 1}, {"b", 1}, {"a", 1}}),
              ElementsAre(Portion{"a", 1}, Portion{"b", 1}, Portion{"c", 0}));
}

TEST(CreditSplit, LargestRemaindersFirst) {
  // Quotas 1.5, 2.8, 5.7.
  EXPECT_THAT(Split(10, {{"a", 15}, {"b", 28}, {"c", 57}}),
              ElementsAre(Portion{"a", 1}, Portion{"b", 3}, Portion{"c", 6}));
}

TEST(CreditSplit, WeightsOfOnePartyAreOne) {
  EXPECT_THAT(Points({{"b", 0.1}, {"a", 0.7}, {"b", 0.2}}),
              ElementsAre(Portion{"a", 7000}, Portion{"b", 3000}));
  // 3 * (1 / 15) and 0.2 differ as doubles; a tie stays a tie.
  EXPECT_EQ(Points({{"a", 0.2}, {"b", 1.0 / 15}, {"b", 1.0 / 15}, {"b", 1.0 / 15}, {"c", 0.2}}),
            Points({{"a", 1}, {"b", 1}, {"c", 1}}));
}

TEST(CreditSplit, NothingNegativeAndTheLargest) {
  const Portions weights = {{"a", 3333}, {"b", 3333}, {"c", 3334}};
  EXPECT_THAT(Split(0, weights), ElementsAre(Portion{"a", 0}, Portion{"b", 0}, Portion{"c", 0}));
  EXPECT_THAT(Split(-1, weights), ElementsAre(Portion{"a", 0}, Portion{"b", 0}, Portion{"c", -1}));
  constexpr int64_t kLeast = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Sum(Split(kLeast, weights)), kLeast);
  EXPECT_EQ(Sum(Split(kMost, weights)), kMost);
  EXPECT_THAT(Split(kLeast, {{"a", 1}}), ElementsAre(Portion{"a", kLeast}));
  EXPECT_EQ(Sum(Split(kMost, {{"a", kMost}, {"b", kMost - 1}, {"c", kMost}})), kMost);
}

TEST(CreditSplit, RefusesWhatIsNoWeight) {
  const auto reason = [](const Weights& weights) {
    return Reason(BasisPointsOf(weights).status());
  };
  EXPECT_EQ(reason({}), "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(reason({{"a", 0}}), "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(reason({{"a", 2}, {"b", -1}}), "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(reason({{"a", std::nan("")}}), "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(reason({{"a", std::numeric_limits<double>::infinity()}}), "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(reason({{"a", std::numeric_limits<double>::max()},
                    {"b", std::numeric_limits<double>::max()}}),
            "CREDIT_WEIGHT_INVALID");
  EXPECT_EQ(Reason(SplitUnits(5, Portions{{"a", -1}, {"b", 2}}).status()), "CREDIT_WEIGHT_INVALID");
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Reason(SplitUnits(5, Portions{{"a", kMost}, {"a", 1}}).status()),
            "CREDIT_WEIGHT_INVALID");
}

type::v1::CreditRule RoleRule(const std::vector<std::pair<std::string, int>>& shares) {
  type::v1::CreditRule rule;
  for (const auto& [department, points] : shares) {
    auto* share = rule.add_shares();
    share->set_department(department);
    share->set_basis_points(points);
  }
  return rule;
}

TEST(CreditSplit, FixedSharesStayInTheirDepartment) {
  const auto rule = RoleRule({{"sales", 4000}, {"marketing", 5999}, {"support", 1}});
  // Three of sales would round up to 4,001 if all were rounded together.
  std::vector<RoleTouch> touches = {{"sales", "ana"}, {"sales", "bo"}, {"sales", "cy"}};
  for (int i = 0; i < 7; ++i) touches.push_back({"marketing", absl::StrCat("m", i)});
  const auto points = BasisPointsByRole(rule, touches);
  ASSERT_TRUE(points.ok()) << points.status();
  EXPECT_THAT(*points, ElementsAre(Portion{"ana", 1334}, Portion{"bo", 1333}, Portion{"cy", 1333},
                                   Portion{"m0", 857}, Portion{"m1", 857}, Portion{"m2", 857},
                                   Portion{"m3", 857}, Portion{"m4", 857}, Portion{"m5", 857},
                                   Portion{"m6", 857}, Portion{"support", 1}));
}

TEST(CreditSplit, FixedSharesNeedNoTouchesAndAddUp) {
  const auto points = BasisPointsByRole(RoleRule({{"sales", 7000}, {"marketing", 3000}}), {});
  ASSERT_TRUE(points.ok()) << points.status();
  EXPECT_THAT(*points, ElementsAre(Portion{"marketing", 3000}, Portion{"sales", 7000}));
  const auto reason = [](const type::v1::CreditRule& rule) {
    return Reason(BasisPointsByRole(rule, {}).status());
  };
  EXPECT_EQ(reason(RoleRule({})), "CREDIT_SHARES_INVALID");
  EXPECT_EQ(reason(RoleRule({{"sales", 9999}})), "CREDIT_SHARES_INVALID");
  EXPECT_EQ(reason(RoleRule({{"sales", 10'001}, {"marketing", -1}})), "CREDIT_SHARES_INVALID");
}

class CreditSplitProperties : public ::testing::Test {
 protected:
  CreditSplitProperties() { std::cout << "seed " << kSeed << std::endl; }

  int64_t Between(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }
  // Small numbers, so that there are many ties and zeros; one is above 0. Parties are distinct.
  Portions RandomWeights() {
    Portions weights;
    const int64_t size = Between(1, 9);
    for (int64_t i = 0; i < size; ++i) weights.push_back({absl::StrCat("p", i), Between(0, 6)});
    weights[static_cast<size_t>(Between(0, size - 1))].units = Between(1, 6);
    return weights;
  }

  std::mt19937_64 random_{kSeed};
};

// Largest remainder, as it is defined.
void ExpectLargestRemainder(int64_t total, const Portions& weights, const Portions& portions) {
  const int64_t all = Sum(weights);
  ASSERT_EQ(portions.size(), weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    const int64_t quota = total * weights[i].units / all;
    const int64_t extra = portions[i].units - quota;
    EXPECT_TRUE(extra == 0 || extra == 1) << extra;
    for (size_t j = 0; j < weights.size(); ++j) {
      const int64_t other = portions[j].units - total * weights[j].units / all;
      const int64_t mine = total * weights[i].units % all;
      const int64_t its = total * weights[j].units % all;
      // Nobody has a unit more than who has a larger remainder, or the same one and a smaller id.
      if (mine > its || (mine == its && i < j)) {
        EXPECT_GE(extra, other);
      }
    }
  }
}

TEST_F(CreditSplitProperties, SumsAreExactAndUnitsGoToTheLargestRemainders) {
  for (int round = 0; round < 5000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const Portions weights = RandomWeights();
    const int64_t total = Between(0, round % 2 == 0 ? 20 : 1'000'000'000);
    const Portions portions = Split(total, weights);
    EXPECT_EQ(Sum(portions), total);
    ExpectLargestRemainder(total, weights, portions);
    for (size_t i = 0; i < weights.size(); ++i) {
      if (weights[i].units == 0) {
        EXPECT_EQ(portions[i].units, 0);
      }
    }
  }
}

TEST_F(CreditSplitProperties, OrderScaleAndPartiesWithoutWeightChangeNothing) {
  for (int round = 0; round < 5000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const Portions weights = RandomWeights();
    const int64_t total = Between(-1'000'000, 1'000'000);
    const Portions portions = Split(total, weights);
    Portions other = weights;
    std::shuffle(other.begin(), other.end(), random_);
    EXPECT_EQ(Split(total, other), portions);
    const int64_t scale = Between(1, 1'000'000'000);
    for (Portion& weight : other) weight.units *= scale;
    EXPECT_EQ(Split(total, other), portions);
    other.push_back({"nobody", 0});
    Portions with_nobody = Split(total, other);
    EXPECT_EQ(with_nobody.front(), (Portion{"nobody", 0}));
    with_nobody.erase(with_nobody.begin());
    EXPECT_EQ(with_nobody, portions);
  }
}

TEST_F(CreditSplitProperties, AReversalSumsToZeroPartyByParty) {
  for (int round = 0; round < 5000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const Portions weights = RandomWeights();
    const int64_t total = Between(-1'000'000'000'000, 1'000'000'000'000);
    const Portions there = Split(total, weights);
    const Portions back = Split(-total, weights);
    for (size_t i = 0; i < there.size(); ++i) EXPECT_EQ(there[i].units + back[i].units, 0);
    // 10,000 times the amount splits without a remainder: each gets its basis points.
    const Portions points = Split(kAllBasisPoints, weights);
    const Portions exact = Split(kAllBasisPoints * (total / 1'000'000), points);
    for (size_t i = 0; i < points.size(); ++i) {
      EXPECT_EQ(exact[i].units, points[i].units * (total / 1'000'000));
    }
  }
}

TEST_F(CreditSplitProperties, BasisPointsAreThoseOfTheWeightsAsWholeNumbers) {
  for (int round = 0; round < 5000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const Portions whole = RandomWeights();
    const double scale = std::exp2(static_cast<double>(Between(-200, 200))) / 3;
    Weights weights;
    for (const Portion& portion : whole) {
      // In pieces, as touches come.
      for (int64_t i = 0; i < portion.units; ++i) weights.push_back({portion.party, scale});
      weights.push_back({portion.party, 0});
    }
    std::shuffle(weights.begin(), weights.end(), random_);
    EXPECT_EQ(Points(weights), Split(kAllBasisPoints, whole));
  }
}

TEST_F(CreditSplitProperties, FixedSharesAreKeptWhoeverHasTheTouches) {
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const Portions shares = Split(kAllBasisPoints, RandomWeights());
    std::vector<std::pair<std::string, int>> pairs;
    for (const Portion& share : shares) pairs.emplace_back(share.party, share.units);
    std::vector<RoleTouch> touches;
    for (int64_t i = Between(0, 12); i > 0; --i) {
      const std::string department = absl::StrCat("p", Between(0, 9));
      touches.push_back({department, absl::StrCat(department, "/", Between(0, 3))});
    }
    const auto points = BasisPointsByRole(RoleRule(pairs), touches);
    ASSERT_TRUE(points.ok()) << points.status();
    std::map<std::string, int64_t> by_department;
    for (const Portion& portion : *points) {
      by_department[portion.party.substr(0, portion.party.find('/'))] += portion.units;
    }
    for (const Portion& share : shares) EXPECT_EQ(by_department[share.party], share.units);
  }
}

}  // namespace
}  // namespace comity::gateway::credit
