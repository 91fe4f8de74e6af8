// Shell completion: bash takes what `comity completion` prints, and completes with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/integration/command.h"

namespace comity::integration {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// No suite, no profile.
std::string Program() {
  return absl::StrCat("ASAN_OPTIONS=detect_leaks=0 '",
                      Environment("COMITY_BINARY_DIR", "build/debug"), "/bin/comity'");
}

// What bash offers after `words`, the last of which is begun.
std::vector<std::string> Offers(const std::vector<std::string>& words) {
  const Outcome outcome = RunShell(
      absl::StrCat("ASAN_OPTIONS=detect_leaks=0 bash -c 'source <(\"$0\" completion bash)\n",
                   "COMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n",
                   "_comity; printf \"%s\\n\" \"${COMPREPLY[@]}\"' '",
                   Environment("COMITY_BINARY_DIR", "build/debug"), "/bin/comity' '",
                   absl::StrJoin(words, "' '"), "'"));
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  return absl::StrSplit(outcome.output, '\n', absl::SkipEmpty());
}

TEST(Completion, IsGoodBash) {
  const Outcome outcome = RunShell(Program() + " completion bash | bash -n");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  EXPECT_EQ(outcome.errors, "");
  EXPECT_EQ(RunShell(Program() + " completion fish").code, 2);
}

TEST(Completion, KnowsCommandsAndFlagsWhereTheyStand) {
  EXPECT_THAT(Offers({"comity", "stand"}), ElementsAre("standing"));
  EXPECT_THAT(Offers({"comity", "lead", "li"}), ElementsAre("list"));
  EXPECT_THAT(Offers({"comity", "lead", "list", "--sho"}), ElementsAre("--show-all"));
  EXPECT_THAT(Offers({"comity", "report", "win-rate", "--"}), Contains("--occurred-before"));
  EXPECT_THAT(Offers({"comity", "report", "win-rate", "--"}), Contains("--profile"));
  EXPECT_THAT(Offers({"comity", "lead", ""}), Not(Contains("win-rate")));
}

// Flags, their values and names may stand before and between commands.
TEST(Completion, FindsTheCommandBehindFlags) {
  EXPECT_THAT(Offers({"comity", "--as", "mia", "@", "marketing", "lead", "li"}),
              ElementsAre("list"));
  EXPECT_THAT(Offers({"comity", "lead", "list", "--lens", "sales", "--sho"}),
              ElementsAre("--show-all"));
  EXPECT_THAT(Offers({"comity", "judge", "leads/0190", "--ques"}), ElementsAre("--question"));
  EXPECT_THAT(Offers({"comity", "lead", "list", "--output", "j"}), ElementsAre("json"));
}

// Every command, as completion knows them.
std::vector<std::string> Paths() {
  const Outcome outcome =
      RunShell(Program() + " completion bash | sed -n \"s/^    '\\(.*\\)') words=.*/\\1/p\"");
  return absl::StrSplit(absl::StripSuffix(outcome.output, "\n"), '\n');
}

TEST(Help, OfEveryCommandHasExamples) {
  const std::vector<std::string> paths = Paths();
  EXPECT_GT(paths.size(), 60u);
  for (const std::string& path : paths) {
    const Outcome help = RunShell(absl::StrCat(Program(), " ", path, " --help"));
    EXPECT_EQ(help.code, 0) << path;
    EXPECT_THAT(help.output, HasSubstr("\n  comity " + path)) << path;
    EXPECT_THAT(help.output, HasSubstr("--as person@department")) << path;
  }
}

// A mistake in how it is called: one line, which names the help that mends it.
TEST(Help, IsNamedByMistakes) {
  for (const char* mistake : {"", "lead", "lead lst", "lead list --bogus", "lead get",
                              "watch sales", "lead list -o xml", "fact void x"}) {
    const Outcome outcome = RunShell(absl::StrCat(Program(), " ", mistake));
    EXPECT_EQ(outcome.code, 2) << mistake;
    EXPECT_EQ(std::count(outcome.errors.begin(), outcome.errors.end(), '\n'), 1) << outcome.errors;
    EXPECT_THAT(outcome.errors, HasSubstr("--help")) << mistake;
    EXPECT_EQ(outcome.output, "") << mistake;
  }
  EXPECT_THAT(RunShell(Program() + " lead lst").errors, HasSubstr("create"));
}

}  // namespace
}  // namespace comity::integration
