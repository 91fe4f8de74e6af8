#include "services/runtime/charter/settlement.h"

#include <algorithm>
#include <cstdlib>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

using ::testing::ElementsAre;
using type::v1::Question;
using type::v1::SettlementRule;
using Standing = std::vector<StandingAnswer>;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kMembership[] = "departments/membership";
constexpr char kManagement[] = "departments/management";
constexpr char kSupport[] = "departments/support";  // has no voice
constexpr SettlementRule kRules[] = {
    type::v1::SETTLEMENT_RULE_UNSPECIFIED, type::v1::SETTLEMENT_RULE_DECIDER,
    type::v1::SETTLEMENT_RULE_PRECEDENCE, type::v1::SETTLEMENT_RULE_MAJORITY,
    type::v1::SETTLEMENT_RULE_UNANIMITY};

// Sales, marketing and membership have a voice; `won` needs the fact `signed`.
Question Asked(SettlementRule rule) {
  Question question;
  question.set_name("questions/q");
  question.set_collection("opportunities");
  for (const char* voice : {kSales, kMarketing, kMembership}) question.add_voices(voice);
  for (const char* id : {"won", "lost", "open"}) {
    auto* answer = question.add_answers();
    answer->set_id(id);
    answer->set_criteria("It is so.");
  }
  question.mutable_answers(0)->set_decided_by_fact("signed");
  if (rule == type::v1::SETTLEMENT_RULE_UNSPECIFIED) {
    question.set_decider(kSales);
    return question;
  }
  question.mutable_settlement()->set_rule(rule);
  if (rule == type::v1::SETTLEMENT_RULE_DECIDER) question.set_decider(kSales);
  if (rule == type::v1::SETTLEMENT_RULE_PRECEDENCE) {
    question.mutable_settlement()->add_precedence(kMarketing);
    question.mutable_settlement()->add_precedence(kSales);
  }
  return question;
}

void Weigh(const char* department, int weight, Question* question) {
  auto* added = question->mutable_settlement()->add_weights();
  added->set_department(department);
  added->set_weight(weight);
}

// Sales weighs 2 of 4.
Question Weighed() {
  Question question = Asked(type::v1::SETTLEMENT_RULE_MAJORITY);
  Weigh(kSales, 2, &question);
  return question;
}

struct Case {
  const char* what;
  Standing standing;
  const char* answer;
  const char* department = "";
};

void ExpectSettled(const Question& question, const std::vector<Case>& cases) {
  for (const Case& expected : cases) {
    const type::v1::LensAnswer settled = Settle(question, expected.standing, {});
    EXPECT_EQ(settled.question(), question.name());
    EXPECT_EQ(settled.answer(), expected.answer) << expected.what;
    EXPECT_EQ(settled.department(), expected.department) << expected.what;
    EXPECT_EQ(settled.basis(), settled.answer().empty() ? type::v1::ANSWER_BASIS_UNSPECIFIED
                                                        : type::v1::ANSWER_BASIS_SETTLED)
        << expected.what;
  }
}

TEST(Settle, ByTheDecider) {
  for (const SettlementRule rule :
       {type::v1::SETTLEMENT_RULE_UNSPECIFIED, type::v1::SETTLEMENT_RULE_DECIDER}) {
    ExpectSettled(Asked(rule),
                  {{"nobody has judged", {}, ""},
                   {"the decider alone", {{kSales, "lost"}}, "lost", kSales},
                   {"against all others",
                    {{kMarketing, "open"}, {kMembership, "open"}, {kSales, "lost"}},
                    "lost",
                    kSales},
                   {"the decider is silent", {{kMarketing, "open"}, {kMembership, "open"}}, ""},
                   {"the decider has withdrawn", {{kSales, ""}, {kMarketing, "open"}}, ""},
                   {"the decider lacks the fact", {{kSales, "won"}, {kMarketing, "open"}}, ""}});
  }
}

TEST(Settle, ByPrecedence) {
  ExpectSettled(
      Asked(type::v1::SETTLEMENT_RULE_PRECEDENCE),
      {{"nobody has judged", {}, ""},
       {"the first", {{kSales, "open"}, {kMarketing, "lost"}}, "lost", kMarketing},
       {"the first is silent", {{kSales, "open"}, {kMembership, "lost"}}, "open", kSales},
       {"the first has withdrawn", {{kMarketing, ""}, {kSales, "open"}}, "open", kSales},
       {"the first lacks the fact", {{kMarketing, "won"}, {kSales, "open"}}, "open", kSales},
       {"all lack the fact", {{kMarketing, "won"}, {kSales, "won"}}, ""},
       {"a voice that is not asked", {{kMembership, "lost"}}, ""},
       {"nor is one without a voice", {{kSupport, "lost"}}, ""}});
}

TEST(Settle, ByTheMajorityOfVoices) {
  ExpectSettled(
      Asked(type::v1::SETTLEMENT_RULE_MAJORITY),
      {{"nobody has judged", {}, ""},
       {"one of three", {{kSales, "lost"}}, ""},
       {"two of three", {{kSales, "lost"}, {kMembership, "lost"}}, "lost"},
       {"two against one", {{kSales, "lost"}, {kMarketing, "open"}, {kMembership, "open"}}, "open"},
       {"one against one", {{kSales, "lost"}, {kMarketing, "open"}}, ""},
       {"one has withdrawn", {{kSales, "lost"}, {kMarketing, ""}}, ""},
       {"no voice is counted for the silent", {{kSales, "lost"}, {kSupport, "lost"}}, ""},
       {"two lack the fact", {{kSales, "won"}, {kMarketing, "won"}, {kMembership, "open"}}, ""}});
}

TEST(Settle, ByTheMajorityOfWeight) {
  ExpectSettled(Weighed(),
                {{"half is not more than half", {{kSales, "lost"}}, ""},
                 {"a tie", {{kSales, "lost"}, {kMarketing, "open"}, {kMembership, "open"}}, ""},
                 {"three of four", {{kSales, "lost"}, {kMembership, "lost"}}, "lost"},
                 {"two voices of weight two", {{kMarketing, "lost"}, {kMembership, "lost"}}, ""}});
  Question alone = Asked(type::v1::SETTLEMENT_RULE_MAJORITY);
  Weigh(kSales, 1000, &alone);
  Weigh(kMarketing, 998, &alone);
  ExpectSettled(alone, {{"more than half alone", {{kSales, "lost"}}, "lost"},
                        {"less than half together",
                         {{kMarketing, "open"}, {kMembership, "open"}, {kSales, ""}},
                         ""}});
}

TEST(Settle, ByAll) {
  ExpectSettled(
      Asked(type::v1::SETTLEMENT_RULE_UNANIMITY),
      {{"nobody has judged", {}, ""},
       {"all", {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, "lost"}}, "lost"},
       {"one is silent", {{kSales, "lost"}, {kMarketing, "lost"}}, ""},
       {"a department without a voice speaks for no one",
        {{kSales, "lost"}, {kMarketing, "lost"}, {kSupport, "lost"}},
        ""},
       {"nor against",
        {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, "lost"}, {kSupport, "open"}},
        "lost"},
       {"one has withdrawn", {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, ""}}, ""},
       {"one differs", {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, "open"}}, ""},
       {"all lack the fact", {{kSales, "won"}, {kMarketing, "won"}, {kMembership, "won"}}, ""}});
}

TEST(Settle, AFactDecidesBeforeEveryRule) {
  const Standing lost = {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, "lost"}};
  for (const SettlementRule rule : kRules) {
    const Question question = Asked(rule);
    for (const Standing& standing : {Standing(), lost}) {
      const auto settled = Settle(question, standing, {"created", "signed"});
      EXPECT_EQ(settled.answer(), "won");
      EXPECT_EQ(settled.department(), "");
      EXPECT_EQ(settled.basis(), type::v1::ANSWER_BASIS_FACT);
    }
    EXPECT_EQ(Settle(question, lost, {"created"}).answer(), "lost");
  }
}

TEST(Settle, ALensInheritsWhateverTheRule) {
  const Standing two = {{kSales, "lost"}, {kMarketing, "lost"}, {kMembership, "won"}};
  const Question question = Asked(type::v1::SETTLEMENT_RULE_MAJORITY);
  for (const char* lens : {kMembership, kManagement, kSupport, "settled"}) {
    const auto inherited = AnswerThrough(question, lens, two, {});
    EXPECT_EQ(inherited.answer(), "lost");
    EXPECT_EQ(inherited.basis(), type::v1::ANSWER_BASIS_SETTLED);
  }
  EXPECT_EQ(AnswerThrough(question, kSales, two, {}).basis(), type::v1::ANSWER_BASIS_OWN);
  EXPECT_EQ(AnswerThrough(question, kSales, two, {}).department(), kSales);
  EXPECT_EQ(AnswerThrough(question, kSupport, {{kSupport, "lost"}}, {}).answer(), "");
}

TEST(Settle, AnAnswerThatTheQuestionNoLongerHasIsNone) {
  for (const SettlementRule rule : kRules) {
    const Question question = Asked(rule);
    const Standing standing = {
        {kSales, "postponed"}, {kMarketing, "postponed"}, {kMembership, "postponed"}};
    EXPECT_EQ(Settle(question, standing, {}).answer(), "") << SettlementRule_Name(rule);
    EXPECT_EQ(AnswerThrough(question, kSales, standing, {}).answer(), "");
    EXPECT_EQ(Settle(question, standing, {"signed"}).answer(), "won");
  }
  // Whoever comes next is asked.
  EXPECT_EQ(Settle(Asked(type::v1::SETTLEMENT_RULE_PRECEDENCE),
                   {{kMarketing, "postponed"}, {kSales, "lost"}}, {})
                .department(),
            kSales);
}

TEST(VotesOf, SaysWhatEachVoiceHoldsInTheOrderOfTheCharter) {
  const Question question = Weighed();
  const Standing standing = {{kMembership, "won"}, {kSales, "lost"}};
  const std::vector<Vote> votes = VotesOf(question, standing, {});
  ASSERT_EQ(votes.size(), 3u);
  std::vector<std::string> answers;
  std::vector<bool> hold;
  std::vector<int64_t> weights;
  for (const Vote& vote : votes) {
    answers.emplace_back(vote.answer);
    hold.push_back(vote.holds);
    weights.push_back(vote.weight);
  }
  EXPECT_THAT(answers, ElementsAre("lost", "", "won"));
  EXPECT_THAT(hold, ElementsAre(true, false, false));
  EXPECT_THAT(weights, ElementsAre(2, 1, 1));
}

// A question about which one to five departments have a voice, settled in some way.
Question RandomQuestion(std::mt19937* random) {
  const auto below = [&](int most) { return static_cast<int>((*random)() % most); };
  Question question = Asked(kRules[below(std::size(kRules))]);
  std::vector<std::string> voices = {kSales, kMarketing, kMembership, kManagement,
                                     "departments/it"};
  std::shuffle(voices.begin(), voices.end(), *random);
  voices.resize(static_cast<size_t>(1 + below(5)));
  question.mutable_voices()->Assign(voices.begin(), voices.end());
  if (!question.decider().empty()) question.set_decider(voices[0]);
  auto* settlement = question.mutable_settlement();
  std::shuffle(voices.begin(), voices.end(), *random);
  if (settlement->rule() == type::v1::SETTLEMENT_RULE_PRECEDENCE) {
    settlement->mutable_precedence()->Assign(voices.begin(),
                                             voices.begin() + 1 + below(voices.size()));
  }
  if (settlement->rule() == type::v1::SETTLEMENT_RULE_MAJORITY) {
    for (int i = below(voices.size() + 1); i > 0; --i) {
      Weigh(voices[static_cast<size_t>(i - 1)].c_str(), 1 + below(4), &question);
    }
  }
  return question;
}

Standing RandomStanding(const Question& question, std::mt19937* random) {
  Standing standing = {{kSupport, "lost"}};
  for (const std::string& voice : question.voices()) {
    const char* const answers[] = {"won", "lost", "lost", "open", ""};
    if ((*random)() % 5 != 0) standing.push_back({voice, answers[(*random)() % 5]});
  }
  return standing;
}

TEST(Settle, DoesNotDependOnTheOrderOfTheStanding) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const Question question = RandomQuestion(&random);
    Standing standing = RandomStanding(question, &random);
    const StandingFacts facts = random() % 4 == 0 ? StandingFacts{"signed"} : StandingFacts();
    const auto before = Settle(question, standing, facts).SerializeAsString();
    std::shuffle(standing.begin(), standing.end(), random);
    ASSERT_EQ(Settle(question, standing, facts).SerializeAsString(), before)
        << question.ShortDebugString();
  }
}

TEST(Settle, AVoteMoreForWhatIsSettledLeavesItSettled) {
  std::mt19937 random(2);
  int changed = 0;
  for (int round = 0; round < 4000; ++round) {
    const Question question = RandomQuestion(&random);
    const Standing standing = RandomStanding(question, &random);
    const std::string settled = Settle(question, standing, {}).answer();
    if (settled.empty()) continue;
    for (const std::string& voice : question.voices()) {
      Standing more = standing;
      std::erase_if(more, [&](const auto& answer) { return answer.department == voice; });
      more.push_back({voice, settled});
      ASSERT_EQ(Settle(question, more, {}).answer(), settled) << question.ShortDebugString();
      ++changed;
    }
  }
  EXPECT_GT(changed, 1000);
}

// The reason for which a charter with this question is refused; empty: none.
std::string Refusal(const Question& question) {
  type::v1::Charter document;
  document.set_revision(1);
  for (const char* department : {kSales, kMarketing, kMembership, kManagement, kSupport}) {
    document.add_departments(department);
  }
  document.add_calendars()->set_name("calendars/office");
  *document.add_questions() = question;
  return Reason(CheckSettlement(document, question));
}

template <typename Change>
std::string Refusal(Question question, const Change& change) {
  change(&question);
  return Refusal(question);
}

TEST(CheckSettlement, TakesEachRule) {
  for (const SettlementRule rule : kRules) EXPECT_EQ(Refusal(Asked(rule)), "");
  EXPECT_EQ(Refusal(Weighed()), "");
  const auto only_a_decider = [](Question* question) { question->clear_settlement(); };
  EXPECT_EQ(Refusal(Asked(type::v1::SETTLEMENT_RULE_DECIDER), only_a_decider), "");
}

TEST(CheckSettlement, OnlyTheRuleOfTheDeciderHasOne) {
  for (const SettlementRule rule : kRules) {
    Question question = Asked(rule);
    const bool decides = !question.decider().empty();
    question.set_decider(decides ? "" : kSales);
    EXPECT_EQ(Refusal(question), "CHARTER_INVALID");
    question.set_decider(kSupport);
    EXPECT_EQ(Refusal(question), "CHARTER_INVALID");
  }
}

TEST(CheckSettlement, PrecedenceNamesVoicesEachOnce) {
  const Question question = Asked(type::v1::SETTLEMENT_RULE_PRECEDENCE);
  const auto add = [&](const char* department) {
    return Refusal(question,
                   [&](Question* q) { q->mutable_settlement()->add_precedence(department); });
  };
  EXPECT_EQ(add(kMembership), "");
  EXPECT_EQ(add(kMarketing), "CHARTER_INVALID");
  EXPECT_EQ(add(kSupport), "CHARTER_INVALID");
  EXPECT_EQ(Refusal(question, [](Question* q) { q->mutable_settlement()->clear_precedence(); }),
            "CHARTER_INVALID");
  EXPECT_EQ(Refusal(Asked(type::v1::SETTLEMENT_RULE_UNANIMITY),
                    [](Question* q) { q->mutable_settlement()->add_precedence(kSales); }),
            "CHARTER_INVALID");
}

TEST(CheckSettlement, WeightsAreOfVoicesEachOnce) {
  const auto weigh = [](const char* department, int weight) {
    return Refusal(Weighed(), [&](Question* q) { Weigh(department, weight, q); });
  };
  EXPECT_EQ(weigh(kMarketing, 1), "");
  EXPECT_EQ(weigh(kMarketing, 1000), "");
  EXPECT_EQ(weigh(kMarketing, 0), "CHARTER_INVALID");
  EXPECT_EQ(weigh(kMarketing, -1), "CHARTER_INVALID");
  EXPECT_EQ(weigh(kMarketing, 1001), "CHARTER_INVALID");
  EXPECT_EQ(weigh(kSales, 1), "CHARTER_INVALID");
  EXPECT_EQ(weigh(kSupport, 1), "CHARTER_INVALID");
  EXPECT_EQ(
      Refusal(Asked(type::v1::SETTLEMENT_RULE_UNANIMITY), [](Question* q) { Weigh(kSales, 2, q); }),
      "CHARTER_INVALID");
}

TEST(CheckSettlement, AVoiceStandsOnceAndARuleIsKnown) {
  const Question question = Asked(type::v1::SETTLEMENT_RULE_UNANIMITY);
  EXPECT_EQ(Refusal(question, [](Question* q) { q->add_voices(kSales); }), "CHARTER_INVALID");
  EXPECT_EQ(Refusal(question,
                    [](Question* q) {
                      q->mutable_settlement()->set_rule(static_cast<SettlementRule>(99));
                    }),
            "CHARTER_INVALID");
}

// Of opportunities it does not, as reports do not count it; of others see silence_test.cc.
TEST(CheckSettlement, RefusesThatSilenceAssentsAboutOpportunities) {
  const auto after = [](double hours, const char* calendar) {
    return Refusal(Asked(type::v1::SETTLEMENT_RULE_UNANIMITY), [&](Question* q) {
      q->mutable_settlement()->set_silence_hours(hours);
      q->mutable_settlement()->set_calendar(calendar);
    });
  };
  EXPECT_EQ(after(0, ""), "");
  EXPECT_EQ(after(-1, "calendars/office"), "CHARTER_INVALID");
  EXPECT_EQ(after(8, "calendars/moon"), "CHARTER_INVALID");
  EXPECT_EQ(after(8, "calendars/office"), "CHARTER_INVALID");
}

class StartingCharterTest : public ::testing::Test {
 protected:
  const Charter charter_ =
      Charter::FromYamlFile(std::string(std::getenv("COMITY_SOURCE_DIR")) + "/config/charter.yaml")
          .value();
  const Question& quality_ = *charter_.FindQuestion("questions/lead-quality");
  const Question& outcome_ = *charter_.FindQuestion("questions/opportunity-outcome");
};

TEST_F(StartingCharterTest, OwnJudgementElseTheDecidersElseUndecided) {
  const std::vector<StandingAnswer> both = {{kMarketing, "qualified"}, {kSales, "disqualified"}};
  EXPECT_EQ(AnswerThrough(quality_, kMarketing, both, {}).answer(), "qualified");
  EXPECT_EQ(AnswerThrough(quality_, kMarketing, both, {}).basis(), type::v1::ANSWER_BASIS_OWN);
  EXPECT_EQ(AnswerThrough(quality_, kManagement, both, {}).answer(), "disqualified");
  EXPECT_EQ(AnswerThrough(quality_, kManagement, both, {}).basis(), type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_EQ(AnswerThrough(quality_, "settled", both, {}).department(), kSales);
  EXPECT_EQ(AnswerThrough(quality_, kSales, {{kMarketing, "qualified"}}, {}).answer(), "");
}

TEST_F(StartingCharterTest, ASignatureIsWonInEveryLensAndAVoidedOneInNone) {
  const std::vector<StandingAnswer> lost = {{kSales, "lost"}};
  for (const char* lens : {kSales, kMarketing, "settled"}) {
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {"signed"}).answer(), "won");
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {"signed"}).basis(), type::v1::ANSWER_BASIS_FACT);
    EXPECT_EQ(AnswerThrough(outcome_, lens, lost, {}).answer(), "lost");
  }
  EXPECT_EQ(AnswerThrough(outcome_, kSales, {{kSales, "won"}}, {}).answer(), "");
}

}  // namespace
}  // namespace comity::charter
