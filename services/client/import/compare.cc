#include "services/client/import/compare.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "google/api/field_behavior.pb.h"
#include "services/client/api/schema.h"
#include "services/client/import/compare_parts.h"
#include "services/client/import/last_said.h"
#include "services/client/import/record_paths.h"

namespace comity::client {
namespace {

using fact::v1::Fact;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using judgement::v1::Judgement;

// Of a fact, what a row says, beside its attributes.
constexpr const char* kFactFields[] = {"occur_time", "amount",  "close_date", "owner",
                                       "team",       "channel", "campaign",   "due_time",
                                       "contact",    "promise", "reason",     "summary"};

bool IsImmutable(const FieldDescriptor& field) {
  const auto& options = field.options();
  for (int i = 0; i < options.ExtensionSize(google::api::field_behavior); ++i) {
    if (options.GetExtension(google::api::field_behavior, i) == google::api::IMMUTABLE) return true;
  }
  return false;
}

// `lines.0` of `lines.0.product`: the parts of a list's item are weighed together, for a line that
// neither the file nor a person said is worse than either.
std::string GroupOf(const Message& record, const std::string& path) {
  const std::vector<std::string> parts = absl::StrSplit(path, '.');
  const FieldDescriptor* field = record.GetDescriptor()->FindFieldByName(parts[0]);
  const bool is_item = parts.size() > 2 && field->is_repeated() && !field->is_map();
  return is_item ? absl::StrCat(parts[0], ".", parts[1]) : path;
}

// Paths that are weighed together, and what they say.
struct Group {
  std::vector<ChangedValue> parts;  // all of them, also what does not differ
  bool differs = false;
  bool edited = false;  // people changed one of them since it was said last
  bool is_new = false;  // the file says something else of one of them than it said last
};

void Add(const LastSaid& last, ChangedValue part, Group* group) {
  const bool differs = part.said != part.held;
  const bool known = last.Knows(part.path);
  group->differs = group->differs || differs;
  group->edited =
      group->edited || (known ? !last.Is(part.path, part.held) : differs && !part.held.empty());
  group->is_new = group->is_new || (known ? !last.Is(part.path, part.said) : differs);
  group->parts.push_back(std::move(part));
}

void Weigh(const RowPlan& plan, const Group& group, bool set_anyway, Difference* difference) {
  for (const ChangedValue& part : group.parts) {
    if (part.said == part.held) continue;
    if (set_anyway || !group.edited) {
      difference->changes.push_back(part);
    } else if (!group.is_new) {
      difference->kept.push_back(
          {plan.line, part.path, part.said, "KEPT",
           absl::StrCat("people made it `", part.held, "` since, and the file says what it said")});
    } else {
      difference->contradictions.push_back(
          {plan.line, part.path, part.said, "EDITED_SINCE",
           absl::StrCat("it is `", part.held, "`, not by an import of this source, and the file ",
                        "says something new: mend the row, or --overrule")});
    }
  }
}

void CompareRecord(const RowPlan& plan, const Message& existing, const Comparison& comparison,
                   Difference* difference) {
  const LastSaid last = LastSaid::Of(existing, comparison.source);
  std::map<std::string, Group> groups;
  for (const std::string& path : plan.paths) {
    const ChangedValue part{path, ComparedText(*plan.record, path), ComparedText(existing, path)};
    const std::string top = path.substr(0, path.find('.'));
    if (!IsImmutable(*existing.GetDescriptor()->FindFieldByName(top))) {
      Add(last, part, &groups[GroupOf(existing, path)]);
    } else if (part.said != part.held) {
      difference->contradictions.push_back(Contradiction(plan, path, part.said, part.held));
    }
  }
  // A record of which the source has said nothing takes what the file says.
  const bool set_anyway = comparison.overrule || !last.knows_source();
  for (const auto& [name, group] : groups) {
    if (group.differs) Weigh(plan, group, set_anyway, difference);
  }
}

// Where a record shows that a kind of fact stands; null where it does not show it. A subject has
// one of each.
const char* ShownBy(fact::v1::FactKind kind) {
  switch (kind) {
    case fact::v1::FACT_KIND_ENGAGED:
      return "engage_time";
    case fact::v1::FACT_KIND_SIGNED:
      return "sign_time";
    case fact::v1::FACT_KIND_DECLINED:
      return "decline_time";
    default:
      return nullptr;
  }
}

// What `said` says otherwise than `held`; fields that it does not say stay.
std::vector<ChangedValue> FactChanges(const Fact& said, const Fact& held) {
  std::vector<ChangedValue> changes;
  std::vector<std::string> paths(std::begin(kFactFields), std::end(kFactFields));
  for (const auto& [key, value] : said.attributes()) {
    paths.push_back(absl::StrCat("attributes.", key));
  }
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    std::string text = ComparedText(said, path);
    std::string other = ComparedText(held, path);
    if (text.empty() || text == other) continue;
    changes.push_back({path, std::move(text), std::move(other)});
  }
  if (said.kind() != held.kind()) {
    changes.push_back({"kind", TextAt(said, "kind"), TextAt(held, "kind")});
  }
  return changes;
}

// The fact that was recorded for `fact`: of its name, as exports have it, under its external id,
// or, where a subject has but one of the kind, the one that stands.
const Fact* FindHeld(const std::vector<Fact>& facts, const Fact& fact) {
  if (!fact.name().empty()) return FindByName(facts, fact.name());
  for (const Fact& held : facts) {
    if (held.external_id().id() == fact.external_id().id() &&
        held.external_id().source() == fact.external_id().source() && held.corrects().empty()) {
      return &held;
    }
  }
  if (ShownBy(fact.kind()) == nullptr) return nullptr;
  for (const Fact& held : facts) {
    if (held.kind() == fact.kind() && held.superseded_by().empty()) return &held;
  }
  return nullptr;
}

// The fact that stands in its place; null where it was voided.
const Fact* Standing(const std::vector<Fact>& facts, const Fact* fact) {
  while (fact != nullptr && !fact->superseded_by().empty()) {
    fact = FindByName(facts, fact->superseded_by());
    if (fact != nullptr && fact->kind() == fact::v1::FACT_KIND_VOIDED) return nullptr;
  }
  return fact;
}

// A correction takes the place of the whole fact: what the row does not say of it stays.
Fact CorrectionOf(const Fact& standing, const Fact& said, const Comparison& comparison) {
  Fact correction;
  correction.set_kind(said.kind());
  for (const char* field : kFactFields) {
    CopyPath(TextAt(said, field).empty() ? standing : said, field, &correction);
  }
  *correction.mutable_attributes() = standing.attributes();
  for (const auto& [key, value] : said.attributes()) {
    (*correction.mutable_attributes())[key] = value;
  }
  correction.set_corrects(standing.name());
  correction.set_reason(absl::StrCat("import of ", comparison.source));
  return correction;
}

void CompareFact(const RowPlan& plan, const Fact& fact, const Held& held,
                 const Comparison& comparison, Difference* difference) {
  const Fact* recorded = FindHeld(held.facts, fact);
  if (recorded == nullptr) {
    difference->facts.push_back(fact);
    return;
  }
  const Fact* standing = Standing(held.facts, recorded);
  if (standing == nullptr) {
    difference->contradictions.push_back(
        {plan.line, "", fact.name().empty() ? fact.external_id().id() : fact.name(), "FACT_VOIDED",
         "it was recorded and voided since: if it happened after all, record it by hand"});
    return;
  }
  // What was recorded from this row stays told, also where somebody corrected it since.
  if (FactChanges(fact, *recorded).empty()) return;
  const std::vector<ChangedValue> changes = FactChanges(fact, *standing);
  const bool is_other_kind = fact.kind() != standing->kind();  // which no correction changes
  if (comparison.overrule && !is_other_kind && !changes.empty()) {
    difference->facts.push_back(CorrectionOf(*standing, fact, comparison));
    return;
  }
  for (const ChangedValue& change : changes) {
    difference->contradictions.push_back(
        Contradiction(plan, change.path, change.said, change.held));
  }
}

// A fact that an earlier import recorded from the row, and that the row does not say any more.
void CompareUnsaidFact(const RowPlan& plan, const Fact& fact, const Held& held,
                       const Comparison& comparison, Difference* difference) {
  absl::string_view part = fact.external_id().id();
  const bool is_of_row =
      fact.external_id().source() == comparison.source && !plan.fact_prefix.empty() &&
      absl::ConsumePrefix(&part, plan.fact_prefix) && !absl::StrContains(part, '/');
  if (!is_of_row || !comparison.kinds.contains(fact.kind())) return;
  const bool is_said = std::any_of(plan.facts.begin(), plan.facts.end(), [&](const Fact& said) {
    return said.external_id().id() == fact.external_id().id();
  });
  const Fact* standing = is_said ? nullptr : Standing(held.facts, &fact);
  if (standing == nullptr) return;
  if (comparison.overrule) {
    Fact& voiding = difference->facts.emplace_back();
    voiding.set_kind(fact::v1::FACT_KIND_VOIDED);
    voiding.set_voids(standing->name());
    voiding.set_reason(absl::StrCat("import of ", comparison.source));
    return;
  }
  difference->contradictions.push_back(
      {plan.line, "", TextAt(fact, "kind"), "NO_LONGER_SAID",
       "an earlier import recorded it from this row: mend the row, void the fact, or --overrule"});
}

}  // namespace

Problem Contradiction(const RowPlan& plan, const std::string& path, const std::string& said,
                      const std::string& held) {
  return {plan.line, path, said, "CONTRADICTS_RECORD",
          absl::StrCat("the record says `", held, "`: mend the row, or --overrule")};
}

std::optional<Problem> UnknownName(const RowPlan& plan, const Held& held) {
  const auto is_unknown = [](const auto& parts, const auto& part) {
    return !part.name().empty() && FindByName(parts, part.name()) == nullptr;
  };
  bool unknown = false;
  for (const Fact& fact : plan.facts) unknown = unknown || is_unknown(held.facts, fact);
  for (const Judgement& judgement : plan.judgements) {
    unknown = unknown || is_unknown(held.judgements, judgement);
  }
  if (!unknown) return std::nullopt;
  return Problem{plan.line, "row", plan.id, "REFERENCE_NOT_FOUND",
                 absl::StrCat(plan.subject, " has none of this name: an export with names comes ",
                              "back only to the suite that it came from (--as-source makes one ",
                              "for others)")};
}

bool ShowsFacts(const RowPlan& plan, const Message& record,
                const std::set<fact::v1::FactKind>& kinds) {
  const auto is_said = [&](fact::v1::FactKind kind) {
    return std::any_of(plan.facts.begin(), plan.facts.end(),
                       [&](const Fact& fact) { return fact.kind() == kind; });
  };
  // What the row does not say, an earlier import may have recorded of it.
  const bool shows_no_other = std::all_of(kinds.begin(), kinds.end(), [&](fact::v1::FactKind kind) {
    const char* path = ShownBy(kind);
    return is_said(kind) || (path != nullptr && TextAt(record, path).empty());
  });
  return shows_no_other && std::all_of(plan.facts.begin(), plan.facts.end(), [&](const Fact& fact) {
           const char* path = ShownBy(fact.kind());
           if (path == nullptr || TextAt(record, path) != TextAt(fact, "occur_time")) return false;
           if (!fact.reason().empty() || !fact.summary().empty() || fact.attributes_size() > 0) {
             return false;
           }
           return !fact.has_amount() || TextAt(record, "amount") == TextAt(fact, "amount");
         });
}

Difference Compare(const RowPlan& plan, const Held& held, const Comparison& comparison) {
  Difference difference;
  if (held.record != nullptr && plan.subject.empty()) {
    CompareRecord(plan, *held.record, comparison, &difference);
  }
  const bool shown = held.record != nullptr && ShowsFacts(plan, *held.record, comparison.kinds);
  for (const Fact& fact : plan.facts) {
    if (!shown) CompareFact(plan, fact, held, comparison, &difference);
  }
  for (const Judgement& judgement : plan.judgements) {
    CompareJudgement(plan, judgement, held, comparison, &difference);
  }
  for (const Fact& fact : held.facts) {
    CompareUnsaidFact(plan, fact, held, comparison, &difference);
  }
  // Of a subject's history, each row says its own.
  if (!plan.subject.empty()) return difference;
  for (const auto& [question, asked] : comparison.questions) {
    CompareUnsaidJudgement(plan, question, asked, held, comparison, &difference);
  }
  return difference;
}

}  // namespace comity::client
