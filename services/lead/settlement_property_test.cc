// Random sequences of judging, withdrawing, facts, voids, revisions and time: what is settled step
// by step equals what is computed from all that was said, and a replay of the journal settles the
// same.
#include <map>
#include <random>

#include "services/lead/settlement_fixture.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/resource/columns.h"

#ifndef COMITY_SEQUENCES
#define COMITY_SEQUENCES 6
#endif

namespace comity::lead {
namespace {

using type::v1::Question;
using type::v1::SettledAnswer;

constexpr int kSteps = 40;
const char* const kVoices[] = {"ana@sales", "mia@marketing", "mem@membership"};

std::string DepartmentOf(const std::string& as) {
  return "departments/" + as.substr(as.find('@') + 1);
}

// What has been said of one lead, from which everything is computed anew.
struct Told {
  struct Judged {
    std::string department;
    std::string answer;  // empty: withdrawn
    absl::Time time;
    int64_t version = 0;
  };
  std::vector<Judged> judged;
  bool fact = false;  // the one that may decide stands

  std::vector<charter::StandingAnswer> Standing() const {
    std::vector<charter::StandingAnswer> standing;
    for (const char* as : kVoices) {
      charter::StandingAnswer answer;
      for (const Judged& one : judged) {
        if (one.department != DepartmentOf(as)) continue;
        if (one.answer.empty() || answer.answer.empty()) answer.said = one.time;
        answer.department = one.department;
        answer.answer = one.answer;
        answer.version = one.version;
      }
      if (!answer.department.empty()) standing.push_back(answer);
    }
    return standing;
  }
};

class SettlementPropertyTest : public SettlementFixture {
 protected:
  struct Lead {
    std::string name;
    Told told;
    std::map<std::string, std::string> standing;  // the judgement of each who has one
    std::string fact;                             // its name, while it stands
  };

  int Below(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)); }
  const charter::Book& book() { return *runtime_.runtime()->charters; }
  static bool FactDecides(const Question& question) {
    return !question.answers(2).decided_by_fact().empty();
  }

  // By the revision that was in force at `recorded`, as of `now`.
  static charter::StandingFacts FactsOf(const Told& told) {
    return told.fact ? charter::StandingFacts{"owner-changed"} : charter::StandingFacts();
  }
  SettledAnswer Compute(const Told& told, absl::Time recorded, absl::Time now) {
    const Question& question = *book().At(recorded).FindQuestion(kQuality);
    charter::Silence silence = charter::SilenceAt(book(), kQuality, recorded);
    silence.now = now;
    return charter::SettledOf(question, told.Standing(), FactsOf(told), silence);
  }

  void JudgeAtRandom(Lead* lead) {
    const std::string as = kVoices[Below(3)];
    const bool decides = FactDecides(*book().At(now_).FindQuestion(kQuality));
    const char* const answers[] = {"disqualified", "nurture", "qualified"};
    std::string answer = answers[Below(decides ? 2 : 3)];
    if (decides && lead->told.fact) answer = "qualified";
    lead->standing[as] = Judge(as, lead->name, answer);
    lead->told.judged.push_back({DepartmentOf(as), answer, now_});
  }
  void WithdrawAtRandom(Lead* lead) {
    const std::string as = kVoices[Below(3)];
    if (!lead->standing.contains(as)) return;
    const absl::Status withdrawn = Withdraw(as, lead->standing[as]);
    ASSERT_TRUE(withdrawn.ok()) << withdrawn;
    lead->standing.erase(as);
    lead->told.judged.push_back({DepartmentOf(as), "", now_});
  }
  void RecordOrVoid(Lead* lead) {
    if (lead->fact.empty()) {
      const auto fact = ChangeOwner(lead->name);
      ASSERT_TRUE(fact.ok()) << fact.status();
      lead->fact = fact->name();
    } else {
      const absl::Status voided = Void(lead->fact);
      ASSERT_TRUE(voided.ok()) << voided;
      lead->fact.clear();
    }
    lead->told.fact = !lead->fact.empty();
  }
  void EnactAtRandom() {
    const type::v1::SettlementRule rules[] = {
        type::v1::SETTLEMENT_RULE_DECIDER, type::v1::SETTLEMENT_RULE_PRECEDENCE,
        type::v1::SETTLEMENT_RULE_MAJORITY, type::v1::SETTLEMENT_RULE_UNANIMITY};
    const double hours[] = {0, 3, 8, 8.5};
    Enact([&](Question* question) {
      SettleBy(rules[Below(4)], hours[Below(4)], question);
      question->mutable_answers(2)->clear_decided_by_fact();
      if (Below(2) == 0) question->mutable_answers(2)->set_decided_by_fact("owner-changed");
    });
  }
  void Step(Lead* lead) {
    const int choice = Below(100);
    if (choice < 35) return JudgeAtRandom(lead);
    if (choice < 47) return WithdrawAtRandom(lead);
    if (choice < 57) return RecordOrVoid(lead);
    if (choice < 84) return Pass(0.25 * Below(24));
    if (choice < 92) return EndTerms();
    if (choice < 96) return SettleAnew();
    EnactAtRandom();
  }

  // What the journal tells, told again: each settlement is what is computed of what was said before
  // it, and where an entry has none nothing was settled otherwise.
  SettledAnswer Replay(const std::string& name) {
    Told told;
    SettledAnswer settled;
    std::string fact;
    for (const journal::v1::Entry& entry : History(name)) {
      judgement::v1::Judgement judgement;
      fact::v1::Fact recorded;
      if (entry.payload().UnpackTo(&judgement)) {
        told.judged.push_back({judgement.department(), judgement.answer(),
                               resource::ToTime(judgement.record_time()), entry.version()});
      } else if (entry.payload().UnpackTo(&recorded)) {
        told.fact = recorded.voids().empty();
      }
      const absl::Time time = resource::ToTime(entry.record_time());
      EXPECT_EQ(entry.charter_revision(), book().At(time).revision());
      if (entry.settlements().empty()) {
        const bool settles = entry.payload().Is<judgement::v1::Judgement>();
        if (settles) {
          EXPECT_TRUE(charter::SettlesTheSame(settled, Compute(told, time, time)));
        }
        continue;
      }
      EXPECT_EQ(entry.settlements_size(), 1);
      const SettledAnswer& next = entry.settlements(0);
      EXPECT_FALSE(charter::SettlesTheSame(settled, next));
      SettledAnswer computed = Compute(told, time, resource::ToTime(next.settle_time()));
      computed.set_subject(name);
      computed.set_charter_revision(entry.charter_revision());
      *computed.mutable_settle_time() = next.settle_time();
      EXPECT_EQ(next.DebugString(), computed.DebugString()) << entry.DebugString();
      settled = next;
    }
    return settled;
  }

  // Whether a term of the department's silence runs.
  bool IsAwaited(const std::string& department, const Told& told) {
    const Question& question = *book().At(now_).FindQuestion(kQuality);
    if (charter::DecidedByFact(question, FactsOf(told)) != nullptr) return false;
    const auto standing = told.Standing();
    const auto votes = charter::VotesOf(question, standing, FactsOf(told),
                                        charter::SilenceAt(book(), kQuality, now_));
    return std::any_of(votes.begin(), votes.end(), [&](const charter::Vote& vote) {
      return vote.department == department && vote.due > now_ && vote.due != absl::InfiniteFuture();
    });
  }

  void ExpectSettled(const Lead& lead) {
    const SettledAnswer computed = Compute(lead.told, now_, now_);
    const SettledAnswer stored = Stored(lead.name);
    EXPECT_TRUE(charter::SettlesTheSame(stored, computed))
        << stored.DebugString() << " is not " << computed.DebugString();
    EXPECT_EQ(stored.next_term_time().DebugString(), computed.next_term_time().DebugString());
    EXPECT_TRUE(charter::SettlesTheSame(Replay(lead.name), stored));
    for (const char* as : kVoices) {
      const judgement::v1::ListAwaitedJudgementsResponse list = Awaited(as, lead.name);
      ASSERT_EQ(list.awaited_size(), IsAwaited(DepartmentOf(as), lead.told) ? 1 : 0) << as;
      for (const auto& one : list.awaited()) EXPECT_GT(resource::ToTime(one.due_time()), now_);
    }
  }

  std::mt19937 random_;
};

TEST_F(SettlementPropertyTest, StepByStepEqualsRecomputationAndAReplaySettlesTheSame) {
  int settled = 0;
  for (int sequence = 0; sequence < COMITY_SEQUENCES; ++sequence) {
    SCOPED_TRACE(sequence);
    random_.seed(static_cast<unsigned>(sequence));
    EnactAtRandom();
    Lead leads[2];
    for (Lead& lead : leads) lead.name = Create();
    for (int step = 0; step < kSteps; ++step) {
      Lead& lead = leads[Below(2)];
      Step(&lead);
      ASSERT_EQ(ReadSettled(lead.name), Compute(lead.told, now_, now_).answer()) << step;
      now_ += absl::Milliseconds(1 + Below(1000));
    }
    Pass(0.1);  // no call of an earlier revision is under way
    SettleAnew();
    EndTerms();
    for (const Lead& lead : leads) {
      ExpectSettled(lead);
      for (const auto& entry : History(lead.name)) settled += entry.settlements_size();
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(settled, COMITY_SEQUENCES * 5);
}

}  // namespace
}  // namespace comity::lead
