#include "services/runtime/judgement/lens.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/runtime/charter/settlement.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/resource/names.h"

namespace comity::judgement {
namespace {

// What is known of one subject.
struct Known {
  std::vector<StandingRow> rows;
  charter::StandingFacts facts;
};

bool AnyDecidedByFact(const std::vector<const type::v1::Question*>& questions) {
  return std::any_of(questions.begin(), questions.end(), [](const auto* question) {
    return std::any_of(question->answers().begin(), question->answers().end(),
                       [](const auto& answer) { return !answer.decided_by_fact().empty(); });
  });
}

using KnownById = absl::flat_hash_map<std::string, Known>;

// Adds the facts, where any of the questions is decided by one.
absl::Status ReadFacts(storage::Reader& reader,
                       const std::vector<const type::v1::Question*>& questions,
                       const std::vector<std::string>& ids, KnownById* known) {
  if (!AnyDecidedByFact(questions)) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const auto kinds, ReadStandingKinds(reader, ids));
  for (const auto& [id, kind] : kinds) {
    (*known)[id].facts.push_back(fact::KindId(static_cast<fact::v1::FactKind>(kind)));
  }
  return absl::OkStatus();
}

// The questions about a collection, and what their silence says by now.
struct Asked {
  std::vector<const type::v1::Question*> questions;
  std::vector<charter::Silence> silences;
};

Asked AskedAbout(const Call& call, const std::string& collection) {
  Asked asked = {call.charter().QuestionsAbout(collection), {}};
  for (const type::v1::Question* question : asked.questions) {
    asked.silences.push_back(
        charter::SilenceAt(*call.runtime->charters, question->name(), call.now));
  }
  return asked;
}

std::vector<type::v1::LensAnswer> AnswersOf(const Asked& asked, const std::string& lens,
                                            const Known& known) {
  std::vector<type::v1::LensAnswer> answers;
  for (size_t i = 0; i < asked.questions.size(); ++i) {
    const type::v1::Question& question = *asked.questions[i];
    answers.push_back(charter::AnswerThrough(question, lens, AnswersTo(question.name(), known.rows),
                                             known.facts, asked.silences[i]));
  }
  return answers;
}

}  // namespace

absl::StatusOr<std::vector<type::v1::LensAnswer>> LensAnswersOf(storage::Reader& reader,
                                                                const Call& call,
                                                                const std::string& lens,
                                                                const std::string& subject,
                                                                std::vector<StandingRow> standing) {
  const std::string collection = resource::CollectionOf(subject);
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(subject, collection));
  const Asked asked = AskedAbout(call, collection);
  KnownById known;
  known[id].rows = std::move(standing);
  COMITY_RETURN_IF_ERROR(ReadFacts(reader, asked.questions, {id}, &known));
  return AnswersOf(asked, lens, known[id]);
}

absl::StatusOr<std::vector<std::vector<type::v1::LensAnswer>>> LensAnswers(
    storage::Reader& reader, const Call& call, const std::string& lens,
    const std::vector<std::string>& subjects) {
  std::vector<std::vector<type::v1::LensAnswer>> answers;
  if (subjects.empty()) return answers;
  const std::string collection = resource::CollectionOf(subjects.front());
  const Asked asked = AskedAbout(call, collection);
  std::vector<std::string> ids;
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(std::string id, resource::IdOf(subject, collection));
    ids.push_back(std::move(id));
  }
  KnownById known;
  COMITY_ASSIGN_OR_RETURN(auto rows, ReadStandings(reader, ids));
  for (StandingRow& row : rows) known[row.subject_id].rows.push_back(std::move(row));
  COMITY_RETURN_IF_ERROR(ReadFacts(reader, asked.questions, ids, &known));
  const Known nothing;
  for (const std::string& id : ids) {
    const auto found = known.find(id);
    answers.push_back(AnswersOf(asked, lens, found == known.end() ? nothing : found->second));
  }
  return answers;
}

}  // namespace comity::judgement
