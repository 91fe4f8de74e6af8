#include "services/runtime/judgement/lens.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
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

absl::StatusOr<absl::flat_hash_map<std::string, Known>> ReadKnown(
    storage::Reader& reader, const std::vector<const type::v1::Question*>& questions,
    const std::vector<std::string>& ids) {
  absl::flat_hash_map<std::string, Known> known;
  COMITY_ASSIGN_OR_RETURN(auto rows, ReadStandings(reader, ids));
  for (StandingRow& row : rows) known[row.subject_id].rows.push_back(std::move(row));
  if (AnyDecidedByFact(questions)) {
    COMITY_ASSIGN_OR_RETURN(const auto kinds, ReadStandingKinds(reader, ids));
    for (const auto& [id, kind] : kinds) {
      known[id].facts.push_back(fact::KindId(static_cast<fact::v1::FactKind>(kind)));
    }
  }
  return known;
}

std::vector<type::v1::LensAnswer> AnswersOf(const std::vector<const type::v1::Question*>& questions,
                                            const std::string& lens, const Known& known) {
  std::vector<type::v1::LensAnswer> answers;
  for (const type::v1::Question* question : questions) {
    std::vector<charter::StandingAnswer> standing;
    for (const StandingRow& row : known.rows) {
      if (row.question == question->name()) standing.push_back({row.department, row.answer});
    }
    answers.push_back(charter::AnswerThrough(*question, lens, standing, known.facts));
  }
  return answers;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<type::v1::LensAnswer>>> LensAnswers(
    storage::Reader& reader, const charter::Charter& charter, const std::string& lens,
    const std::vector<std::string>& subjects) {
  std::vector<std::vector<type::v1::LensAnswer>> answers;
  if (subjects.empty()) return answers;
  const std::string collection = resource::CollectionOf(subjects.front());
  const auto questions = charter.QuestionsAbout(collection);
  std::vector<std::string> ids;
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(std::string id, resource::IdOf(subject, collection));
    ids.push_back(std::move(id));
  }
  COMITY_ASSIGN_OR_RETURN(const auto known, ReadKnown(reader, questions, ids));
  const Known nothing;
  for (const std::string& id : ids) {
    const auto found = known.find(id);
    answers.push_back(AnswersOf(questions, lens, found == known.end() ? nothing : found->second));
  }
  return answers;
}

}  // namespace comity::judgement
