#include "services/runtime/judgement/lens.h"

#include "services/runtime/charter/settlement.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/judgement/known.h"
#include "services/runtime/resource/names.h"

namespace comity::judgement {
namespace {

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
  COMITY_RETURN_IF_ERROR(ReadKnownFacts(reader, call.charter(), collection, {id}, &known));
  return AnswersOf(asked, lens, known[id]);
}

absl::StatusOr<std::vector<std::vector<type::v1::LensAnswer>>> LensAnswers(
    storage::Reader& reader, const Call& call, const std::string& lens,
    const std::vector<std::string>& subjects) {
  std::vector<std::vector<type::v1::LensAnswer>> answers;
  if (subjects.empty()) return answers;
  const std::string collection = resource::CollectionOf(subjects.front());
  const Asked asked = AskedAbout(call, collection);
  COMITY_ASSIGN_OR_RETURN(const auto ids, IdsOf(subjects, collection));
  COMITY_ASSIGN_OR_RETURN(const KnownById known,
                          ReadKnown(reader, call.charter(), collection, ids));
  const Known nothing;
  for (const std::string& id : ids) {
    const auto found = known.find(id);
    answers.push_back(AnswersOf(asked, lens, found == known.end() ? nothing : found->second));
  }
  return answers;
}

}  // namespace comity::judgement
