// When silence assents, and to what.
#include "services/runtime/charter/silence.h"

#include <algorithm>
#include <optional>
#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/status/errors.h"

namespace comity::charter {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using type::v1::Question;

constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kMembership[] = "departments/membership";
// Thursday 2026-01-01 00:00 UTC.
const absl::Time kStart = absl::FromUnixSeconds(1'767'225'600);

absl::Time At(double hours) { return kStart + absl::Hours(hours); }

type::v1::Calendar Always() {
  type::v1::Calendar calendar;
  calendar.set_name("calendars/always");
  calendar.set_time_zone("UTC");
  return calendar;
}

Question Asked(type::v1::SettlementRule rule, double hours = 8) {
  Question question;
  question.set_name("questions/q");
  question.set_collection("leads");
  for (const char* voice : {kSales, kMarketing, kMembership}) question.add_voices(voice);
  for (const char* id : {"yes", "no", "signed"}) {
    auto* answer = question.add_answers();
    answer->set_id(id);
    answer->set_criteria("It is so.");
  }
  question.mutable_answers(2)->set_decided_by_fact("signed");
  auto* settlement = question.mutable_settlement();
  settlement->set_rule(rule);
  if (rule == type::v1::SETTLEMENT_RULE_DECIDER) question.set_decider(kSales);
  if (rule == type::v1::SETTLEMENT_RULE_PRECEDENCE) {
    settlement->add_precedence(kMarketing);
    settlement->add_precedence(kSales);
  }
  settlement->set_silence_hours(hours);
  settlement->set_calendar("calendars/always");
  return question;
}

// Who said what, and when: hours after the start.
struct Said {
  std::string department;
  std::string answer;
  double hours;
};

class SilenceTest : public ::testing::Test {
 protected:
  static std::vector<StandingAnswer> StandingOf(const std::vector<Said>& said) {
    std::vector<StandingAnswer> standing;
    int64_t version = 1;
    for (const Said& one : said) {
      standing.push_back({one.department, one.answer, At(one.hours), ++version});
    }
    return standing;
  }
  Silence Eight(double now) const { return {&calendar_, absl::Hours(8), kStart, At(now)}; }
  type::v1::SettledAnswer Settled(const Question& question, const std::vector<Said>& said,
                                  double now, const StandingFacts& facts = {}) const {
    return SettledOf(question, StandingOf(said), facts, Eight(now));
  }
  std::string Answer(const Question& question, const std::vector<Said>& said, double now) const {
    return Settled(question, said, now).answer();
  }
  static std::optional<double> NextOf(const type::v1::SettledAnswer& settled) {
    if (!settled.has_next_term_time()) return std::nullopt;
    return absl::ToDoubleHours(absl::FromUnixSeconds(settled.next_term_time().seconds()) - kStart);
  }

  const calendar::Calendar calendar_ = calendar::Calendar::Make(Always()).value();
  const Question unanimity_ = Asked(type::v1::SETTLEMENT_RULE_UNANIMITY);
  const Question majority_ = Asked(type::v1::SETTLEMENT_RULE_MAJORITY);
  const Question decider_ = Asked(type::v1::SETTLEMENT_RULE_DECIDER);
  const Question precedence_ = Asked(type::v1::SETTLEMENT_RULE_PRECEDENCE);
};

TEST_F(SilenceTest, WhereAllMustAgreeTheSilentAssentToTheOneAnswer) {
  const std::vector<Said> one = {{kSales, "yes", 1}};
  EXPECT_EQ(Answer(unanimity_, one, 8.99), "");
  EXPECT_EQ(Answer(unanimity_, one, 9), "yes");
  EXPECT_EQ(Answer(unanimity_, {{kSales, "yes", 1}, {kMarketing, "no", 2}}, 20), "");
  EXPECT_EQ(Answer(unanimity_, {{kSales, "yes", 1}, {kMarketing, "yes", 2}}, 9), "yes");
  const auto settled = Settled(unanimity_, one, 9);
  EXPECT_THAT(settled.silent_departments(), ElementsAre(kMarketing, kMembership));
  EXPECT_THAT(settled.judgement_versions(), ElementsAre(2));
  EXPECT_EQ(settled.department(), "");
}

TEST_F(SilenceTest, BeforeItsEndTheNextTermIsToldAndAfterIt) {
  const std::vector<Said> said = {{kSales, "yes", 1}, {kMarketing, "", 3}};
  EXPECT_EQ(NextOf(Settled(unanimity_, said, 2)), 9);
  EXPECT_EQ(NextOf(Settled(unanimity_, said, 9)), 11);  // marketing has withdrawn at 3
  EXPECT_EQ(NextOf(Settled(unanimity_, said, 11)), std::nullopt);
  EXPECT_THAT(Settled(unanimity_, said, 9).silent_departments(), ElementsAre(kMembership));
  EXPECT_EQ(Answer(unanimity_, said, 9), "");
  EXPECT_EQ(Answer(unanimity_, said, 11), "yes");
}

TEST_F(SilenceTest, TheMajorityCountsTheSilentForWhatIsAhead) {
  EXPECT_EQ(Answer(majority_, {{kSales, "no", 0}}, 7), "");
  EXPECT_EQ(Answer(majority_, {{kSales, "no", 0}}, 8), "no");
  EXPECT_EQ(Answer(majority_, {{kSales, "no", 0}, {kMarketing, "yes", 0}}, 99), "");
  Question weighed = majority_;
  auto* weight = weighed.mutable_settlement()->add_weights();
  weight->set_department(kSales);
  weight->set_weight(2);
  EXPECT_EQ(Answer(weighed, {{kSales, "no", 0}, {kMarketing, "yes", 0}}, 7), "");
  EXPECT_EQ(Answer(weighed, {{kSales, "no", 0}, {kMarketing, "yes", 0}}, 8), "no");
}

TEST_F(SilenceTest, TheSilentDeciderAssentsToWhatIsAhead) {
  EXPECT_EQ(Answer(decider_, {{kMarketing, "no", 0}}, 7), "");
  const auto settled = Settled(decider_, {{kMarketing, "no", 0}}, 8);
  EXPECT_EQ(settled.answer(), "no");
  EXPECT_EQ(settled.department(), "");  // no judgement of sales
  EXPECT_EQ(settled.basis(), type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_THAT(settled.silent_departments(), ElementsAre(kSales));
  EXPECT_EQ(Answer(decider_, {{kMarketing, "no", 0}, {kMembership, "yes", 1}}, 99), "");
  EXPECT_EQ(Answer(decider_, {{kMarketing, "no", 0}, {kSales, "yes", 20}}, 99), "yes");
}

TEST_F(SilenceTest, OnlyThoseWhomTheRuleAsksAssent) {
  const auto settled = Settled(decider_, {{kSales, "no", 0}}, 99);
  EXPECT_THAT(settled.silent_departments(), IsEmpty());
  EXPECT_FALSE(settled.has_next_term_time());
}

TEST_F(SilenceTest, PrecedencePassesToTheNextWhoHoldsAnAnswer) {
  for (const double now : {1.0, 99.0}) {
    const auto settled = Settled(precedence_, {{kSales, "no", 0}}, now);
    EXPECT_EQ(settled.answer(), "no");
    EXPECT_EQ(settled.department(), kSales);
  }
  EXPECT_THAT(Settled(precedence_, {{kSales, "no", 0}}, 8).silent_departments(),
              ElementsAre(kMarketing));
  // Membership is not asked.
  EXPECT_EQ(Answer(precedence_, {{kMembership, "no", 0}}, 99), "");
}

TEST_F(SilenceTest, ALaterJudgementEndsTheAssent) {
  const std::vector<Said> said = {{kSales, "yes", 0}, {kMarketing, "yes", 0}};
  EXPECT_EQ(Answer(unanimity_, said, 9), "yes");
  std::vector<Said> objects = said;
  objects.push_back({kMembership, "no", 10});
  EXPECT_EQ(Answer(unanimity_, objects, 10), "");
  EXPECT_THAT(Settled(unanimity_, objects, 10).silent_departments(), IsEmpty());
}

TEST_F(SilenceTest, AssentFollowsTheOthersToAnotherAnswer) {
  EXPECT_EQ(Answer(decider_, {{kMarketing, "yes", 0}}, 20), "yes");
  EXPECT_EQ(Answer(decider_, {{kMarketing, "no", 0}}, 21), "no");  // held without a break since 0
  // One who had nothing to say for a while has asked anew.
  EXPECT_EQ(Answer(decider_, {{kMarketing, "no", 19}}, 21), "");
}

TEST_F(SilenceTest, NobodyAssentsWhileAFactDecidesOrNothingIsHeld) {
  const auto decided = Settled(unanimity_, {{kSales, "yes", 0}}, 20, {"signed"});
  EXPECT_EQ(decided.answer(), "signed");
  EXPECT_EQ(decided.fact(), "signed");
  EXPECT_THAT(decided.silent_departments(), IsEmpty());
  EXPECT_FALSE(decided.has_next_term_time());
  EXPECT_FALSE(Settled(unanimity_, {}, 20).has_next_term_time());
  EXPECT_FALSE(Settled(unanimity_, {{kSales, "signed", 0}}, 20).has_next_term_time());
}

TEST_F(SilenceTest, ALensInheritsWhatSilenceHasSettledAndHasNothingOfItsOwnByIt) {
  const auto standing = StandingOf({{kMarketing, "no", 0}});
  const auto lens = AnswerThrough(decider_, kSales, standing, {}, Eight(9));
  EXPECT_EQ(lens.answer(), "no");
  EXPECT_EQ(lens.basis(), type::v1::ANSWER_BASIS_SETTLED);
}

TEST_F(SilenceTest, TermsRunByBusinessTimeAndRoundUpToMicroseconds) {
  type::v1::Calendar office;
  office.set_name("calendars/office");
  office.set_time_zone("UTC");
  auto* open = office.add_open();
  open->add_days(4);
  open->set_from("08:00");
  open->set_until("16:00");
  const auto calendar = calendar::Calendar::Make(office);
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  const Silence silence = {&*calendar, absl::Hours(8), kStart, At(1)};
  const auto votes = VotesOf(decider_, StandingOf({{kMarketing, "no", 12}}), {}, silence);
  EXPECT_EQ(votes[0].delivered, At(12));
  EXPECT_EQ(votes[0].due, At(7 * 24 + 12));  // four hours of this Thursday, four of the next
  const Silence odd = {&calendar_, absl::Nanoseconds(1500), kStart, At(1)};
  EXPECT_EQ(VotesOf(decider_, StandingOf({{kMarketing, "no", 12}}), {}, odd)[0].due,
            At(12) + absl::Microseconds(2));
}

// Whatever the order of the standing, and however late it is asked, silence is a function of what
// stands and of the time; and between two ends of terms nothing changes.
TEST_F(SilenceTest, NothingChangesBetweenTheEndsOfTerms) {
  std::mt19937 random(3);
  int ended = 0;
  for (int round = 0; round < 2000; ++round) {
    const Question* const questions[] = {&unanimity_, &majority_, &decider_, &precedence_};
    const Question& question = *questions[random() % 4];
    std::vector<Said> said;
    for (const char* department : {kSales, kMarketing, kMembership}) {
      const char* const answers[] = {"yes", "no", ""};
      if (random() % 3 != 0) {
        said.push_back({department, answers[random() % 3], static_cast<double>(random() % 10)});
      }
    }
    double now = 10;
    auto settled = Settled(question, said, now);
    while (settled.has_next_term_time()) {
      const double next = *NextOf(settled);
      ASSERT_GT(next, now);
      ASSERT_TRUE(SettlesTheSame(settled, Settled(question, said, next - 0.01)));
      now = next;
      std::shuffle(said.begin(), said.end(), random);
      settled = Settled(question, said, now);
      ++ended;
    }
    ASSERT_TRUE(SettlesTheSame(settled, Settled(question, said, 1000)));
  }
  EXPECT_GT(ended, 500);
}

type::v1::Charter Document(int revision, const Question& question) {
  type::v1::Charter document;
  document.set_revision(revision);
  for (const char* department : {kSales, kMarketing, kMembership}) {
    document.add_departments(department);
  }
  *document.add_calendars() = Always();
  *document.add_questions() = question;
  return document;
}

TEST_F(SilenceTest, CountsFromWhenTheCharterFirstSaysSo) {
  Question silent = decider_;
  Question mute = decider_;
  mute.clear_settlement();
  Question longer = decider_;
  longer.mutable_settlement()->set_silence_hours(9);
  Question reworded = decider_;
  reworded.mutable_answers(0)->set_criteria("It is so, and written.");
  const auto book = MakeBook(Charter::Make(Document(1, mute)).value());
  int revision = 1;
  for (const auto& [question, hour] : std::vector<std::pair<Question, double>>{
           {silent, 1}, {reworded, 2}, {longer, 3}, {mute, 4}, {silent, 5}}) {
    book->Put({Charter::Make(Document(++revision, question)).value(), "", At(hour)});
  }
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(0.5)).calendar, nullptr);
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(1.5)).since, At(1));
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(2.5)).since, At(1));
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(3.5)).since, At(3));
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(3.5)).term, absl::Hours(9));
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(4.5)).calendar, nullptr);
  EXPECT_EQ(SilenceAt(*book, "questions/q", At(5.5)).since, At(5));
  EXPECT_EQ(SilenceAt(*book, "questions/other", At(5.5)).calendar, nullptr);
}

TEST_F(SilenceTest, AVoiceThatIsAskedLaterHasItsWholeTime) {
  Question narrow = unanimity_;
  narrow.mutable_voices()->RemoveLast();
  const auto book = MakeBook(Charter::Make(Document(1, narrow)).value());
  book->Put({Charter::Make(Document(2, unanimity_)).value(), "", At(1000)});
  const Silence silence = SilenceAt(*book, "questions/q", At(1001));
  EXPECT_EQ(silence.asked_since.at(kMarketing), silence.since);
  EXPECT_EQ(silence.asked_since.at(kMembership), At(1000));
  const auto standing = StandingOf({{kSales, "yes", 1}});
  const std::vector<Vote> votes = VotesOf(unanimity_, standing, {}, silence);
  ASSERT_EQ(votes.size(), 3u);
  EXPECT_TRUE(votes[1].silent);
  EXPECT_EQ(votes[1].due, At(9));
  EXPECT_FALSE(votes[2].silent);
  EXPECT_EQ(votes[2].due, At(1008));
}

TEST_F(SilenceTest, ACharterMayNameATermWhereReportsDoNotCount) {
  const auto refusal = [](const Question& question) {
    return Reason(CheckSettlement(Document(1, question), question));
  };
  EXPECT_EQ(refusal(decider_), "");
  Question other = decider_;
  other.set_collection("opportunities");
  EXPECT_EQ(refusal(other), "CHARTER_INVALID");
  other = decider_;
  other.mutable_settlement()->set_calendar("calendars/moon");
  EXPECT_EQ(refusal(other), "CHARTER_INVALID");
  for (const double hours : {-1.0, 10'001.0, std::numeric_limits<double>::quiet_NaN()}) {
    other = decider_;
    other.mutable_settlement()->set_silence_hours(hours);
    EXPECT_EQ(refusal(other), "CHARTER_INVALID") << hours;
  }
}

}  // namespace
}  // namespace comity::charter
