#include "services/client/import/row_planner.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/import/record_id.h"
#include "services/client/output/format.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::Message;

bool Names(const std::set<std::string>& cells, const std::string& cell) {
  return cells.contains(cell) || (!cell.empty() && cells.contains(kAnyCell));
}

// What a line of JSON is to be.
absl::string_view WhyBroken(absl::string_view reason) {
  if (reason == "JSON_TOO_DEEP") return "objects and lists stand in each other 64 deep at most";
  if (reason == "KEY_TOO_LONG") return "the name of a column, `a.b`, has at most 1,024 bytes";
  return "the line is no JSON object with each key once";
}

}  // namespace

RowPlanner::RowPlanner(const Planner& planner, const Row& row, const RowContext& context)
    : planner_(planner), map_(*planner.map_), row_(row), context_(context) {
  plan_.line = row.line;
}

RowPlan RowPlanner::Run() {
  if (!CheckCells()) return std::move(plan_);
  CheckKnown();
  if (!SetIdentity()) return std::move(plan_);
  if (!IsNameOf("facts")) {
    plan_.fact_prefix = absl::StrCat(map_.collection.plural, "/", RowKey(plan_.id), "/");
  }
  if (map_.about_subjects) {
    SetSubject();
  } else {
    SetFields(map_.fields, -1, plan_.record.get(), &plan_.paths);
  }
  for (const FactSpec& spec : map_.facts) AddFacts(spec);
  for (const JudgementSpec& spec : map_.judgements) AddJudgement(spec);
  const bool says_nothing = plan_.facts.empty() && plan_.judgements.empty();
  if (map_.about_subjects && says_nothing && plan_.problems.empty()) {
    Refuse("", "", "ROW_SAYS_NOTHING", "no fact and no judgement of the map holds for the row");
  }
  return std::move(plan_);
}

const std::string& RowPlanner::CellOf(const std::string& column) const {
  if (each_column_ != nullptr && column == *each_column_) return each_value_;
  return row_.cells[planner_.columns_.at(column)];
}

void RowPlanner::Refuse(const std::string& column, const std::string& value,
                        absl::string_view reason, absl::string_view message) {
  plan_.problems.push_back({row_.line, column, value, std::string(reason), std::string(message)});
}

bool RowPlanner::CheckCells() {
  if (row_.broken.empty() || row_.broken == "CELL_COUNT") {
    if (row_.cells.size() != planner_.width_) {
      Refuse(
          "", "", "CELL_COUNT",
          absl::StrCat("the row has ", row_.cells.size(), " cells, the header ", planner_.width_));
      return false;
    }
  } else {
    Refuse("", "", row_.broken, WhyBroken(row_.broken));
    return false;
  }
  for (const auto& [column, index] : planner_.columns_) {
    if (!IsUtf8(row_.cells[index])) {
      Refuse(column, OneLine(row_.cells[index]), "NOT_UTF8", "the cell is not valid UTF-8");
    }
  }
  return plan_.problems.empty();
}

// A cell that decides what a row is, and that the map does not name, is not taken for nothing.
void RowPlanner::CheckKnown() {
  for (const auto& [column, cells] : planner_.known_) {
    const std::string cell = Trimmed(CellOf(column));
    if (IsBlank(cell) || Names(cells, cell)) continue;
    Refuse(column, cell, "VALUE_UNKNOWN",
           "the map does not say what it stands for: name it in a condition, or in `known`");
  }
}

bool RowPlanner::SetIdentity() {
  const std::string key = planner_.KeyOf(row_);
  const std::string& column =
      map_.identity.columns.empty() ? map_.subject.column : map_.identity.columns[0];
  if (key.empty()) {
    Refuse(column, CellOf(column), "IDENTITY_MISSING", "the row has no identity");
    return false;
  }
  plan_.id = key;
  if (map_.identity.repeats) {
    plan_.id = absl::StrCat(RequestIdFor(key), "-", context_.occurrence);
  } else if (map_.identity.columns.size() > 1) {
    plan_.id = RowKey(key);
  }
  if (map_.about_subjects) {
    // It becomes a part of the ids of facts.
    if (!HasControlCharacter(plan_.id)) return true;
    Refuse(column, key, "IDENTITY_INVALID", "an id has no control characters but newline and tab");
    return false;
  }
  plan_.record = New(map_.collection.type());
  if (map_.collection.has_chosen_ids()) return SetChosenId();
  if (!TakesId(map_.collection, plan_.id, column)) return false;
  SetExternalId(plan_.id);
  return true;
}

bool RowPlanner::TakesId(const Collection& collection, const std::string& id,
                         const std::string& column) {
  const absl::Status status = CheckRecordId(collection, id);
  if (!status.ok()) Refuse(column, id, Reason(status), status.message());
  return status.ok();
}

bool RowPlanner::SetChosenId() {
  const std::string text = plan_.id;
  plan_.id = Slug(absl::StripPrefix(text, absl::StrCat(map_.collection.plural, "/")));
  if (!plan_.id.empty()) {
    return SetField(plan_.record.get(), "name", absl::StrCat(map_.collection.plural, "/", plan_.id))
        .ok();
  }
  Refuse(map_.identity.columns[0], text, "IDENTITY_INVALID", "no letter or digit to make an id of");
  return false;
}

void RowPlanner::SetExternalId(const std::string& id) {
  SetField(plan_.record.get(), "external_id.source", map_.source).IgnoreError();
  SetField(plan_.record.get(), "external_id.id", id).IgnoreError();
}

void RowPlanner::SetSubject() {
  const bool is_its_own = map_.subject.column.empty();
  plan_.subject = is_its_own ? plan_.id : planner_.TextOf(row_, map_.subject.column);
  if (plan_.subject.empty()) {
    Refuse(map_.subject.column, CellOf(map_.subject.column), "VALUE_MISSING",
           "the row does not say what it is about");
    return;
  }
  const std::string& column =
      is_its_own && !map_.identity.columns.empty() ? map_.identity.columns[0] : map_.subject.column;
  if (!TakesId(map_.collection, plan_.subject, column)) return;
  if (!map_.subject.make) return;
  plan_.record = New(map_.subject.collection.type());
  SetExternalId(plan_.subject);
  SetFields(map_.subject.make_fields, -1, plan_.record.get(), &plan_.paths);
}

bool RowPlanner::HoldsHere(const Conditions& when) const {
  return std::all_of(when.begin(), when.end(), [&](const auto& condition) {
    const std::string cell = planner_.TextOf(row_, condition.first);
    return Names(condition.second, cell) ||
           (cell.empty() && condition.second.contains(Trimmed(CellOf(condition.first))));
  });
}

bool RowPlanner::HeldBefore(const WhenSpec& spec) const {
  if (context_.before == nullptr) return spec.before.empty();
  const bool held = std::all_of(spec.before.begin(), spec.before.end(), [&](const auto& condition) {
    return Names(condition.second, context_.before->at(condition.first));
  });
  const auto is_changed = [&](const std::string& column) {
    return context_.before->at(column) != planner_.TextOf(row_, column);
  };
  return held && (spec.changed.empty() ||
                  std::any_of(spec.changed.begin(), spec.changed.end(), is_changed));
}

bool RowPlanner::Holds(const WhenSpec& spec, bool anything) const {
  if (spec.otherwise && anything) return false;
  for (const auto& [column, cells] : spec.unless) {
    if (Names(cells, planner_.TextOf(row_, column))) return false;
  }
  return HoldsHere(spec.when) && HeldBefore(spec);
}

void RowPlanner::SetFields(const Fields& fields, int fact, Message* message,
                           std::vector<std::string>* paths) {
  for (const auto& [path, spec] : fields) {
    const Value value = Read(spec);
    if (value.text.empty()) continue;
    if (spec.refers()) {
      AddReference(path, fact, spec, value);
    } else if (!SetValue(spec, value, path, message)) {
      continue;
    }
    if (paths != nullptr) paths->push_back(path);
  }
}

void RowPlanner::CheckTime(const Fields& fields) {
  const auto time = fields.find("occur_time");
  if (time == fields.end() || time->second.columns.empty()) return;
  const size_t problems = plan_.problems.size();
  const Value value = Read(time->second);
  const bool says_why = plan_.problems.size() > problems;
  plan_.problems.resize(problems);  // they are those of the field
  if (value.text.empty() && !says_why) RefuseBlank(value);
}

void RowPlanner::AddReference(const std::string& path, int fact, const ValueSpec& spec,
                              const Value& value) {
  Reference reference{path,       fact,         spec.collection(), value.text,
                      value.text, value.column, nullptr,           {}};
  if (!spec.name.empty()) {
    const std::string slug = Slug(value.text);
    reference.id = slug.empty() ? "" : Slug(absl::StrCat(spec.prefix, slug));
  }
  if (reference.id.empty()) {
    Refuse(value.column, value.cell, "IDENTITY_INVALID", "no letter or digit to make an id of");
    return;
  }
  if (!TakesId(*FindCollection(reference.collection), reference.id, value.column)) return;
  if (spec.make) MakeOther(spec, &reference);
  plan_.references.push_back(std::move(reference));
}

void RowPlanner::MakeOther(const ValueSpec& spec, Reference* reference) {
  reference->made = New(FindCollection(reference->collection)->type());
  Message* const made = reference->made.get();
  absl::Status status;
  if (made->GetDescriptor()->FindFieldByName("display_name") != nullptr) {
    status = SetField(made, "display_name", reference->text);
    reference->made_paths.emplace_back("display_name");
  }
  if (spec.name.empty()) {
    status.Update(SetField(made, "external_id.source", map_.source));
    status.Update(SetField(made, "external_id.id", reference->id));
  } else {
    status.Update(SetField(made, "name", absl::StrCat(reference->collection, "/", reference->id)));
  }
  if (!status.ok()) Refuse(reference->column, reference->text, Reason(status), status.message());
  for (const auto& [path, field] : spec.make_fields) {
    const Value part = Read(field);
    if (part.text.empty() || !SetValue(field, part, path, made)) continue;
    if (path != "display_name") reference->made_paths.push_back(path);
  }
}

void RowPlanner::ForEachPart(const std::string& each, const std::string& split,
                             const std::function<void()>& act) {
  if (each.empty()) return act();
  const std::string cell = CellOf(each);
  each_column_ = &each;
  for (const absl::string_view part : absl::StrSplit(cell, split)) {
    each_value_ = Trimmed(part);
    if (!IsBlank(each_value_)) act();
  }
  each_column_ = nullptr;
}

// Whether the row is known by the name of a fact or judgement, as exports write it. A subject that
// the rows make has none yet.
bool RowPlanner::IsNameOf(absl::string_view part) const {
  return map_.about_subjects && !map_.subject.make &&
         absl::StartsWith(plan_.id, absl::StrCat(map_.collection.plural, "/")) &&
         absl::StrContains(plan_.id, absl::StrCat("/", part, "/"));
}

void RowPlanner::AddFacts(const FactSpec& spec) {
  if (!Holds(spec.when, !plan_.facts.empty())) return;
  ForEachPart(spec.each, spec.split, [&] { AddFact(spec); });
}

void RowPlanner::AddFact(const FactSpec& spec) {
  fact::v1::Fact fact;
  fact.set_kind(spec.kind);
  SetFields(spec.fields, static_cast<int>(plan_.facts.size()), &fact, nullptr);
  CheckTime(spec.fields);
  // Of several facts of one kind in a row, each has its own number. Leads and opportunities share
  // a service: the collection keeps their ids apart.
  const auto same = std::count_if(plan_.facts.begin(), plan_.facts.end(),
                                  [&](const auto& other) { return other.kind() == spec.kind; });
  const auto* kind = fact::v1::FactKind_descriptor()->FindValueByNumber(spec.kind);
  if (plan_.fact_prefix.empty()) {
    fact.set_name(plan_.id);
    plan_.facts.push_back(std::move(fact));
    return;
  }
  fact.mutable_external_id()->set_source(map_.source);
  fact.mutable_external_id()->set_id(absl::StrCat(plan_.fact_prefix, ShortEnum(*kind),
                                                  same == 0 ? "" : absl::StrCat("-", same + 1)));
  plan_.facts.push_back(std::move(fact));
}

void RowPlanner::AddJudgement(const JudgementSpec& spec) {
  if (!Holds(spec.when, !plan_.judgements.empty())) return;
  const Value answer = Read(spec.answer);
  if (answer.text.empty()) return;
  judgement::v1::Judgement judgement;
  judgement.set_question(spec.question);
  judgement.set_answer(answer.text);
  SetFields(spec.fields, -1, &judgement, nullptr);
  CheckTime(spec.fields);
  if (IsNameOf("judgements")) judgement.set_name(plan_.id);
  plan_.judgements.push_back(std::move(judgement));
}

}  // namespace comity::client
