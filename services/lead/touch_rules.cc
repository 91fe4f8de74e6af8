#include "services/lead/touch_rules.h"

#include <limits>
#include <map>
#include <string>

#include "comity/lead/v1/lead.pb.h"

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

// What has no position yet comes after all that have.
bool IsBefore(int64_t position, int64_t cut) {
  return cut == kEnd || (position >= 0 && position < cut);
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

v1::Touch Follow(const JournaledFact& first, const ByName& by_name, int64_t cut) {
  const JournaledFact* standing = &first;
  const bool first_before = IsBefore(first.position, cut);
  while (!standing->fact.superseded_by().empty()) {
    const JournaledFact* next = Find(by_name, standing->fact.superseded_by());
    // A later one than were read here, or than counts here.
    if (next == nullptr || (first_before && !IsBefore(next->position, cut))) break;
    if (next->fact.kind() == fact::v1::FACT_KIND_VOIDED) {
      v1::Touch touch = TouchOf(first, standing->fact);
      touch.set_voided_by(next->fact.actor().department());
      return touch;
    }
    standing = next;
  }
  return TouchOf(first, standing->fact);
}

}  // namespace

std::vector<FactKind> KindsOfTouches() {
  return {fact::v1::FACT_KIND_CALL,  fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
          fact::v1::FACT_KIND_TOUCH, fact::v1::FACT_KIND_CREATED, fact::v1::FACT_KIND_SIGNED,
          fact::v1::FACT_KIND_VOIDED};
}

std::optional<v1::Signature> SignatureAmong(const std::vector<JournaledFact>& facts) {
  const ByName by_name = Index(facts);
  for (const JournaledFact& stands : facts) {
    if (stands.fact.kind() != fact::v1::FACT_KIND_SIGNED || !stands.fact.superseded_by().empty()) {
      continue;
    }
    const JournaledFact* first = &stands;
    while (const JournaledFact* earlier = Find(by_name, first->fact.corrects())) first = earlier;
    v1::Signature signature;
    signature.set_fact(stands.fact.name());
    *signature.mutable_sign_time() = stands.fact.occur_time();
    signature.set_position(first->position);
    return signature;
  }
  return std::nullopt;
}

void AddTouches(const std::vector<JournaledFact>& facts,
                const std::optional<v1::Signature>& signature, v1::TouchSet* set) {
  const ByName by_name = Index(facts);
  const int64_t cut =
      signature.has_value() && signature->position() >= 0 ? signature->position() : kEnd;
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

}  // namespace comity::lead
