#include "services/client/charter/delegation_text.h"

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/charter/charter_text.h"
#include "services/client/charter/steward_key.h"
#include "services/client/output/inbox_view.h"
#include "services/runtime/charter/delegation.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using gateway::v1::CharterDelegation;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

const absl::Time kIssue = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kUntil = kIssue + absl::Hours(24 * 14);

class DelegationText : public testing::Test {
 protected:
  DelegationText() {
    CharterDelegation& delegation = *list_.add_delegations();
    delegation.set_name("charterDelegations/0190");
    delegation.set_state(gateway::v1::CHARTER_DELEGATION_STATE_STANDING);
    delegation.set_department("departments/sales");
    delegation.set_steward("persons/sam");
    delegation.set_delegate("persons/ana");
    *delegation.mutable_expire_time() = resource::FromTime(kUntil);
    *delegation.mutable_signed_delegation() =
        *SignDelegation(steward_, sam_, "persons/ana", ana_key_, kIssue, kUntil);
  }

  const identity::PrivateKey steward_ = *identity::PrivateKey::GenerateEd25519();
  const identity::PrivateKey delegate_ = *identity::PrivateKey::GenerateEd25519();
  const std::string ana_key_ = absl::Base64Escape(*delegate_.RawPublicKey());
  const Identity sam_ = {"persons/sam", "departments/sales"};
  const Identity ana_ = {"persons/ana", "departments/sales"};
  gateway::v1::ListDelegationsResponse list_;
};

TEST_F(DelegationText, WhatAStewardSignsIsReadByTheServices) {
  charter::v1::DelegationBody body;
  ASSERT_TRUE(body.ParseFromString(list_.delegations(0).signed_delegation().body()));
  type::v1::Charter document;
  *document.add_keys() = *KeyEntry(steward_, sam_);
  EXPECT_TRUE(charter::CheckDelegation(document, list_.delegations(0).signed_delegation()).ok());
  EXPECT_EQ(body.delegate_key(), ana_key_);
  EXPECT_EQ(resource::ToTime(body.expire_time()), kUntil);
  const auto signature = SignBodyBy(list_.delegations(0).signed_delegation(), delegate_, ana_,
                                    "a body", kIssue - absl::Seconds(2));
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(resource::ToTime(signature->statement_time()), kIssue) << "not before it was given";
  EXPECT_EQ(StewardBehind(*signature), "persons/sam");
  const auto too_long = SignDelegation(steward_, sam_, "persons/ana", ana_key_, kIssue,
                                       kIssue + absl::Hours(24 * 100));
  EXPECT_EQ(Reason(too_long.status()), "DELEGATION_INVALID");
}

TEST_F(DelegationText, IsFoundByPersonAndKeyWhileItStands) {
  EXPECT_EQ(FindStanding(list_, "persons/ana", ana_key_), &list_.delegations(0));
  EXPECT_EQ(FindStanding(list_, "persons/deb", ana_key_), nullptr);
  EXPECT_EQ(FindStanding(list_, "persons/ana", "another"), nullptr);
  list_.mutable_delegations(0)->set_state(gateway::v1::CHARTER_DELEGATION_STATE_REVOKED);
  EXPECT_EQ(FindStanding(list_, "persons/ana", ana_key_), nullptr);
}

TEST_F(DelegationText, TellsWhoSignsForWhomUntilWhen) {
  CharterDelegation& delegation = *list_.mutable_delegations(0);
  EXPECT_THAT(ShowDelegations(list_, 0),
              ContainsRegex("sales +sam +ana +standing +2027-01-29 08:00 +not used"));
  delegation.set_use_count(2);
  *delegation.mutable_last_use()->mutable_use_time() = resource::FromTime(kIssue);
  EXPECT_THAT(ShowDelegations(list_, 0), HasSubstr("2, last 2027-01-15 08:00"));
  EXPECT_THAT(ShowDelegation(delegation),
              AllOf(HasSubstr("standing; ana may sign for sales in the place of sam until "
                              "2027-01-29 08:00 UTC\n"),
                    HasSubstr("--as-delegate"), HasSubstr("comity charter revoke")));
  delegation.set_state(gateway::v1::CHARTER_DELEGATION_STATE_REVOKED);
  *delegation.mutable_revoke_time() = resource::FromTime(kIssue);
  delegation.mutable_revoker()->set_person("persons/sam");
  delegation.mutable_revoker()->set_department("departments/sales");
  EXPECT_THAT(ShowDelegation(delegation), HasSubstr("Revoked by sam@sales on 2027-01-15 08:00\n"));
}

TEST_F(DelegationText, StandsInTheInboxWithItsClock) {
  gateway::v1::Inbox inbox;
  inbox.set_department("departments/sales");
  *inbox.add_delegations() = list_.delegations(0);
  EXPECT_THAT(ShowInbox(inbox, kIssue, 0),
              AllOf(ContainsRegex("2027-01-29 08:00 +delegation ends +ana signs for sam"),
                    HasSubstr("comity charter revoke")));
}

TEST_F(DelegationText, ARevisionSaysWhoSignedInWhosePlace) {
  gateway::v1::ListRevisionsResponse revisions;
  auto& revision = *revisions.add_revisions();
  revision.set_revision(2);
  revision.set_in_force(true);
  *revision.add_signatures() =
      *SignBodyBy(list_.delegations(0).signed_delegation(), delegate_, ana_, "a body", kIssue);
  EXPECT_THAT(ShowRevisions(revisions, 6),
              HasSubstr("signed by 1 of 1 departments: ana@sales (for sam)\n"));
}

}  // namespace
}  // namespace comity::client
