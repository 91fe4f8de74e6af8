#include "services/runtime/judgement/judgement_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::judgement {
namespace {

constexpr absl::Duration kClockSkew = absl::Minutes(1);

std::string QuestionNames(const std::vector<const type::v1::Question*>& questions) {
  return absl::StrJoin(questions, ", ", [](std::string* out, const type::v1::Question* question) {
    absl::StrAppend(out, question->name());
  });
}

std::string AnswerIds(const type::v1::Question& question) {
  return absl::StrJoin(question.answers(), ", ", [](std::string* out, const auto& answer) {
    absl::StrAppend(out, answer.id());
  });
}

std::string Moment(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

std::string SilenceSaid(const charter::Vote& vote) {
  if (vote.silent) {
    return absl::StrCat("assents to `", vote.answer, "` by its silence since ", Moment(vote.due));
  }
  if (vote.due == absl::InfiniteFuture()) return "is silent";
  return absl::StrCat("is silent (its term ends at ", Moment(vote.due), ")");
}

std::string AnswerSaid(const type::v1::Question& question, const charter::Vote& vote) {
  if (vote.silent || vote.answer.empty()) return SilenceSaid(vote);
  std::string said = absl::StrCat("says `", vote.answer, "`");
  if (vote.holds) return said;
  const type::v1::Answer* answer = charter::Charter::FindAnswer(question, vote.answer);
  if (answer == nullptr) return absl::StrCat(said, " (which the charter no longer has)");
  return absl::StrCat(said, " (which needs the fact `", answer->decided_by_fact(), "`)");
}

// Who says what: `of` names the departments.
template <typename Names>
std::string WhoSaysWhat(const type::v1::Question& question, const std::vector<charter::Vote>& votes,
                        const Names& of) {
  return absl::StrJoin(of, ", ", [&](std::string* out, absl::string_view department) {
    for (const charter::Vote& vote : votes) {
      if (vote.department != department) continue;
      absl::StrAppend(out, department);
      if (vote.weight != 1) absl::StrAppend(out, " (weight ", vote.weight, ")");
      absl::StrAppend(out, " ", AnswerSaid(question, vote));
    }
  });
}

std::string GroundsOfDecider(const type::v1::Question& question,
                             const std::vector<charter::Vote>& votes,
                             const type::v1::LensAnswer& settled) {
  const std::string decides = absl::StrCat(question.decider(), " decides this question and ");
  if (!settled.department().empty()) return absl::StrCat(decides, "holds so");
  for (const charter::Vote& vote : votes) {
    if (vote.department != question.decider()) continue;
    const bool waited = vote.due != absl::InfiniteFuture();
    if (waited) {
      return absl::StrCat(decides,
                          "has not judged: ", WhoSaysWhat(question, votes, question.voices()));
    }
    if (!vote.answer.empty()) return absl::StrCat(decides, AnswerSaid(question, vote));
  }
  return absl::StrCat(decides, "has not judged");
}

std::string GroundsOfPrecedence(const type::v1::Question& question,
                                const std::vector<charter::Vote>& votes,
                                const type::v1::LensAnswer& settled) {
  return absl::StrCat(settled.department().empty() ? "nobody" : settled.department(),
                      settled.department().empty() ? " in the order of precedence holds an answer: "
                                                   : " comes first of those that hold an answer: ",
                      WhoSaysWhat(question, votes, question.settlement().precedence()));
}

std::string GroundsOfMajority(const type::v1::Question& question,
                              const std::vector<charter::Vote>& votes,
                              const type::v1::LensAnswer& settled) {
  int voices = 0;
  int64_t weight = 0;
  for (const charter::Vote& vote : votes) {
    if (!vote.holds || vote.answer != settled.answer()) continue;
    ++voices;
    weight += vote.weight;
  }
  const int64_t total = charter::TermsOf(question).total;
  const std::string who = WhoSaysWhat(question, votes, question.voices());
  if (voices == 0) {
    return absl::StrCat("no answer has more than half of the weight, which is ", total, ": ", who);
  }
  return absl::StrCat(voices, " of ", votes.size(), " voices (weight ", weight, " of ", total,
                      ") say so and more than half decides: ", who);
}

std::string Grounds(const type::v1::Question& question, const std::vector<charter::Vote>& votes,
                    const type::v1::LensAnswer& settled) {
  switch (question.settlement().rule()) {
    case type::v1::SETTLEMENT_RULE_PRECEDENCE:
      return GroundsOfPrecedence(question, votes, settled);
    case type::v1::SETTLEMENT_RULE_MAJORITY:
      return GroundsOfMajority(question, votes, settled);
    case type::v1::SETTLEMENT_RULE_UNANIMITY:
      return absl::StrCat(settled.answer().empty() ? "not all agree: " : "all voices agree: ",
                          WhoSaysWhat(question, votes, question.voices()));
    default:
      return GroundsOfDecider(question, votes, settled);
  }
}

}  // namespace

absl::Status CheckJudgement(const charter::Charter& charter, const v1::Judgement& judgement,
                            const std::string& department, absl::Time now) {
  const std::string collection = resource::CollectionOf(judgement.subject());
  const type::v1::Question* question = charter.FindQuestion(judgement.question());
  if (question == nullptr || question->collection() != collection) {
    return InvalidField(
        "UNKNOWN_QUESTION", "judgement.question",
        absl::StrCat("by revision ", charter.revision(), " of the charter, which is in force, the ",
                     "questions about ", collection, " are ",
                     QuestionNames(charter.QuestionsAbout(collection))));
  }
  if (!charter.HasVoice(*question, department)) {
    return PermissionDenied(
        "NO_VOICE", absl::StrCat(department, " has no voice in ", question->name(),
                                 "; these have: ", absl::StrJoin(question->voices(), ", ")));
  }
  if (charter::Charter::FindAnswer(*question, judgement.answer()) == nullptr) {
    return InvalidField(
        "UNKNOWN_ANSWER", "judgement.answer",
        absl::StrCat("by revision ", charter.revision(), " of the charter, which is in force, the ",
                     "answers to ", question->name(), " are ", AnswerIds(*question)));
  }
  if (judgement.has_occur_time() &&
      absl::FromUnixSeconds(judgement.occur_time().seconds()) > now + kClockSkew) {
    return InvalidField("OCCURS_IN_FUTURE", "judgement.occur_time",
                        "a department cannot hold something since a time in the future");
  }
  return absl::OkStatus();
}

absl::Status CheckHasVoice(const charter::Charter& charter, absl::string_view collection,
                           absl::string_view department) {
  for (const type::v1::Question* question : charter.QuestionsAbout(collection)) {
    if (charter.HasVoice(*question, department)) return absl::OkStatus();
  }
  return PermissionDenied(
      "NO_VOICE", absl::StrCat(department, " has no voice in any question about ", collection));
}

absl::Status CheckAgainstFacts(const type::v1::Question& question, const v1::Judgement& judgement,
                               const charter::StandingFacts& facts) {
  for (const type::v1::Answer& answer : question.answers()) {
    if (answer.decided_by_fact().empty()) continue;
    const bool stands =
        std::find(facts.begin(), facts.end(), answer.decided_by_fact()) != facts.end();
    if (!stands && judgement.answer() == answer.id()) {
      return PreconditionFailed("FACT_MISSING", judgement.subject(),
                                absl::StrCat("`", answer.id(), "` follows from the fact `",
                                             answer.decided_by_fact(), "`: record that first"));
    }
    if (stands && judgement.answer() != answer.id()) {
      return PreconditionFailed(
          "DECIDED_BY_FACT", judgement.subject(),
          absl::StrCat("the fact `", answer.decided_by_fact(), "` stands, so it is `", answer.id(),
                       "` for all; if the fact is wrong, void it with a reason"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWithdrawal(const v1::Judgement& judgement, const std::string& department,
                             int64_t standing) {
  if (judgement.department() != department) {
    return PermissionDenied("OTHER_DEPARTMENT",
                            absl::StrCat("this judgement is ", judgement.department(),
                                         "'s; a department withdraws only its own"));
  }
  if (judgement.subject_version() != standing) {
    return PreconditionFailed(
        "NOT_STANDING", judgement.name(),
        "it was replaced or withdrawn already; GetStanding shows what stands");
  }
  return absl::OkStatus();
}

std::string Explain(const type::v1::Question& question, const std::vector<charter::Vote>& votes,
                    const type::v1::LensAnswer& settled) {
  const std::string result =
      settled.answer().empty() ? "Undecided" : absl::StrCat("`", settled.answer(), "`");
  if (settled.basis() == type::v1::ANSWER_BASIS_FACT) {
    const type::v1::Answer* answer = charter::Charter::FindAnswer(question, settled.answer());
    return absl::StrCat(result, " for every department, because the fact `",
                        answer == nullptr ? "" : answer->decided_by_fact(),
                        "` decides it and is not voided.");
  }
  return absl::StrCat(result, ", because ", Grounds(question, votes, settled), ".");
}

v1::Standing StandingOf(const type::v1::Question& question, const std::string& lens,
                        const std::vector<v1::Judgement>& judgements, const Held& held) {
  v1::Standing standing;
  standing.set_question(question.name());
  for (const v1::Judgement& judgement : judgements) {
    if (judgement.question() == question.name()) *standing.add_judgements() = judgement;
  }
  const auto& [answers, facts, silence] = held;
  *standing.mutable_settled() = charter::Settle(question, answers, facts, silence);
  *standing.mutable_lens_answer() = charter::AnswerThrough(question, lens, answers, facts, silence);
  const std::vector<charter::Vote> votes = charter::VotesOf(question, answers, facts, silence);
  standing.set_explanation(Explain(question, votes, standing.settled()));
  if (standing.settled().basis() == type::v1::ANSWER_BASIS_FACT) return standing;
  for (const charter::Vote& vote : votes) {
    if (vote.due == absl::InfiniteFuture()) continue;
    v1::SilentVoice* silent = standing.add_silent();
    silent->set_department(std::string(vote.department));
    *silent->mutable_deliver_time() = resource::FromTime(vote.delivered);
    *silent->mutable_due_time() = resource::FromTime(vote.due);
    if (vote.silent) silent->set_answer(std::string(vote.answer));
  }
  return standing;
}

}  // namespace comity::judgement
