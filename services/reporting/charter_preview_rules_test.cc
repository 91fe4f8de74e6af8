#include "services/reporting/charter_preview_rules.h"

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/report_rules.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Edit = std::function<void(type::v1::Charter*)>;

constexpr char kDecider[] = "departments/sales";
constexpr char kNextDecider[] = "departments/support";

// The charter that would follow.
charter::Charter Proposed(const Edit& edit) {
  return testing::NextRevision(*testing::StartingBook(), absl::UnixEpoch(), edit).charter;
}

type::v1::Question* OutcomeIn(type::v1::Charter* document) {
  return testing::QuestionIn(document, kOutcomeQuestion);
}

// `lens: before → after: subjects, amounts` of all changes of a question.
std::vector<std::string> Changes(const v1::CharterPreview& preview) {
  std::vector<std::string> texts;
  for (const auto& answers : preview.answers()) {
    for (const auto& change : answers.changes()) {
      std::string text = absl::StrCat(answers.lens(), ": ", change.before(), " → ", change.after(),
                                      ": ", change.subject_count());
      for (const auto& amount : change.amounts()) {
        absl::StrAppend(&text, " ", amount.units(), " ", amount.currency_code());
      }
      texts.push_back(text);
    }
  }
  return texts;
}

// Three opportunities of 100, 200 and 300 EUR: sales, which decides by the starting charter, holds
// two of them lost; the third one is signed.
class CharterPreviewTest : public ::testing::Test {
 protected:
  CharterPreviewTest() {
    Effects effects = testing::Intake(1);
    for (int number = 1; number <= 3; ++number) {
      effects.opportunities.push_back(testing::Opportunity(number, 10'000 * number, "persons/ana"));
      effects.opportunities.back().external_id = absl::StrCat("O-", number);
    }
    effects.opportunities[2].sign_time = testing::Day(2017, 3, 1);
    effects.judgements = {Judged(1, kDecider, "lost"), Judged(2, kDecider, "lost")};
    state_.Apply(effects);
  }
  static JudgementRow Judged(int number, const std::string& department, const std::string& answer) {
    return testing::Judged(number, "opportunity-outcome", department.substr(12), answer,
                           testing::Day(2017, 2, number));
  }
  v1::CharterPreview Preview(const Edit& edit) {
    const auto preview = PreviewCharter(state_, Proposed(edit));
    EXPECT_TRUE(preview.ok()) << preview.status();
    return preview.value_or(v1::CharterPreview());
  }

  State state_{testing::StartingBook()};
};

// Another department decides about the outcome, and all have a voice.
Edit DecidedBy(const std::string& department) {
  return [department](type::v1::Charter* document) {
    type::v1::Question* question = OutcomeIn(document);
    question->clear_settlement();
    question->set_decider(department);
    *question->mutable_voices() = document->departments();
  };
}

TEST_F(CharterPreviewTest, WhatSettlesOtherwiseChangesItsAnswerAndTheReports) {
  const auto before = ComputeTotals(state_, state_.charter(), {"settled"}).value();
  const v1::CharterPreview preview = Preview(DecidedBy(kNextDecider));
  const v1::ReportChange& settled = preview.reports(preview.reports_size() - 1);
  EXPECT_EQ(settled.lens(), "settled");
  EXPECT_EQ(settled.win_rate_before().SerializeAsString(), before[0].win_rate.SerializeAsString());
  EXPECT_EQ(settled.win_rate_before().lost_count(), 2);
  EXPECT_EQ(settled.win_rate_before().lost_amounts(0).units(), 300);
  EXPECT_EQ(settled.win_rate_after().lost_count(), 0);
  EXPECT_EQ(settled.win_rate_after().won_count(), 1) << "a signature is won by any rule";
  EXPECT_EQ(settled.pipeline_after().count(), 2);
  EXPECT_EQ(settled.pipeline_after().amounts(0).units(), 300);
  // Sales holds what it held. All others had no answer of their own.
  EXPECT_THAT(Changes(preview),
              ElementsAre("departments/marketing: lost → : 2 300 EUR",
                          "departments/membership: lost → : 2 300 EUR",
                          "departments/management: lost → : 2 300 EUR",
                          "departments/support: lost → : 2 300 EUR",
                          "departments/it: lost → : 2 300 EUR", "settled: lost → : 2 300 EUR"));
  EXPECT_EQ(preview.opportunity_count(), 3);
}

TEST_F(CharterPreviewTest, ExamplesAreTheFirstByName) {
  Effects effects = testing::Intake(2);
  for (int number = 100; number > 50; --number) {
    effects.opportunities.push_back(testing::Opportunity(number, 1, "persons/ana"));
    effects.judgements.push_back(Judged(number, kDecider, "lost"));
  }
  state_.Apply(effects);
  const v1::CharterPreview preview = Preview([](type::v1::Charter* document) {
    OutcomeIn(document)->mutable_answers(1)->set_id("given-up");
  });
  ASSERT_FALSE(preview.answers().empty());
  const v1::AnswerChanges& of_sales = preview.answers(0);
  EXPECT_EQ(of_sales.lens(), kDecider);
  EXPECT_EQ(of_sales.subject_count(), 52);
  ASSERT_EQ(of_sales.examples_size(), static_cast<int>(kMostExamples));
  EXPECT_EQ(of_sales.examples(0).subject(), resource::MakeName("opportunities", testing::Id(1)));
  EXPECT_EQ(of_sales.examples(0).external_id(), "O-1");
  EXPECT_EQ(of_sales.examples(0).before(), "lost");
  EXPECT_EQ(of_sales.examples(0).after(), "") << "an answer is its id: it is another one now";
  EXPECT_EQ(of_sales.examples(0).amount().units(), 100);
  EXPECT_EQ(of_sales.examples(2).subject(), resource::MakeName("opportunities", testing::Id(51)));
}

TEST_F(CharterPreviewTest, WordsAloneChangeNothing) {
  const v1::CharterPreview preview = Preview([](type::v1::Charter* document) {
    for (auto& question : *document->mutable_questions()) {
      question.set_text("Otherwise?");
      question.mutable_answers(0)->set_criteria("Otherwise.");
    }
    auto* answers = OutcomeIn(document)->mutable_answers();
    answers->SwapElements(0, 1);
  });
  EXPECT_THAT(preview.answers(), IsEmpty());
  EXPECT_THAT(preview.not_counted(), IsEmpty());
  ASSERT_FALSE(preview.reports().empty());
  for (const v1::ReportChange& report : preview.reports()) {
    EXPECT_EQ(report.win_rate_before().SerializeAsString(),
              report.win_rate_after().SerializeAsString());
  }
}

TEST_F(CharterPreviewTest, SaysWhatItCannotCount) {
  const v1::CharterPreview preview = Preview([](type::v1::Charter* document) {
    testing::AddAnswer("dormant", testing::QuestionIn(document, "questions/lead-quality"));
    testing::AddAnswer("dormant", OutcomeIn(document));
  });
  EXPECT_THAT(preview.not_counted(), ElementsAre("questions/lead-quality"));
  EXPECT_THAT(preview.answers(), IsEmpty()) << "nobody has given the new answer yet";
}

TEST_F(CharterPreviewTest, AQuestionThatGoesLeavesAllUndecided) {
  const v1::CharterPreview preview = Preview([](type::v1::Charter* document) {
    auto* questions = document->mutable_questions();
    questions->erase(
        std::remove_if(questions->begin(), questions->end(),
                       [](const auto& question) { return question.name() == kOutcomeQuestion; }),
        questions->end());
    for (auto& metric : *document->mutable_metrics()) metric.clear_questions();
  });
  EXPECT_THAT(Changes(preview), ::testing::Contains("settled: won → : 1 300 EUR"));
  for (const v1::ReportChange& report : preview.reports()) {
    EXPECT_EQ(report.win_rate_after().undecided_count(), 3);
  }
}

TEST_F(CharterPreviewTest, GoesWithoutExamplesWhereThereIsNoRoom) {
  Effects effects = testing::Intake(2);
  for (int number = 10; number < 40; ++number) {
    effects.opportunities.push_back(testing::Opportunity(number, 1, "persons/ana"));
    effects.opportunities.back().external_id = std::string(250, 'x');
  }
  std::vector<std::string> names;
  for (int question = 0; question < 8; ++question) {
    names.push_back(absl::StrCat("questions/extra-", question));
  }
  state_.Apply(effects);
  // Decided by a fact that all have: each of them is answered, through each lens.
  const v1::CharterPreview preview = Preview([&](type::v1::Charter* document) {
    for (const std::string& name : names) {
      type::v1::Question* question = document->add_questions();
      *question = *OutcomeIn(document);
      question->set_name(name);
      question->mutable_answers(0)->clear_leaves_working_list_of();
      question->mutable_answers(0)->set_decided_by_fact("created");
      *question->mutable_voices() = document->departments();
    }
  });
  EXPECT_TRUE(preview.examples_left_out());
  EXPECT_EQ(preview.answers_size(), 8 * 7);
  EXPECT_THAT(preview.answers(0).examples(), IsEmpty());
  EXPECT_EQ(preview.answers(0).subject_count(), 33);
}

// --- Against a naive oracle: strings, maps and the charter's own rule.

struct PlainRecord {
  std::map<std::string, OpportunityVersion> opportunities;
  std::map<std::tuple<std::string, std::string>, std::map<std::string, std::string>> held;

  void Apply(const Effects& effects) {
    for (const auto& row : effects.opportunities) opportunities[row.opportunity] = row;
    for (const auto& row : effects.judgements) {
      held[{row.opportunity, row.question}][row.department] = row.answer;
    }
  }
  std::string Answer(const charter::Charter& charter, const std::string& question,
                     const std::string& lens, const OpportunityVersion& row) const {
    std::vector<charter::StandingAnswer> standing;
    const auto found = held.find({row.opportunity, question});
    if (found != held.end()) {
      for (const auto& [department, answer] : found->second)
        standing.push_back({department, answer});
    }
    charter::StandingFacts facts;
    if (row.sign_time != kNever) facts.push_back("signed");
    return charter::AnswerThrough(*charter.FindQuestion(question), lens, standing, facts).answer();
  }
};

Effects RandomIntake(int64_t number, const charter::Charter& charter, std::mt19937* random) {
  const auto below = [&](int most) { return static_cast<int>((*random)() % most); };
  Effects effects = testing::Intake(number);
  for (int i = 1; i <= 40; ++i) {
    OpportunityVersion version = testing::Opportunity(i, below(100'000), "persons/ana");
    if (below(5) == 0) version.amount.currency = "JPY";
    if (below(9) == 0) version.amount = {};
    if (below(4) == 0) version.sign_time = testing::Day(2017, 1 + below(12), 3);
    if (below(8) == 0) version.withdrawn = true;
    effects.opportunities.push_back(version);
  }
  for (int i = 0; i < 150; ++i) {
    const auto* question = charter.FindQuestion(below(2) == 0 ? kOutcomeQuestion : kStageQuestion);
    const int answer = below(question->answers_size() + 1);
    effects.judgements.push_back(
        {0, testing::Id(1 + below(40)), question->name(),
         question->voices(below(question->voices_size())),
         answer == question->answers_size() ? "" : question->answers(answer).id(),
         testing::Day(2017, 5, 1 + below(28))});
  }
  return effects;
}

// What the preview says of a question through a lens, as `before → after` → (subjects, money).
using Sums = std::map<std::string, int64_t>;
using Said = std::map<std::string, std::pair<int64_t, Sums>>;

Said ExpectedChanges(const PlainRecord& record, const charter::Charter& before,
                     const charter::Charter& after, const std::string& question,
                     const std::string& lens) {
  Said said;
  for (const auto& [id, row] : record.opportunities) {
    if (row.withdrawn) continue;
    const std::string was = record.Answer(before, question, lens, row);
    const std::string is = record.Answer(after, question, lens, row);
    if (was == is) continue;
    auto& [subjects, sums] = said[absl::StrCat(was, " → ", is)];
    ++subjects;
    if (!row.amount.currency.empty()) sums[row.amount.currency] += row.amount.minor;
  }
  return said;
}

Said ActualChanges(const v1::CharterPreview& preview, const std::string& question,
                   const std::string& lens) {
  Said said;
  for (const auto& answers : preview.answers()) {
    if (answers.question() != question || answers.lens() != lens) continue;
    int64_t together = 0;
    for (const auto& change : answers.changes()) {
      auto& [subjects, sums] = said[absl::StrCat(change.before(), " → ", change.after())];
      EXPECT_EQ(subjects, 0) << "a pair of answers stands twice";
      subjects = change.subject_count();
      together += subjects;
      for (const auto& amount : change.amounts()) {
        sums[amount.currency_code()] = resource::ToMinorUnits(amount).value();
      }
    }
    EXPECT_EQ(answers.subject_count(), together);
    EXPECT_EQ(answers.examples_size(), std::min<int64_t>(together, kMostExamples));
  }
  return said;
}

// The reports after are those of the state itself once the proposed charter is in force.
void ExpectReportsOf(const v1::CharterPreview& preview, const State& enacted) {
  v1::ReportQuery query;
  for (const auto& report : preview.reports()) {
    query.clear_lenses();
    query.add_lenses(report.lens());
    EXPECT_EQ(ComputeWinRate(enacted, query).value().total().cells(0).SerializeAsString(),
              report.win_rate_after().SerializeAsString());
    EXPECT_EQ(ComputePipeline(enacted, query).value().total().cells(0).SerializeAsString(),
              report.pipeline_after().SerializeAsString());
  }
}

TEST(CharterPreviewOracle, EqualsTheOracleAndTheReportsOnceItIsInForce) {
  std::mt19937 random(11);
  int changed = 0;
  for (int round = 0; round < testlib::Rounds(6); ++round) {
    const auto book = charter::MakeBook(testing::StartingCharter());
    PlainRecord record;
    State state(book.get());
    const auto apply = [&](int64_t number, Effects effects) {
      effects.intake.set_charter_revision(book->last().charter.revision());
      effects.intake.set_number(number);
      record.Apply(effects);
      state.Apply(effects);
    };
    const auto revise = [&](type::v1::Charter* document) { testing::Revise(&random, document); };
    apply(1, RandomIntake(1, book->last().charter, &random));
    if (round % 2 == 0) {  // so that some was judged under an earlier one
      book->Put(testing::NextRevision(*book, absl::UnixEpoch(), revise));
      apply(2, RandomIntake(2, book->last().charter, &random));
    }
    charter::Revision next = testing::NextRevision(*book, absl::UnixEpoch(), revise);
    const charter::Charter before = state.charter();
    const auto preview = PreviewCharter(state, next.charter);
    ASSERT_TRUE(preview.ok()) << preview.status();
    std::vector<std::string> lenses(before.document().departments().begin(),
                                    before.document().departments().end());
    lenses.emplace_back("settled");
    for (const std::string& question :
         {std::string(kOutcomeQuestion), std::string(kStageQuestion)}) {
      for (const std::string& lens : lenses) {
        const Said expected = ExpectedChanges(record, before, next.charter, question, lens);
        const bool has_voice = lens == "settled" ||
                               before.HasVoice(*before.FindQuestion(question), lens) ||
                               next.charter.HasVoice(*next.charter.FindQuestion(question), lens);
        if (!has_voice) continue;
        EXPECT_EQ(ActualChanges(*preview, question, lens), expected) << question << lens;
        changed += static_cast<int>(expected.size());
      }
    }
    book->Put(std::move(next));
    apply(3, testing::Intake(3));
    ExpectReportsOf(*preview, state);
    if (::testing::Test::HasFailure()) return;
  }
  EXPECT_GT(changed, 0);
}

}  // namespace
}  // namespace comity::reporting
