#include "services/runtime/charter/charter.h"

#include <cstdlib>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

using ::testing::ElementsAre;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kManagement[] = "departments/management";

Charter Starting() {
  auto charter =
      Charter::FromYamlFile(std::string(std::getenv("COMITY_SOURCE_DIR")) + "/config/charter.yaml");
  EXPECT_TRUE(charter.ok()) << charter.status();
  return *charter;
}

type::v1::Charter Small() {
  type::v1::Charter document;
  document.set_revision(1);
  document.add_departments(kSales);
  auto* question = document.add_questions();
  question->set_name("questions/q");
  question->set_collection("leads");
  question->add_voices(kSales);
  question->set_decider(kSales);
  auto* answer = question->add_answers();
  answer->set_id("yes");
  answer->set_criteria("It is so.");
  return document;
}

TEST(CharterTest, TheStartingCharterIsProvisionalAndNamesTheSevenQuestions) {
  const Charter charter = Starting();
  EXPECT_EQ(charter.revision(), 1);
  EXPECT_TRUE(charter.provisional());
  std::vector<std::string> names;
  for (const auto& question : charter.document().questions()) names.push_back(question.name());
  EXPECT_THAT(names, ElementsAre("questions/lead-quality", "questions/opportunity-stage",
                                 "questions/opportunity-outcome", "questions/forecast-category",
                                 "questions/account-health", "questions/case-severity",
                                 "questions/case-cause"));
}

TEST(CharterTest, RefusesADeciderWithoutVoice) {
  type::v1::Charter document = Small();
  document.add_departments(kMarketing);
  document.mutable_questions(0)->set_decider(kMarketing);
  EXPECT_EQ(Reason(Charter::Make(document).status()), "CHARTER_INVALID");
}

TEST(CharterTest, RefusesWhatTheTablesOrTheReportsCannotHold) {
  const auto reason = [](const auto& change) {
    type::v1::Charter document = Small();
    change(document.mutable_questions(0));
    return Reason(Charter::Make(document).status());
  };
  using Question = type::v1::Question;
  EXPECT_EQ(reason([](Question* q) { q->mutable_answers(0)->set_id(std::string(64, 'a')); }),
            "CHARTER_INVALID");
  EXPECT_EQ(reason([](Question* q) { q->set_name("questions/" + std::string(54, 'q')); }),
            "CHARTER_INVALID");
  const auto decided = [&](const char* collection, const char* fact) {
    return reason([&](Question* q) {
      q->set_collection(collection);
      q->mutable_answers(0)->set_decided_by_fact(fact);
    });
  };
  EXPECT_EQ(decided("opportunities", "amount-changed"), "CHARTER_INVALID");
  EXPECT_EQ(decided("opportunities", "signed"), "");
  EXPECT_EQ(decided("cases", "closed"), "");
}

TEST(CharterTest, RefusesAnUnknownDepartmentAndADoubleAnswer) {
  type::v1::Charter unknown = Small();
  unknown.mutable_questions(0)->add_voices("departments/nobody");
  EXPECT_EQ(Reason(Charter::Make(unknown).status()), "CHARTER_INVALID");
  type::v1::Charter twice = Small();
  *twice.mutable_questions(0)->add_answers() = twice.questions(0).answers(0);
  EXPECT_EQ(Reason(Charter::Make(twice).status()), "CHARTER_INVALID");
  EXPECT_TRUE(Charter::Make(Small()).ok());
}

TEST(CharterTest, AccessIsDeniedUnlessNamed) {
  const Charter charter = Starting();
  EXPECT_TRUE(charter.MayRead(kSales, "leads"));
  EXPECT_FALSE(charter.MayRead("departments/it", "leads"));
  EXPECT_TRUE(charter.MayRead(kManagement, "cases"));
  EXPECT_FALSE(charter.MayUpdate(kManagement, "leads"));
  EXPECT_TRUE(charter.MayRecord(kSales, "opportunities", "signed"));
  EXPECT_FALSE(charter.MayRecord(kMarketing, "opportunities", "signed"));
  EXPECT_TRUE(charter.MayRecord(kMarketing, "opportunities", "note"));
  EXPECT_FALSE(charter.MayReadJournal("departments/it", "leads"));
  EXPECT_TRUE(charter.MayReadJournal(kMarketing, "leads"));
  EXPECT_FALSE(charter.MayReadJournal(kMarketing, "cases"));
  EXPECT_FALSE(charter.MayReadJournal("departments/support", "campaigns"));
  EXPECT_TRUE(charter.MayReadJournal("departments/it", "persons"));
}

TEST(CharterTest, NoRightToAJournalWithoutThatToItsRecords) {
  const auto with = [](const char* department, const char* collection, bool read, bool journal) {
    type::v1::Charter document = Small();
    document.add_departments(kMarketing);
    auto* given = document.add_access();
    given->set_department(kSales);
    given->set_collection("leads");
    given->set_read(true);
    auto* access = document.add_access();
    access->set_department(department);
    access->set_collection(collection);
    access->set_read(read);
    access->set_read_journal(journal);
    return Reason(Charter::Make(document).status());
  };
  EXPECT_EQ(with(kSales, "leads", false, true), "") << "another line gives the right to read";
  EXPECT_EQ(with(kSales, "cases", true, true), "");
  EXPECT_EQ(with("*", "*", true, true), "");
  EXPECT_EQ(with(kSales, "cases", false, true), "CHARTER_INVALID");
  EXPECT_EQ(with(kSales, "*", false, true), "CHARTER_INVALID");
  EXPECT_EQ(with(kMarketing, "leads", false, true), "CHARTER_INVALID");
  EXPECT_EQ(with("*", "leads", false, true), "CHARTER_INVALID");
}

TEST(CharterTest, WorkingListsAreKeptWhereAnOwnAnswerCanLeaveThem) {
  const Charter charter = Starting();
  EXPECT_THAT(charter.DepartmentsWithWorkingList("opportunities"),
              ElementsAre(kSales, kMarketing, "departments/membership"));
  EXPECT_THAT(charter.DepartmentsWithWorkingList("cases"), ElementsAre());
}

TEST(CharterTest, ALensIsADepartmentOrSettled) {
  const Charter charter = Starting();
  EXPECT_TRUE(charter.CheckLens("settled").ok());
  EXPECT_TRUE(charter.CheckLens(kSales).ok());
  EXPECT_EQ(Reason(charter.CheckLens("sales")), "UNKNOWN_LENS");
}

class LensTest : public ::testing::Test {
 protected:
  const Charter charter_ = Starting();
  const type::v1::Question& quality_ = *charter_.FindQuestion("questions/lead-quality");
  const type::v1::Question& outcome_ = *charter_.FindQuestion("questions/opportunity-outcome");
};

TEST_F(LensTest, OwnJudgementElseTheDecidersElseUndecided) {
  const std::vector<StandingAnswer> both = {{kMarketing, "qualified"}, {kSales, "disqualified"}};
  EXPECT_EQ(AnswerThrough(quality_, kMarketing, both, {}).answer(), "qualified");
  EXPECT_EQ(AnswerThrough(quality_, kMarketing, both, {}).basis(), type::v1::ANSWER_BASIS_OWN);
  EXPECT_EQ(AnswerThrough(quality_, kManagement, both, {}).answer(), "disqualified");
  EXPECT_EQ(AnswerThrough(quality_, kManagement, both, {}).basis(), type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_EQ(AnswerThrough(quality_, "settled", both, {}).department(), kSales);
  EXPECT_EQ(AnswerThrough(quality_, kSales, {{kMarketing, "qualified"}}, {}).answer(), "");
}

TEST_F(LensTest, ASignatureIsWonInEveryLensAndAVoidedOneInNone) {
  const std::vector<StandingAnswer> lost = {{kSales, "lost"}};
  for (const char* lens : {kSales, kMarketing, "settled"}) {
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {"signed"}).answer(), "won");
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {"signed"}).basis(), type::v1::ANSWER_BASIS_FACT);
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {}).answer(), "lost");
  }
  EXPECT_EQ(AnswerThrough(outcome_, kSales, {{kSales, "won"}}, {}).answer(), "");
}

TEST_F(LensTest, OnlyAnOwnAnswerLeavesTheWorkingListAndAFactBringsItBack) {
  const std::vector<std::pair<std::string, std::string>> lost = {{outcome_.name(), "lost"}};
  EXPECT_FALSE(OnWorkingList(charter_, "opportunities", kSales, lost, {}));
  EXPECT_TRUE(OnWorkingList(charter_, "opportunities", kSales, lost, {"signed"}));
  EXPECT_TRUE(OnWorkingList(charter_, "opportunities", kManagement, lost, {}));
  EXPECT_TRUE(OnWorkingList(charter_, "opportunities", kSales, {}, {}));
}

}  // namespace
}  // namespace comity::charter
