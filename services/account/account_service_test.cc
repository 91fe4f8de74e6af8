// Accounts, contacts and relationships on a real database: what they have beyond every resource.
#include "services/account/account_service.h"

#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/account/account_migrations.h"
#include "services/account/contact_service.h"
#include "services/account/relationship_service.h"
#include "services/account/withdrawables.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::account {
namespace {

using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testing::IsEmpty;
using testlib::NewRequestId;

class AccountServiceTest : public testing::Test {
 protected:
  Call As(const std::string& who = "ana@sales") { return runtime_.MakeCall(who, "test/Method"); }

  absl::StatusOr<v1::Account> Create(const std::string& display_name,
                                     const std::string& parent = "") {
    v1::CreateAccountRequest request;
    request.set_request_id(NewRequestId());
    auto* account = request.mutable_account();
    account->set_kind(v1::ACCOUNT_KIND_ORGANIZATION);
    account->set_display_name(display_name);
    account->set_parent_account(parent);
    account->set_sector("medical");
    account->set_domain("example.org");
    account->set_owner("persons/ana");
    account->mutable_external_id()->set_source("maven");
    account->mutable_external_id()->set_id(display_name);
    Call call = As();
    return accounts_.CreateAccount(call, request);
  }

  absl::Status Move(const std::string& name, const std::string& parent) {
    v1::UpdateAccountRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_account()->set_name(name);
    request.mutable_account()->set_parent_account(parent);
    request.mutable_update_mask()->add_paths("parent_account");
    Call call = As();
    return accounts_.UpdateAccount(call, request).status();
  }

  std::vector<std::string> List(const std::string& filter, bool show_all) {
    v1::ListAccountsRequest request;
    request.set_filter(filter);
    request.set_show_all(show_all);
    Call call = As();
    const auto page = accounts_.ListAccounts(call, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const v1::Account& account : page->accounts()) names.push_back(account.display_name());
    return names;
  }

  testlib::Database database_{AccountMigrations()};
  testlib::TestRuntime runtime_{&database_};
  AccountService accounts_{nullptr};
  ContactService contacts_{nullptr};
  RelationshipService relationships_{nullptr};
};

TEST_F(AccountServiceTest, EveryDeclaredFilterHasItsIndex) {
  const auto above = Create("Above");
  ASSERT_TRUE(above.ok()) << above.status();
  ASSERT_TRUE(Create("Below", above->name()).ok());
  for (const bool show_all : {false, true}) {
    EXPECT_THAT(List("parent_account = " + above->name(), show_all), ElementsAre("Below"));
    EXPECT_THAT(List("parent_account = \"\"", show_all), ElementsAre("Above"));
    for (const char* filter : {"sector = medical", "domain = example.org", "owner = persons/ana",
                               "external_id.source = maven", ""}) {
      EXPECT_THAT(List(filter, show_all), ElementsAre("Above", "Below")) << filter;
    }
    EXPECT_THAT(List("external_id.id = Above", show_all), ElementsAre("Above"));
    EXPECT_THAT(List("sector = other", show_all), IsEmpty());
  }
}

TEST_F(AccountServiceTest, AHierarchyHasNoCircleAndNoUnknownTop) {
  const std::string top = Create("Top")->name();
  const std::string middle = Create("Middle", top)->name();
  const std::string leaf = Create("Leaf", middle)->name();
  EXPECT_EQ(Reason(Move(top, leaf)), "HIERARCHY_CYCLE");
  EXPECT_TRUE(Move(leaf, top).ok());
  EXPECT_EQ(Reason(Create("Lost", "accounts/0190f3a1-1234-7abc-8def-0123456789ab").status()),
            "REFERENCE_NOT_FOUND");
  EXPECT_THAT(List("external_id.id = Lost", true), IsEmpty());
  EXPECT_FALSE(Move(top, top).ok());
}

TEST_F(AccountServiceTest, AHierarchyHasABoundedDepthHoweverItIsMade) {
  std::string parent;
  std::string reason;
  int levels = 0;
  for (; reason.empty() && levels < 100; ++levels) {
    const auto made = Create("Level " + std::to_string(levels), parent);
    reason = Reason(made.status());
    if (made.ok()) parent = made->name();
  }
  EXPECT_EQ(reason, "HIERARCHY_TOO_DEEP");
  EXPECT_LE(levels, 40);
}

TEST_F(AccountServiceTest, TwoMovesAtOnceCloseNoCircle) {
  for (int round = 0; round < 10; ++round) {
    const std::string a = Create("a" + std::to_string(round))->name();
    const std::string b = Create("b" + std::to_string(round))->name();
    absl::Status first;
    std::thread other([&] { first = Move(a, b); });
    const absl::Status second = Move(b, a);
    other.join();
    EXPECT_NE(first.ok(), second.ok()) << first << " " << second;
    EXPECT_EQ(Reason(first.ok() ? second : first), "HIERARCHY_CYCLE");
  }
}

TEST_F(AccountServiceTest, ARepeatedMoveGetsItsAnswerWhateverHappenedSince) {
  const std::string a = Create("a")->name();
  const std::string b = Create("b")->name();
  v1::UpdateAccountRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_account()->set_name(a);
  request.mutable_account()->set_parent_account(b);
  request.mutable_update_mask()->add_paths("parent_account");
  Call call = As();
  ASSERT_TRUE(accounts_.UpdateAccount(call, request).ok());
  ASSERT_TRUE(Move(a, "").ok());
  ASSERT_TRUE(Move(b, a).ok());
  const auto again = accounts_.UpdateAccount(call, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->parent_account(), b);
}

TEST_F(AccountServiceTest, ContactsAndRelationshipsBelongToAnAccount) {
  const std::string name = Create("Above")->name();
  v1::CreateContactRequest contact;
  contact.set_request_id(NewRequestId());
  contact.mutable_contact()->set_account(name);
  contact.mutable_contact()->set_family_name("Muster");
  Call call = As();
  const auto created = contacts_.CreateContact(call, contact);
  ASSERT_TRUE(created.ok()) << created.status();
  v1::ListContactsRequest contacts;
  contacts.set_filter("account = " + name);
  const auto found = contacts_.ListContacts(call, contacts);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->contacts_size(), 1);
  EXPECT_TRUE(MessageDifferencer::Equals(found->contacts(0), *created));

  v1::CreateRelationshipRequest relationship;
  relationship.set_request_id(NewRequestId());
  relationship.mutable_relationship()->set_account(name);
  relationship.mutable_relationship()->set_contact(created->name());
  relationship.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_CUSTOMER);
  const std::string other = Create("Besides")->name();
  relationship.mutable_relationship()->set_other_party(other);
  const auto related = relationships_.CreateRelationship(call, relationship);
  ASSERT_TRUE(related.ok()) << related.status();
  v1::ListRelationshipsRequest relationships;
  for (const std::string& filter :
       {"account = " + name, "contact = " + created->name(), "other_party = " + other,
        std::string("kind = RELATIONSHIP_KIND_CUSTOMER")}) {
    relationships.set_filter(filter);
    const auto all = relationships_.ListRelationships(call, relationships);
    ASSERT_TRUE(all.ok()) << filter << all.status();
    ASSERT_EQ(all->relationships_size(), 1) << filter;
    EXPECT_TRUE(MessageDifferencer::Equals(all->relationships(0), *related));
  }
}

// What a workflow made and nobody has named is withdrawn; what somebody names stays.
class UseTest : public AccountServiceTest {
 protected:
  std::string Make() {
    v1::EnsureAccountRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_account()->set_kind(v1::ACCOUNT_KIND_ORGANIZATION);
    request.mutable_account()->set_display_name("Made");
    request.set_workflow("workflows/0190aaaa-0000-7000-8000-000000000000");
    Call call = As();
    const auto made = accounts_.EnsureAccount(call, request);
    EXPECT_TRUE(made.ok() && made->made()) << made.status();
    return made.ok() ? made->account().name() : "";
  }
  bool Release(const std::string& account) {
    v1::ReleaseAccountRequest request;
    request.set_request_id(NewRequestId());
    request.set_name(account);
    request.set_workflow("workflows/0190aaaa-0000-7000-8000-000000000000");
    Call call = As();
    const auto released = accounts_.ReleaseAccount(call, request);
    EXPECT_TRUE(released.ok()) << released.status();
    return released.ok() && released->withdrawn();
  }
  std::string MakeContact(const std::string& account) {
    v1::CreateContactRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_contact()->set_account(account);
    request.mutable_contact()->set_family_name("Muster");
    Call call = As();
    const auto made = contacts_.CreateContact(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  bool Withdraw(const std::string& contact, absl::Duration later = absl::ZeroDuration()) {
    workflow::v1::WithdrawRecordRequest request;
    request.set_request_id(NewRequestId());
    request.set_name(contact);
    request.set_workflow("workflows/0190aaaa-0000-7000-8000-000000000000");
    Call call = As();
    call.now += later;
    const auto response = participant_.WithdrawRecord(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && response->withdrawn();
  }
  void Relate(const std::string& account, const std::string& contact, const std::string& other) {
    v1::CreateRelationshipRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_relationship()->set_account(account);
    request.mutable_relationship()->set_contact(contact);
    request.mutable_relationship()->set_other_party(other);
    request.mutable_relationship()->set_kind(other.empty() ? v1::RELATIONSHIP_KIND_CUSTOMER
                                                           : v1::RELATIONSHIP_KIND_PARTNER);
    Call call = As();
    const auto made = relationships_.CreateRelationship(call, request);
    ASSERT_TRUE(made.ok()) << made.status();
  }

  workflow::ParticipantService participant_{nullptr, Withdrawables(), {}};
};

TEST_F(UseTest, AContactThatIsNamedStays) {
  const std::string account = Create("Acme")->name();
  EXPECT_TRUE(Withdraw(MakeContact(account)));
  const std::string named = MakeContact(account);
  Relate(account, named, "");
  EXPECT_FALSE(Withdraw(named));
  const std::string other = MakeContact(account);
  Relate(account, "", other);
  EXPECT_FALSE(Withdraw(other));
}

// Cases of support may name it.
TEST_F(UseTest, AContactThatOthersMayHaveSeenStays) {
  EXPECT_FALSE(Withdraw(MakeContact(Create("Acme")->name()), absl::Minutes(3)));
}

TEST_F(UseTest, AnAccountThatIsNamedStays) {
  EXPECT_TRUE(Release(Make()));
  const std::string other = Make();
  Relate(Create("Acme")->name(), "", other);
  EXPECT_FALSE(Release(other));
  const std::string parent = Make();
  ASSERT_TRUE(Create("Below", parent).ok());
  EXPECT_FALSE(Release(parent));
}

constexpr char kWorkflow[] = "workflows/0190aaaa-0000-7000-8000-00000000000";  // and a digit

// What workflows rely on stays until the last of them has released it.
class RelationshipHoldsTest : public AccountServiceTest {
 protected:
  v1::EnsureRelationshipResponse Ensure(const std::string& account, int workflow) {
    v1::EnsureRelationshipRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_relationship()->set_account(account);
    request.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_CUSTOMER);
    request.set_workflow(absl::StrCat(kWorkflow, workflow));
    Call call = As();
    const auto ensured = relationships_.EnsureRelationship(call, request);
    EXPECT_TRUE(ensured.ok()) << ensured.status();
    return ensured.value_or(v1::EnsureRelationshipResponse());
  }
  bool Release(const std::string& name, int workflow) {
    v1::ReleaseRelationshipRequest request;
    request.set_request_id(NewRequestId());
    request.set_name(name);
    request.set_workflow(absl::StrCat(kWorkflow, workflow));
    Call call = As();
    const auto released = relationships_.ReleaseRelationship(call, request);
    EXPECT_TRUE(released.ok()) << released.status();
    return released.ok() && released->withdrawn();
  }
};

TEST_F(RelationshipHoldsTest, TheLastThatReleasesItWithdrawsIt) {
  const std::string account = Create("Acme")->name();
  const auto first = Ensure(account, 1);
  EXPECT_TRUE(first.made());
  const auto second = Ensure(account, 2);
  EXPECT_FALSE(second.made());
  const std::string name = first.relationship().name();
  EXPECT_EQ(second.relationship().name(), name);
  EXPECT_FALSE(Release(name, 1)) << "the second relies on it";
  EXPECT_FALSE(Release(name, 1));
  EXPECT_TRUE(Release(name, 2));
  EXPECT_TRUE(Release(name, 2)) << "once more: it is withdrawn";
  const auto third = Ensure(account, 3);
  EXPECT_TRUE(third.made());
  EXPECT_NE(third.relationship().name(), name);
}

TEST_F(RelationshipHoldsTest, WhatPeopleMadeIsNeverWithdrawn) {
  const std::string account = Create("Acme")->name();
  v1::CreateRelationshipRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_relationship()->set_account(account);
  request.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_CUSTOMER);
  Call call = As();
  const auto made = relationships_.CreateRelationship(call, request);
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(Ensure(account, 1).relationship().name(), made->name());
  EXPECT_FALSE(Release(made->name(), 1));
}

TEST_F(RelationshipHoldsTest, OfSeveralAtOnceOneMakesIt) {
  const std::string account = Create("Acme")->name();
  std::vector<std::thread> threads;
  std::atomic<int> made = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] { made += Ensure(account, i).made() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(RelationshipHoldsTest, AnAccountThatIsNotThereIsNamed) {
  v1::EnsureRelationshipRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_relationship()->set_account("accounts/0190f3a1-1234-7abc-8def-0123456789ab");
  request.mutable_relationship()->set_kind(v1::RELATIONSHIP_KIND_CUSTOMER);
  request.set_workflow(absl::StrCat(kWorkflow, 1));
  Call call = As();
  EXPECT_EQ(Reason(relationships_.EnsureRelationship(call, request).status()),
            "REFERENCE_NOT_FOUND");
}

}  // namespace
}  // namespace comity::account
