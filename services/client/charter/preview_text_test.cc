#include "services/client/charter/preview_text.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

google::type::Money Euros(int64_t units, int32_t nanos = 0) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

void AddReport(const std::string& lens, int64_t moved, reporting::v1::CharterPreview* record) {
  auto* report = record->add_reports();
  report->set_lens(lens);
  report->mutable_win_rate_before()->set_lost_count(2000);
  report->mutable_win_rate_before()->set_win_rate(0.5);
  *report->mutable_win_rate_before()->add_lost_amounts() = Euros(2'000'000, 500'000'000);
  *report->mutable_win_rate_after() = report->win_rate_before();
  if (moved == 0) return;
  report->mutable_win_rate_after()->set_lost_count(2000 - moved);
  report->mutable_win_rate_after()->set_win_rate(0.625);
  *report->mutable_win_rate_after()->mutable_lost_amounts(0) = Euros(1'999'999, 750'000'000);
  report->mutable_pipeline_after()->set_count(moved);
  *report->mutable_pipeline_after()->add_amounts() = Euros(0, 750'000'000);
}

CharterProposal Previewed() {
  CharterProposal proposal;
  proposal.set_name("charterProposals/1");
  proposal.set_title("Two voices");
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_OPEN);
  proposal.set_base_revision(3);
  auto* preview = proposal.mutable_preview();
  preview->mutable_actor()->set_person("persons/sam");
  preview->mutable_actor()->set_department("departments/sales");
  preview->set_as_of(4711);
  auto* record = preview->mutable_contents()->mutable_record();
  record->set_opportunity_count(100'000);
  auto* answers = record->add_answers();
  answers->set_question("questions/opportunity-outcome");
  answers->set_lens("settled");
  answers->set_subject_count(1204);
  auto* change = answers->add_changes();
  change->set_before("lost");
  change->set_subject_count(1204);
  *change->add_amounts() = Euros(12'300);
  auto* example = answers->add_examples();
  example->set_subject("opportunities/7");
  example->set_before("lost");
  AddReport("departments/sales", 0, record);
  AddReport("settled", 1204, record);
  auto* touched = preview->mutable_contents()->add_handovers();
  touched->set_agreement("agreements/qualified-lead");
  touched->set_open_count(25);
  return proposal;
}

TEST(PreviewText, ShowsWhatChangesAndNamesTheRest) {
  const std::string text = ShowPreview(Previewed(), 0);
  EXPECT_THAT(text, HasSubstr("Of 100,000 opportunities, would be settled otherwise: 1,204 by "
                              "opportunity-outcome; 25 open handovers are of agreements"));
  EXPECT_THAT(text, ContainsRegex("opportunity-outcome +settled +lost +→ +undecided +1,204 .* "
                                  "12,300\\.00 EUR\n"));
  EXPECT_THAT(text, ContainsRegex("opportunities/7 .* lost +→ +undecided"));
  EXPECT_THAT(text, ContainsRegex("settled +lost +2,000 +796 +-1,204\n"));
  EXPECT_THAT(text,
              ContainsRegex("value lost +2,000,000\\.50 EUR +1,999,999\\.75 EUR +-0\\.75 EUR"));
  EXPECT_THAT(text, ContainsRegex("win rate +50\\.0 % +62\\.5 % +\\+12\\.5\n"));
  EXPECT_THAT(text, ContainsRegex("value of the pipeline +0\\.00 EUR +0\\.75 EUR +\\+0\\.75 EUR"));
  EXPECT_THAT(text, HasSubstr("stay as they are through the lens of: sales\n"));
  EXPECT_THAT(text, ContainsRegex("qualified-lead +changed +25"));
  EXPECT_THAT(text, HasSubstr("as of 4711, computed for sam@sales"));
  EXPECT_THAT(text, Not(HasSubstr("Left out")));
}

TEST(PreviewText, SaysWhatIsLeftOut) {
  CharterProposal proposal = Previewed();
  auto* preview = proposal.mutable_preview();
  preview->mutable_contents()->mutable_record()->add_not_counted("questions/lead-quality");
  EXPECT_THAT(ShowPreview(proposal, 0), HasSubstr("cases: questions/lead-quality\n"));
  preview->mutable_contents()->Clear();
  for (const char* collection : {"opportunities", "reports", "handovers"}) {
    preview->add_withheld(collection);
  }
  const std::string text = ShowPreview(proposal, 0);
  EXPECT_THAT(text, HasSubstr("may not read it: opportunities, reports, handovers\n"));
  EXPECT_THAT(text, Not(HasSubstr("settled otherwise")));
  EXPECT_THAT(PreviewHeadline(proposal), Not(HasSubstr("settled otherwise")));
}

TEST(PreviewText, WithoutTheRightToOpportunitiesItClaimsNothingOfThem) {
  CharterProposal proposal = Previewed();
  proposal.mutable_preview()->mutable_contents()->mutable_record()->clear_answers();
  proposal.mutable_preview()->add_withheld("opportunities");
  const std::string text = ShowPreview(proposal, 0);
  EXPECT_THAT(text, HasSubstr("Which answers it changes your department may not read"));
  EXPECT_THAT(text, Not(HasSubstr("No answer changes")));
  EXPECT_THAT(text, ContainsRegex("settled +lost +2,000 +796 +-1,204\n")) << "reports it may read";
}

TEST(PreviewText, TheHeadlineSaysWhatWasFoundOrHowToAsk) {
  CharterProposal proposal = Previewed();
  EXPECT_THAT(PreviewHeadline(proposal), HasSubstr("1,204 by opportunity-outcome"));
  proposal.mutable_preview()->mutable_contents()->mutable_record()->clear_answers();
  EXPECT_THAT(PreviewHeadline(proposal), HasSubstr("none would be settled otherwise"));
  proposal.clear_preview();
  EXPECT_THAT(PreviewHeadline(proposal), HasSubstr("comity charter preview charterProposals/1\n"));
  proposal.set_state(gateway::v1::CHARTER_PROPOSAL_STATE_WITHDRAWN);
  EXPECT_EQ(PreviewHeadline(proposal), "") << "nobody can ask any more";
}

}  // namespace
}  // namespace comity::client
