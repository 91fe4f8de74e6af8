#include "services/gateway/credit/credit_models.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"

namespace comity::gateway::credit {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;
using type::v1::CreditModel;

constexpr unsigned kSeed = 20261127;

absl::Time Day(double day) { return absl::FromUnixSeconds(1'500'000'000) + day * absl::Hours(24); }

// Touches a day apart, named by their place.
std::vector<Touch> PathOf(size_t size) {
  std::vector<Touch> path(size);
  for (size_t i = 0; i < size; ++i) {
    path[i].id = absl::StrCat(i);
    path[i].time = Day(static_cast<double>(i));
  }
  return path;
}

std::vector<double> Weights(CreditModel model, const std::vector<Touch>& path,
                            absl::Duration half_life = kHalfLife) {
  const auto weights = WeightsOf(model, path, half_life);
  EXPECT_TRUE(weights.ok()) << weights.status();
  return weights.ok() ? *weights : std::vector<double>();
}

auto Near(const std::vector<double>& expected) { return Pointwise(DoubleNear(1e-12), expected); }

std::string SharedFile(const std::string& name) {
  const char* shared = std::getenv("COMITY_SHARED");
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  const std::string folder =
      shared != nullptr ? shared : absl::StrCat(source == nullptr ? "." : source, "/../shared");
  return absl::StrCat(folder, "/", name);
}

TEST(CreditModels, FirstAndLastGiveAllToOne) {
  const auto path = PathOf(3);
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_FIRST, path), ElementsAre(1, 0, 0));
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_LAST, path), ElementsAre(0, 0, 1));
}

TEST(CreditModels, LastNonDirectPassesOverDirectOnesUnlessThereIsNoOther) {
  auto path = PathOf(3);
  path[2].is_direct = true;
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_LAST_NON_DIRECT, path), ElementsAre(0, 1, 0));
  path[0].is_direct = path[1].is_direct = true;
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_LAST_NON_DIRECT, path), ElementsAre(0, 0, 1));
}

TEST(CreditModels, PositionUOfOneTwoAndThree) {
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_POSITION_U, PathOf(1)), ElementsAre(1));
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_POSITION_U, PathOf(2)), ElementsAre(0.5, 0.5));
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_POSITION_U, PathOf(3)), Near({0.4, 0.2, 0.4}));
}

TEST(CreditModels, PositionWScalesWhatIsThereToOne) {
  const auto w = [](const std::vector<Touch>& path) {
    return Weights(type::v1::CREDIT_MODEL_POSITION_W, path);
  };
  EXPECT_THAT(w(PathOf(1)), ElementsAre(1));
  // Neither lead nor opportunity among the touches: 0.3 and 0.1.
  EXPECT_THAT(w(PathOf(2)), Near({0.75, 0.25}));
  auto path = PathOf(4);
  path[2].is_lead_creation = true;
  EXPECT_THAT(w(path), Near({0.3 / 0.7, 0.05 / 0.7, 0.3 / 0.7, 0.05 / 0.7}));
  // Nothing beside the milestones.
  auto all = PathOf(3);
  all[1].is_lead_creation = all[2].is_opportunity_creation = true;
  EXPECT_THAT(w(all), Near({1.0 / 3, 1.0 / 3, 1.0 / 3}));
}

TEST(CreditModels, PositionWGivesATouchAllTheMilestonesThatItIs) {
  const auto w = [](const std::vector<Touch>& path) {
    return Weights(type::v1::CREDIT_MODEL_POSITION_W, path);
  };
  auto path = PathOf(3);
  path[0].is_lead_creation = path[1].is_opportunity_creation = true;
  EXPECT_THAT(w(path), Near({0.6, 0.3, 0.1}));
  path[1].is_opportunity_creation = false;
  path[0].is_opportunity_creation = true;
  EXPECT_THAT(w(path), Near({0.9, 0.05, 0.05}));
}

TEST(CreditModels, PositionWSharesAMilestoneAmongTheTouchesThatAreIt) {
  auto path = PathOf(4);
  path[1].is_lead_creation = path[2].is_lead_creation = true;
  path[3].is_opportunity_creation = true;
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_POSITION_W, path),
              Near({0.3 / 0.9, 0.15 / 0.9, 0.15 / 0.9, 0.3 / 0.9}));
}

TEST(CreditModels, TimeDecayHalvesWithEachHalfLifeAndSurvivesDecades) {
  auto path = PathOf(2);
  path[1].time = Day(7);
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_TIME_DECAY, path), Near({1.0 / 3, 2.0 / 3}));
  path[1].time = Day(36'500);
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_TIME_DECAY, path, absl::Hours(1)), ElementsAre(0, 1));
  path[1].time = path[0].time;
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_TIME_DECAY, path), ElementsAre(0.5, 0.5));
}

TEST(CreditModels, WhatHappenedAtTheSameTimeIsOrderedByPositionThenId) {
  std::vector<Touch> path(3);
  path[0].id = "c";
  path[1].id = "b";
  path[2].id = "a";
  path[2].position = 1;
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_FIRST, path), ElementsAre(0, 1, 0));
  EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_LAST, path), ElementsAre(0, 0, 1));
}

TEST(CreditModels, WithoutTouchesThereIsAStatusAndNoNumber) {
  for (const CreditModel model : ModelsOfTouches()) {
    EXPECT_EQ(Reason(WeightsOf(model, {}).status()), "NO_TOUCHES");
  }
  const auto path = PathOf(1);
  EXPECT_EQ(Reason(WeightsOf(type::v1::CREDIT_MODEL_BY_ROLE, path).status()),
            "CREDIT_MODEL_INVALID");
  EXPECT_EQ(Reason(WeightsOf(type::v1::CREDIT_MODEL_UNSPECIFIED, path).status()),
            "CREDIT_MODEL_INVALID");
  EXPECT_EQ(Reason(WeightsOf(type::v1::CREDIT_MODEL_LINEAR, path, absl::ZeroDuration()).status()),
            "HALF_LIFE_INVALID");
}

// Each value of the vectors is a weight times 12,000, rounded to `tolerance`.
void ExpectGolden(const nlohmann::json& golden, CreditModel model, double tolerance) {
  const double days[] = {0, 5, 12, 30, 38};
  auto path = PathOf(5);
  for (size_t i = 0; i < path.size(); ++i) path[i].time = Day(days[i]);
  path[1].is_lead_creation = path[3].is_opportunity_creation = true;
  const auto weights = Weights(model, path);
  ASSERT_EQ(golden.size(), weights.size());
  for (size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(weights[i] * 12'000, golden[i].get<double>(), tolerance) << model << " " << i;
  }
}

TEST(CreditModels, GoldenValues) {
  std::ifstream file(SharedFile("vectors/methods.json"));
  if (!file) GTEST_SKIP() << "no vectors/methods.json under COMITY_SHARED";
  const auto golden = nlohmann::json::parse(file);
  ExpectGolden(golden["time_decay_hl7"], type::v1::CREDIT_MODEL_TIME_DECAY, 0.005);
  ExpectGolden(golden["linear"], type::v1::CREDIT_MODEL_LINEAR, 1e-9);
  ExpectGolden(golden["u_40_20_40"], type::v1::CREDIT_MODEL_POSITION_U, 1e-9);
  ExpectGolden(golden["w_30_30_30_10"], type::v1::CREDIT_MODEL_POSITION_W, 1e-9);
}

// Lines of a file of shared data, split at commas, quotes taken off; none where it is absent.
std::vector<std::vector<std::string>> ReadTable(const std::string& name) {
  std::vector<std::vector<std::string>> rows;
  std::ifstream file(SharedFile(name));
  for (std::string line; std::getline(file, line);) {
    rows.push_back(absl::StrSplit(absl::StripSuffix(line, "\r"), ','));
    for (std::string& cell : rows.back()) {
      cell = std::string(absl::StripSuffix(absl::StripPrefix(cell, "\""), "\""));
    }
  }
  return rows;
}

double Number(const std::string& text) {
  double number = 0;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

struct Heuristics {
  double conversions[3] = {};  // first, last, linear
  double values[3] = {};
};

constexpr CreditModel kHeuristics[] = {type::v1::CREDIT_MODEL_FIRST, type::v1::CREDIT_MODEL_LAST,
                                       type::v1::CREDIT_MODEL_LINEAR};

std::map<std::string, Heuristics> ComputeHeuristics(
    const std::vector<std::vector<std::string>>& rows) {
  std::map<std::string, Heuristics> by_channel;
  for (size_t row = 1; row < rows.size(); ++row) {
    const std::vector<std::string> channels = absl::StrSplit(rows[row][0], " > ");
    const auto path = PathOf(channels.size());
    for (int model = 0; model < 3; ++model) {
      const auto weights = Weights(kHeuristics[model], path);
      for (size_t i = 0; i < channels.size(); ++i) {
        by_channel[channels[i]].conversions[model] += weights[i] * Number(rows[row][1]);
        by_channel[channels[i]].values[model] += weights[i] * Number(rows[row][2]);
      }
    }
  }
  return by_channel;
}

TEST(CreditModels, HeuristicsOfTenThousandPaths) {
  const auto paths = ReadTable("data/attribution/PathData.csv");
  const auto expected = ReadTable("data/attribution/pathdata_heuristics.csv");
  if (paths.empty() || expected.empty()) GTEST_SKIP() << "no attribution under COMITY_SHARED";
  ASSERT_EQ(paths.size(), 10'001);
  const auto by_channel = ComputeHeuristics(paths);
  ASSERT_EQ(by_channel.size(), expected.size() - 1);
  double conversions = 0;
  for (size_t row = 1; row < expected.size(); ++row) {
    const auto found = by_channel.find(expected[row][0]);
    ASSERT_NE(found, by_channel.end()) << expected[row][0];
    for (int model = 0; model < 3; ++model) {
      EXPECT_NEAR(found->second.conversions[model], Number(expected[row][1 + 2 * model]), 1e-6);
      EXPECT_NEAR(found->second.values[model], Number(expected[row][2 + 2 * model]), 1e-6);
    }
    conversions += found->second.conversions[2];
  }
  EXPECT_NEAR(conversions, 19'785, 1e-6);
}

class CreditModelProperties : public ::testing::Test {
 protected:
  CreditModelProperties() { std::cout << "seed " << kSeed << std::endl; }

  int Below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }
  // Some at the same time, some of them milestones.
  std::vector<Touch> RandomPath() {
    auto path = PathOf(1 + Below(12));
    for (Touch& touch : path) {
      touch.time = Day(Below(60) / 4.0);
      touch.is_direct = Below(3) == 0;
      touch.is_lead_creation = Below(5) == 0;
      touch.is_opportunity_creation = Below(5) == 0;
    }
    return path;
  }

  std::mt19937 random_{kSeed};
};

TEST_F(CreditModelProperties, WeightsSumToOneAndFollowTheTouchesWhateverTheirOrder) {
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const auto path = RandomPath();
    auto shuffled = path;
    std::shuffle(shuffled.begin(), shuffled.end(), random_);
    for (const CreditModel model : ModelsOfTouches()) {
      const auto weights = Weights(model, path);
      EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.0), 1, 1e-12);
      for (const double weight : weights) EXPECT_TRUE(weight >= 0 && weight <= 1) << weight;
      const auto others = Weights(model, shuffled);
      for (size_t i = 0; i < path.size(); ++i) {
        const size_t place = static_cast<size_t>(std::stoi(shuffled[i].id));
        EXPECT_EQ(others[i], weights[place]) << model;
      }
    }
  }
}

TEST_F(CreditModelProperties, TimeDecayKnowsOnlyDifferencesOfTimeInHalfLives) {
  for (int round = 0; round < 1000; ++round) {
    SCOPED_TRACE(absl::StrCat("round ", round));
    const auto path = RandomPath();
    const int scale = 1 + Below(9);
    auto moved = path;
    for (Touch& touch : moved) touch.time = Day(40) + scale * (touch.time - Day(3));
    EXPECT_THAT(Weights(type::v1::CREDIT_MODEL_TIME_DECAY, moved, scale * kHalfLife),
                Near(Weights(type::v1::CREDIT_MODEL_TIME_DECAY, path)));
  }
}

}  // namespace
}  // namespace comity::gateway::credit
