// Which touches belong to an opportunity, and as what they stand. Pure.
#ifndef COMITY_LEAD_TOUCH_RULES_H_
#define COMITY_LEAD_TOUCH_RULES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "comity/fact/v1/fact.pb.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/lead/v1/touch.pb.h"
#include "services/runtime/fact/fact_store.h"

namespace comity::lead {

// Most facts of one subject, and most touches, that credit is split among.
inline constexpr int kMostTouches = 1'000;

// What is a touch, and what voids one: the kinds that AddTouches looks at.
std::vector<fact::v1::FactKind> KindsOfTouches();
// What signs, and what voids that: the kinds that SignatureAmong looks at.
std::vector<fact::v1::FactKind> KindsOfSignatures();

// Whether what stands at `position` (-1: it has none yet) was recorded before the cut.
bool IsBeforeCut(int64_t position, int64_t cut);

// The position of the signature; beyond every other where there is none, or it has none yet.
int64_t CutOf(const std::optional<v1::Signature>& signature);

// The signature that stands, if one does: an opportunity has one at most. Its position is that of
// the first fact of its corrections; and where it is dated before an earlier signature was voided,
// that of the earlier one: it is the same sale, which is not signed again to let in what was
// recorded since. One that is dated after the void is another sale.
std::optional<v1::Signature> SignatureAmong(const std::vector<fact::JournaledFact>& facts);

// Adds the touches among the facts of one subject, as they stood before the cut: what was voided or
// corrected since stands as it was. A touch that was recorded after it stands as it does now. A
// correction is no touch of its own. A touch says what the department says that recorded it first:
// it alone corrects or voids it here, and another's word is noted beside it.
void AddTouches(const std::vector<fact::JournaledFact>& facts, int64_t cut, v1::TouchSet* set);

// The making of a lead, by its first entry.
v1::Touch CreationOf(const journal::v1::PositionedEntry& first);

// What an opportunity has named, each once.
struct Origins {
  std::set<std::string> leads;
  std::set<std::string> contacts;
  std::map<std::string, std::set<std::string>> became;  // by contact: leads named together with it
  bool is_withdrawn = false;
};

// Adds what an entry of the opportunity's history says, if it was recorded before the cut. With
// all of them, no update after the signature adds or removes a lead, and none before removes one.
void AddOrigins(const journal::v1::PositionedEntry& entry, int64_t cut, Origins* origins);

// Makes them 1,000 at most: late ones leave, the latest first. With more than that before the cut
// it has none, and says that they are too many.
void LimitTouches(int64_t cut, v1::TouchSet* set);

}  // namespace comity::lead

#endif  // COMITY_LEAD_TOUCH_RULES_H_
