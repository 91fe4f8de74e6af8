#include "services/runtime/charter/delegation.h"

#include <functional>

#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

constexpr absl::Time kIssued = absl::FromUnixSeconds(1'800'000'000);
const absl::Time kExpires = kIssued + absl::Hours(24 * 7);
const absl::Time kInTime = kIssued + absl::Hours(24);

// Sam of sales proposes; sales' other steward, ana, lets deb sign in her place.
class DelegationTest : public testing::Test {
 protected:
  DelegationTest() { InForce(CharterWithKeys(4, &keys_)); }

  void InForce(const type::v1::Charter& document) {
    charter_ = *Charter::Make(document);
    base_ = {&*charter_, DigestOf(document.SerializeAsString())};
    body_ = NextBody(base_, "Need and means are known.");
  }
  v1::SignedDelegation Delegated(const std::string& steward = "ana@sales",
                                 const std::string& delegate = "deb@sales") {
    return keys_.Delegate(steward, delegate, kIssued, kExpires);
  }
  v1::Signature ByDelegate(const v1::SignedDelegation& delegation, absl::Time stated = kInTime,
                           const std::string& delegate = "deb@sales") {
    return keys_.SignBy(delegation, delegate, body_.SerializeAsString(), stated);
  }
  // The delegate's signature together with those of `others`, seen by the service at `seen`.
  std::string ReasonOf(const v1::Signature& signature,
                       const std::vector<std::string>& others = {"mia@marketing"},
                       DelegateUse use = {kInTime, false}) {
    v1::SignedRevision signed_revision = SignedBy(others, body_, &keys_);
    *signed_revision.add_signatures() = signature;
    const DelegateUses uses = {{StatementOf(signed_revision.body(), signature), use}};
    return Reason(CheckRevision(base_, signed_revision, /*term_is_over=*/true, uses));
  }
  // A delegation that says something else, signed by its steward all the same.
  std::string ReasonWith(const std::function<void(v1::DelegationBody*)>& spoil) {
    v1::DelegationBody body;
    EXPECT_TRUE(body.ParseFromString(Delegated().body()));
    spoil(&body);
    return ReasonOf(ByDelegate(keys_.SignDelegation("ana@sales", body)));
  }

  TestKeys keys_;
  std::optional<Charter> charter_;
  Base base_;
  v1::RevisionBody body_;
};

TEST_F(DelegationTest, ADelegateSignsForTheDepartmentAsItsStewardWould) {
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated())), "");
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated()), {}), "SIGNATURE_MISSING") << "for his own alone";
}

TEST_F(DelegationTest, WithoutADelegationHisKeyIsNobodys) {
  EXPECT_EQ(ReasonOf(keys_.Sign("deb@sales", body_.SerializeAsString())), "SIGNATURE_INVALID");
}

TEST_F(DelegationTest, OnlyARegisteredStewardDelegates) {
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated("eve@sales"))), "DELEGATION_INVALID");
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated("mia@sales"))), "DELEGATION_INVALID")
      << "another department's";
  // In another's name.
  EXPECT_EQ(ReasonWith([&](auto* body) { body->set_steward("persons/sam"); }),
            "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([&](auto* body) { body->set_steward_key(keys_.PublicOf("sam@sales")); }),
            "DELEGATION_INVALID");
  v1::SignedDelegation forged = Delegated();
  forged.set_signature(*keys_.Of("eve@sales").Sign(DelegationText(forged.body())));
  EXPECT_EQ(ReasonOf(ByDelegate(forged)), "DELEGATION_INVALID");
}

TEST_F(DelegationTest, ADelegateDelegatesToNobody) {
  const v1::SignedDelegation further = keys_.Delegate("deb@sales", "fay@sales", kIssued, kExpires);
  EXPECT_EQ(ReasonOf(ByDelegate(further, kInTime, "fay@sales")), "DELEGATION_INVALID");
}

TEST_F(DelegationTest, ItEndsWithTheKeyOfWhoeverSignedIt) {
  type::v1::Charter document = charter_->document();
  keys_.Register("ann@sales", &document);
  const v1::SignedDelegation delegation = Delegated("ann@sales");
  EXPECT_EQ(ReasonOf(ByDelegate(delegation)), "DELEGATION_INVALID") << "not registered yet";
  InForce(document);
  EXPECT_EQ(ReasonOf(ByDelegate(delegation)), "");
  document.mutable_keys()->RemoveLast();
  InForce(document);
  EXPECT_EQ(ReasonOf(ByDelegate(delegation)), "DELEGATION_INVALID");
}

TEST_F(DelegationTest, IsForOnePersonOneKeyAndOneDepartment) {
  v1::Signature signature = ByDelegate(Delegated(), kInTime, "fay@sales");
  EXPECT_EQ(ReasonOf(signature), "DELEGATION_INVALID");
  const auto renamed = [&](const std::string& person, const std::string& department) {
    v1::Signature other = ByDelegate(Delegated());
    other.set_person(person);
    other.set_department(department);
    other.set_signature(*keys_.Of("deb@sales").Sign(SigningText(body_.SerializeAsString(), other)));
    return ReasonOf(other, {"ana@sales"});
  };
  EXPECT_EQ(renamed("persons/fay", "departments/sales"), "DELEGATION_INVALID");
  EXPECT_EQ(renamed("persons/deb", "departments/marketing"), "DELEGATION_INVALID");
}

TEST_F(DelegationTest, WhatASignatureSaysOfItsTimeLiesInTheDelegations) {
  const auto at = [&](absl::Time stated) { return ReasonOf(ByDelegate(Delegated(), stated)); };
  EXPECT_EQ(at(kIssued), "");
  EXPECT_EQ(at(kExpires), "");
  EXPECT_EQ(at(kIssued - absl::Seconds(1)), "DELEGATION_INVALID");
  EXPECT_EQ(at(kExpires + absl::Seconds(1)), "DELEGATION_EXPIRED");
  v1::Signature timeless = ByDelegate(Delegated());
  timeless.clear_statement_time();
  EXPECT_EQ(ReasonOf(timeless), "DELEGATION_INVALID");
  timeless.mutable_statement_time()->set_seconds(std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ReasonOf(timeless), "DELEGATION_INVALID");
  v1::Signature moved = ByDelegate(Delegated());
  moved.mutable_statement_time()->set_seconds(moved.statement_time().seconds() + 1);
  EXPECT_EQ(ReasonOf(moved), "SIGNATURE_INVALID") << "its time is signed";
}

// Whoever has the gateway's clock, or its journal, in his hand stretches nothing.
TEST_F(DelegationTest, ABackdatedSignatureIsTakenForWhatItIs) {
  const v1::Signature backdated = ByDelegate(Delegated());
  const std::vector<std::string> others = {"mia@marketing"};
  EXPECT_EQ(ReasonOf(backdated, others, {kExpires, false}), "");
  EXPECT_EQ(ReasonOf(backdated, others, {kExpires + absl::Seconds(1), false}),
            "DELEGATION_EXPIRED");
  EXPECT_EQ(ReasonOf(backdated, others, {}), "DELEGATION_NOT_SEEN");
  EXPECT_EQ(ReasonOf(backdated, others, {absl::InfiniteFuture(), true}), "DELEGATION_REVOKED");
  EXPECT_EQ(ReasonOf(backdated, others, {kInTime, true}), "") << "signed before that";
}

TEST_F(DelegationTest, LastsAQuarterAtMost) {
  const auto lasting = [&](absl::Duration time) {
    const v1::SignedDelegation delegation =
        keys_.Delegate("ana@sales", "deb@sales", kIssued, kIssued + time);
    return ReasonOf(ByDelegate(delegation, kIssued));
  };
  EXPECT_EQ(lasting(kLongestDelegation), "");
  EXPECT_EQ(lasting(kLongestDelegation + absl::Seconds(1)), "DELEGATION_INVALID");
  EXPECT_EQ(lasting(absl::ZeroDuration()), "DELEGATION_INVALID");
  EXPECT_EQ(lasting(-absl::Hours(1)), "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) { body->clear_expire_time(); }), "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) {
              body->mutable_expire_time()->set_seconds(std::numeric_limits<int64_t>::max());
            }),
            "DELEGATION_INVALID");
}

TEST_F(DelegationTest, SaysWhatIsUnderstoodAndNothingElse) {
  EXPECT_EQ(ReasonWith([](auto*) {}), "");
  EXPECT_EQ(ReasonWith([](auto* body) { body->clear_delegate(); }), "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) { body->set_delegate(body->steward()); }),
            "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) { body->set_delegate_key(body->steward_key()); }),
            "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) { body->set_delegate_key("c2hvcnQ="); }),
            "DELEGATION_INVALID");
  EXPECT_EQ(ReasonWith([](auto* body) { body->set_department(std::string(3000, 'x')); }),
            "DELEGATION_INVALID");
  // A limit that a later release may set is no freedom here.
  EXPECT_EQ(ReasonWith([](auto* body) {
              body->GetReflection()->MutableUnknownFields(body)->AddVarint(1000, 1);
            }),
            "DELEGATION_INVALID");
  v1::SignedDelegation torn = Delegated();
  torn.set_body("\xff\xff");
  EXPECT_EQ(ReasonOf(ByDelegate(torn)), "DELEGATION_INVALID");
}

TEST_F(DelegationTest, WhoeverWroteTheTextHasNobodySignItInHisPlace) {
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated("sam@sales"))), "AUTHOR_SIGNS");
  body_.set_author("persons/deb");
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated())), "AUTHOR_SIGNS");
  body_.set_author_department("departments/marketing");
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated())), "") << "as another department's author";
  // Where there is no other steward, a second pair of eyes is more than his own.
  body_.set_author("persons/mia");
  EXPECT_EQ(
      ReasonOf(ByDelegate(Delegated("mia@marketing", "dan@marketing"), kInTime, "dan@marketing"),
               {"ana@sales"}),
      "");
  body_.set_author("persons/dan");
  EXPECT_EQ(
      ReasonOf(ByDelegate(Delegated("mia@marketing", "dan@marketing"), kInTime, "dan@marketing"),
               {"ana@sales"}),
      "AUTHOR_SIGNS");
}

TEST_F(DelegationTest, NobodyStandsBehindTwoDepartments) {
  type::v1::Charter document = charter_->document();
  keys_.Register("ana@marketing", &document);
  InForce(document);
  body_.set_author("persons/max");
  body_.set_author_department("departments/management");
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated()), {"ana@marketing"}), "SIGNATURE_INVALID")
      << "deb signs for her, and she for marketing";
  const v1::Signature of_marketing =
      keys_.SignBy(keys_.Delegate("mia@marketing", "deb@marketing", kIssued, kExpires),
                   "deb@marketing", body_.SerializeAsString(), kInTime);
  v1::SignedRevision both = SignedBy({}, body_, &keys_);
  *both.add_signatures() = ByDelegate(Delegated());
  *both.add_signatures() = of_marketing;
  EXPECT_EQ(Reason(CheckDistinct(both)), "SIGNATURE_INVALID") << "the same person for two";
}

TEST_F(DelegationTest, ADelegateMakesNoStewards) {
  body_ = NextBody(base_, charter_->document().questions(0).answers(0).criteria());
  keys_.Register("deb@sales", body_.mutable_document());
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated()), {}), "DELEGATE_CHANGES_KEYS");
  EXPECT_EQ(Reason(CheckRevision(base_, SignedBy({"ana@sales"}, body_, &keys_), false)), "")
      << "which she may herself";
  body_ = NextBody(base_, "Need and means are known.");
  body_.mutable_document()->mutable_keys()->SwapElements(0, 1);
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated())), "") << "the same keys in another order";
  body_.mutable_document()->mutable_keys()->DeleteSubrange(0, 1);
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated())), "DELEGATE_CHANGES_KEYS");
}

TEST_F(DelegationTest, ADelegateDecidesNothing) {
  const v1::SignedDelegation delegation = Delegated("max@management", "dot@management");
  const v1::Signature decides = keys_.SignBy(
      delegation, "dot@management", body_.SerializeAsString(), kInTime, v1::VERDICT_DECIDE);
  EXPECT_EQ(ReasonOf(decides), "DELEGATE_DECIDES");
}

TEST_F(DelegationTest, NeitherTextPassesForTheOther) {
  // A delegate's statement as a steward's, and the other way round.
  v1::Signature bare = ByDelegate(Delegated());
  bare.clear_delegation();
  bare.clear_statement_time();
  EXPECT_EQ(ReasonOf(bare), "SIGNATURE_INVALID");
  v1::Signature lent = keys_.Sign("deb@sales", body_.SerializeAsString());
  *lent.mutable_delegation() = Delegated();
  *lent.mutable_statement_time() = resource::FromTime(kInTime);
  EXPECT_EQ(ReasonOf(lent), "SIGNATURE_INVALID");
  v1::Signature by_another = ByDelegate(Delegated());
  *by_another.mutable_delegation() =
      keys_.Delegate("ana@sales", "deb@sales", kIssued, kExpires + absl::Hours(1));
  EXPECT_EQ(ReasonOf(by_another), "SIGNATURE_INVALID") << "it names the delegation";
}

TEST_F(DelegationTest, ADepartmentThatIsNewHasNoDelegates) {
  body_.mutable_document()->add_departments("departments/legal");
  keys_.Register("lea@legal", body_.mutable_document());
  EXPECT_EQ(ReasonOf(ByDelegate(Delegated("lea@legal", "lou@legal"), kInTime, "lou@legal"),
                     {"ana@sales", "mia@marketing", "max@management"}),
            "DELEGATION_INVALID");
}

}  // namespace
}  // namespace comity::charter
