#include "services/runtime/charter/signed_revision.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

using testing::ElementsAre;

class SignedRevisionTest : public testing::Test {
 protected:
  SignedRevisionTest() {
    const type::v1::Charter document = CharterWithKeys(4, &keys_);
    charter_ = *Charter::Make(document);
    base_ = {&*charter_, DigestOf(document.SerializeAsString())};
    body_ = NextBody(base_, "Need and means are known.");
  }

  v1::SignedRevision Signed(const std::vector<std::string>& by) {
    return SignedBy(by, body_, &keys_);
  }
  std::string ReasonOf(const v1::SignedRevision& signed_revision, bool term_is_over = true) {
    return Reason(CheckRevision(base_, signed_revision, term_is_over));
  }
  void Decide(v1::SignedRevision* signed_revision, const std::string& who) {
    *signed_revision->add_signatures() =
        keys_.Sign(who, signed_revision->body(), v1::VERDICT_DECIDE);
  }

  TestKeys keys_;
  std::optional<Charter> charter_;
  Base base_;
  v1::RevisionBody body_;
};

TEST_F(SignedRevisionTest, HoldsWhenAllWhomItTouchesHaveSigned) {
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"}), false), "");
}

TEST_F(SignedRevisionTest, NeedsEachOfThem) {
  EXPECT_EQ(ReasonOf(Signed({"ana@sales"})), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({})), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "max@management"})), "SIGNATURE_MISSING");
}

TEST_F(SignedRevisionTest, OfTwoStewardsTheOtherSigns) {
  EXPECT_EQ(ReasonOf(Signed({"sam@sales", "mia@marketing"})), "AUTHOR_SIGNS");
  body_.set_author("persons/mia");  // marketing has nobody else
  body_.set_author_department("departments/marketing");
  EXPECT_EQ(ReasonOf(Signed({"sam@sales", "mia@marketing"})), "");
}

TEST_F(SignedRevisionTest, ASignatureCoversThisTextAlone) {
  v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  body_.mutable_document()->mutable_questions(0)->set_text("changed afterwards");
  signed_revision.set_body(body_.SerializeAsString());
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, EveryChangedByteOfASignatureIsNoticed) {
  const v1::SignedRevision good = Signed({"ana@sales", "mia@marketing"});
  for (size_t i = 0; i < good.signatures(0).signature().size(); ++i) {
    v1::SignedRevision bad = good;
    (*bad.mutable_signatures(0)->mutable_signature())[i] ^= 1;
    EXPECT_EQ(ReasonOf(bad), "SIGNATURE_INVALID") << i;
  }
}

TEST_F(SignedRevisionTest, ASignatureIsForItsDepartmentPersonAndVerdict) {
  v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  signed_revision.mutable_signatures(1)->set_department("departments/management");
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  signed_revision = Signed({"ana@sales", "mia@marketing"});
  signed_revision.mutable_signatures(0)->set_person("persons/sam");
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  signed_revision = Signed({"max@management"});
  signed_revision.mutable_signatures(0)->set_verdict(v1::VERDICT_DECIDE);
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, AKeyThatTheCharterDoesNotNameSignsNothing) {
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "eve@marketing"})), "SIGNATURE_INVALID");
  keys_.Register("eve@marketing", body_.mutable_document());  // not even where the text names it
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "eve@marketing"})), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, NobodySignsForTwoDepartments) {
  type::v1::Charter document = charter_->document();
  keys_.Register("ana@marketing", &document);
  charter_ = *Charter::Make(document);
  base_.charter = &*charter_;
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "ana@marketing"})), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, TheArbiterDecidesAfterTheTerm) {
  v1::SignedRevision signed_revision = Signed({"ana@sales"});
  Decide(&signed_revision, "max@management");
  EXPECT_EQ(ReasonOf(signed_revision, false), "TERM_NOT_OVER");
  EXPECT_EQ(ReasonOf(signed_revision, true), "");
  const std::vector<std::string> both = {"departments/sales", "departments/marketing"};
  EXPECT_THAT(Overruled(both, signed_revision.signatures()), ElementsAre("departments/marketing"));
}

// Where the arbiter's department is touched itself, its author could else decide at once.
TEST_F(SignedRevisionTest, ToDecideIsNotToSign) {
  body_.mutable_document()->set_arbiter_term_days(15);  // touches all
  v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing"});
  Decide(&signed_revision, "max@management");
  EXPECT_EQ(ReasonOf(signed_revision, false), "TERM_NOT_OVER");
  EXPECT_EQ(ReasonOf(signed_revision, true), "");
  const std::vector<std::string> management = {"departments/management"};
  EXPECT_EQ(MissingSignatures(management, signed_revision.signatures()), management);
  EXPECT_TRUE(Overruled(management, signed_revision.signatures()).empty());
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"}), false), "");
}

TEST_F(SignedRevisionTest, NobodyElseDecides) {
  v1::SignedRevision signed_revision = Signed({"ana@sales"});
  Decide(&signed_revision, "mia@marketing");
  EXPECT_EQ(ReasonOf(signed_revision), "NOT_ARBITER");
  type::v1::Charter document = charter_->document();
  document.clear_arbiter();
  document.clear_arbiter_term_days();
  charter_ = *Charter::Make(document);
  base_.charter = &*charter_;
  signed_revision = Signed({"ana@sales"});
  Decide(&signed_revision, "max@management");
  EXPECT_EQ(ReasonOf(signed_revision), "NOT_ARBITER");
}

TEST_F(SignedRevisionTest, ANewDepartmentSignsWithTheKeyThatItGets) {
  body_.mutable_document()->add_departments("departments/legal");
  keys_.Register("lea@legal", body_.mutable_document());
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"})),
            "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management", "lea@legal"})), "");
}

TEST_F(SignedRevisionTest, WhoeverHasTheOnlyKeyMakesUpNoOthers) {
  type::v1::Charter document = charter_->document();
  type::v1::StewardKey only = document.keys(3);  // max@management
  document.clear_keys();
  *document.add_keys() = only;
  charter_ = *Charter::Make(document);
  base_.charter = &*charter_;
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"})),
            "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, FollowsOnTheCharterInForceAlone) {
  body_.set_base_digest(std::string(32, 'x'));
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "BASE_NOT_KNOWN");
  body_.set_base_digest(base_.digest);
  body_.mutable_document()->set_revision(7);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "REVISION_INVALID");
}

TEST_F(SignedRevisionTest, WhoeverRunsTheGatewaySwapsNoKeys) {
  // Each department's key is another in the text, all of them the operator's.
  TestKeys of_eve;
  body_.mutable_document()->clear_keys();
  for (const char* who : {"ana@sales", "mia@marketing", "max@management"}) {
    of_eve.Register(who, body_.mutable_document());
  }
  v1::SignedRevision forged;
  forged.set_body(body_.SerializeAsString());
  for (const char* who : {"ana@sales", "mia@marketing", "max@management"}) {
    *forged.add_signatures() = of_eve.Sign(who, forged.body());
  }
  EXPECT_EQ(ReasonOf(forged), "SIGNATURE_INVALID");
  // The right keys named, and signed by the wrong ones.
  for (v1::Signature& signature : *forged.mutable_signatures()) {
    const std::string who = signature.person() == "persons/ana"   ? "ana@sales"
                            : signature.person() == "persons/mia" ? "mia@marketing"
                                                                  : "max@management";
    signature.set_public_key(keys_.PublicOf(who));
  }
  EXPECT_EQ(ReasonOf(forged), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, AKeyIsChangedByWhomItBelongsTo) {
  body_.mutable_document()->mutable_questions()->CopyFrom(charter_->document().questions());
  TestKeys lost;
  body_.mutable_document()->mutable_keys(2)->set_public_key(lost.PublicOf("mia@marketing"));
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "max@management"})), "SIGNATURE_MISSING");
  v1::SignedRevision by_new_key = Signed({});
  *by_new_key.add_signatures() = lost.Sign("mia@marketing", by_new_key.body());
  EXPECT_EQ(ReasonOf(by_new_key), "SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(Signed({"mia@marketing"})), "") << "by the old one";
}

TEST_F(SignedRevisionTest, ADepartmentCannotBeMadeNewToTakeItsVoice) {
  // Marketing under another name, with a key of the operator's.
  auto& document = *body_.mutable_document();
  document.set_departments(1, "departments/marketing-2");
  document.mutable_keys(2)->set_department("departments/marketing-2");
  document.mutable_keys(2)->set_public_key(keys_.PublicOf("eve@marketing-2"));
  document.mutable_keys(2)->set_person("persons/eve");
  document.mutable_questions(0)->set_voices(1, "departments/marketing-2");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "max@management", "eve@marketing-2"})),
            "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "max@management", "eve@marketing-2", "mia@marketing"})),
            "");
}

TEST_F(SignedRevisionTest, AnOldDepartmentWithoutAKeyIsSignedForByNobody) {
  type::v1::Charter document = charter_->document();
  document.mutable_keys()->DeleteSubrange(2, 1);  // mia@marketing
  charter_ = *Charter::Make(document);
  base_ = {&*charter_, DigestOf(document.SerializeAsString())};
  body_.set_base_digest(base_.digest);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"})),
            "SIGNATURE_INVALID");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "max@management"})), "SIGNATURE_MISSING");
  v1::SignedRevision decided = Signed({"ana@sales"});
  Decide(&decided, "max@management");
  EXPECT_EQ(ReasonOf(decided), "") << "the arbiter's way out";
}

TEST_F(SignedRevisionTest, NobodyNamesHimselfArbiterInTheTextThatHeDecides) {
  body_.mutable_document()->set_arbiter("departments/marketing");
  v1::SignedRevision signed_revision = Signed({});
  Decide(&signed_revision, "mia@marketing");
  EXPECT_EQ(ReasonOf(signed_revision), "NOT_ARBITER");
  // Nor does the old one decide before his term by a shorter one.
  body_.mutable_document()->set_arbiter_term_days(1e-9);
  signed_revision = Signed({});
  Decide(&signed_revision, "max@management");
  EXPECT_EQ(ReasonOf(signed_revision, /*term_is_over=*/false), "TERM_NOT_OVER");
}

TEST_F(SignedRevisionTest, ASignatureDecidesNothingByBeingCalledADecision) {
  v1::SignedRevision signed_revision = Signed({"ana@sales", "max@management"});
  signed_revision.mutable_signatures(1)->set_verdict(v1::VERDICT_DECIDE);
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  signed_revision.mutable_signatures(1)->set_verdict(v1::VERDICT_UNSPECIFIED);
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  signed_revision.mutable_signatures(1)->set_verdict(static_cast<v1::Verdict>(7));
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  signed_revision = Signed({"mia@marketing"});
  Decide(&signed_revision, "max@management");
  signed_revision.mutable_signatures(1)->set_verdict(v1::VERDICT_SIGN);
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID") << "nor the other way round";
}

TEST_F(SignedRevisionTest, OneBadSignatureAmongGoodOnesIsOneTooMany) {
  v1::SignedRevision signed_revision = Signed({"ana@sales", "mia@marketing", "max@management"});
  EXPECT_EQ(ReasonOf(signed_revision), "") << "more than needed";
  signed_revision.mutable_signatures(2)->set_signature(std::string(64, '\0'));
  EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID");
  for (const size_t size : {size_t{0}, size_t{63}, size_t{65}}) {
    signed_revision.mutable_signatures(2)->set_signature(std::string(size, 's'));
    EXPECT_EQ(ReasonOf(signed_revision), "SIGNATURE_INVALID") << size;
  }
}

TEST_F(SignedRevisionTest, ADepartmentSignsOnce) {
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "ana@sales", "mia@marketing"})), "SIGNATURE_INVALID");
}

TEST_F(SignedRevisionTest, SignaturesOfAnEarlierRevisionSignNoLaterOne) {
  const v1::SignedRevision fifth = Signed({"ana@sales", "mia@marketing"});
  ASSERT_EQ(ReasonOf(fifth), "");
  const Charter next = *Charter::Make(body_.document());
  const Base after = {&next, DigestOf(fifth.body())};
  const auto reason = [&](const v1::SignedRevision& signed_revision) {
    return Reason(CheckRevision(after, signed_revision, true));
  };
  EXPECT_EQ(reason(fifth), "BASE_NOT_KNOWN") << "the same once more";
  // The way back to the old words, with the signatures that led away from them.
  body_.set_base_revision(5);
  body_.set_base_digest(after.digest);
  *body_.mutable_document() = charter_->document();
  body_.mutable_document()->set_revision(6);
  v1::SignedRevision sixth = fifth;
  sixth.set_body(body_.SerializeAsString());
  EXPECT_EQ(reason(sixth), "SIGNATURE_INVALID");
  EXPECT_EQ(reason(Signed({"ana@sales", "mia@marketing"})), "");
}

TEST_F(SignedRevisionTest, ABodyOfAnotherChartersHistoryIsNotFollowed) {
  // The same revision, and other words in it.
  type::v1::Charter other = charter_->document();
  other.mutable_questions(0)->mutable_answers(0)->set_criteria("Whatever we say.");
  body_.set_base_digest(DigestOf(other.SerializeAsString()));
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "BASE_NOT_KNOWN");
  body_.set_base_digest("");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "BASE_NOT_KNOWN");
  body_.set_base_digest(base_.digest);
  body_.set_base_revision(3);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "BASE_NOT_KNOWN");
}

TEST_F(SignedRevisionTest, WhatTouchesNobodyIsEnactedByNobody) {
  // Without this, whoever runs the gateway could make revisions by himself, and stale proposals.
  *body_.mutable_document() = charter_->document();
  body_.mutable_document()->set_revision(5);
  EXPECT_EQ(ReasonOf(Signed({})), "REVISION_INVALID");
  body_.mutable_document()->mutable_keys()->SwapElements(0, 1);
  EXPECT_EQ(ReasonOf(Signed({})), "REVISION_INVALID") << "the same words in another order";
  EXPECT_EQ(ReasonOf(Signed({"ana@sales"})), "REVISION_INVALID");
}

TEST_F(SignedRevisionTest, WhatIsSignedIsNotProvisional) {
  body_.mutable_document()->set_provisional(true);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"})), "REVISION_INVALID");
}

TEST_F(SignedRevisionTest, AFieldOfALaterReleaseTouchesAll) {
  body_.mutable_document()->mutable_questions()->CopyFrom(charter_->document().questions());
  type::v1::Charter unknown;
  unknown.GetReflection()->MutableUnknownFields(&unknown)->AddVarint(1000, 1);
  body_.mutable_document()->MergeFrom(unknown);
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "SIGNATURE_MISSING");
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing", "max@management"})), "");
}

TEST_F(SignedRevisionTest, NoDepartmentIsLeftWithoutAKey) {
  body_.mutable_document()->mutable_keys()->DeleteSubrange(2, 1);  // mia@marketing
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "REVISION_INVALID");
}

TEST_F(SignedRevisionTest, WhatIsSignedIsACharter) {
  body_.mutable_document()->mutable_questions(0)->clear_answers();
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "CHARTER_INVALID");
  body_ = NextBody(base_, std::string(512 << 10, 'x'));
  EXPECT_EQ(ReasonOf(Signed({"ana@sales", "mia@marketing"})), "REVISION_INVALID");
  v1::SignedRevision signed_revision;
  signed_revision.set_body("\xff\xff\xff");
  EXPECT_EQ(ReasonOf(signed_revision), "REVISION_INVALID");
}

}  // namespace
}  // namespace comity::charter
