#include "services/runtime/fact/owner_rules.h"

#include "comity/lead/v1/lead.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {
namespace {

v1::Fact Changed(const char* name, const char* owner) {
  v1::Fact fact;
  fact.set_kind(v1::FACT_KIND_OWNER_CHANGED);
  fact.set_name(name);
  fact.set_owner(owner);
  return fact;
}

TEST(OwnerRules, TheLastStandingChangeSaysTheOwner) {
  lead::v1::Lead lead;
  lead.set_owner("persons/ana");
  ASSERT_TRUE(DeriveOwner({}, &lead).ok());
  EXPECT_EQ(lead.owner(), "persons/ana");
  ASSERT_TRUE(DeriveOwner({Changed("1", "persons/sam"), Changed("2", "persons/mia")}, &lead).ok());
  EXPECT_EQ(lead.owner(), "persons/mia");
}

TEST(OwnerRules, TheOnlyChangeCannotBeVoided) {
  const lead::v1::Lead lead;
  v1::Fact voiding;
  voiding.set_kind(v1::FACT_KIND_VOIDED);
  voiding.set_voids("1");
  std::vector<v1::Fact> before = {Changed("1", "persons/sam")};
  before[0].set_superseded_by("3");
  EXPECT_EQ(Reason(CheckOwnerFact(lead, before, voiding)), "LAST_OWNER_CHANGE");
  before.push_back(Changed("2", "persons/mia"));
  EXPECT_TRUE(CheckOwnerFact(lead, before, voiding).ok());
  before[0].set_kind(v1::FACT_KIND_NOTE);
  before.pop_back();
  EXPECT_TRUE(CheckOwnerFact(lead, before, voiding).ok());
}

}  // namespace
}  // namespace comity::fact
