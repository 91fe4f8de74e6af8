// What touches are read from: facts and entries of opportunities and leads.
#ifndef COMITY_LEAD_TOUCH_STORE_H_
#define COMITY_LEAD_TOUCH_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "services/lead/touch_rules.h"
#include "services/runtime/fact/fact_store.h"
#include "services/runtime/storage/transact.h"

namespace comity::lead {

// Notes that an opportunity names its contact together with its lead, where it does.
absl::Status NoteContact(storage::Transaction& tx, const v1::Opportunity& opportunity);

// At most `limit` opportunities that have ever named that contact together with a lead, the oldest
// first.
absl::StatusOr<std::vector<std::string>> OpportunitiesOfContact(storage::Reader& reader,
                                                                const std::string& contact,
                                                                int limit);

// The entry with which a record of this service began. NOT_FOUND.
absl::StatusOr<journal::v1::PositionedEntry> FirstEntry(storage::Reader& reader,
                                                        const std::string& name);

// What an opportunity has named before the cut (touch_rules.h).
absl::StatusOr<Origins> ReadOrigins(storage::Reader& reader, const std::string& opportunity,
                                    int64_t cut);

// At most `limit` facts of those kinds before the cut, then late ones as far as the limit lets.
// None: there are more before the cut.
absl::StatusOr<std::optional<std::vector<fact::JournaledFact>>> ReadFactsBefore(
    storage::Reader& reader, const std::string& subject,
    const std::vector<fact::v1::FactKind>& kinds, int64_t cut, int limit);

}  // namespace comity::lead

#endif  // COMITY_LEAD_TOUCH_STORE_H_
