#include "services/lead/touch_rules.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
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
    fact.fact.mutable_record_time()->set_seconds(1000 + position);
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
    AddTouches(facts_, CutOf(SignatureAmong(facts_)), &set);
    return set;
  }
  // `1 by sales at 3`, by whom it is voided, and who says otherwise.
  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    const auto set = Touches();
    for (const v1::Touch& touch : set.touches()) {
      lines.push_back(absl::StrCat(
          touch.name().substr(8), " by ", touch.actor().department(), " at ", touch.position(),
          touch.voided_by().empty() ? "" : ", voided by ", touch.voided_by(),
          touch.contradicted_by().empty() ? "" : ", not so by ", touch.contradicted_by()));
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
  EXPECT_THAT(history.Lines(), ElementsAre("0 by marketing at 3, not so by support"));
  EXPECT_EQ(history.Touches().touches(0).occur_time().seconds(), 1000) << "as it says itself";
  history.Correct(2, 7, "marketing");
  ASSERT_THAT(history.Lines(), ElementsAre("3 by marketing at 3")) << "it has the last word";
  const v1::Touch touch = history.Touches().touches(0);
  EXPECT_EQ(touch.occur_time().seconds(), 1003);
  EXPECT_EQ(touch.record_time().seconds(), 1003);
  EXPECT_EQ(touch.charter_revision(), 3);
}

TEST(TouchRules, NobodyTakesATouchAwayByVoidingIt) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Correct(0, 5, "marketing");
  history.Void(1, 6, "sales");
  EXPECT_THAT(history.Lines(), ElementsAre("1 by marketing at 3, not so by sales"));
}

TEST(TouchRules, WhatItsDepartmentVoidsIsVoided) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Correct(0, 5, "sales");
  history.Void(1, 6, "marketing");
  EXPECT_THAT(history.Lines(), ElementsAre("0 by marketing at 3, voided by marketing"));
}

TEST(TouchRules, WhatIsVoidedOrCorrectedAfterTheSignatureStandsAsItWas) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_CALL, 1, "marketing");
  history.Add(fact::v1::FACT_KIND_CALL, 2, "marketing");
  history.Add(fact::v1::FACT_KIND_CALL, 3, "marketing");
  history.Void(0, 4, "marketing");
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Void(1, 11, "marketing");
  history.Correct(2, -1, "marketing");  // it has no position yet: it comes later
  EXPECT_THAT(history.Lines(), ElementsAre("0 by marketing at 1, voided by marketing",
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
  EXPECT_THAT(signature->corrects(), ElementsAre("o/facts/0"));
}

TEST(TouchRules, AVoidedSignatureIsNone) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Void(0, 11);
  EXPECT_FALSE(SignatureAmong(history.facts()).has_value());
  EXPECT_EQ(CutOf(SignatureAmong(history.facts())), std::numeric_limits<int64_t>::max());
  EXPECT_THAT(history.Lines(), IsEmpty());
}

TEST(TouchRules, WhatIsVoidedAndSignedAgainKeepsItsPlace) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Correct(0, 12);
  history.Void(1, 14);  // recorded at 1014
  history.Add(fact::v1::FACT_KIND_CALL, 15, "marketing");
  JournaledFact& again = history.Add(fact::v1::FACT_KIND_SIGNED, 20);
  again.fact.mutable_occur_time()->set_seconds(1014);
  const auto signature = SignatureAmong(history.facts());
  ASSERT_TRUE(signature.has_value());
  EXPECT_EQ(signature->fact(), "o/facts/4");
  EXPECT_EQ(signature->position(), 10) << "else it would let in what was recorded since";
  EXPECT_THAT(signature->corrects(), IsEmpty());
  again.position = -1;
  EXPECT_EQ(SignatureAmong(history.facts())->position(), 10);
}

TEST(TouchRules, WhatIsSignedAfterTheVoidIsAnotherSale) {
  TouchHistory history;
  history.Add(fact::v1::FACT_KIND_SIGNED, 10);
  history.Void(0, 14);  // recorded at 1014
  JournaledFact& again = history.Add(fact::v1::FACT_KIND_SIGNED, 20);
  again.fact.mutable_occur_time()->set_seconds(1015);
  EXPECT_EQ(SignatureAmong(history.facts())->position(), 20);
  again.position = -1;
  EXPECT_EQ(SignatureAmong(history.facts())->position(), -1);
}

// The history of an opportunity that names a lead and a contact, at a position.
journal::v1::PositionedEntry Naming(const std::string& lead, const std::string& contact,
                                    int64_t position) {
  v1::Opportunity state;
  state.set_lead(lead);
  state.set_contact(contact);
  journal::v1::PositionedEntry entry;
  entry.set_position(position);
  entry.mutable_entry()->mutable_payload()->PackFrom(state);
  return entry;
}

TEST(TouchRules, ALeadThatWasNamedBeforeTheSignatureStays) {
  Origins origins;
  AddOrigins(Naming("leads/1", "", 1), 10, &origins);
  AddOrigins(Naming("leads/2", "contacts/1", 2), 10, &origins);
  AddOrigins(Naming("", "contacts/2", 9), 10, &origins);
  AddOrigins(Naming("leads/3", "contacts/3", 10), 10, &origins);
  AddOrigins(Naming("leads/4", "contacts/4", -1), 10, &origins);
  EXPECT_THAT(origins.leads, ElementsAre("leads/1", "leads/2"));
  EXPECT_THAT(origins.contacts, ElementsAre("contacts/1", "contacts/2"));
  EXPECT_THAT(origins.became["contacts/1"], ElementsAre("leads/2"));
  EXPECT_THAT(origins.became["contacts/2"], IsEmpty()) << "they were not named together";
}

TEST(TouchRules, WhatIsWithdrawnAfterTheSignatureIsNotWithdrawnThen) {
  journal::v1::PositionedEntry withdrawn = Naming("leads/1", "contacts/1", 12);
  v1::Opportunity state;
  withdrawn.entry().payload().UnpackTo(&state);
  state.mutable_withdraw_time()->set_seconds(1);
  withdrawn.mutable_entry()->mutable_payload()->PackFrom(state);
  Origins origins;
  AddOrigins(withdrawn, 10, &origins);
  EXPECT_FALSE(origins.is_withdrawn);
  AddOrigins(withdrawn, 20, &origins);
  EXPECT_TRUE(origins.is_withdrawn);
}

// So many before position 5,000, and as many late ones.
v1::TouchSet Crowd(int before, int late) {
  v1::TouchSet set;
  for (int i = 0; i < late; ++i) set.add_touches()->set_position(i % 3 == 0 ? -1 : 5'000 + i);
  for (int i = 0; i < before; ++i) set.add_touches()->set_position(i);
  return set;
}

TEST(TouchRules, LateTouchesTakeNoRoomFromOthers) {
  v1::TouchSet set = Crowd(999, 300);
  LimitTouches(5'000, &set);
  EXPECT_FALSE(set.too_many());
  ASSERT_EQ(set.touches_size(), kMostTouches);
  EXPECT_EQ(set.touches(kMostTouches - 1).position(), 5'001) << "the first of the late ones";
}

TEST(TouchRules, TooManyBeforeTheSignatureAreNone) {
  v1::TouchSet set = Crowd(1'001, 3);
  LimitTouches(5'000, &set);
  EXPECT_TRUE(set.too_many());
  EXPECT_THAT(set.touches(), IsEmpty());
  set = Crowd(1'000, 0);
  LimitTouches(5'000, &set);
  EXPECT_FALSE(set.too_many());
  EXPECT_EQ(set.touches_size(), 1'000);
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
