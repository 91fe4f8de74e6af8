#include "services/runtime/fact/fact_rules.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/record_rules.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::fact {
namespace {

// A clock of a sender may be ahead by this much.
constexpr absl::Duration kClockSkew = absl::Minutes(1);
constexpr size_t kMostAttributes = 64;
constexpr size_t kMostAttributeBytes = 16 << 10;  // of all together

// The field that says what a kind of fact is about, and whether the kind needs it.
struct KindField {
  v1::FactKind kind;
  const char* field;
  bool required;
};

// CREATED and OPENED carry what the record began with, so that a voided change falls back to it.
constexpr KindField kFields[] = {
    {v1::FACT_KIND_TOUCH, "channel", true},
    {v1::FACT_KIND_TOUCH, "campaign", false},
    {v1::FACT_KIND_TASK, "due_time", false},
    {v1::FACT_KIND_AMOUNT_CHANGED, "amount", true},
    {v1::FACT_KIND_SIGNED, "amount", false},
    {v1::FACT_KIND_CLOSE_DATE_CHANGED, "close_date", true},
    {v1::FACT_KIND_OWNER_CHANGED, "owner", true},
    {v1::FACT_KIND_HANDED_TO_TEAM, "team", true},
    {v1::FACT_KIND_HANDED_TO_TEAM, "owner", false},
    {v1::FACT_KIND_CREATED, "amount", false},
    {v1::FACT_KIND_CREATED, "close_date", false},
    {v1::FACT_KIND_CREATED, "owner", false},
    {v1::FACT_KIND_OPENED, "team", false},
    {v1::FACT_KIND_OPENED, "owner", false},
    {v1::FACT_KIND_PROMISED, "due_time", true},
    {v1::FACT_KIND_PROMISED, "contact", false},
    {v1::FACT_KIND_PROMISE_KEPT, "promise", true},
    {v1::FACT_KIND_PROMISE_BROKEN, "promise", true},
    {v1::FACT_KIND_VOIDED, "voids", true},
};
constexpr const char* kKindFields[] = {"channel", "campaign", "due_time", "amount",  "close_date",
                                       "owner",   "team",     "voids",    "contact", "promise"};

bool IsSet(const v1::Fact& fact, const std::string& field) {
  const auto* descriptor = v1::Fact::descriptor()->FindFieldByName(field);
  const auto* reflection = v1::Fact::GetReflection();
  return descriptor->message_type() != nullptr ? reflection->HasField(fact, descriptor)
                                               : !reflection->GetString(fact, descriptor).empty();
}

const KindField* FieldOf(v1::FactKind kind, absl::string_view field) {
  for (const KindField& entry : kFields) {
    if (entry.kind == kind && field == entry.field) return &entry;
  }
  return nullptr;
}

absl::Status CheckFields(const v1::Fact& fact) {
  for (const char* field : kKindFields) {
    const KindField* entry = FieldOf(fact.kind(), field);
    const std::string path = absl::StrCat("fact.", field);
    if (entry == nullptr && IsSet(fact, field)) {
      return InvalidField("FACT_FIELD_UNKNOWN", path,
                          absl::StrCat("a fact `", KindId(fact.kind()), "` has no ", field));
    }
    if (entry != nullptr && entry->required && !IsSet(fact, field)) {
      return InvalidField("FACT_FIELD_REQUIRED", path,
                          absl::StrCat("a fact `", KindId(fact.kind()), "` needs ", field));
    }
  }
  return absl::OkStatus();
}

// What is journaled must be readable for ever: an amount that no report can count is refused here.
absl::Status CheckAmount(const v1::Fact& fact) {
  if (!fact.has_amount()) return absl::OkStatus();
  const absl::Status status = resource::ToMinorUnits(fact.amount()).status();
  return status.ok() ? status : InvalidField(Reason(status), "fact.amount", status.message());
}

absl::Status CheckExternalId(const v1::Fact& fact) {
  const auto& id = fact.external_id();
  if (id.source().empty() && id.id().empty()) return absl::OkStatus();
  return resource::CheckExternalIdText(id, "fact.external_id");
}

absl::Status CheckAttributes(const v1::Fact& fact) {
  size_t bytes = 0;
  bool fits = static_cast<size_t>(fact.attributes_size()) <= kMostAttributes;
  for (const auto& [key, value] : fact.attributes()) {
    bytes += key.size() + value.size();
    fits = fits && !key.empty();
  }
  if (fits && bytes <= kMostAttributeBytes) return absl::OkStatus();
  return InvalidField("ATTRIBUTES_INVALID", "fact.attributes",
                      "are at most 64, with names, and 16 KiB together");
}

bool IsBlank(const std::string& text) { return absl::StripAsciiWhitespace(text).empty(); }

// What was promised stands in words.
absl::Status CheckWords(const v1::Fact& fact) {
  if (fact.kind() != v1::FACT_KIND_PROMISED || !IsBlank(fact.summary())) return absl::OkStatus();
  return InvalidField("FACT_FIELD_REQUIRED", "fact.summary", "say what was promised");
}

}  // namespace

bool DecidesState(v1::FactKind kind) {
  return kind >= v1::FACT_KIND_CREATED && kind < v1::FACT_KIND_VOIDED;
}

bool SaysTheSame(v1::Fact stored, v1::Fact sent) {
  // Recording completes these where the sender left them out.
  if (!sent.has_occur_time()) stored.clear_occur_time();
  if (!sent.has_amount()) stored.clear_amount();
  if (sent.contact().empty()) stored.clear_contact();
  for (v1::Fact* fact : {&stored, &sent}) {
    fact->clear_name();
    fact->clear_record_time();
    fact->clear_actor();
    fact->clear_superseded_by();
    fact->clear_subject_version();
    if (fact->has_occur_time()) {
      fact->mutable_occur_time()->set_nanos(fact->occur_time().nanos() / 1000 * 1000);
    }
  }
  return google::protobuf::util::MessageDifferencer::Equals(stored, sent);
}

std::string KindId(v1::FactKind kind) {
  std::string id = absl::AsciiStrToLower(v1::FactKind_Name(kind));
  id = absl::StrReplaceAll(id, {{"fact_kind_", ""}});
  return absl::StrReplaceAll(id, {{"_", "-"}});
}

const v1::Fact* FindFact(const std::vector<v1::Fact>& facts, absl::string_view name) {
  const auto found = std::find_if(facts.begin(), facts.end(),
                                  [&](const v1::Fact& fact) { return fact.name() == name; });
  return found == facts.end() ? nullptr : &*found;
}

std::vector<v1::Fact> Standing(const std::vector<v1::Fact>& facts) {
  std::vector<v1::Fact> standing;
  for (const v1::Fact& fact : facts) {
    if (fact.superseded_by().empty() && fact.kind() != v1::FACT_KIND_VOIDED) {
      standing.push_back(fact);
    }
  }
  std::stable_sort(standing.begin(), standing.end(), [](const v1::Fact& a, const v1::Fact& b) {
    return std::tuple(a.occur_time().seconds(), a.occur_time().nanos(), a.subject_version()) <
           std::tuple(b.occur_time().seconds(), b.occur_time().nanos(), b.subject_version());
  });
  return standing;
}

absl::Status CheckFact(const std::vector<v1::FactKind>& known, const v1::Fact& fact,
                       absl::Time now) {
  if (std::find(known.begin(), known.end(), fact.kind()) == known.end()) {
    return InvalidField("UNKNOWN_FACT_KIND", "fact.kind",
                        absl::StrCat("this kind of subject has no fact `", KindId(fact.kind()),
                                     "`; see comity.fact.v1.FactKind"));
  }
  COMITY_RETURN_IF_ERROR(CheckFields(fact));
  COMITY_RETURN_IF_ERROR(CheckWords(fact));
  COMITY_RETURN_IF_ERROR(CheckAmount(fact));
  COMITY_RETURN_IF_ERROR(CheckExternalId(fact));
  COMITY_RETURN_IF_ERROR(CheckAttributes(fact));
  if (!fact.corrects().empty() && IsBlank(fact.reason())) {
    return InvalidField("REASON_REQUIRED", "fact.reason", "say why the earlier fact is corrected");
  }
  const absl::Time occurred = absl::FromUnixSeconds(fact.occur_time().seconds());
  if (fact.has_occur_time() && occurred > now + kClockSkew) {
    return InvalidField("OCCURS_IN_FUTURE", "fact.occur_time",
                        "a fact has happened: its time cannot be in the future");
  }
  return absl::OkStatus();
}

absl::Status Supersede(const v1::Fact& fact, std::vector<v1::Fact>* facts) {
  const std::string& target = fact.kind() == v1::FACT_KIND_VOIDED ? fact.voids() : fact.corrects();
  if (target.empty()) return absl::OkStatus();
  const auto earlier = std::find_if(facts->begin(), facts->end(),
                                    [&](const v1::Fact& f) { return f.name() == target; });
  if (earlier == facts->end()) return NotFound(target);
  if (!earlier->superseded_by().empty()) {
    return PreconditionFailed("ALREADY_SUPERSEDED", target,
                              absl::StrCat("it was superseded by ", earlier->superseded_by()));
  }
  const bool begins =
      earlier->kind() == v1::FACT_KIND_CREATED || earlier->kind() == v1::FACT_KIND_OPENED;
  if (earlier->kind() == v1::FACT_KIND_VOIDED || (begins && fact.kind() == v1::FACT_KIND_VOIDED)) {
    return PreconditionFailed("NOT_VOIDABLE", target,
                              "a voiding, and the fact by which a record began, cannot be voided; "
                              "record the fact anew, or correct it");
  }
  if (fact.kind() != v1::FACT_KIND_VOIDED && earlier->kind() != fact.kind()) {
    return InvalidField(
        "KIND_DIFFERS", "fact.kind",
        absl::StrCat("the fact to be corrected is `", KindId(earlier->kind()), "`"));
  }
  earlier->set_superseded_by(fact.name());
  return absl::OkStatus();
}

}  // namespace comity::fact
