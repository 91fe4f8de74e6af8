#include "services/client/demo/telling.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;

constexpr char kLead[] = "leads/01a218a1-9c04-7109-808a-4b40b1b2059c";
constexpr char kOther[] = "leads/01a218a1-9c04-7109-808a-4b40b1b2059d";

TEST(Telling, FillsNamesIn) {
  const StoryNames names = {{"lead", kLead}, {"position", "12"}};
  const auto filled = FillNames({"a", "$lead", "is = \"$lead\"", "lead:$position:at", "$"}, names);
  EXPECT_EQ(Reason(filled.status()), "STORY_BROKEN") << "a name of no letters";
  const auto words = FillNames({"a", "$lead", "is = \"$lead\"", "lead:$position:at"}, names);
  ASSERT_TRUE(words.ok()) << words.status();
  EXPECT_THAT(*words, ElementsAre("a", kLead, absl::StrCat("is = \"", kLead, "\""), "lead:12:at"));
  EXPECT_EQ(Reason(FillNames({"$late"}, names).status()), "STORY_BROKEN");
}

TEST(Telling, CommandLinesCanBeTyped) {
  EXPECT_EQ(CommandLine({"judge", kLead, "--as", "ana@sales"}),
            absl::StrCat("comity judge ", kLead, " --as ana@sales"));
  EXPECT_EQ(CommandLine({"--note", "Who decides?", "", "it's", "$x", "a;b"}),
            R"(comity --note 'Who decides?' '' 'it'\''s' '$x' 'a;b')");
}

TEST(Telling, ShortensLongOutputs) {
  const std::string six = "1\n2\n3\n4\n5\n6\n";
  EXPECT_EQ(Excerpt(six, {}), six);
  EXPECT_EQ(Excerpt(six, {2, 1}), "1\n2\n…\n6\n");
  EXPECT_EQ(Excerpt(six, {0, 1}), "…\n6\n");
  EXPECT_EQ(Excerpt(six, {1, 0}), "1\n…\n");
  EXPECT_EQ(Excerpt(six, {5, 0}), six) << "a line is no longer than `…`";
  EXPECT_EQ(Excerpt(six, {9, 9}), six);
  EXPECT_EQ(Excerpt("", {1, 0}), "");
}

TEST(Telling, LearnsNamesAndPositions) {
  StoryNames names;
  const std::string output = absl::StrCat(
      "leads/… of ", kLead, "/facts and ", kOther,
      "\n 2  mia@marketing  fact-recorded  meeting: at ours 3    17\n 3  meeting  18\n");
  ASSERT_TRUE(Learn(output, {"lead", "leads", ""}, &names).ok());
  EXPECT_EQ(names["lead"], kLead);
  ASSERT_TRUE(Learn(output, {"position", "", "meeting"}, &names).ok());
  EXPECT_EQ(names["position"], "17");
  EXPECT_EQ(Reason(Learn(output, {"offer", "handovers", ""}, &names)), "STORY_BROKEN");
  EXPECT_EQ(Reason(Learn(output, {"position", "", "mail"}, &names)), "STORY_BROKEN");
  EXPECT_EQ(Reason(Learn(output, {"position", "", "facts"}, &names)), "STORY_BROKEN");
}

TEST(Telling, ShowsAStepAndSaysItInJson) {
  const TakenStep step{"An act",       3,     "judged", "It judges:", {"judge", "it now"},
                       "1\n2\n3\n4\n", {1, 0}};
  EXPECT_EQ(ShowStep(step), "\nIt judges:\n$ comity judge 'it now'\n1\n…\n");
  const std::string line = StepJson(step, {{"lead", kLead}});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto read = nlohmann::json::parse(line);
  EXPECT_EQ(read["step"], 3);
  EXPECT_EQ(read["id"], "judged");
  EXPECT_EQ(read["command"], "comity judge 'it now'");
  EXPECT_EQ(read["output"], "1\n2\n3\n4\n");
  EXPECT_EQ(read["names"]["lead"], kLead);
}

}  // namespace
}  // namespace comity::client
