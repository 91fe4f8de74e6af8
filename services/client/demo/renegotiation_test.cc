#include "services/client/demo/renegotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/client/charter/charter_file.h"
#include "services/client/charter/diff.h"
#include "services/client/demo/story.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;
using type::v1::Charter;

Charter Starting() {
  const auto charter =
      ReadCharterFile(absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml"));
  EXPECT_TRUE(charter.ok()) << charter.status();
  return charter.value_or(Charter());
}

type::v1::Question* Outcome(Charter* charter) {
  for (auto& question : *charter->mutable_questions()) {
    if (question.name() == "questions/opportunity-outcome") return &question;
  }
  return nullptr;
}

TEST(Renegotiation, MovesTheDeciderOrOneWord) {
  const Charter charter = Starting();
  const auto made = Renegotiate(charter);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->days, "sixty");
  const std::vector<Change> far = Differences(charter, made->far);
  ASSERT_EQ(far.size(), 1u);
  EXPECT_EQ(far[0].element, "questions/opportunity-outcome");
  EXPECT_EQ(far[0].field, "decider");
  EXPECT_EQ(far[0].after, "departments/management");
  const std::vector<Change> near = Differences(charter, made->near);
  ASSERT_EQ(near.size(), 1u);
  EXPECT_EQ(near[0].field, "answers.lost.criteria");
  EXPECT_EQ(near[0].after, absl::StrReplaceAll(near[0].before, {{"ninety", "sixty"}}));
  EXPECT_NE(near[0].after, near[0].before);
}

TEST(Renegotiation, ASecondOneTakesItBack) {
  const Charter charter = Starting();
  const auto first = Renegotiate(charter);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = Renegotiate(first->near);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->days, "ninety");
  EXPECT_THAT(Differences(charter, second->near), ElementsAre());
}

TEST(Renegotiation, IsOfTheDemonstrationsWordsAlone) {
  const auto refused = [](void (*spoil)(Charter*)) {
    Charter charter = Starting();
    spoil(&charter);
    return Reason(Renegotiate(charter).status());
  };
  EXPECT_EQ(refused([](Charter* c) { c->clear_questions(); }), "NOT_A_DEMONSTRATION");
  EXPECT_EQ(refused([](Charter* c) { Outcome(c)->set_decider("departments/management"); }),
            "NOT_A_DEMONSTRATION");
  EXPECT_EQ(refused([](Charter* c) { Outcome(c)->clear_answers(); }), "NOT_A_DEMONSTRATION");
  EXPECT_EQ(refused([](Charter* c) {
              for (auto& answer : *Outcome(c)->mutable_answers()) answer.set_criteria("No.");
            }),
            "NOT_A_DEMONSTRATION");
  EXPECT_EQ(refused([](Charter*) {}), "");
}

// The agreement that scripts/run adds is the one that the story offers by.
TEST(Renegotiation, TheDemonstrationHasTheStorysAgreement) {
  const auto more =
      ReadCharterFile(absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/demonstration.yaml"));
  ASSERT_TRUE(more.ok()) << more.status();
  ASSERT_EQ(more->handovers_size(), 1);
  const auto& agreement = more->handovers(0);
  EXPECT_EQ(agreement.name(), kStoryAgreement);
  EXPECT_EQ(agreement.calendar(), "calendars/always");
  EXPECT_LE((agreement.accept_hours() + agreement.escalate_hours()) * 3600, 30);
}

}  // namespace
}  // namespace comity::client
