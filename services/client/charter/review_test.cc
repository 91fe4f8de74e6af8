#include "services/client/charter/review.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/charter/proposal_text.h"
#include "services/client/charter/steward_key.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using testing::ElementsAre;
using testing::HasSubstr;
using type::v1::Charter;

Charter StartingCharter() {
  Charter charter;
  charter.set_revision(1);
  charter.set_provisional(true);
  for (const char* id : {"sales", "it"}) {
    const Identity as{std::string("persons/") + id, std::string("departments/") + id};
    charter.add_departments(as.department);
    *charter.add_keys() = *KeyEntry(*identity::PrivateKey::GenerateEd25519(), as);
  }
  return charter;
}

CharterProposal Proposal(const Charter& starting, const std::function<void(Charter*)>& change) {
  charter::v1::RevisionBody body;
  body.set_proposal("charterProposals/1");
  body.set_base_revision(1);
  body.set_base_digest(charter::DigestOf(starting.SerializeAsString()));
  *body.mutable_document() = starting;
  body.mutable_document()->set_revision(2);
  body.mutable_document()->set_provisional(false);
  change(body.mutable_document());
  body.set_author("persons/it");
  body.set_author_department("departments/it");
  CharterProposal proposal;
  proposal.set_name(body.proposal());
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_OPEN);
  proposal.set_base_revision(1);
  proposal.set_body(body.SerializeAsString());
  proposal.set_digest(charter::DigestOf(proposal.body()));
  proposal.add_affected("departments/sales");
  proposal.add_affected("departments/it");
  return proposal;
}

class ReviewTest : public testing::Test {
 protected:
  absl::StatusOr<Review> ReviewOf(const CharterProposal& proposal) {
    return ReviewProposal(*StartingText(starting_), proposal);
  }
  // Of what `spoil` made of a good proposal.
  std::string Problem(const std::function<void(CharterProposal*)>& spoil) {
    CharterProposal proposal = good_;
    spoil(&proposal);
    return Reason(ReviewOf(proposal).status());
  }

  const Charter starting_ = StartingCharter();
  const CharterProposal good_ =
      Proposal(starting_, [](Charter* charter) { charter->add_metrics()->set_name("metrics/a"); });
};

TEST_F(ReviewTest, ReadsWhatIsSigned) {
  const auto review = ReviewOf(good_);
  ASSERT_TRUE(review.ok()) << review.status();
  EXPECT_THAT(review->affected, ElementsAre("departments/sales", "departments/it"));
  EXPECT_THAT(review->changes,
              ElementsAre(Change{"metrics", "metrics/a", "", "", "{name: metrics/a}"}));
  const std::string text = ShowReview(*review, 0);
  EXPECT_THAT(text, HasSubstr("0 of 2 have signed; awaited: sales, it\n"));
  EXPECT_THAT(text, HasSubstr("proposed by it@it"));
  EXPECT_THAT(text, HasSubstr("    + {name: metrics/a}\n"));
}

// The gateway may tell lies: none of them makes anybody sign another text than the one he read.
TEST_F(ReviewTest, RefusesWhatContradictsTheBody) {
  EXPECT_EQ(Problem([](auto*) {}), "");
  EXPECT_EQ(Problem([](auto* p) { p->set_digest("x"); }), "PROPOSAL_DIFFERS");
  EXPECT_EQ(Problem([](auto* p) { p->set_name("charterProposals/2"); }), "PROPOSAL_DIFFERS");
  EXPECT_EQ(Problem([](auto* p) { p->set_base_revision(2); }), "PROPOSAL_DIFFERS");
  EXPECT_EQ(Problem([](auto* p) { p->mutable_affected()->RemoveLast(); }), "PROPOSAL_DIFFERS");
  EXPECT_EQ(Problem([](auto* p) { p->set_body("\xff"); }), "PROPOSAL_DIFFERS");
}

TEST_F(ReviewTest, RefusesAnotherBaseThanTheOneThatIsShown) {
  Charter other = starting_;
  other.add_metrics()->set_name("metrics/a");  // so that nothing would seem to change
  EXPECT_EQ(Reason(ReviewProposal(*StartingText(other), good_).status()), "BASE_NOT_KNOWN");
}

TEST_F(ReviewTest, RefusesWhatItCannotShow) {
  EXPECT_EQ(Problem([](auto* p) {
              p->mutable_body()->append("\xfa\x07\x01x");  // a field of a later release
              p->set_digest(charter::DigestOf(p->body()));
            }),
            "CLIENT_TOO_OLD");
}

TEST_F(ReviewTest, SaysWhoIsAwaitedAndWhoDoesNotAgree) {
  CharterProposal proposal = good_;
  auto* refusal = proposal.add_refusals();
  refusal->mutable_actor()->set_person("persons/sales");
  refusal->mutable_actor()->set_department("departments/sales");
  refusal->set_reason("Not so.");
  auto* signature = proposal.add_signatures();
  signature->set_department("departments/it");
  signature->set_verdict(charter::v1::VERDICT_SIGN);
  EXPECT_EQ(HowFar(proposal), "1 of 2 have signed; awaited: sales (does not agree)");
  EXPECT_THAT(ShowReview(*ReviewOf(proposal), 0),
              testing::ContainsRegex("sales +does not agree +sales +.* Not so\\.\n"));
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_STALE);
  EXPECT_THAT(Awaited(proposal), testing::IsEmpty());
  EXPECT_THAT(WhatNext(proposal), HasSubstr("comity charter export"));
}

// Wherever it is said how many have.
TEST_F(ReviewTest, AnArbiterWhoDecidesIsNoneOfThoseWhoHaveSigned) {
  gateway::v1::ListProposalsResponse list;
  CharterProposal& proposal = *list.add_proposals();
  proposal = good_;
  auto* signature = proposal.add_signatures();
  signature->set_department("departments/it");
  signature->set_verdict(charter::v1::VERDICT_SIGN);
  signature = proposal.add_signatures();
  signature->set_department("departments/management");
  signature->set_verdict(charter::v1::VERDICT_DECIDE);
  EXPECT_THAT(HowFar(proposal), HasSubstr("1 of 2 have signed"));
  EXPECT_THAT(ShowProposals(list, 0), HasSubstr(" 1 of 2 "));
}

}  // namespace
}  // namespace comity::client
