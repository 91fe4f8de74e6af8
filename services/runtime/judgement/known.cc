#include "services/runtime/judgement/known.h"

#include <utility>

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/judgement/working_list.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::judgement {

absl::Status ReadKnownFacts(storage::Reader& reader, const charter::Charter& charter,
                            const std::string& collection, const std::vector<std::string>& ids,
                            KnownById* known) {
  if (!FactsDecide(charter, collection)) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const auto kinds, ReadStandingKinds(reader, ids));
  for (const auto& [id, kind] : kinds) {
    (*known)[id].facts.push_back(fact::KindId(static_cast<fact::v1::FactKind>(kind)));
  }
  return absl::OkStatus();
}

absl::StatusOr<KnownById> ReadKnown(storage::Reader& reader, const charter::Charter& charter,
                                    const std::string& collection,
                                    const std::vector<std::string>& ids) {
  KnownById known;
  COMITY_ASSIGN_OR_RETURN(auto rows, ReadStandings(reader, ids));
  for (StandingRow& row : rows) known[row.subject_id].rows.push_back(std::move(row));
  COMITY_RETURN_IF_ERROR(ReadKnownFacts(reader, charter, collection, ids, &known));
  return known;
}

absl::StatusOr<std::vector<std::string>> IdsOf(const std::vector<std::string>& subjects,
                                               const std::string& collection) {
  std::vector<std::string> ids;
  for (const std::string& subject : subjects) {
    COMITY_ASSIGN_OR_RETURN(std::string id, resource::IdOf(subject, collection));
    ids.push_back(std::move(id));
  }
  return ids;
}

}  // namespace comity::judgement
