#include "services/runtime/charter/settlement.h"

#include <algorithm>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

constexpr int kMostWeight = 1000;

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
    return Invalid("settlement.silence_hours", "that silence assents is not yet supported: use 0");
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

const Vote* FindHolding(absl::string_view department, const std::vector<Vote>& votes) {
  for (const Vote& vote : votes) {
    if (vote.holds && vote.department == department) return &vote;
  }
  return nullptr;
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
  for (const absl::string_view department : terms.asked) {
    if (const Vote* vote = FindHolding(department, votes)) {
      return MakeAnswer(question, vote->answer, department, type::v1::ANSWER_BASIS_SETTLED);
    }
  }
  const Vote* vote = terms.needed == 0 ? nullptr : FindHeavyEnough(terms.needed, votes);
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
                          const std::vector<StandingAnswer>& standing, const StandingFacts& facts) {
  std::vector<Vote> votes;
  votes.reserve(static_cast<size_t>(question.voices_size()));
  for (const std::string& voice : question.voices()) {
    Vote& vote = votes.emplace_back();
    vote.department = voice;
    vote.weight = WeightOf(question, voice);
    for (const StandingAnswer& answer : standing) {
      if (answer.department == voice && !answer.answer.empty()) vote.answer = answer.answer;
    }
    vote.holds = Holds(question, vote.answer, facts);
  }
  return votes;
}

type::v1::LensAnswer Settle(const type::v1::Question& question,
                            const std::vector<StandingAnswer>& standing,
                            const StandingFacts& facts) {
  return AnswerThrough(question, kSettled, standing, facts);
}

type::v1::LensAnswer AnswerThrough(const type::v1::Question& question, absl::string_view lens,
                                   const std::vector<StandingAnswer>& standing,
                                   const StandingFacts& facts) {
  if (const type::v1::Answer* decided = DecidedByFact(question, facts)) {
    return MakeAnswer(question, decided->id(), "", type::v1::ANSWER_BASIS_FACT);
  }
  const std::vector<Vote> votes = VotesOf(question, standing, facts);
  const Vote* own = lens == kSettled ? nullptr : FindHolding(lens, votes);
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
