#include "services/reporting/answers.h"

#include <random>

#include "gtest/gtest.h"
#include "services/reporting/testing.h"

namespace comity::reporting {
namespace {

constexpr int64_t kTime = 1'000'000;

struct Kind {
  FactPlace place;
  const char* id;
};
constexpr Kind kKinds[] = {
    {kCreated, "created"}, {kEngaged, "engaged"}, {kSigned, "signed"}, {kDeclined, "declined"}};

// One random subject, as the charter's rule and as the packed rule see it.
struct Subject {
  FactTimes facts = {kNever, kNever, kNever, kNever};
  charter::StandingFacts kinds;
  std::vector<Standing> packed;
  std::vector<charter::StandingAnswer> plain;
};

Subject RandomSubject(const type::v1::Question& question, Ballot* ballot, std::mt19937* random) {
  Subject subject;
  subject.packed.resize(static_cast<size_t>(ballot->slots()));
  for (const Kind& kind : kKinds) {
    if ((*random)() % 3 != 0) continue;
    subject.facts[kind.place] = kTime;
    subject.kinds.push_back(kind.id);
  }
  for (const std::string& voice : question.voices()) {
    const size_t choice = (*random)() % static_cast<size_t>(question.answers_size() + 2);
    if (choice >= static_cast<size_t>(question.answers_size())) continue;
    const std::string& answer = question.answers(static_cast<int>(choice)).id();
    subject.plain.push_back({voice, answer});
    subject.packed[static_cast<size_t>(ballot->SlotOf(question.name(), voice))] = {
        kTime, ballot->NumberOf(question.name(), answer)};
  }
  return subject;
}

void ExpectSameAnswers(const charter::Charter& charter, unsigned seed) {
  std::mt19937 random(seed);
  Ballot ballot(charter);
  std::vector<std::string> lenses(charter.document().departments().begin(),
                                  charter.document().departments().end());
  lenses.push_back("settled");
  for (const auto* question : charter.QuestionsAbout("opportunities")) {
    for (int round = 0; round < 300; ++round) {
      const Subject subject = RandomSubject(*question, &ballot, &random);
      for (const std::string& lens : lenses) {
        const auto expected =
            charter::AnswerThrough(*question, lens, subject.plain, subject.kinds).answer();
        const LensView view =
            LensRule(ballot, question->name(), lens).Answer(subject.facts, subject.packed.data());
        ASSERT_EQ(ballot.AnswerOf(question->name(), view.answer), expected)
            << question->name() << " through " << lens;
        ASSERT_EQ(view.time == kNever, expected.empty());
      }
    }
  }
}

TEST(LensRule, AnswersAsTheCharterSays) { ExpectSameAnswers(testing::StartingCharter(), 1); }

TEST(LensRule, AnswersAsAnotherCharterSays) {
  // Two answers by fact in one question.
  type::v1::Charter document = testing::StartingCharter().document();
  for (auto& question : *document.mutable_questions()) {
    if (question.name() == "questions/opportunity-outcome") {
      question.mutable_answers(1)->set_decided_by_fact("declined");
    }
    if (question.name() == "questions/opportunity-stage") {
      question.mutable_answers(1)->set_decided_by_fact("engaged");
      question.mutable_answers(2)->set_decided_by_fact("declined");
    }
  }
  ExpectSameAnswers(charter::Charter::Make(document).value(), 2);
}

TEST(Ballot, KeepsAnswersThatTheCharterNoLongerKnows) {
  Ballot ballot(testing::StartingCharter());
  const uint16_t number = ballot.NumberOf("questions/opportunity-stage", "dreaming");
  EXPECT_EQ(ballot.AnswerOf("questions/opportunity-stage", number), "dreaming");
  EXPECT_EQ(ballot.NumberOf("questions/opportunity-stage", "dreaming"), number);
  EXPECT_EQ(ballot.NumberOf("questions/unknown", "dreaming"), 0);
  EXPECT_EQ(ballot.SlotOf("questions/opportunity-stage", "departments/support"), -1);
}

}  // namespace
}  // namespace comity::reporting
