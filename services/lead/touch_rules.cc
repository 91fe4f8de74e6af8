#include "services/lead/touch_rules.h"

#include <algorithm>
#include <limits>

#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "services/runtime/resource/columns.h"

namespace comity::lead {
namespace {

using fact::JournaledFact;
using fact::v1::FactKind;

constexpr char kDirect[] = "direct";
constexpr int64_t kEnd = std::numeric_limits<int64_t>::max();

using ByName = std::map<std::string, const JournaledFact*>;

ByName Index(const std::vector<JournaledFact>& facts) {
  ByName by_name;
  for (const JournaledFact& fact : facts) by_name[fact.fact.name()] = &fact;
  return by_name;
}

const JournaledFact* Find(const ByName& by_name, const std::string& name) {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

bool IsTouch(FactKind kind) {
  switch (kind) {
    case fact::v1::FACT_KIND_CALL:
    case fact::v1::FACT_KIND_MEETING:
    case fact::v1::FACT_KIND_MAIL:
    case fact::v1::FACT_KIND_TOUCH:
    case fact::v1::FACT_KIND_CREATED:
      return true;
    default:
      return false;
  }
}

v1::Touch TouchOf(const JournaledFact& first, const fact::v1::Fact& standing) {
  v1::Touch touch;
  touch.set_name(standing.name());
  touch.set_kind(standing.kind());
  *touch.mutable_actor() = first.fact.actor();
  *touch.mutable_occur_time() = standing.occur_time();
  *touch.mutable_record_time() = first.fact.record_time();
  touch.set_position(first.position);
  touch.set_charter_revision(first.charter_revision);
  touch.set_direct(standing.channel() == kDirect);
  touch.set_opportunity_creation(standing.kind() == fact::v1::FACT_KIND_CREATED);
  return touch;
}

// Goes by the corrections up to the cut; what is late itself, by all.
v1::Touch Follow(const JournaledFact& first, const ByName& by_name, int64_t cut) {
  const std::string& own = first.fact.actor().department();
  const bool first_before = IsBeforeCut(first.position, cut);
  const JournaledFact* standing = &first;  // the last word of its own department
  const JournaledFact* latest = &first;
  bool is_voided = false;
  std::string contradicted_by;
  while (!latest->fact.superseded_by().empty()) {
    const JournaledFact* next = Find(by_name, latest->fact.superseded_by());
    // A later one than were read here, or than counts here.
    if (next == nullptr || (first_before && !IsBeforeCut(next->position, cut))) break;
    const bool is_own = next->fact.actor().department() == own;
    const bool voids = next->fact.kind() == fact::v1::FACT_KIND_VOIDED;
    contradicted_by = is_own ? "" : next->fact.actor().department();
    if (is_own && voids) is_voided = true;
    if (is_own && !voids) standing = next;
    latest = next;
  }
  v1::Touch touch = TouchOf(first, standing->fact);
  if (is_voided) touch.set_voided_by(own);
  touch.set_contradicted_by(contradicted_by);
  return touch;
}

const JournaledFact& FirstOf(const JournaledFact& fact, const ByName& by_name) {
  const JournaledFact* first = &fact;
  while (const JournaledFact* earlier = Find(by_name, first->fact.corrects())) first = earlier;
  return *first;
}

// -1 stands for none yet, which comes after all others.
int64_t EarlierOf(int64_t a, int64_t b) {
  if (a < 0 || b < 0) return std::max(a, b);
  return std::min(a, b);
}

// What voided this signature; null where nothing did.
const JournaledFact* VoidOf(const JournaledFact& fact, const ByName& by_name) {
  if (fact.fact.kind() != fact::v1::FACT_KIND_SIGNED) return nullptr;
  const JournaledFact* next = Find(by_name, fact.fact.superseded_by());
  return next != nullptr && next->fact.kind() == fact::v1::FACT_KIND_VOIDED ? next : nullptr;
}

int64_t DecidingPosition(const JournaledFact& stands, const std::vector<JournaledFact>& facts,
                         const ByName& by_name) {
  int64_t position = FirstOf(stands, by_name).position;
  for (const JournaledFact& earlier : facts) {
    const JournaledFact* voided = VoidOf(earlier, by_name);
    if (voided == nullptr ||
        resource::ToTime(stands.fact.occur_time()) > resource::ToTime(voided->fact.record_time())) {
      continue;
    }
    position = EarlierOf(position, FirstOf(earlier, by_name).position);
  }
  return position;
}

}  // namespace

std::vector<FactKind> KindsOfTouches() {
  return {fact::v1::FACT_KIND_CALL,  fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
          fact::v1::FACT_KIND_TOUCH, fact::v1::FACT_KIND_CREATED, fact::v1::FACT_KIND_VOIDED};
}

std::vector<FactKind> KindsOfSignatures() {
  return {fact::v1::FACT_KIND_SIGNED, fact::v1::FACT_KIND_VOIDED};
}

bool IsBeforeCut(int64_t position, int64_t cut) {
  return cut == kEnd || (position >= 0 && position < cut);
}

int64_t CutOf(const std::optional<v1::Signature>& signature) {
  return signature.has_value() && signature->position() >= 0 ? signature->position() : kEnd;
}

std::optional<v1::Signature> SignatureAmong(const std::vector<JournaledFact>& facts) {
  const ByName by_name = Index(facts);
  for (const JournaledFact& stands : facts) {
    if (stands.fact.kind() != fact::v1::FACT_KIND_SIGNED || !stands.fact.superseded_by().empty()) {
      continue;
    }
    v1::Signature signature;
    signature.set_fact(stands.fact.name());
    *signature.mutable_sign_time() = stands.fact.occur_time();
    signature.set_position(DecidingPosition(stands, facts, by_name));
    const JournaledFact* earlier = &stands;
    while ((earlier = Find(by_name, earlier->fact.corrects())) != nullptr) {
      signature.add_corrects(earlier->fact.name());
    }
    return signature;
  }
  return std::nullopt;
}

void AddTouches(const std::vector<JournaledFact>& facts, int64_t cut, v1::TouchSet* set) {
  const ByName by_name = Index(facts);
  for (const JournaledFact& fact : facts) {
    if (!IsTouch(fact.fact.kind()) || !fact.fact.corrects().empty()) continue;
    *set->add_touches() = Follow(fact, by_name, cut);
  }
}

v1::Touch CreationOf(const journal::v1::PositionedEntry& first) {
  const journal::v1::Entry& entry = first.entry();
  v1::Lead lead;
  v1::Touch touch;
  touch.set_name(entry.subject());
  *touch.mutable_actor() = entry.actor();
  *touch.mutable_occur_time() = entry.occur_time();
  *touch.mutable_record_time() = entry.record_time();
  touch.set_position(first.position());
  touch.set_charter_revision(entry.charter_revision());
  touch.set_direct(entry.payload().UnpackTo(&lead) && lead.source() == kDirect);
  return touch;
}

void AddOrigins(const journal::v1::PositionedEntry& entry, int64_t cut, Origins* origins) {
  v1::Opportunity state;
  if (!IsBeforeCut(entry.position(), cut) || !entry.entry().payload().UnpackTo(&state)) return;
  if (!state.lead().empty()) origins->leads.insert(state.lead());
  if (!state.contact().empty()) origins->contacts.insert(state.contact());
  if (!state.lead().empty() && !state.contact().empty()) {
    origins->became[state.contact()].insert(state.lead());
  }
  origins->is_withdrawn = state.has_withdraw_time();
}

void LimitTouches(int64_t cut, v1::TouchSet* set) {
  std::vector<v1::Touch> touches(set->touches().begin(), set->touches().end());
  const auto late = std::stable_partition(
      touches.begin(), touches.end(),
      [cut](const v1::Touch& touch) { return IsBeforeCut(touch.position(), cut); });
  if (late - touches.begin() > kMostTouches) set->set_too_many(true);
  if (set->too_many()) {
    set->clear_touches();
    return;
  }
  if (set->touches_size() <= kMostTouches) return;
  std::stable_sort(late, touches.end(), [](const v1::Touch& a, const v1::Touch& b) {
    return a.position() >= 0 && (b.position() < 0 || a.position() < b.position());
  });
  touches.resize(kMostTouches);
  set->clear_touches();
  set->mutable_touches()->Add(touches.begin(), touches.end());
}

}  // namespace comity::lead
