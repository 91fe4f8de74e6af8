#include "services/client/charter/charter_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/client/charter/yaml.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;
using testing::Not;
using type::v1::Charter;

class CharterFile : public testing::Test {
 protected:
  CharterFile() : path_(absl::StrCat(testing::TempDir(), "/charter_file_", getpid(), ".yaml")) {}
  ~CharterFile() override { std::filesystem::remove(path_); }

  absl::StatusOr<Charter> Read(const std::string& yaml) {
    std::ofstream(path_, std::ios::trunc) << yaml;
    return ReadCharterFile(path_);
  }
  // Of a file with a mistake.
  std::string Problem(const std::string& yaml) {
    const auto read = Read(yaml);
    EXPECT_EQ(Reason(read.status()), "CHARTER_INVALID") << read.status();
    return std::string(read.status().message());
  }

  const std::string path_;
};

Charter Starting() {
  auto read =
      ReadCharterFile(absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml"));
  EXPECT_TRUE(read.ok()) << read.status();
  return read.ok() ? *read : Charter();
}

// One with every section.
Charter Whole() {
  Charter charter = Starting();
  auto* settlement = charter.mutable_questions(0)->mutable_settlement();
  settlement->set_rule(type::v1::SETTLEMENT_RULE_MAJORITY);
  settlement->set_silence_hours(12.25);
  settlement->set_calendar("calendars/office");
  settlement->add_weights()->set_department("departments/sales");
  settlement->mutable_weights(0)->set_weight(3);
  auto* handover = charter.add_handovers();
  handover->set_name("agreements/qualified-lead");
  handover->add_checklist(
      "Who decides there, and what they need: in a sentence, or two # or three.");
  handover->add_checklist("budget");
  handover->add_return_reasons()->set_id("no-budget");
  handover->set_accept_hours(4);
  auto* rule = charter.add_credit_rules();
  rule->set_name("credit-rules/new");
  rule->set_model(type::v1::CREDIT_MODEL_BY_ROLE);
  rule->add_shares()->set_basis_points(10000);
  auto* calendar = charter.add_calendars();
  calendar->set_name("calendars/office");
  calendar->add_open()->add_days(1);
  calendar->mutable_open(0)->set_until("24:00");
  calendar->add_holidays("2026-12-25");
  auto* key = charter.add_keys();
  key->set_person("persons/mia");
  key->set_public_key("/+A=");
  charter.set_arbiter("departments/management");
  charter.set_arbiter_term_days(0.0002);
  charter.set_blameless(true);
  charter.clear_names_shown_to();
  charter.add_names_shown_to("departments/management");
  charter.mutable_disputes()->add_arbiters("departments/management");
  charter.mutable_disputes()->set_answer_hours(0.5);
  return charter;
}

TEST_F(CharterFile, ReadsBackWhatItSays) {
  for (const Charter& charter : {Starting(), Whole(), Charter()}) {
    const std::string yaml = CharterYaml(charter);
    const auto read = Read(yaml.empty() ? "{}" : yaml);
    ASSERT_TRUE(read.ok()) << read.status() << yaml;
    EXPECT_EQ(read->SerializeAsString(), charter.SerializeAsString()) << yaml;
  }
}

TEST_F(CharterFile, ReadsItsOwnJson) {
  std::string json;
  ASSERT_TRUE(google::protobuf::util::MessageToJsonString(Whole(), &json).ok());
  const auto read = Read(json);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*read, Whole()));
}

// Whatever people write, of signs that YAML knows and of those that steer a terminal.
TEST_F(CharterFile, KeepsAnyText) {
  const std::vector<std::string> pieces = {
      "a",  "word", " ",       "  ",     ": ", ":",  " #",
      "#",  "-",    "- ",      "'",      "\"", "\\", "\n",
      "\t", "{",    "}",       "[",      "]",  ",",  "&",
      "*",  "!",    "|",       ">",      "%",  "@",  "`",
      "~",  "?",    "\x1b[2K", "\u202e", "ä",  "😀",  "null",
      "no", "1e3",  "true",    "\u0085", "=",  "<<", "\xEF\xBB\xBF",
      "\r", "---",
  };
  std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same texts each time
  for (int round = 0; round < 300; ++round) {
    Charter charter;
    for (int i = 0; i < 12; ++i) {
      std::string text;
      for (unsigned n = random() % 12; n > 0; --n) text += pieces[random() % pieces.size()];
      while (i % 3 == 0 && text.size() < 150) text += pieces[random() % pieces.size()];
      charter.add_metrics()->set_text(text);
      charter.mutable_metrics(i)->add_questions(text);
      charter.add_departments(text);
    }
    const std::string yaml = CharterYaml(charter);
    EXPECT_THAT(yaml, Not(HasSubstr("\x1b")));
    EXPECT_THAT(yaml, Not(HasSubstr("\u202e")));
    const auto read = Read(yaml);
    ASSERT_TRUE(read.ok()) << read.status() << yaml;
    ASSERT_EQ(read->DebugString(), charter.DebugString()) << yaml;
  }
}

// Like `comity charter propose <(sed … charter.yaml)`.
TEST_F(CharterFile, IsReadFromAPipe) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  std::thread writer([this] { std::ofstream(path_) << CharterYaml(Starting()); });
  const auto read = ReadCharterFile(path_);
  writer.join();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*read, Starting()));
}

TEST_F(CharterFile, IsWrittenForPeople) {
  const std::string yaml = CharterYaml(Whole());
  EXPECT_THAT(yaml, HasSubstr("\naccess:\n  - {department: \"*\", collection: persons, read: true, "
                              "read_journal: true}\n"));
  EXPECT_THAT(yaml, HasSubstr("\n    voices: [departments/marketing, departments/sales, "
                              "departments/membership]\n"));
  EXPECT_THAT(yaml, HasSubstr("\n    text: >-\n      Won over won and lost, by count, per lens."));
  EXPECT_THAT(yaml, HasSubstr("\n\n  - name: questions/opportunity-stage\n"));
  EXPECT_THAT(yaml, HasSubstr("\narbiter_term_days: 0.0002\n"));
  EXPECT_THAT(yaml, HasSubstr("\nblameless: true\nnames_shown_to: [departments/management]\n"));
}

TEST_F(CharterFile, NamesTheLineOfAMistake) {
  const std::string head = "revision: 1\nquestions:\n";
  EXPECT_THAT(Problem(head + "  - name: questions/a\n  text: b\n"), HasSubstr(".yaml:4"));
  EXPECT_THAT(Problem(head + "  - name: questions/a\n    voice: [b]\n"),
              testing::AllOf(HasSubstr(".yaml:4"), HasSubstr("`voice` is no field of Question"),
                             HasSubstr("voices")));
  EXPECT_THAT(Problem(head + "  - name: a\n    name: b\n"),
              testing::AllOf(HasSubstr(".yaml:4"), HasSubstr("stands twice")));
  EXPECT_THAT(Problem(head + "  - ordinal: maybe\n"),
              testing::AllOf(HasSubstr(".yaml:3"), HasSubstr("`true` or `false`")));
  EXPECT_THAT(Problem(head + "  - settlement: {rule: LOUDEST}\n"),
              testing::AllOf(HasSubstr(".yaml:3"), HasSubstr("SETTLEMENT_RULE_MAJORITY")));
  EXPECT_THAT(Problem("revision: one\n"), HasSubstr("a whole number"));
  EXPECT_THAT(Problem("departments: departments/sales\n"), HasSubstr("`departments` is a list"));
  EXPECT_THAT(Problem("- revision\n"), HasSubstr("fields of Charter"));
  EXPECT_EQ(Reason(ReadCharterFile("/nonexistent.yaml").status()), "FILE_UNREADABLE");
}

}  // namespace
}  // namespace comity::client
