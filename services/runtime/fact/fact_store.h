// The SQL of facts. Table by runtime/migrations/0004_create_facts.sql.
#ifndef COMITY_RUNTIME_FACT_FACT_STORE_H_
#define COMITY_RUNTIME_FACT_FACT_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::fact {

// A fact and the subject's version that it made.
struct StoredFact {
  int64_t version = 0;
  v1::Fact fact;
};

// A fact and how the journal tells of it.
struct JournaledFact {
  v1::Fact fact;
  int64_t position = -1;  // -1: it has none yet
  int32_t charter_revision = 0;
};

// ALREADY_EXISTS reason EXTERNAL_ID_TAKEN.
absl::Status InsertFact(storage::Transaction& tx, int64_t version, const v1::Fact& fact);
// Marks a fact that stands as superseded; rerun when it no longer stands.
absl::Status MarkSuperseded(storage::Transaction& tx, const std::string& name,
                            const std::string& superseded_by);
// Facts of a subject with a version > `after`, in order of version.
absl::StatusOr<std::vector<StoredFact>> ListFacts(storage::Reader& reader,
                                                  const std::string& subject, int64_t after,
                                                  int limit);
// At most `limit` facts of those kinds of a subject, superseded ones too, in order of version.
absl::StatusOr<std::vector<JournaledFact>> ListJournaled(storage::Reader& reader,
                                                         const std::string& subject,
                                                         const std::vector<v1::FactKind>& kinds,
                                                         int limit);
// The fact of a row of `facts` with its columns body and superseded_by, the first at `column`.
absl::StatusOr<v1::Fact> FactOf(const storage::Rows& rows, int column);
// At most `limit` standing facts of the kinds that decide state, in order of version.
absl::StatusOr<std::vector<v1::Fact>> DecidingStanding(storage::Reader& reader,
                                                       const std::string& subject, int limit);
// The version that the first fact of that kind made, also where it is superseded; none: there is
// none.
absl::StatusOr<std::optional<int64_t>> FirstOfKind(storage::Reader& reader,
                                                   const std::string& subject, v1::FactKind kind);
// The fact of any subject of this service that came from there.
absl::StatusOr<std::optional<v1::Fact>> FindByExternalId(
    storage::Reader& reader, const comity::type::v1::ExternalId& external_id);
// NOT_FOUND without one: the name is compared as a whole.
absl::StatusOr<v1::Fact> GetFact(storage::Reader& reader, const std::string& name);
// The kinds of the standing facts of a subject.
absl::StatusOr<std::vector<v1::FactKind>> StandingKinds(storage::Reader& reader,
                                                        const std::string& subject);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_STORE_H_
