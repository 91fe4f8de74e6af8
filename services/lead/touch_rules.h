// Which touches belong to an opportunity, and as what they stand. Pure.
#ifndef COMITY_LEAD_TOUCH_RULES_H_
#define COMITY_LEAD_TOUCH_RULES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/touch.pb.h"
#include "services/runtime/fact/fact_store.h"

namespace comity::lead {

// What is a touch, what voids one, and what signs: the kinds that the functions below look at.
std::vector<fact::v1::FactKind> KindsOfTouches();

// The signature that stands, if one does: an opportunity has one at most.
std::optional<v1::Signature> SignatureAmong(const std::vector<fact::JournaledFact>& facts);

// Adds the touches among the facts of one subject, as they stood before `signature` (none: as they
// stand now): what was voided or corrected since stands as it was. A touch that was recorded after
// it stands as it does now. A correction is no touch of its own: it says what the first one says.
void AddTouches(const std::vector<fact::JournaledFact>& facts,
                const std::optional<v1::Signature>& signature, v1::TouchSet* set);

// The making of a lead, by its first entry.
v1::Touch CreationOf(const journal::v1::PositionedEntry& first);

}  // namespace comity::lead

#endif  // COMITY_LEAD_TOUCH_RULES_H_
