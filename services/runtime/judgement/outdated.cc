#include "services/runtime/judgement/outdated.h"

#include <utility>

#include "absl/container/flat_hash_map.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/judgement/known.h"
#include "services/runtime/judgement/settlement_store.h"
#include "services/runtime/resource/names.h"

namespace comity::judgement {
namespace {

using type::v1::SettledAnswer;

using SettledById = absl::flat_hash_map<std::string, std::vector<SettledAnswer>>;

absl::StatusOr<SettledById> ReadSettled(storage::Reader& reader, const std::string& collection,
                                        const std::vector<std::string>& subjects) {
  SettledById settled;
  COMITY_ASSIGN_OR_RETURN(auto all, ReadSettlementsOf(reader, subjects));
  for (SettledAnswer& one : all) {
    COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(one.subject(), collection));
    settled[id].push_back(std::move(one));
  }
  return settled;
}

bool IsOutdated(const type::v1::Question& question, const charter::Silence& silence,
                const Known& known, const std::vector<SettledAnswer>& settled) {
  const SettledAnswer now =
      charter::SettledOf(question, AnswersTo(question.name(), known.rows), known.facts, silence);
  SettledAnswer journaled;
  for (const SettledAnswer& one : settled) {
    if (one.question() == question.name()) journaled = one;
  }
  // Who is awaited may be another one though the next term ends when it did.
  return !charter::SettlesTheSame(journaled, now) || journaled.has_next_term_time() ||
         now.has_next_term_time();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> FindOutdated(storage::Reader& reader, const Call& call,
                                                      const std::vector<std::string>& subjects) {
  std::vector<std::string> outdated;
  if (subjects.empty()) return outdated;
  const std::string collection = resource::CollectionOf(subjects.front());
  const auto questions = call.charter().QuestionsAbout(collection);
  std::vector<charter::Silence> silences;
  for (const type::v1::Question* question : questions) {
    silences.push_back(charter::SilenceAt(*call.runtime->charters, question->name(), call.now));
  }
  COMITY_ASSIGN_OR_RETURN(const auto ids, IdsOf(subjects, collection));
  COMITY_ASSIGN_OR_RETURN(const KnownById known,
                          ReadKnown(reader, call.charter(), collection, ids));
  COMITY_ASSIGN_OR_RETURN(const SettledById settled, ReadSettled(reader, collection, subjects));
  for (size_t subject = 0; subject < subjects.size(); ++subject) {
    const auto said = known.find(ids[subject]);
    const auto before = settled.find(ids[subject]);
    // Neither was anything said, nor settled.
    if (said == known.end() && before == settled.end()) continue;
    for (size_t i = 0; i < questions.size(); ++i) {
      if (!IsOutdated(*questions[i], silences[i], said == known.end() ? Known() : said->second,
                      before == settled.end() ? std::vector<SettledAnswer>() : before->second)) {
        continue;
      }
      outdated.push_back(subjects[subject]);
      break;
    }
  }
  return outdated;
}

}  // namespace comity::judgement
