#include "services/gateway/charter_proposal_rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using charter::v1::Signature;
using testing::ElementsAre;

constexpr absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

type::v1::Actor ActorOf(const std::string& person, const std::string& department) {
  type::v1::Actor actor;
  actor.set_person("persons/" + person);
  actor.set_department("departments/" + department);
  return actor;
}

// Revision 4 is in force.
class ProposalRules : public testing::Test {
 protected:
  ProposalRules() {
    const type::v1::Charter document = charter::CharterWithKeys(4, &keys_);
    charter_ = *charter::Charter::Make(document);
    base_ = {&*charter_, charter::DigestOf(document.SerializeAsString())};
    proposal_.set_name("charterProposals/p");
    proposal_.set_state(v1::CHARTER_PROPOSAL_STATE_OPEN);
    *proposal_.mutable_author() = ActorOf("sam", "sales");
    EXPECT_TRUE(SetText(base_, Changed(), &proposal_).ok());
  }

  // As somebody edits the charter in force.
  type::v1::Charter Changed(const std::string& criteria = "No need, or no means.") {
    type::v1::Charter document = charter_->document();
    document.mutable_questions(0)->mutable_answers(0)->set_criteria(criteria);
    return document;
  }
  std::string ReasonOfText(type::v1::Charter document) {
    v1::CharterProposal proposal = proposal_;
    return Reason(SetText(base_, std::move(document), &proposal));
  }
  absl::Status Sign(const std::string& person, const std::string& department,
                    charter::v1::Verdict verdict = charter::v1::VERDICT_SIGN) {
    return AddSignature(
        base_, ActorOf(person, department), kNow,
        keys_.Sign(absl::StrCat(person, "@", department), proposal_.body(), verdict), &proposal_);
  }
  void Refuse(const std::string& person, const std::string& department, const std::string& reason) {
    v1::Refusal refusal;
    *refusal.mutable_actor() = ActorOf(person, department);
    refusal.set_reason(reason);
    AddRefusal(refusal, &proposal_);
  }
  std::vector<std::string> Signers() {
    std::vector<std::string> signers;
    for (const Signature& signature : proposal_.signatures()) signers.push_back(signature.person());
    return signers;
  }

  charter::TestKeys keys_;
  std::optional<charter::Charter> charter_;
  charter::Base base_;
  v1::CharterProposal proposal_;
};

TEST_F(ProposalRules, ATextBecomesTheBodyOfTheNextRevision) {
  charter::v1::RevisionBody body;
  ASSERT_TRUE(body.ParseFromString(proposal_.body()));
  EXPECT_EQ(body.proposal(), "charterProposals/p");
  EXPECT_EQ(body.base_revision(), 4);
  EXPECT_EQ(body.base_digest(), base_.digest);
  EXPECT_EQ(body.document().revision(), 5);
  EXPECT_FALSE(body.document().provisional());
  EXPECT_EQ(body.author(), "persons/sam");
  EXPECT_EQ(body.author_department(), "departments/sales");
  EXPECT_EQ(proposal_.digest(), charter::DigestOf(proposal_.body()));
  EXPECT_EQ(proposal_.base_revision(), 4);
  EXPECT_THAT(proposal_.affected(), ElementsAre("departments/sales", "departments/marketing"));
}

// Else the arbiter could decide on what was amended away, by a term that began before.
TEST_F(ProposalRules, TheSameWordsAgainAreAnotherText) {
  const std::string digest = proposal_.digest();
  ASSERT_TRUE(SetText(base_, Changed("No need."), &proposal_).ok());
  ASSERT_TRUE(SetText(base_, Changed(), &proposal_).ok());
  EXPECT_NE(proposal_.digest(), digest);
}

TEST_F(ProposalRules, AChangeIsOfTheCharterInForce) {
  type::v1::Charter document = Changed();
  document.set_revision(3);
  EXPECT_EQ(ReasonOfText(document), "BASE_NOT_IN_FORCE");
  document.set_revision(5);
  EXPECT_EQ(ReasonOfText(document), "BASE_NOT_IN_FORCE");
}

TEST_F(ProposalRules, SomethingChanges) {
  EXPECT_EQ(ReasonOfText(charter_->document()), "NOTHING_CHANGES");
  type::v1::Charter reordered = charter_->document();
  reordered.mutable_keys()->SwapElements(0, 1);
  EXPECT_EQ(ReasonOfText(reordered), "REVISION_INVALID") << "nobody is touched by that";
}

TEST_F(ProposalRules, AProvisionalCharterIsMadeGoodByItsOwnWords) {
  type::v1::Charter document = charter_->document();
  document.set_provisional(true);
  charter_ = *charter::Charter::Make(document);
  base_ = {&*charter_, charter::DigestOf(document.SerializeAsString())};
  ASSERT_TRUE(SetText(base_, document, &proposal_).ok());
  EXPECT_THAT(proposal_.affected(),
              ElementsAre("departments/sales", "departments/marketing", "departments/management"));
  charter::v1::RevisionBody body;
  ASSERT_TRUE(body.ParseFromString(proposal_.body()));
  EXPECT_FALSE(body.document().provisional());
}

TEST_F(ProposalRules, WhatLeavesWorkingListsStays) {
  type::v1::Charter document = Changed();
  document.mutable_questions(0)->mutable_answers(0)->add_leaves_working_list_of(
      "departments/marketing");
  EXPECT_EQ(ReasonOfText(document), "WORKING_LISTS_CHANGE");
  document.mutable_questions(0)->mutable_answers(0)->clear_leaves_working_list_of();
  EXPECT_EQ(ReasonOfText(document), "WORKING_LISTS_CHANGE");
  document = Changed();
  document.mutable_questions(0)->mutable_answers(0)->set_id("unfit");
  EXPECT_EQ(ReasonOfText(document), "WORKING_LISTS_CHANGE") << "another answer";
}

TEST_F(ProposalRules, WhatIsProposedIsACharter) {
  type::v1::Charter document = Changed();
  document.mutable_questions(0)->clear_voices();
  EXPECT_EQ(ReasonOfText(document), "CHARTER_INVALID");
  document = Changed();
  document.mutable_keys()->DeleteSubrange(2, 1);
  EXPECT_EQ(ReasonOfText(document), "REVISION_INVALID");
}

TEST_F(ProposalRules, AnotherTextVoidsWhatWasSaidOfTheFirst) {
  ASSERT_TRUE(Sign("ana", "sales").ok());
  Refuse("mia", "marketing", "no");
  proposal_.mutable_preview()->set_as_of(4);
  const std::string first = proposal_.body();
  ASSERT_TRUE(SetText(base_, Changed("No need, or no money."), &proposal_).ok());
  EXPECT_TRUE(proposal_.signatures().empty());
  EXPECT_TRUE(proposal_.refusals().empty());
  EXPECT_FALSE(proposal_.has_preview());
  EXPECT_NE(proposal_.body(), first);
  EXPECT_EQ(proposal_.digest(), charter::DigestOf(proposal_.body()));
}

TEST_F(ProposalRules, IsCompleteOnceAllWhomItTouchesHaveSigned) {
  EXPECT_FALSE(IsComplete(proposal_));
  ASSERT_TRUE(Sign("ana", "sales").ok());
  EXPECT_FALSE(IsComplete(proposal_));
  ASSERT_TRUE(Sign("mia", "marketing").ok());
  EXPECT_TRUE(IsComplete(proposal_));
  EXPECT_THAT(Signers(), ElementsAre("persons/ana", "persons/mia"));
  EXPECT_EQ(proposal_.signatures(0).sign_time().seconds(), absl::ToUnixSeconds(kNow));
  EXPECT_EQ(Reason(CheckRevision(base_, SignedSoFar(proposal_), false)), "")
      << "services think so too";
}

TEST_F(ProposalRules, WhoIsNotTouchedOrHasSignedSignsNot) {
  EXPECT_EQ(Reason(Sign("max", "management")), "NOT_AFFECTED");
  ASSERT_TRUE(Sign("ana", "sales").ok());
  EXPECT_EQ(Reason(Sign("ana", "sales")), "ALREADY_SIGNED");
  EXPECT_EQ(Reason(Sign("sam", "sales")), "ALREADY_SIGNED");
}

TEST_F(ProposalRules, TheAuthorLeavesItToTheOtherSteward) {
  EXPECT_EQ(Reason(Sign("sam", "sales")), "AUTHOR_SIGNS");
  EXPECT_TRUE(Sign("ana", "sales").ok());
}

TEST_F(ProposalRules, EverybodySignsAsWhoHeIs) {
  const Signature of_mia = keys_.Sign("mia@marketing", proposal_.body());
  const auto add = [&](const type::v1::Actor& actor) {
    return Reason(AddSignature(base_, actor, kNow, of_mia, &proposal_));
  };
  EXPECT_EQ(add(ActorOf("ana", "marketing")), "SIGNATURE_OF_ANOTHER");
  EXPECT_EQ(add(ActorOf("mia", "sales")), "SIGNATURE_OF_ANOTHER");
  EXPECT_EQ(add(ActorOf("mia", "marketing")), "");
}

TEST_F(ProposalRules, ASignatureThatDoesNotCountIsNotTaken) {
  const auto add = [&](Signature signature) {
    return Reason(
        AddSignature(base_, ActorOf("mia", "marketing"), kNow, std::move(signature), &proposal_));
  };
  EXPECT_EQ(add(keys_.Sign("mia@marketing", "another body")), "SIGNATURE_INVALID");
  Signature forged = keys_.Sign("mia@marketing", proposal_.body());
  forged.set_signature(std::string(64, 's'));
  EXPECT_EQ(add(forged), "SIGNATURE_INVALID");
  charter::TestKeys unknown;
  EXPECT_EQ(add(unknown.Sign("mia@marketing", proposal_.body())), "SIGNATURE_INVALID");
  EXPECT_EQ(add(keys_.Sign("mia@marketing", proposal_.body(), charter::v1::VERDICT_DECIDE)),
            "NOT_ARBITER");
  EXPECT_TRUE(proposal_.signatures().empty());
}

TEST_F(ProposalRules, NobodySignsForTwoDepartments) {
  // Found when the second one signs: at the end nobody could mend it.
  type::v1::Charter document = charter_->document();
  keys_.Register("ana@marketing", &document);
  charter_ = *charter::Charter::Make(document);
  base_.charter = &*charter_;
  ASSERT_TRUE(SetText(base_, Changed(), &proposal_).ok());
  ASSERT_TRUE(Sign("ana", "sales").ok());
  EXPECT_EQ(Reason(Sign("ana", "marketing")), "SIGNATURE_INVALID");
  EXPECT_TRUE(Sign("mia", "marketing").ok());
}

TEST_F(ProposalRules, TheArbiterCompletesItByDeciding) {
  ASSERT_TRUE(Sign("ana", "sales").ok());
  ASSERT_TRUE(Sign("max", "management", charter::v1::VERDICT_DECIDE).ok());
  EXPECT_TRUE(IsComplete(proposal_));
  EXPECT_EQ(Reason(CheckRevision(base_, SignedSoFar(proposal_), false)), "TERM_NOT_OVER")
      << "whether its term is over is asked by who stores it";
}

TEST_F(ProposalRules, ARefusalStandsUntilItsDepartmentSigns) {
  Refuse("mia", "marketing", "no");
  Refuse("ana", "sales", "not so");
  Refuse("mia", "marketing", "still no");
  ASSERT_EQ(proposal_.refusals_size(), 2);
  EXPECT_EQ(proposal_.refusals(0).reason(), "not so");
  EXPECT_EQ(proposal_.refusals(1).reason(), "still no");
  ASSERT_TRUE(Sign("mia", "marketing").ok());
  ASSERT_EQ(proposal_.refusals_size(), 1);
  EXPECT_EQ(proposal_.refusals(0).actor().department(), "departments/sales");
}

TEST_F(ProposalRules, SpeakWhomItTouchesAndWhoHasNotSigned) {
  EXPECT_EQ(Reason(CheckMaySpeak(proposal_, "departments/management")), "NOT_AFFECTED");
  EXPECT_TRUE(CheckMaySpeak(proposal_, "departments/sales").ok());
  ASSERT_TRUE(Sign("ana", "sales").ok());
  EXPECT_EQ(Reason(CheckMaySpeak(proposal_, "departments/sales")), "ALREADY_SIGNED");
}

TEST_F(ProposalRules, OnlyWhatIsOpenIsChangedAndStaleIsWhatTheCharterLeftBehind) {
  EXPECT_TRUE(CheckOpen(proposal_, 4).ok());
  EXPECT_EQ(StateOf(proposal_, 4), v1::CHARTER_PROPOSAL_STATE_OPEN);
  EXPECT_EQ(Reason(CheckOpen(proposal_, 5)), "PROPOSAL_STALE");
  EXPECT_EQ(StateOf(proposal_, 5), v1::CHARTER_PROPOSAL_STATE_STALE);
  for (const auto state : {v1::CHARTER_PROPOSAL_STATE_SIGNED, v1::CHARTER_PROPOSAL_STATE_ENACTED,
                           v1::CHARTER_PROPOSAL_STATE_WITHDRAWN}) {
    proposal_.set_state(state);
    EXPECT_EQ(Reason(CheckOpen(proposal_, 4)), "PROPOSAL_CLOSED");
    EXPECT_EQ(Reason(CheckOpen(proposal_, 5)), "PROPOSAL_CLOSED");
    EXPECT_EQ(StateOf(proposal_, 5), state) << "what has ended stays as it ended";
  }
}

}  // namespace
}  // namespace comity::gateway
