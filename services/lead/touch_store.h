// What touches are read from: facts and first entries of an opportunity and of leads.
#ifndef COMITY_LEAD_TOUCH_STORE_H_
#define COMITY_LEAD_TOUCH_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::lead {

// At most `limit` leads that became the contact of `opportunity`, in this or another opportunity of
// its account; none where it has no contact or account. Ordered by name.
absl::StatusOr<std::vector<std::string>> LeadsOfContact(storage::Reader& reader,
                                                        const v1::Opportunity& opportunity,
                                                        int limit);

// The entry with which a record of this service began. NOT_FOUND.
absl::StatusOr<journal::v1::PositionedEntry> FirstEntry(storage::Reader& reader,
                                                        const std::string& name);

}  // namespace comity::lead

#endif  // COMITY_LEAD_TOUCH_STORE_H_
