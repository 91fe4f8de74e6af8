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

TEST(CharterTest, OnlyAnOwnAnswerLeavesTheWorkingListAndAFactBringsItBack) {
  const Charter charter = Starting();
  const std::vector<std::pair<std::string, std::string>> lost = {
      {"questions/opportunity-outcome", "lost"}};
  EXPECT_FALSE(OnWorkingList(charter, "opportunities", kSales, lost, {}));
  EXPECT_TRUE(OnWorkingList(charter, "opportunities", kSales, lost, {"signed"}));
  EXPECT_TRUE(OnWorkingList(charter, "opportunities", kManagement, lost, {}));
  EXPECT_TRUE(OnWorkingList(charter, "opportunities", kSales, {}, {}));
}

}  // namespace
}  // namespace comity::charter
