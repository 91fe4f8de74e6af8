#include "services/gateway/charter_delegation_rules.h"

#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

constexpr absl::Time kToday = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kEnd = kToday + absl::Hours(24 * 14);

class DelegationRules : public testing::Test {
 protected:
  DelegationRules() : document_(charter::CharterWithKeys(4, &keys_)) {}

  static type::v1::Actor ActorOf(const std::string& person, const std::string& department) {
    type::v1::Actor actor;
    actor.set_person("persons/" + person);
    actor.set_department("departments/" + department);
    return actor;
  }
  absl::StatusOr<v1::CharterDelegation> Make(absl::Time issued = kToday, absl::Time end = kEnd) {
    return MakeDelegation(document_, ActorOf("sam", "sales"), kToday,
                          keys_.Delegate("sam@sales", "deb@sales", issued, end));
  }
  std::string UseAt(absl::Time now, absl::Time stated, v1::CharterDelegation* delegation) {
    charter::v1::Signature signature;
    *signature.mutable_statement_time() = resource::FromTime(stated);
    return Reason(AddUse("charterProposals/p", signature, "statement", now, delegation));
  }

  charter::TestKeys keys_;
  type::v1::Charter document_;
};

TEST_F(DelegationRules, SaysWhoMaySignForWhomUntilWhen) {
  const auto made = Make();
  ASSERT_TRUE(made.ok()) << made.status();
  EXPECT_EQ(made->department(), "departments/sales");
  EXPECT_EQ(made->steward(), "persons/sam");
  EXPECT_EQ(made->delegate(), "persons/deb");
  EXPECT_EQ(resource::ToTime(made->expire_time()), kEnd);
  EXPECT_EQ(StateOf(*made, kToday), v1::CHARTER_DELEGATION_STATE_STANDING);
  EXPECT_EQ(StateOf(*made, kEnd), v1::CHARTER_DELEGATION_STATE_EXPIRED);
}

TEST_F(DelegationRules, NobodyDelegatesInAnothersNameOrWithoutAKey) {
  const auto by = [&](const std::string& person, const std::string& steward) {
    return Reason(MakeDelegation(document_, ActorOf(person, "sales"), kToday,
                                 keys_.Delegate(steward, "deb@sales", kToday, kEnd))
                      .status());
  };
  EXPECT_EQ(by("ana", "sam@sales"), "DELEGATION_OF_ANOTHER");
  EXPECT_EQ(by("sam", "sam@marketing"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(by("eve", "eve@sales"), "DELEGATION_INVALID");
  EXPECT_EQ(by("ana", "ana@sales"), "");
}

TEST_F(DelegationRules, IsSignedWhenItIsGiven) {
  EXPECT_EQ(Reason(Make(kToday - absl::Minutes(6)).status()), "DELEGATION_INVALID");
  EXPECT_EQ(Reason(Make(kToday + absl::Minutes(6)).status()), "DELEGATION_INVALID");
  EXPECT_TRUE(Make(kToday - absl::Minutes(4)).ok());
  EXPECT_EQ(Reason(Make(kToday, kToday + absl::Minutes(5)).status()), "DELEGATION_EXPIRED")
      << "nobody could use it";
  EXPECT_TRUE(Make(kToday, kToday + absl::Minutes(6)).ok());
}

TEST_F(DelegationRules, IsUsedInItsTimeAndThatIsNow) {
  v1::CharterDelegation delegation = *Make();
  EXPECT_EQ(UseAt(kToday, kToday, &delegation), "");
  EXPECT_EQ(delegation.use_count(), 1);
  EXPECT_EQ(delegation.last_use().proposal(), "charterProposals/p");
  EXPECT_EQ(UseAt(kToday, kToday - absl::Minutes(6), &delegation), "STATEMENT_TIME_INVALID");
  EXPECT_EQ(UseAt(kToday, kToday + absl::Minutes(6), &delegation), "STATEMENT_TIME_INVALID");
  const absl::Time last = kEnd - absl::Minutes(5);
  EXPECT_EQ(UseAt(last - absl::Seconds(1), last, &delegation), "");
  EXPECT_EQ(UseAt(last, last, &delegation), "DELEGATION_EXPIRED");
  EXPECT_EQ(delegation.use_count(), 2);
}

TEST_F(DelegationRules, IsRevokedOnceAndForAll) {
  v1::CharterDelegation delegation = *Make();
  ASSERT_TRUE(Revoke(ActorOf("ana", "sales"), kToday, &delegation).ok());
  EXPECT_EQ(delegation.revoker().person(), "persons/ana");
  EXPECT_EQ(StateOf(delegation, kToday), v1::CHARTER_DELEGATION_STATE_REVOKED);
  EXPECT_EQ(UseAt(kToday, kToday, &delegation), "DELEGATION_REVOKED");
  EXPECT_EQ(Reason(Revoke(ActorOf("ana", "sales"), kToday, &delegation)), "DELEGATION_REVOKED");
  v1::CharterDelegation over = *Make();
  EXPECT_EQ(Reason(Revoke(ActorOf("ana", "sales"), kEnd, &over)), "DELEGATION_EXPIRED");
}

}  // namespace
}  // namespace comity::gateway
