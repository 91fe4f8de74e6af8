#include "services/client/import/compare.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/account/v1/account.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/api/field_value.h"
#include "services/client/import/last_said.h"

namespace comity::client {
namespace {

using judgement::v1::Judgement;
using lead::v1::Opportunity;

constexpr char kStage[] = "questions/opportunity-stage";

fact::v1::Fact Signed(const std::string& time, const std::string& amount,
                      const std::string& id = "opportunities/A/signed") {
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_SIGNED);
  EXPECT_TRUE(SetField(&fact, "occur_time", time).ok());
  EXPECT_TRUE(SetField(&fact, "amount", amount).ok());
  fact.mutable_external_id()->set_source("maven");
  fact.mutable_external_id()->set_id(id);
  return fact;
}

Judgement Stage(const std::string& answer, const std::string& time = "", bool imported = true) {
  Judgement judgement;
  judgement.set_question(kStage);
  judgement.set_answer(answer);
  if (!time.empty()) {
    EXPECT_TRUE(SetField(&judgement, "occur_time", time).ok());
  }
  if (imported) judgement.add_evidence(ImportMark("maven", ""));
  return judgement;
}

RowPlan MakePlan() {
  RowPlan plan;
  plan.line = 3;
  auto record = std::make_unique<Opportunity>();
  record->set_owner("persons/ana");
  record->set_display_name("Spring");
  plan.record = std::move(record);
  plan.paths = {"owner", "display_name"};
  plan.facts.push_back(Signed("2017-03-01", "10 EUR"));
  plan.judgements.push_back(Stage("engaging", "", false));
  return plan;
}

Held MakeHeld() {
  auto record = std::make_shared<Opportunity>();
  record->set_owner("persons/ana");
  record->set_display_name("Spring");
  Held held;
  held.record = record;
  held.facts = {Signed("2017-03-01", "10.00 EUR")};
  held.facts[0].set_name("opportunities/x/facts/1");
  held.judgements = {Stage("engaging")};
  return held;
}

Difference CompareWith(const RowPlan& plan, const Held& held, bool overrule = false) {
  return Compare(plan, held, {"maven", overrule});
}

std::vector<std::string> Reasons(const Difference& difference) {
  std::vector<std::string> reasons;
  for (const Problem& problem : difference.contradictions) reasons.push_back(problem.reason);
  return reasons;
}

TEST(CompareTest, WhatIsHeldIsNoDifference) {
  const Difference difference = CompareWith(MakePlan(), MakeHeld());
  EXPECT_TRUE(difference.empty());
  EXPECT_TRUE(difference.contradictions.empty());
}

TEST(CompareTest, MissingFactsAndJudgementsAreMadeUp) {
  Held held = MakeHeld();
  held.facts.clear();
  held.judgements.clear();
  const Difference difference = CompareWith(MakePlan(), held);
  EXPECT_EQ(difference.facts.size(), 1u);
  EXPECT_EQ(difference.judgements.size(), 1u);
}

TEST(CompareTest, WhatNoUpdateMayChangeContradicts) {
  Held held = MakeHeld();
  auto* record = static_cast<Opportunity*>(held.record.get());
  record->set_owner("persons/bea");
  record->set_display_name("Autumn");
  held.facts[0] = Signed("2017-03-01", "11 EUR");
  const Difference difference = CompareWith(MakePlan(), held);
  ASSERT_EQ(difference.changes.size(), 1u);
  EXPECT_EQ(difference.changes[0].path, "display_name");
  EXPECT_EQ(difference.changes[0].held, "Autumn");
  ASSERT_EQ(difference.contradictions.size(), 2u);
  EXPECT_EQ(difference.contradictions[0].column, "owner");
  EXPECT_EQ(difference.contradictions[1].column, "amount");
  EXPECT_EQ(difference.contradictions[1].reason, "CONTRADICTS_RECORD");
}

TEST(CompareTest, ASecondIsADifference) {
  Held held = MakeHeld();
  held.facts[0] = Signed("2017-03-01T00:00:01Z", "10 EUR");
  EXPECT_THAT(Reasons(CompareWith(MakePlan(), held)), ::testing::ElementsAre("CONTRADICTS_RECORD"));
  auto* record = static_cast<Opportunity*>(held.record.get());
  ASSERT_TRUE(SetField(record, "sign_time", "2017-03-01T00:00:01Z").ok());
  ASSERT_TRUE(SetField(record, "amount", "10 EUR").ok());
  EXPECT_FALSE(ShowsFacts(MakePlan(), *record));
  ASSERT_TRUE(SetField(record, "sign_time", "2017-03-01").ok());
  EXPECT_TRUE(ShowsFacts(MakePlan(), *record));
}

TEST(CompareTest, AVoidedFactIsAConflictAndACorrectedOneStays) {
  Held held = MakeHeld();
  held.facts[0].set_superseded_by("opportunities/x/facts/2");
  fact::v1::Fact later = Signed("2017-04-01", "10 EUR", "");
  later.set_name("opportunities/x/facts/2");
  later.set_corrects("opportunities/x/facts/1");
  held.facts.push_back(later);
  EXPECT_TRUE(CompareWith(MakePlan(), held).empty());
  EXPECT_THAT(Reasons(CompareWith(MakePlan(), held)), ::testing::IsEmpty());
  held.facts[1].set_kind(fact::v1::FACT_KIND_VOIDED);
  EXPECT_THAT(Reasons(CompareWith(MakePlan(), held)), ::testing::ElementsAre("FACT_VOIDED"));
}

TEST(CompareTest, AFactThatAnotherRecordedIsNotRecordedTwice) {
  Held held = MakeHeld();
  held.facts[0].clear_external_id();
  EXPECT_TRUE(CompareWith(MakePlan(), held).empty());
  held.facts[0] = Signed("2017-03-02", "10 EUR", "");
  EXPECT_THAT(Reasons(CompareWith(MakePlan(), held)), ::testing::ElementsAre("CONTRADICTS_RECORD"));
}

TEST(CompareTest, ToldToItCorrectsTheFactThatStands) {
  Held held = MakeHeld();
  held.facts[0] = Signed("2017-03-02", "10 EUR");
  held.facts[0].set_name("opportunities/x/facts/1");
  const Difference difference = CompareWith(MakePlan(), held, /*overrule=*/true);
  EXPECT_TRUE(difference.contradictions.empty());
  ASSERT_EQ(difference.facts.size(), 1u);
  EXPECT_EQ(difference.facts[0].corrects(), "opportunities/x/facts/1");
  EXPECT_FALSE(difference.facts[0].has_external_id());
}

TEST(CompareTest, WhatAPersonJudgedSinceIsNotOverruled) {
  RowPlan plan = MakePlan();
  Held held = MakeHeld();
  held.judgements.push_back(Stage("proposal", "", /*imported=*/false));
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::ElementsAre("JUDGED_SINCE"));
  EXPECT_EQ(CompareWith(plan, held, /*overrule=*/true).judgements.size(), 1u);
  Judgement withdrawal;
  withdrawal.set_question(kStage);
  withdrawal.set_withdraws("opportunities/x/judgements/1");
  held = MakeHeld();
  held.judgements.push_back(withdrawal);
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::ElementsAre("JUDGED_SINCE"));
}

TEST(CompareTest, WhatTheFileSaysAnewIsJudgedAgain) {
  RowPlan plan = MakePlan();
  Held held = MakeHeld();
  held.judgements.push_back(Stage("proposal"));
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
  // Later than what a person judged.
  plan.judgements[0] = Stage("negotiation", "2017-05-01", false);
  held.judgements = {Stage("proposal", "2017-04-01", false)};
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
  // An older file again: it says what was so before.
  held.judgements = {Stage("negotiation", "2017-05-01"), Stage("proposal", "2017-06-01")};
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::ElementsAre("JUDGED_SINCE"));
}

TEST(CompareTest, AHistoryOfJudgementsIsHeldAsAWhole) {
  RowPlan plan = MakePlan();
  plan.subject = "A";
  plan.judgements[0] = Stage("prospecting", "2017-01-01", false);
  Held held = MakeHeld();
  held.judgements = {Stage("prospecting", "2017-01-01"), Stage("proposal", "2017-06-01")};
  EXPECT_TRUE(CompareWith(plan, held).empty());
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::IsEmpty());
}

// A row of an opportunity's line, its record, and what `source` said of it before.
Difference CompareLine(const std::string& said_before, const std::string& held,
                       const std::string& said, const std::string& source = "maven") {
  const auto line = [](const std::string& text, Opportunity* record) {
    const std::vector<std::string> parts = absl::StrSplit(text, " x ");
    EXPECT_TRUE(SetField(record, "lines.0.product", absl::StrCat("products/", parts[0])).ok());
    EXPECT_TRUE(SetField(record, "lines.0.quantity", parts[1]).ok());
  };
  const auto plan = [&](const std::string& text) {
    RowPlan made;
    auto record = std::make_unique<Opportunity>();
    line(text, record.get());
    made.record = std::move(record);
    made.paths = {"lines.0.product", "lines.0.quantity"};
    return made;
  };
  RowPlan before = plan(said_before);
  LastSaid::Of(*before.record, source).Keep(&before);
  Held now;
  auto record = std::make_shared<Opportunity>();
  line(held, record.get());
  LastSaid::Copy(*before.record, record.get());
  now.record = record;
  return Compare(plan(said), now, {"maven", false});
}

TEST(CompareTest, PartsOfALineAreWeighedTogether) {
  // Nobody edited: the file's news goes in.
  EXPECT_EQ(CompareLine("a x 1", "a x 1", "a x 5").changes.size(), 1u);
  // A person has another product there: five of that are not what anybody said.
  const Difference both = CompareLine("a x 1", "b x 1", "a x 5");
  EXPECT_TRUE(both.changes.empty());
  EXPECT_EQ(both.contradictions.size(), 2u);
  const Difference kept = CompareLine("a x 1", "b x 1", "a x 1");
  EXPECT_TRUE(kept.empty() && kept.contradictions.empty());
  EXPECT_EQ(kept.kept.size(), 1u);
}

TEST(CompareTest, EachSourceHasItsOwnMemory) {
  // Another source (an export that was edited) said what is held: for this one people did.
  const Difference difference = CompareLine("a x 2", "a x 2", "a x 1", "other");
  EXPECT_EQ(difference.changes.size(), 1u) << "of this source nothing is known";
}

TEST(CompareTest, ACorrectionKeepsWhatTheRowDoesNotSay) {
  Held held = MakeHeld();
  held.facts[0].set_summary("by fax");
  (*held.facts[0].mutable_attributes())["ink"] = "blue";
  (*held.facts[0].mutable_attributes())["pages"] = "2";
  held.facts[0].mutable_occur_time()->set_nanos(5'000);
  RowPlan plan = MakePlan();
  (*plan.facts[0].mutable_attributes())["pages"] = "2";
  EXPECT_EQ(CompareWith(plan, held).contradictions.size(), 1u);  // the time alone
  (*plan.facts[0].mutable_attributes())["pages"] = "3";
  const Difference difference = CompareWith(plan, held, true);
  ASSERT_EQ(difference.facts.size(), 1u);
  const fact::v1::Fact& correction = difference.facts[0];
  EXPECT_EQ(correction.corrects(), held.facts[0].name());
  EXPECT_EQ(correction.summary(), "by fax");
  EXPECT_EQ(correction.attributes().at("ink"), "blue");
  EXPECT_EQ(correction.attributes().at("pages"), "3");
  EXPECT_EQ(correction.occur_time().nanos(), 0);
  EXPECT_FALSE(correction.has_external_id());
  const auto changes = ChangesOf(plan, held, difference);
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].field, "signed");
  EXPECT_EQ(changes[0].before, "2017-03-01T00:00:00.000005+00:00, 10.00 EUR, by fax");
  EXPECT_EQ(changes[0].after, "2017-03-01T00:00:00+00:00, 10.00 EUR, by fax");
}

RowPlan Named(const std::string& part) {
  RowPlan plan;
  plan.line = 2;
  plan.subject = "opportunities/x";
  plan.id = absl::StrCat("opportunities/x/", part);
  return plan;
}

TEST(CompareTest, AFactThatAnExportNamesIsThatOne) {
  RowPlan plan = Named("facts/1");
  plan.facts.push_back(Signed("2017-03-01", "10 EUR"));
  plan.facts[0].clear_external_id();
  plan.facts[0].set_name(plan.id);
  Held held = MakeHeld();
  const auto compare = [&](bool overrule = false) { return CompareWith(plan, held, overrule); };
  EXPECT_FALSE(UnknownName(plan, held).has_value());
  EXPECT_TRUE(compare().empty() && compare().contradictions.empty());
  plan.facts[0].set_kind(fact::v1::FACT_KIND_NOTE);
  EXPECT_THAT(Reasons(compare()), ::testing::ElementsAre("CONTRADICTS_RECORD"));
  EXPECT_THAT(Reasons(compare(true)), ::testing::ElementsAre("CONTRADICTS_RECORD"));
  plan.facts[0].set_kind(fact::v1::FACT_KIND_SIGNED);
  held.facts[0].set_name("opportunities/x/facts/2");
  ASSERT_TRUE(UnknownName(plan, held).has_value());
  EXPECT_EQ(UnknownName(plan, held)->reason, "REFERENCE_NOT_FOUND");
}

TEST(CompareTest, AJudgementThatAnExportNamesIsThatOne) {
  RowPlan plan = Named("judgements/1");
  plan.judgements.push_back(Stage("engaging", "2017-03-01"));
  plan.judgements[0].set_name(plan.id);
  Held held = MakeHeld();
  EXPECT_TRUE(UnknownName(plan, held).has_value());
  held.judgements = {Stage("engaging", "2017-03-01"), Stage("proposal", "2017-04-01")};
  held.judgements[0].set_name(plan.id);
  // An older row says what was held: the later answer is another row's.
  EXPECT_FALSE(UnknownName(plan, held).has_value());
  Difference difference = CompareWith(plan, held);
  EXPECT_TRUE(difference.empty() && difference.contradictions.empty());
  plan.judgements[0].set_answer("negotiation");
  difference = CompareWith(plan, held);
  EXPECT_TRUE(difference.judgements.empty());
  EXPECT_THAT(Reasons(difference), ::testing::ElementsAre("CONTRADICTS_RECORD"));
  // An older word does not take the place of a newer one, also by --overrule.
  EXPECT_THAT(Reasons(CompareWith(plan, held, true)), ::testing::ElementsAre("CONTRADICTS_RECORD"));
  held.judgements.pop_back();
  difference = CompareWith(plan, held, true);
  ASSERT_EQ(difference.judgements.size(), 1u);
  EXPECT_EQ(difference.judgements[0].name(), "");
  // What it made is not made again.
  held.judgements.push_back(difference.judgements[0]);
  held.judgements.back().set_name("judgements/2");
  held.judgements.back().add_evidence(ImportMark("maven", plan.id));
  difference = CompareWith(plan, held, true);
  EXPECT_TRUE(difference.empty() && difference.contradictions.empty());
}

TEST(CompareTest, BlanksAroundATextAreNoDifference) {
  Held held = MakeHeld();
  static_cast<Opportunity*>(held.record.get())->set_display_name(" Spring\n");
  held.facts[0].set_summary("by fax\n");
  RowPlan plan = MakePlan();
  plan.facts[0].set_summary("by fax");
  const Difference difference = CompareWith(plan, held);
  EXPECT_TRUE(difference.empty() && difference.contradictions.empty());
}

TEST(CompareTest, WhatTheServiceWritesOtherwiseIsNoDifference) {
  RowPlan plan;
  auto said = std::make_unique<account::v1::Account>();
  said->set_domain("Acme.EXAMPLE");
  plan.record = std::move(said);
  plan.paths = {"domain"};
  Held held;
  auto record = std::make_shared<account::v1::Account>();
  record->set_domain("acme.example");
  held.record = record;
  const Difference difference = Compare(plan, held, {"crm", false});
  EXPECT_TRUE(difference.empty() && difference.kept.empty());
}

// Files come in any order: Friday's may come after Monday's.
TEST(CompareTest, AnOlderJudgementDoesNotReplaceANewerOne) {
  RowPlan plan = MakePlan();
  plan.judgements[0] = Stage("proposal", "2017-05-01", false);
  Held held = MakeHeld();
  held.judgements = {Stage("negotiation", "2017-06-01")};
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::ElementsAre("JUDGED_SINCE"));
  EXPECT_EQ(CompareWith(plan, held, /*overrule=*/true).judgements.size(), 1u);
  // Of the same time it is no older, and without one it is what holds now.
  held.judgements = {Stage("negotiation", "2017-05-01")};
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
  plan.judgements[0].clear_occur_time();
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
  // The time of its recording says nothing of the age of one that came without.
  plan.judgements[0] = Stage("proposal", "2017-05-01", false);
  held.judgements = {Stage("prospecting", "2026-01-01")};
  *held.judgements[0].mutable_record_time() = held.judgements[0].occur_time();
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
}

// What rows about one subject, each of its own id, add to what is held.
std::vector<std::string> TellHistory(const std::vector<std::string>& answers, Held* held) {
  std::vector<std::string> told;
  for (size_t i = 0; i < answers.size(); ++i) {
    RowPlan plan;
    plan.id = absl::StrCat(i + 1);
    plan.subject = "A";
    plan.judgements = {Stage(answers[i], "2017-01-01", false)};
    const Difference difference = CompareWith(plan, *held);
    EXPECT_THAT(Reasons(difference), ::testing::IsEmpty());
    for (Judgement judgement : difference.judgements) {
      told.push_back(judgement.answer());
      judgement.add_evidence(ImportMark("maven", plan.id));
      held->judgements.push_back(std::move(judgement));
    }
  }
  return told;
}

TEST(CompareTest, EachRowOfAHistoryIsToldByItself) {
  for (const std::vector<std::string>& answers :
       {std::vector<std::string>{"a", "b", "a"}, {"a", "a", "b"}, {"a", "b", "a", "b", "b"}}) {
    Held held;
    EXPECT_EQ(TellHistory(answers, &held), answers);
    EXPECT_THAT(TellHistory(answers, &held), ::testing::IsEmpty());
    EXPECT_EQ(held.judgements.size(), answers.size());
  }
  // What an earlier release recorded names no row.
  Held held;
  for (const char* answer : {"a", "b"}) {
    held.judgements.push_back(Stage(answer, "2017-01-01", false));
    held.judgements.back().add_evidence("import/maven");
  }
  EXPECT_THAT(TellHistory({"a", "b"}, &held), ::testing::IsEmpty());
}

TEST(CompareTest, AMarkIsOfOneSource) {
  EXPECT_EQ(ImportMark("maven", "7"), "import/maven/7");
  EXPECT_NE(ImportMark("a", "b/7"), ImportMark("a/b", "7"));
  RowPlan plan = MakePlan();
  Held held = MakeHeld();
  held.judgements = {Stage("proposal", "", false)};
  held.judgements[0].add_evidence(ImportMark("maven/2", ""));
  EXPECT_THAT(Reasons(CompareWith(plan, held)), ::testing::ElementsAre("JUDGED_SINCE"));
  held.judgements[0].set_evidence(0, "import/maven");
  EXPECT_EQ(CompareWith(plan, held).judgements.size(), 1u);
}

TEST(CompareTest, AFactThatTheRowSaysNoLongerIsAConflict) {
  RowPlan plan = MakePlan();
  plan.fact_prefix = "opportunities/A/";
  Held held = MakeHeld();
  const Comparison comparison{
      "maven", false, {fact::v1::FACT_KIND_SIGNED, fact::v1::FACT_KIND_ENGAGED}, {}};
  EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::IsEmpty());
  plan.facts.clear();
  const Difference difference = Compare(plan, held, comparison);
  EXPECT_THAT(Reasons(difference), ::testing::ElementsAre("NO_LONGER_SAID"));
  EXPECT_EQ(difference.contradictions[0].value, "signed");
  // The record must be asked for its facts where it shows one that the row does not say.
  ASSERT_TRUE(SetField(held.record.get(), "engage_time", "2017-01-01").ok());
  EXPECT_FALSE(ShowsFacts(plan, *held.record, comparison.kinds));
  EXPECT_TRUE(ShowsFacts(plan, *held.record, {fact::v1::FACT_KIND_SIGNED}));
  Comparison told = comparison;
  told.overrule = true;
  const Difference voided = Compare(plan, held, told);
  ASSERT_EQ(voided.facts.size(), 1u);
  EXPECT_EQ(voided.facts[0].kind(), fact::v1::FACT_KIND_VOIDED);
  EXPECT_EQ(voided.facts[0].voids(), "opportunities/x/facts/1");
  // What was voided is not said any more, and of other rows, sources and kinds this one is silent.
  const std::string other_ids[] = {"opportunities/A/x/signed", "opportunities/B/signed"};
  for (const std::string& id : other_ids) {
    held.facts = {Signed("2017-03-01", "10 EUR", id)};
    EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::IsEmpty()) << id;
  }
  held = MakeHeld();
  EXPECT_THAT(Reasons(Compare(plan, held, {"maven", false, {fact::v1::FACT_KIND_ENGAGED}, {}})),
              ::testing::IsEmpty());
  held.facts[0].mutable_external_id()->set_source("other");
  EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::IsEmpty());
}

TEST(CompareTest, AnEventOfAnotherKindNowIsAConflict) {
  RowPlan plan;
  plan.id = "7";
  plan.subject = "A";
  plan.fact_prefix = "opportunities/7/";
  plan.facts = {Signed("2017-03-01", "10 EUR", "opportunities/7/signed")};
  Held held;
  held.facts = {Signed("2017-03-01", "10 EUR", "opportunities/7/note")};
  held.facts[0].set_kind(fact::v1::FACT_KIND_NOTE);
  const std::set<fact::v1::FactKind> kinds = {fact::v1::FACT_KIND_SIGNED, fact::v1::FACT_KIND_NOTE};
  EXPECT_THAT(Reasons(Compare(plan, held, {"maven", false, kinds, {}})),
              ::testing::ElementsAre("NO_LONGER_SAID"));
}

TEST(CompareTest, AJudgementThatTheRowSaysNoLongerIsNotedOrAConflict) {
  RowPlan plan = MakePlan();
  plan.judgements.clear();
  const Held held = MakeHeld();
  Comparison comparison{"maven", false, {}, {{kStage, {}}}};
  const Difference noted = Compare(plan, held, comparison);
  EXPECT_THAT(Reasons(noted), ::testing::IsEmpty());
  ASSERT_EQ(noted.kept.size(), 1u);
  EXPECT_EQ(noted.kept[0].reason, "JUDGEMENT_STANDS");
  EXPECT_TRUE(noted.empty());
  // One that takes the record out of the working list is not left standing unseen.
  comparison.questions[kStage].leaving = {"engaging"};
  EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::ElementsAre("NO_LONGER_SAID"));
  comparison.overrule = true;
  EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::IsEmpty());
  comparison.overrule = false;
  comparison.questions[kStage].deciding = {fact::v1::FACT_KIND_SIGNED};  // and it is signed
  EXPECT_THAT(Reasons(Compare(plan, held, comparison)), ::testing::IsEmpty());
  EXPECT_TRUE(Compare(plan, held, comparison).kept.empty());
  // What a person judged is not the file's.
  Held by_hand = held;
  by_hand.judgements = {Stage("engaging", "", false)};
  comparison.questions[kStage].deciding.clear();
  EXPECT_THAT(Reasons(Compare(plan, by_hand, comparison)), ::testing::IsEmpty());
}

}  // namespace
}  // namespace comity::client
