#include "services/lead/touch_rules.h"

#include "absl/strings/str_cat.h"
#include "comity/lead/v1/lead.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::lead {
namespace {

using fact::JournaledFact;
using testing::ElementsAre;
using testing::IsEmpty;

// Facts of one subject, as the journal tells of them.
class TouchHistory {
 public:
  // Its name is its place: `o/facts/0`.
  JournaledFact& Add(fact::v1::FactKind kind, int64_t position,
                     const std::string& department = "sales") {
    JournaledFact fact;
    fact.fact.set_name(absl::StrCat("o/facts/", facts_.size()));
    fact.fact.set_kind(kind);
    fact.fact.mutable_actor()->set_department(department);
    fact.fact.mutable_occur_time()->set_seconds(1000 + static_cast<int64_t>(facts_.size()));
    fact.fact.mutable_record_time()->set_seconds(position);
    fact.position = position;
    fact.charter_revision = static_cast<int32_t>(position);
    facts_.push_back(std::move(fact));
    return facts_.back();
  }
  void Correct(size_t earlier, int64_t position, const std::string& department = "sales") {
    JournaledFact& later = Add(facts_[earlier].fact.kind(), position, department);
    later.fact.set_corrects(facts_[earlier].fact.name());
    facts_[earlier].fact.set_superseded_by(later.fact.name());
  }
  void Void(size_t earlier, int64_t position, const std::string& department = "sales") {
    JournaledFact& later = Add(fact::v1::FACT_KIND_VOIDED, position, department);
    later.fact.set_voids(facts_[earlier].fact.name());
    facts_[earlier].fact.set_superseded_by(later.fact.name());
  }
  v1::TouchSet Touches() const {
    v1::TouchSet set;
    AddTouches(facts_, SignatureAmong(facts_), &set);
    return set;
  }
  // `1 by sales at 3`, and by whom it is voided.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    const auto set = Touches();
    for (const v1::Touch& touch : set.touches()) {
      lines.push_back(absl::StrCat(
          touch.name().substr(8), " by ", touch.actor().department(), " at ", touch.position(),
          touch.voided_by().empty() ? "" : ", voided by ", touch.voided_by()));
    }
    return lines;
  }
  const std::vector<JournaledFact>& facts() const { return facts_; }

 private:
  std::vector<JournaledFact> facts_;
};

TEST(TouchRules, ContactsAndTheBeginningAreTouches) {
  TouchHistory history;
  for (const auto kind :
       {fact::v1::FACT_KIND_CREATED, fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_NOTE,
        fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_TASK, fact::v1::FACT_KIND_MAIL,
        fact::v1::FACT_KIND_ENGAGED, fact::v1::FACT_KIND_TOUCH, fact::v1::FACT_KIND_SIGNED}) {
    history.Add(kind, static_cast<int64_t>(history.facts().size()));
  }
  EXPECT_THAT(history.Lines(), ElementsAre("0 by sales at 0", "1 by sales at 1", "3 by sales at 3",
                                           "5 by sales at 5", "7 by sales at 7"));
  EXPECT_TRUE(history.Touches().touches(0).opportunity_creation());
  EXPECT_FALSE(history.Touches().touches(1).opportunity_creation());
}

TEST(TouchRules, WhoeverComesByItselfIsDirect) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_TOUCH, 1).fact.set_channel("email");
  history.Add(fact::v1::FACT_KIND_TOUCH, 2).fact.set_channel("direct");
  EXPECT_FALSE(history.Touches().touches(0).direct());
  EXPECT_TRUE(history.Touches().touches(1).direct());
}

TEST(TouchRules, NobodyTakesATouchOverByCorrectingIt) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Correct(0, 5, "sales");
  history.Correct(1, 6, "support");
  ASSERT_THAT(history.Lines(), ElementsAre("2 by marketing at 3"));
  const v1::Touch touch = history.Touches().touches(0);
  EXPECT_EQ(touch.occur_time().seconds(), 1002) << "as it was corrected";
  EXPECT_EQ(touch.record_time().seconds(), 3);
  EXPECT_EQ(touch.charter_revision(), 3);
}

TEST(TouchRules, WhatWasVoidedSaysByWhom) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Correct(0, 5, "marketing");
  history.Void(1, 6, "sales");
  EXPECT_THAT(history.Lines(), ElementsAre("1 by marketing at 3, voided by sales"));
}

TEST(TouchRules, WhatIsVoidedOrCorrectedAfterTheSignatureStandsAsItWas) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 1, "marketing");
  history.Add(fact::v1::FACT_KIND_CALL, 2, "marketing");
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Void(0, 4, "sales");
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Void(1, 11, "sales");
  history.Correct(2, -1, "sales");  // it has no position yet: it comes later
  EXPECT_THAT(history.Lines(), ElementsAre("0 by marketing at 1, voided by sales",
                                           "1 by marketing at 2", "2 by marketing at 3"));
}

TEST(TouchRules, LateTouchesStandAsTheyDoNow) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Add(fact::v1::FACT_KIND_CALL, 11, "marketing");
  history.Correct(1, 12, "marketing");
  history.Add(fact::v1::FACT_KIND_CALL, 13, "sales");
  history.Void(3, 14, "sales");
  EXPECT_THAT(history.Lines(),
              ElementsAre("2 by marketing at 11", "3 by sales at 13, voided by sales"));
}

TEST(TouchRules, ACorrectedSignatureKeepsItsPlace) {
  TouchHistory history;
  EXPECT_FALSE(SignatureAmong(history.facts()).has_value());
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Add(fact::v1::FACT_KIND_CALL, 12);
  history.Correct(0, 20);
  const auto signature = SignatureAmong(history.facts());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->fact(), "o/facts/2");
  EXPECT_EQ(signature->sign_time().seconds(), 1002);
  EXPECT_EQ(signature->position(), 10) << "else a correction would let in what came after it";
}

TEST(TouchRules, AVoidedSignatureIsNone) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Void(0, 11);
  EXPECT_FALSE(SignatureAmong(history.facts()).has_value());
  history.Add(fact::v1::FACT_KIND_SIGNED, 20);
  ASSERT_TRUE(SignatureAmong(history.facts()).has_value());
  EXPECT_EQ(SignatureAmong(history.facts())->position(), 20);
  EXPECT_THAT(history.Lines(), IsEmpty());
}

TEST(TouchRules, ALeadIsMadeByItsFirstEntry) {
  journal::v1::PositionedEntry first;
  first.set_position(7);
  first.mutable_entry()->set_subject("leads/1");
  first.mutable_entry()->set_charter_revision(2);
  first.mutable_entry()->mutable_actor()->set_department("marketing");
  first.mutable_entry()->mutable_occur_time()->set_seconds(5);
  v1::Lead lead;
  lead.set_source("direct");
  first.mutable_entry()->mutable_payload()->PackFrom(lead);
  const v1::Touch touch = CreationOf(first);
  EXPECT_EQ(touch.name(), "leads/1");
  EXPECT_EQ(touch.kind(), fact::v1::FACT_KIND_UNSPECIFIED);
  EXPECT_EQ(touch.position(), 7);
  EXPECT_EQ(touch.charter_revision(), 2);
  EXPECT_EQ(touch.actor().department(), "marketing");
  EXPECT_EQ(touch.occur_time().seconds(), 5);
  EXPECT_TRUE(touch.direct());
}

}  // namespace
}  // namespace comity::lead
