// Shell completion: bash takes what `comity completion` prints, and completes with it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/integration/command.h"

namespace comity::integration {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
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

}  // namespace
}  // namespace comity::integration
