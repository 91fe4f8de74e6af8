#include "services/lead/opportunity_rules.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/lead/lead_rules.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/status/errors.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;

google::type::Money Eur(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

// An opportunity with its facts, recorded one by one as the fact component does it.
class History {
 public:
  History() {
    opportunity_.set_name("opportunities/1");
    *opportunity_.mutable_amount() = Eur(100);
    opportunity_.mutable_expected_close_date()->set_year(2024);
    opportunity_.set_owner("persons/ana");
    EXPECT_EQ(Record(CreatedFact(opportunity_), 10), "");
  }

  // The reason where it is refused.
  std::string Record(Fact fact, int64_t occur_seconds) {
    fact.set_name(absl::StrCat("opportunities/1/facts/", facts_.size()));
    fact.mutable_occur_time()->set_seconds(occur_seconds);
    std::vector<Fact> before = facts_;
    CompleteOpportunityFact(opportunity_, before, &fact);
    EXPECT_TRUE(fact::Supersede(fact, &before).ok());
    const absl::Status status = CheckOpportunityFact(opportunity_, before, fact);
    if (!status.ok()) return Reason(status);
    facts_ = before;
    facts_.push_back(fact);
    DeriveOpportunity(fact::Standing(facts_), &opportunity_);
    return "";
  }
  std::string Record(fact::v1::FactKind kind, int64_t occur_seconds) {
    Fact fact;
    fact.set_kind(kind);
    return Record(fact, occur_seconds);
  }
  std::string Void(size_t index) {
    Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_VOIDED);
    fact.set_voids(facts_[index].name());
    return Record(fact, 1000);
  }
  const v1::Opportunity& opportunity() const { return opportunity_; }
  std::string NameOf(size_t index) const { return facts_[index].name(); }

 private:
  v1::Opportunity opportunity_;
  std::vector<Fact> facts_;
};

Fact AmountChanged(int64_t units) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *fact.mutable_amount() = Eur(units);
  return fact;
}

Fact Signed(int64_t units) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_SIGNED);
  if (units > 0) *fact.mutable_amount() = Eur(units);
  return fact;
}

TEST(DeriveOpportunity, BeginsWithWhatItWasCreatedWith) {
  const History history;
  EXPECT_EQ(history.opportunity().amount().units(), 100);
  EXPECT_EQ(history.opportunity().expected_close_date().year(), 2024);
  EXPECT_EQ(history.opportunity().owner(), "persons/ana");
  EXPECT_EQ(history.opportunity().open_time().seconds(), 10);
}

TEST(DeriveOpportunity, FollowsTheOrderInWhichThingsHappened) {
  History history;
  EXPECT_EQ(history.Record(AmountChanged(300), 30), "");
  EXPECT_EQ(history.Record(AmountChanged(200), 20), "");  // recorded later, happened earlier
  EXPECT_EQ(history.opportunity().amount().units(), 300);
  EXPECT_EQ(history.Record(AmountChanged(5), 5), "");  // dated before it began
  EXPECT_EQ(history.opportunity().amount().units(), 300);
}

TEST(DeriveOpportunity, FallsBackWhenAChangeIsVoided) {
  History history;
  Fact owner;
  owner.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  owner.set_owner("persons/sam");
  EXPECT_EQ(history.Record(owner, 20), "");
  EXPECT_EQ(history.Record(AmountChanged(300), 30), "");
  EXPECT_EQ(history.opportunity().owner(), "persons/sam");
  EXPECT_EQ(history.Void(1), "");
  EXPECT_EQ(history.opportunity().owner(), "persons/ana");
  EXPECT_EQ(history.Void(2), "");
  EXPECT_EQ(history.opportunity().amount().units(), 100);
}

TEST(DeriveOpportunity, TakesTimesFromStandingFacts) {
  History history;
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_ENGAGED, 20), "");
  EXPECT_EQ(history.Record(Signed(250), 40), "");
  EXPECT_EQ(history.opportunity().engage_time().seconds(), 20);
  EXPECT_EQ(history.opportunity().sign_time().seconds(), 40);
  EXPECT_EQ(history.opportunity().amount().units(), 250);
  EXPECT_EQ(history.Void(2), "");
  EXPECT_FALSE(history.opportunity().has_sign_time());
  EXPECT_EQ(history.opportunity().amount().units(), 100);
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_DECLINED, 50), "");
  EXPECT_EQ(history.opportunity().decline_time().seconds(), 50);
}

TEST(CheckOpportunityFact, SignsOnce) {
  History history;
  EXPECT_EQ(history.Record(Signed(0), 40), "");
  EXPECT_EQ(history.Record(Signed(0), 50), "ALREADY_SIGNED");
  Fact corrected = Signed(400);
  corrected.set_corrects(history.NameOf(1));
  EXPECT_EQ(history.Record(corrected, 41), "");
  EXPECT_EQ(history.opportunity().amount().units(), 400);
  EXPECT_EQ(history.Void(2), "");
  EXPECT_EQ(history.Record(Signed(0), 50), "");
}

TEST(CheckOpportunityFact, KeepsTheAmountOnceSigned) {
  History history;
  EXPECT_EQ(history.Record(AmountChanged(200), 20), "");
  EXPECT_EQ(history.Record(Signed(0), 40), "");
  EXPECT_EQ(history.Record(AmountChanged(300), 30), "ALREADY_SIGNED");
  EXPECT_EQ(history.Void(1), "ALREADY_SIGNED");
  Fact corrected = AmountChanged(300);
  corrected.set_corrects(history.NameOf(1));
  EXPECT_EQ(history.Record(corrected, 20), "ALREADY_SIGNED");
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_DECLINED, 50), "ALREADY_SIGNED");
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_NOTE, 50), "");
  EXPECT_EQ(history.Void(2), "");
  EXPECT_EQ(history.Record(AmountChanged(300), 30), "");
}

TEST(CheckOpportunityFact, ACorrectedBeginningMayMoveInTimeButNotInAmountOnceSigned) {
  History history;
  EXPECT_EQ(history.Record(Signed(0), 40), "");
  Fact created;
  created.set_kind(fact::v1::FACT_KIND_CREATED);
  created.set_corrects(history.NameOf(0));
  EXPECT_EQ(history.Record(created, 9), "ALREADY_SIGNED");
  *created.mutable_amount() = Eur(100);
  created.set_owner("persons/ana");
  EXPECT_EQ(history.Record(created, 9), "");
  EXPECT_EQ(history.opportunity().open_time().seconds(), 9);
}

TEST(CheckOpportunityFact, RefusesSecondBeginningsAndDeclinesAndNegativeAmounts) {
  History history;
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_CREATED, 11), "ALREADY_CREATED");
  EXPECT_EQ(history.Record(AmountChanged(-1), 11), "AMOUNT_NEGATIVE");
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_DECLINED, 20), "");
  EXPECT_EQ(history.Record(fact::v1::FACT_KIND_DECLINED, 21), "ALREADY_DECLINED");
  EXPECT_EQ(history.Record(Signed(0), 30), "");  // they changed their mind
}

TEST(CheckOpportunityFact, ASignatureNeedsAnAmount) {
  v1::Opportunity opportunity;
  EXPECT_EQ(Reason(CheckOpportunityFact(opportunity, {}, Signed(0))), "SIGNED_WITHOUT_AMOUNT");
  EXPECT_TRUE(CheckOpportunityFact(opportunity, {}, Signed(1)).ok());
}

TEST(CheckOpportunity, NeedsANameOfSomeKindAndWholeLines) {
  v1::Opportunity opportunity;
  EXPECT_EQ(Reason(CheckOpportunity(nullptr, &opportunity)), "OPPORTUNITY_UNIDENTIFIED");
  opportunity.set_display_name("Renewal");
  EXPECT_TRUE(CheckOpportunity(nullptr, &opportunity).ok());
  auto* line = opportunity.add_lines();
  EXPECT_EQ(Reason(CheckOpportunity(nullptr, &opportunity)), "LINE_INVALID");
  line->set_product("products/1");
  line->set_quantity(1);
  EXPECT_TRUE(CheckOpportunity(nullptr, &opportunity).ok());
  *line->mutable_unit_price() = Eur(5);
  line->mutable_unit_price()->set_nanos(1);
  EXPECT_EQ(Reason(CheckOpportunity(nullptr, &opportunity)), "MONEY_TOO_FINE");
  *line->mutable_unit_price() = Eur(-5);
  EXPECT_EQ(Reason(CheckOpportunity(nullptr, &opportunity)), "AMOUNT_NEGATIVE");
}

TEST(CheckLead, NeedsSomethingToKnowItBy) {
  v1::Lead lead;
  lead.set_given_name("Ana");
  EXPECT_EQ(Reason(CheckLead(nullptr, &lead)), "LEAD_UNIDENTIFIED");
  lead.set_email_address("ana");
  EXPECT_EQ(Reason(CheckLead(nullptr, &lead)), "INVALID_EMAIL_ADDRESS");
  for (const char* address : {"@b", "a@", "a@b@c", "a b@c"}) {
    lead.set_email_address(address);
    EXPECT_EQ(Reason(CheckLead(nullptr, &lead)), "INVALID_EMAIL_ADDRESS") << address;
  }
  lead.set_email_address("a@b");
  EXPECT_TRUE(CheckLead(nullptr, &lead).ok());
  lead.clear_email_address();
  lead.mutable_external_id()->set_id("1");
  EXPECT_TRUE(CheckLead(nullptr, &lead).ok());
}

TEST(DeriveLead, TakesTheLastStandingOwner) {
  v1::Lead lead;
  lead.set_owner("persons/ana");
  DeriveLead({}, &lead);
  EXPECT_EQ(lead.owner(), "persons/ana");
  Fact change;
  change.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  change.set_owner("persons/sam");
  DeriveLead({change}, &lead);
  EXPECT_EQ(lead.owner(), "persons/sam");
}

}  // namespace
}  // namespace comity::lead
