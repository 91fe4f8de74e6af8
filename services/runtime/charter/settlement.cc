#include "services/runtime/charter/settlement.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/calendar/calendar.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

constexpr int kMostWeight = 1000;
constexpr double kMostSilence = 10'000;  // hours: some years of office hours

// Checks one part of how `question` is settled.
class Checker {
 public:
  explicit Checker(const type::v1::Question& question) : question_(question) {}

  absl::Status Invalid(absl::string_view part, absl::string_view problem) const {
    return InvalidField("CHARTER_INVALID", absl::StrCat(question_.name(), ".", part), problem);
  }

  // Twice named would count twice.
  template <typename Names>
  absl::Status EachOnceWithVoice(absl::string_view part, const Names& names) const {
    std::set<absl::string_view> seen;
    for (const std::string& name : names) {
      if (!absl::c_linear_search(question_.voices(), name)) {
        return Invalid(part, absl::StrCat(name, " has no voice in it"));
      }
      if (!seen.insert(name).second) return Invalid(part, absl::StrCat(name, " stands twice"));
    }
    return absl::OkStatus();
  }

  absl::Status Decider(bool decides) const {
    if (!decides && !question_.decider().empty()) {
      return Invalid("decider", "another rule settles the question: leave `decider` empty");
    }
    if (decides && !absl::c_linear_search(question_.voices(), question_.decider())) {
      return Invalid("decider", "the decider must have a voice");
    }
    return absl::OkStatus();
  }

  absl::Status Precedence(bool decides) const {
    const auto& precedence = question_.settlement().precedence();
    if (decides == precedence.empty()) {
      return Invalid("settlement.precedence",
                     "is needed by SETTLEMENT_RULE_PRECEDENCE, and by no other rule");
    }
    return EachOnceWithVoice("settlement.precedence", precedence);
  }

  absl::Status Weights(bool decide) const {
    const auto& weights = question_.settlement().weights();
    if (!decide && !weights.empty()) {
      return Invalid("settlement.weights", "are for SETTLEMENT_RULE_MAJORITY alone");
    }
    std::vector<std::string> departments;
    for (const type::v1::VoiceWeight& weight : weights) {
      if (weight.weight() < 1 || weight.weight() > kMostWeight) {
        return Invalid("settlement.weights", "a weight is 1 to 1000");
      }
      departments.push_back(weight.department());
    }
    return EachOnceWithVoice("settlement.weights", departments);
  }

  absl::Status Silence(const type::v1::Charter& document) const {
    const double hours = question_.settlement().silence_hours();
    if (hours == 0) return absl::OkStatus();
    if (!(hours > 0)) return Invalid("settlement.silence_hours", "counts from 0");
    const auto& calendars = document.calendars();
    const std::string& name = question_.settlement().calendar();
    if (std::none_of(calendars.begin(), calendars.end(),
                     [&](const auto& calendar) { return calendar.name() == name; })) {
      return Invalid("settlement.calendar", "silence runs by one of `calendars`: name it");
    }
    if (!(hours <= kMostSilence)) {
      return Invalid("settlement.silence_hours", "a term has at most 10,000 hours");
    }
    // Reports compute answers about opportunities from judgements and facts alone.
    if (question_.collection() == "opportunities") {
      return Invalid("settlement.silence_hours",
                     "about opportunities silence does not assent, as reports do not count it: "
                     "use 0");
    }
    return absl::OkStatus();
  }

 private:
  const type::v1::Question& question_;
};

// An answer of an earlier revision, which the question no longer has, is none. One that only a fact
// gives does not stand on a judgement alone.
bool Holds(const type::v1::Question& question, absl::string_view id, const StandingFacts& facts) {
  const type::v1::Answer* answer = Charter::FindAnswer(question, id);
  return answer != nullptr && (answer->decided_by_fact().empty() ||
                               absl::c_linear_search(facts, answer->decided_by_fact()));
}

// The vote of a department that holds an answer, by its own judgement or by silence.
const Vote* FindHolding(absl::string_view department, const std::vector<Vote>& votes, bool silent) {
  for (const Vote& vote : votes) {
    if (vote.holds && vote.silent == silent && vote.department == department) return &vote;
  }
  return nullptr;
}

bool HasJudged(const Vote& vote) { return !vote.answer.empty() && !vote.silent; }

// The answer that is ahead by the weight of those who have judged and hold one; empty at a tie.
absl::string_view FindAhead(const std::vector<Vote>& votes) {
  std::map<absl::string_view, int64_t> weights;
  for (const Vote& vote : votes) {
    if (vote.holds && !vote.silent) weights[vote.answer] += vote.weight;
  }
  absl::string_view ahead;
  int64_t most = 0;
  for (const auto& [answer, weight] : weights) {
    if (weight >= most) ahead = weight == most ? absl::string_view() : answer;
    most = std::max(most, weight);
  }
  return ahead;
}

// The one answer that all who have judged give; empty where they differ, or one of them does not
// hold.
absl::string_view FindCommon(const std::vector<Vote>& votes) {
  absl::string_view common;
  for (const Vote& vote : votes) {
    if (!HasJudged(vote)) continue;
    if (!vote.holds || (!common.empty() && vote.answer != common)) return "";
    common = vote.answer;
  }
  return common;
}

// What silence assents to: see VotesOf. Empty: there is nothing.
absl::string_view FindAssent(const type::v1::Question& question, const SettlementTerms& terms,
                             const std::vector<Vote>& votes) {
  switch (question.settlement().rule()) {
    case type::v1::SETTLEMENT_RULE_UNANIMITY:
      return FindCommon(votes);
    case type::v1::SETTLEMENT_RULE_PRECEDENCE:
      for (const absl::string_view department : terms.asked) {
        const Vote* vote = FindHolding(department, votes, /*silent=*/false);
        if (vote != nullptr) return vote->answer;
      }
      return "";
    default:
      return FindAhead(votes);
  }
}

// When another voice has come to hold an answer.
absl::Time FirstHeld(const std::vector<Vote>& votes, const std::vector<absl::Time>& said,
                     const Vote& silent) {
  absl::Time first = absl::InfiniteFuture();
  for (size_t i = 0; i < votes.size(); ++i) {
    if (&votes[i] != &silent && votes[i].holds) first = std::min(first, said[i]);
  }
  return first;
}

// Times are kept in microseconds: not before that moment.
absl::Time RoundedUp(absl::Time time) {
  if (time == absl::InfiniteFuture() || time == absl::InfinitePast()) return time;
  const absl::Time rounded = absl::FromUnixMicros(absl::ToUnixMicros(time));
  return rounded < time ? rounded + absl::Microseconds(1) : rounded;
}

// `said`: of each vote, see StandingAnswer.
void HearSilence(const type::v1::Question& question, const Silence& silence,
                 const std::vector<absl::Time>& said, std::vector<Vote>* votes) {
  const SettlementTerms terms = TermsOf(question);
  for (size_t i = 0; i < votes->size(); ++i) {
    Vote& vote = (*votes)[i];
    if (HasJudged(vote)) continue;
    if (terms.needed == 0 && !absl::c_linear_search(terms.asked, vote.department)) continue;
    const absl::Time first = FirstHeld(*votes, said, vote);
    if (first == absl::InfiniteFuture()) continue;
    const auto asked = silence.asked_since.find(vote.department);
    const absl::Time since = asked == silence.asked_since.end() ? silence.since : asked->second;
    vote.delivered = std::max({first, said[i], since});
    // A calendar that never opens again gives all the time there is.
    vote.due = RoundedUp(
        silence.calendar->Add(vote.delivered, silence.term).value_or(absl::InfiniteFuture()));
  }
  const absl::string_view assent = FindAssent(question, terms, *votes);
  for (Vote& vote : *votes) {
    if (vote.due > silence.now || assent.empty()) continue;
    vote.answer = assent;
    vote.holds = true;
    vote.silent = true;
  }
}

// The vote for an answer that has gathered `needed`, which is more than half: no second one can.
const Vote* FindHeavyEnough(int64_t needed, const std::vector<Vote>& votes) {
  for (const Vote& vote : votes) {
    int64_t weight = 0;
    for (const Vote& other : votes) {
      if (other.holds && other.answer == vote.answer) weight += other.weight;
    }
    if (vote.holds && weight >= needed) return &vote;
  }
  return nullptr;
}

type::v1::LensAnswer MakeAnswer(const type::v1::Question& question, absl::string_view answer,
                                absl::string_view department, type::v1::AnswerBasis basis) {
  type::v1::LensAnswer result;
  result.set_question(question.name());
  result.set_answer(std::string(answer));
  result.set_department(std::string(department));
  result.set_basis(basis);
  return result;
}

type::v1::LensAnswer SettleVotes(const type::v1::Question& question,
                                 const std::vector<Vote>& votes) {
  const SettlementTerms terms = TermsOf(question);
  const Vote* vote = terms.needed == 0 ? nullptr : FindHeavyEnough(terms.needed, votes);
  for (const absl::string_view department : terms.asked) {
    if (const Vote* judged = FindHolding(department, votes, /*silent=*/false)) {
      return MakeAnswer(question, judged->answer, department, type::v1::ANSWER_BASIS_SETTLED);
    }
    if (vote == nullptr) vote = FindHolding(department, votes, /*silent=*/true);
  }
  if (vote == nullptr) return MakeAnswer(question, "", "", type::v1::ANSWER_BASIS_UNSPECIFIED);
  return MakeAnswer(question, vote->answer, "", type::v1::ANSWER_BASIS_SETTLED);
}

}  // namespace

absl::Status CheckSettlement(const type::v1::Charter& document,
                             const type::v1::Question& question) {
  const Checker check(question);
  const type::v1::SettlementRule rule = question.settlement().rule();
  if (!type::v1::SettlementRule_IsValid(rule)) {
    return check.Invalid("settlement.rule", "is not one of the rules of settlement");
  }
  COMITY_RETURN_IF_ERROR(check.EachOnceWithVoice("voices", question.voices()));
  COMITY_RETURN_IF_ERROR(check.Decider(rule == type::v1::SETTLEMENT_RULE_UNSPECIFIED ||
                                       rule == type::v1::SETTLEMENT_RULE_DECIDER));
  COMITY_RETURN_IF_ERROR(check.Precedence(rule == type::v1::SETTLEMENT_RULE_PRECEDENCE));
  COMITY_RETURN_IF_ERROR(check.Weights(rule == type::v1::SETTLEMENT_RULE_MAJORITY));
  return check.Silence(document);
}

int64_t WeightOf(const type::v1::Question& question, absl::string_view department) {
  for (const type::v1::VoiceWeight& weight : question.settlement().weights()) {
    if (weight.department() == department) return weight.weight();
  }
  return 1;
}

SettlementTerms TermsOf(const type::v1::Question& question) {
  const type::v1::Settlement& settlement = question.settlement();
  SettlementTerms terms;
  for (const std::string& voice : question.voices()) terms.total += WeightOf(question, voice);
  switch (settlement.rule()) {
    case type::v1::SETTLEMENT_RULE_PRECEDENCE:
      terms.asked.assign(settlement.precedence().begin(), settlement.precedence().end());
      break;
    case type::v1::SETTLEMENT_RULE_MAJORITY:
      terms.needed = terms.total / 2 + 1;
      break;
    case type::v1::SETTLEMENT_RULE_UNANIMITY:
      terms.needed = terms.total;
      break;
    default:
      terms.asked = {question.decider()};
  }
  return terms;
}

std::vector<Vote> VotesOf(const type::v1::Question& question,
                          const std::vector<StandingAnswer>& standing, const StandingFacts& facts,
                          const Silence& silence) {
  std::vector<Vote> votes;
  votes.reserve(static_cast<size_t>(question.voices_size()));
  std::vector<absl::Time> said(question.voices_size(), absl::InfinitePast());
  for (const std::string& voice : question.voices()) {
    Vote& vote = votes.emplace_back();
    vote.department = voice;
    vote.weight = WeightOf(question, voice);
    for (const StandingAnswer& answer : standing) {
      if (answer.department != voice) continue;
      said[votes.size() - 1] = answer.said;
      vote.answer = answer.answer;
      vote.version = answer.version;
    }
    vote.holds = Holds(question, vote.answer, facts);
  }
  if (silence.calendar != nullptr) HearSilence(question, silence, said, &votes);
  return votes;
}

absl::Time NextTerm(const std::vector<Vote>& votes, const Silence& silence) {
  absl::Time next = absl::InfiniteFuture();
  for (const Vote& vote : votes) {
    if (vote.due > silence.now) next = std::min(next, vote.due);
  }
  return next;
}

type::v1::LensAnswer Settle(const type::v1::Question& question,
                            const std::vector<StandingAnswer>& standing, const StandingFacts& facts,
                            const Silence& silence) {
  return AnswerThrough(question, kSettled, standing, facts, silence);
}

type::v1::SettledAnswer SettledOf(const type::v1::Question& question,
                                  const std::vector<StandingAnswer>& standing,
                                  const StandingFacts& facts, const Silence& silence) {
  type::v1::SettledAnswer result;
  result.set_question(question.name());
  result.set_rule_version(kRuleVersion);
  if (const type::v1::Answer* decided = DecidedByFact(question, facts)) {
    result.set_answer(decided->id());
    result.set_basis(type::v1::ANSWER_BASIS_FACT);
    result.set_fact(decided->decided_by_fact());
    return result;
  }
  const std::vector<Vote> votes = VotesOf(question, standing, facts, silence);
  const type::v1::LensAnswer settled = SettleVotes(question, votes);
  result.set_answer(settled.answer());
  result.set_department(settled.department());
  result.set_basis(settled.basis());
  for (const Vote& vote : votes) {
    if (vote.silent) result.add_silent_departments(std::string(vote.department));
    const bool counts = settled.department().empty() || vote.department == settled.department();
    if (vote.holds && !vote.silent && counts && vote.answer == settled.answer()) {
      result.add_judgement_versions(vote.version);
    }
  }
  const absl::Time next = NextTerm(votes, silence);
  if (next == absl::InfiniteFuture()) return result;
  *result.mutable_next_term_time() = resource::FromTime(next);
  return result;
}

bool SettlesTheSame(const type::v1::SettledAnswer& a, const type::v1::SettledAnswer& b) {
  return a.answer() == b.answer() && a.department() == b.department() && a.basis() == b.basis() &&
         a.fact() == b.fact() && absl::c_equal(a.silent_departments(), b.silent_departments());
}

type::v1::LensAnswer AnswerThrough(const type::v1::Question& question, absl::string_view lens,
                                   const std::vector<StandingAnswer>& standing,
                                   const StandingFacts& facts, const Silence& silence) {
  if (const type::v1::Answer* decided = DecidedByFact(question, facts)) {
    return MakeAnswer(question, decided->id(), "", type::v1::ANSWER_BASIS_FACT);
  }
  const std::vector<Vote> votes = VotesOf(question, standing, facts, silence);
  const Vote* own = lens == kSettled ? nullptr : FindHolding(lens, votes, /*silent=*/false);
  if (own == nullptr) return SettleVotes(question, votes);
  return MakeAnswer(question, own->answer, own->department, type::v1::ANSWER_BASIS_OWN);
}

const type::v1::Answer* DecidedByFact(const type::v1::Question& question,
                                      const StandingFacts& facts) {
  for (const type::v1::Answer& answer : question.answers()) {
    if (!answer.decided_by_fact().empty() &&
        absl::c_linear_search(facts, answer.decided_by_fact())) {
      return &answer;
    }
  }
  return nullptr;
}

bool FactsDecide(const type::v1::Question& question, absl::string_view kind) {
  const auto& answers = question.answers();
  return std::any_of(answers.begin(), answers.end(), [&](const type::v1::Answer& answer) {
    return !answer.decided_by_fact().empty() && (kind.empty() || answer.decided_by_fact() == kind);
  });
}

}  // namespace comity::charter
