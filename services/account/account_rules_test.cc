#include "services/account/account_rules.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::account {
namespace {

TEST(AccountRulesTest, ADomainIsADomainInLowerCase) {
  v1::Account account;
  account.set_domain("Example.ORG");
  ASSERT_TRUE(CheckAccount(nullptr, &account).ok());
  EXPECT_EQ(account.domain(), "example.org");
  for (const char* wrong : {"https://example.org", "example", ".org", "example.", "a b.org"}) {
    account.set_domain(wrong);
    EXPECT_EQ(Reason(CheckAccount(nullptr, &account)), "INVALID_DOMAIN") << wrong;
  }
}

TEST(AccountRulesTest, NoAccountStandsAboveItself) {
  v1::Account account;
  account.set_name("accounts/a");
  account.set_parent_account("accounts/a");
  EXPECT_EQ(Reason(CheckAccount(nullptr, &account)), "HIERARCHY_CYCLE");
  account.set_parent_account("accounts/b");
  EXPECT_TRUE(CheckAccount(nullptr, &account).ok());
}

TEST(AccountRulesTest, AContactCanBeAddressed) {
  v1::Contact contact;
  EXPECT_EQ(Reason(CheckContact(nullptr, &contact)), "NAME_REQUIRED");
  contact.set_email_address("ada@example.org");
  EXPECT_TRUE(CheckContact(nullptr, &contact).ok());
  for (const char* wrong : {"ada", "@example.org", "ada@", "a da@example.org"}) {
    contact.set_email_address(wrong);
    EXPECT_EQ(Reason(CheckContact(nullptr, &contact)), "INVALID_EMAIL_ADDRESS") << wrong;
  }
}

TEST(AccountRulesTest, ARelationshipHasItsParties) {
  v1::Relationship relationship;
  relationship.set_account("accounts/a");
  relationship.set_kind(v1::RELATIONSHIP_KIND_CUSTOMER);
  EXPECT_TRUE(CheckRelationship(nullptr, &relationship).ok());
  relationship.set_other_party("accounts/a");
  EXPECT_EQ(Reason(CheckRelationship(nullptr, &relationship)), "SAME_PARTY");
  relationship.clear_other_party();
  relationship.set_kind(v1::RELATIONSHIP_KIND_COLLEAGUE);
  EXPECT_EQ(Reason(CheckRelationship(nullptr, &relationship)), "OTHER_PARTY_REQUIRED");
}

TEST(AccountRulesTest, ARelationshipDoesNotEndBeforeItStarts) {
  v1::Relationship relationship;
  relationship.set_kind(v1::RELATIONSHIP_KIND_MEMBER);
  relationship.mutable_start_date()->set_year(2025);
  relationship.mutable_start_date()->set_month(2);
  relationship.mutable_end_date()->set_year(2025);
  relationship.mutable_end_date()->set_month(1);
  EXPECT_EQ(Reason(CheckRelationship(nullptr, &relationship)), "ENDS_BEFORE_START");
  relationship.mutable_end_date()->set_month(2);
  EXPECT_TRUE(CheckRelationship(nullptr, &relationship).ok());
}

TEST(AccountRulesTest, TheLatestChangeNamesTheOwner) {
  v1::Account account;
  account.set_owner("persons/ana");
  DeriveAccount({}, &account);
  EXPECT_EQ(account.owner(), "persons/ana");
  fact::v1::Fact change;
  change.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  change.set_owner("persons/sam");
  DeriveAccount({change}, &account);
  EXPECT_EQ(account.owner(), "persons/sam");
}

}  // namespace
}  // namespace comity::account
