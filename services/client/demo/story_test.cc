#include "services/client/demo/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "services/client/demo/company.h"
#include "services/client/demo/telling.h"

namespace comity::client {
namespace {

// What a wait learns.
std::set<std::string> LearnedBy(Awaited awaited) {
  switch (awaited) {
    case Awaited::kNoRevisionUnderWay:
      return {"base", "next", "file", "far", "near", "days"};
    case Awaited::kStatementDrawn:
      return {"statement"};
    case Awaited::kAccountOffered:
      return {"onboarding"};
    case Awaited::kStatementDrawnAnew:
      return {"anew"};
    default:
      return {};
  }
}

TEST(Story, UsesNoNameBeforeItIsLearned) {
  StoryNames names;
  for (const StoryAct& act : TellStory()) {
    for (const StoryStep& step : act.steps) {
      for (const std::string& name : LearnedBy(step.awaits)) names[name] = "x";
      const auto words = FillNames(step.words, names);
      EXPECT_TRUE(words.ok()) << step.id << ": " << words.status();
      for (const Learned& learned : step.learns) names[learned.name] = "x";
    }
  }
  for (const char* name : {"lead", "offer", "proposal", "statement", "dispute", "anew"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
}

TEST(Story, StepsHaveIdsOfTheirOwnAndSomebodyWhoActs) {
  std::set<std::string> ids;
  for (const StoryAct& act : TellStory()) {
    EXPECT_FALSE(act.title.empty());
    for (const StoryStep& step : act.steps) {
      EXPECT_TRUE(ids.insert(step.id).second) << step.id;
      if (!step.as.empty()) EXPECT_TRUE(ParseIdentity(step.as).ok()) << step.id;
      EXPECT_TRUE(std::find(step.words.begin(), step.words.end(), "--as") == step.words.end())
          << step.id << ": the player adds it";
    }
  }
}

// Whoever decides, refuses and signs is the steward of his department.
TEST(Story, ActsOfStewardsAreTheirs) {
  for (const StoryAct& act : TellStory()) {
    for (const StoryStep& step : act.steps) {
      const bool is_stewards = step.words[0] == "charter" && step.words[1] != "log";
      const bool is_arbiters = step.words[0] == "dispute" && step.words[1] == "decide";
      if (step.as.empty() || (!is_stewards && !is_arbiters)) continue;
      const auto as = ParseIdentity(step.as);
      ASSERT_TRUE(as.ok());
      EXPECT_EQ(*as, StewardOf(as->department)) << step.id;
    }
  }
}

}  // namespace
}  // namespace comity::client
