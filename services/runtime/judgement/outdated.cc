#include "services/runtime/judgement/outdated.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "services/runtime/charter/silence.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/judgement/judgement_store.h"
#include "services/runtime/judgement/settlement_store.h"
#include "services/runtime/judgement/working_list.h"
#include "services/runtime/resource/names.h"

namespace comity::judgement {
namespace {

using type::v1::SettledAnswer;

// What is stored of one subject.
struct Stored {
  std::vector<StandingRow> rows;
  charter::StandingFacts facts;
  std::vector<SettledAnswer> settled;
};

using StoredById = absl::flat_hash_map<std::string, Stored>;

absl::StatusOr<StoredById> ReadStored(storage::Reader& reader, const charter::Charter& charter,
                                      const std::string& collection,
                                      const std::vector<std::string>& subjects) {
  std::vector<std::string> ids;
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(std::string id, resource::IdOf(subject, collection));
    ids.push_back(std::move(id));
  }
  StoredById stored;
  COMITY_ASSIGN_OR_RETURN(auto rows, ReadStandings(reader, ids));
  for (StandingRow& row : rows) stored[row.subject_id].rows.push_back(std::move(row));
  if (FactsDecide(charter, collection)) {
    COMITY_ASSIGN_OR_RETURN(const auto kinds, ReadStandingKinds(reader, ids));
    for (const auto& [id, kind] : kinds) {
      stored[id].facts.push_back(fact::KindId(static_cast<fact::v1::FactKind>(kind)));
    }
  }
  COMITY_ASSIGN_OR_RETURN(auto settlements, ReadSettlementsOf(reader, subjects));
  for (SettledAnswer& settled : settlements) {
    COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(settled.subject(), collection));
    stored[id].settled.push_back(std::move(settled));
  }
  return stored;
}

bool IsOutdated(const type::v1::Question& question, const charter::Silence& silence,
                const Stored& stored) {
  const SettledAnswer now =
      charter::SettledOf(question, AnswersTo(question.name(), stored.rows), stored.facts, silence);
  SettledAnswer journaled;
  for (const SettledAnswer& settled : stored.settled) {
    if (settled.question() == question.name()) journaled = settled;
  }
  return !charter::SettlesTheSame(journaled, now) ||
         journaled.next_term_time().SerializeAsString() != now.next_term_time().SerializeAsString();
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
  COMITY_ASSIGN_OR_RETURN(const StoredById stored,
                          ReadStored(reader, call.charter(), collection, subjects));
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(subject, collection));
    const auto found = stored.find(id);
    if (found == stored.end()) continue;  // nobody has said anything
    for (size_t i = 0; i < questions.size(); ++i) {
      if (!IsOutdated(*questions[i], silences[i], found->second)) continue;
      outdated.push_back(subject);
      break;
    }
  }
  return outdated;
}

}  // namespace comity::judgement
