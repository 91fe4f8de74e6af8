#include "services/reporting/answers.h"

#include <algorithm>
#include <map>
#include <random>

#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/testlib/rounds.h"

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
  std::map<std::string, int64_t> times;  // by department
};

// Also of departments that have no voice, and with an answer that the question has not: what was
// judged before they lost it, and before it went, bears on nothing.
Subject RandomSubject(const type::v1::Charter& charter, const type::v1::Question& question,
                      Ballot* ballot, std::mt19937* random) {
  Subject subject;
  int64_t time = kTime;
  for (const Kind& kind : kKinds) {
    if ((*random)() % 3 != 0) continue;
    subject.facts[kind.place] = ++time;
    subject.kinds.push_back(kind.id);
  }
  const size_t likely = (*random)() % static_cast<size_t>(question.answers_size());
  for (const std::string& department : charter.departments()) {
    size_t choice = (*random)() % static_cast<size_t>(question.answers_size() + 2);
    if ((*random)() % 2 == 0) choice = likely;
    if (choice > static_cast<size_t>(question.answers_size())) continue;
    const std::string answer = choice == static_cast<size_t>(question.answers_size())
                                   ? "dreaming"
                                   : question.answers(static_cast<int>(choice)).id();
    subject.plain.push_back({department, answer});
    subject.times[department] = kTime + static_cast<int64_t>((*random)() % 100);
    int slot = ballot->SlotOf(question.name(), department);
    if (slot < 0) slot = ballot->AddSlot(question.name(), department);
    subject.packed.resize(static_cast<size_t>(ballot->slots()));
    subject.packed[static_cast<size_t>(slot)] = {subject.times[department],
                                                 ballot->NumberOf(question.name(), answer)};
  }
  subject.packed.resize(static_cast<size_t>(ballot->slots()));
  return subject;
}

// Since when the answer holds.
int64_t TimeOf(const type::v1::Question& question, const type::v1::LensAnswer& answer,
               const Subject& subject) {
  int64_t latest = kNever;
  if (answer.basis() == type::v1::ANSWER_BASIS_FACT) {
    const std::string& fact =
        charter::Charter::FindAnswer(question, answer.answer())->decided_by_fact();
    for (const Kind& kind : kKinds) {
      if (fact == kind.id) latest = subject.facts[kind.place];
    }
    return latest;
  }
  if (!answer.department().empty()) return subject.times.at(answer.department());
  for (const charter::Vote& vote : charter::VotesOf(question, subject.plain, subject.kinds)) {
    if (!vote.holds || vote.answer != answer.answer()) continue;
    latest = std::max(latest, subject.times.at(std::string(vote.department)));
  }
  return latest;
}

// How often each rule has settled something.
using Settled = std::map<type::v1::SettlementRule, int>;

Settled ExpectSameAnswers(const charter::Charter& charter, unsigned seed, int rounds) {
  std::mt19937 random(seed);
  Settled settled;
  Ballot ballot;
  std::vector<std::string> lenses(charter.document().departments().begin(),
                                  charter.document().departments().end());
  lenses.push_back("settled");
  for (const auto* question : charter.QuestionsAbout("opportunities")) {
    for (int round = 0; round < rounds; ++round) {
      const Subject subject = RandomSubject(charter.document(), *question, &ballot, &random);
      for (size_t lens = 0; lens < lenses.size(); ++lens) {
        const auto expected =
            charter::AnswerThrough(*question, lenses[lens], subject.plain, subject.kinds);
        const LensRule rule(ballot, question, lenses[lens]);
        const LensView view = rule.Answer(subject.facts, subject.packed.data());
        EXPECT_EQ(AnswerAt(question, view.answer), expected.answer())
            << question->ShortDebugString() << " through " << lenses[lens];
        EXPECT_EQ(view.time, TimeOf(*question, expected, subject));
        if (::testing::Test::HasFailure()) return settled;
        const bool by_rule = expected.basis() == type::v1::ANSWER_BASIS_SETTLED;
        if (by_rule) ++settled[question->settlement().rule()];
      }
    }
  }
  return settled;
}

// Answers by facts, voices and rules at random.
charter::Charter RandomCharter(std::mt19937* random) {
  type::v1::Charter document = testing::StartingCharter().document();
  for (auto& question : *document.mutable_questions()) {
    if (question.collection() != "opportunities") continue;
    for (auto& answer : *question.mutable_answers()) {
      const size_t kind = (*random)() % (4 * std::size(kKinds));
      answer.set_decided_by_fact(kind < std::size(kKinds) ? kKinds[kind].id : "");
    }
    testing::SettleAnyhow(random, &question);
  }
  return charter::Charter::Make(document).value();
}

TEST(LensRule, AnswersAsTheCharterSays) {
  ExpectSameAnswers(testing::StartingCharter(), 1, testlib::Rounds(100));
}

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
  ExpectSameAnswers(charter::Charter::Make(document).value(), 2, testlib::Rounds(100));
}

TEST(LensRule, AnswersAsAnyCharterSays) {
  std::mt19937 random(3);
  Settled settled;
  for (unsigned seed = 0; seed < static_cast<unsigned>(testlib::Rounds(30)); ++seed) {
    for (const auto& [rule, times] : ExpectSameAnswers(RandomCharter(&random), seed, 20)) {
      settled[rule] += times;
    }
    if (HasFailure()) return;
  }
  EXPECT_EQ(settled.size(), 5u);
  for (const auto& [rule, times] : settled) EXPECT_GT(times, 60) << rule;
}

TEST(LensRule, HasNoAnswerWithoutItsQuestion) {
  EXPECT_EQ(LensRule(Ballot(), nullptr, "settled").Answer(FactTimes(), nullptr).answer, 0);
}

TEST(Ballot, KeepsWhatWasSaidWhateverAnyCharterKnows) {
  const std::string stage = "questions/opportunity-stage";
  Ballot ballot;
  EXPECT_EQ(ballot.SlotOf(stage, "departments/it"), -1);
  EXPECT_EQ(ballot.AddSlot(stage, "departments/it"), 0);
  EXPECT_EQ(ballot.AddSlot("questions/else", "departments/it"), 1);
  EXPECT_EQ(ballot.SlotOf(stage, "departments/it"), 0);
  EXPECT_EQ(ballot.slots(), 2);
  EXPECT_EQ(ballot.NumberOf(stage, ""), 0);
  EXPECT_EQ(ballot.NumberOf(stage, "dreaming"), 1);
  EXPECT_EQ(ballot.NumberOf(stage, "waking"), 2);
  EXPECT_EQ(ballot.NumberOf(stage, "dreaming"), 1);
  EXPECT_EQ(ballot.AnswersTo(stage), (std::vector<std::string>{"", "dreaming", "waking"}));
  EXPECT_EQ(ballot.AnswersTo("questions/unknown"), std::vector<std::string>{""});
}

}  // namespace
}  // namespace comity::reporting
