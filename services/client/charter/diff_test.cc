#include "services/client/charter/diff.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

namespace comity::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using type::v1::Charter;

Charter MakeCharter() {
  Charter charter;
  charter.set_revision(1);
  charter.set_provisional(true);
  for (const char* department : {"departments/sales", "departments/it"}) {
    charter.add_departments(department);
    auto* access = charter.add_access();
    access->set_department(department);
    access->set_collection("cases");
    access->set_read(true);
  }
  for (const char* name : {"questions/quality", "questions/outcome"}) {
    auto* question = charter.add_questions();
    question->set_name(name);
    for (const char* id : {"bad", "good"}) {
      auto* answer = question->add_answers();
      answer->set_id(id);
      answer->set_criteria(std::string("It is ") + id + ".");
    }
  }
  charter.mutable_questions(0)->add_voices("departments/sales");
  return charter;
}

std::vector<Change> ChangesOf(void (*change)(Charter*)) {
  Charter after = MakeCharter();
  change(&after);
  return Differences(MakeCharter(), after);
}

TEST(Diff, SaysNothingOfWhatIsTheSame) {
  EXPECT_THAT(ChangesOf([](Charter*) {}), IsEmpty());
  EXPECT_THAT(ChangesOf([](Charter* charter) {
                charter->set_revision(2);
                charter->set_provisional(false);
              }),
              IsEmpty());
  EXPECT_EQ(ShowDifferences({}), "");
}

TEST(Diff, NamesTheFieldThatChanges) {
  EXPECT_THAT(ChangesOf([](Charter* charter) {
                charter->mutable_questions(1)->mutable_answers(0)->set_criteria("It is: worse.");
                charter->mutable_questions(0)->add_voices("departments/it");
                charter->mutable_access(1)->add_record("note");
              }),
              ElementsAre(Change{"questions", "questions/quality", "voices", "[departments/sales]",
                                 "[departments/sales, departments/it]"},
                          Change{"questions", "questions/outcome", "answers.bad.criteria",
                                 "It is bad.", "\"It is: worse.\""},
                          Change{"access", "departments/it cases", "record", "", "[note]"}));
}

TEST(Diff, TellsWholeElementsThatComeAndGo) {
  EXPECT_THAT(
      ChangesOf([](Charter* charter) {
        charter->mutable_questions()->DeleteSubrange(0, 1);
        charter->mutable_questions(0)->add_answers()->set_id("none");
        charter->mutable_access(0)->set_collection("leads");
      }),
      ElementsAre(testing::Field(&Change::after, ""),
                  Change{"questions", "questions/outcome", "answers.none", "", "{id: none}"},
                  Change{"access", "departments/sales cases", "",
                         "{department: departments/sales, collection: cases, read: true}", ""},
                  Change{"access", "departments/sales leads", "", "",
                         "{department: departments/sales, collection: leads, read: true}"}));
}

TEST(Diff, TellsAnotherOrder) {
  EXPECT_THAT(ChangesOf([](Charter* charter) {
                charter->mutable_questions(0)->mutable_answers()->SwapElements(0, 1);
                charter->mutable_questions()->SwapElements(0, 1);
              }),
              ElementsAre(Change{"questions", "questions/quality", "answers.order", "bad, good",
                                 "good, bad"},
                          Change{"questions", "", "order", "questions/quality, questions/outcome",
                                 "questions/outcome, questions/quality"}));
}

TEST(Diff, TellsRowsOfTheSameKeyApart) {
  EXPECT_THAT(ChangesOf([](Charter* charter) { *charter->add_access() = charter->access(0); }),
              ElementsAre(testing::Field(&Change::element, "departments/sales cases (2)")));
}

TEST(Diff, TellsOfSectionsWithoutElements) {
  EXPECT_THAT(ChangesOf([](Charter* charter) {
                charter->set_arbiter("departments/it");
                charter->set_blameless(true);
                charter->add_names_shown_to("departments/it");
                charter->mutable_departments()->RemoveLast();
              }),
              ElementsAre(Change{"departments", "", "", "[departments/sales, departments/it]",
                                 "[departments/sales]"},
                          Change{"arbiter", "", "", "", "departments/it"},
                          Change{"blameless", "", "", "", "true"},
                          Change{"names_shown_to", "", "", "", "[departments/it]"}));
}

TEST(Diff, IsReadable) {
  const auto changes = ChangesOf([](Charter* charter) {
    charter->mutable_questions(0)->mutable_answers(1)->set_criteria("It is better.");
    charter->mutable_questions(0)->set_text("How\x1b[2K good?");
    charter->mutable_questions()->RemoveLast();
  });
  const std::string text = ShowDifferences(changes);
  EXPECT_EQ(text,
            "questions\n"
            "  questions/quality\n"
            "    text\n"
            "      was    —\n"
            "      to be  \"How\\u001b[2K good?\"\n"
            "    answers.good.criteria\n"
            "      was    It is good.\n"
            "      to be  It is better.\n"
            "  questions/outcome\n"
            "    - name: questions/outcome\n"
            "    - answers:\n"
            "    -   - id: bad\n"
            "    -     criteria: It is bad.\n"
            "    -   - id: good\n"
            "    -     criteria: It is good.\n");
  const auto json = nlohmann::json::parse(DifferencesJson(changes));
  ASSERT_EQ(json.size(), 3u);
  EXPECT_EQ(json[1]["field"], "answers.good.criteria");
  EXPECT_EQ(json[1]["after"], "It is better.");
}

// A name is shown as a heading, where nothing quotes it.
TEST(Diff, HidesNothingBehindNames) {
  const auto changes = ChangesOf([](Charter* charter) {
    charter->mutable_questions(0)->set_name("questions/quality\x1b[1A\n");
  });
  EXPECT_THAT(ShowDifferences(changes), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace comity::client
