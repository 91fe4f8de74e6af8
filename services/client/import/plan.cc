#include "services/client/import/plan.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "services/client/api/field_value.h"
#include "services/client/output/format.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A cell as the map reads it.
struct Value {
  std::string text;  // empty: blank
  std::string cell;  // as it stands in the file
};

// Plans one row; collects its problems.
class RowPlanner {
 public:
  RowPlanner(const ImportMap& map, const std::map<std::string, size_t>& columns, const Row& row)
      : map_(map), columns_(columns), row_(row) {
    plan_.line = row.line;
    plan_.record = New(map.collection.type());
  }

  RowPlan Run(size_t width) {
    if (CheckCells(width) && SetIdentity()) {
      SetRecord(map_.fields, plan_.record.get(), &plan_.paths);
      for (const FactSpec& spec : map_.facts) AddFact(spec);
      for (const JudgementSpec& spec : map_.judgements) AddJudgement(spec);
    }
    return std::move(plan_);
  }

 private:
  const std::string& CellOf(const std::string& column) const {
    return row_.cells[columns_.at(column)];
  }

  void Refuse(const std::string& column, const std::string& value, absl::string_view reason,
              absl::string_view message) {
    plan_.problems.push_back({row_.line, column, value, std::string(reason), std::string(message)});
  }

  bool CheckCells(size_t width) {
    if (row_.cells.size() != width) {
      Refuse("", "", "CELL_COUNT",
             absl::StrCat("the row has ", row_.cells.size(), " cells, the header ", width));
      return false;
    }
    for (const auto& [column, index] : columns_) {
      if (!IsUtf8(row_.cells[index])) {
        Refuse(column, OneLine(row_.cells[index]), "NOT_UTF8", "the cell is not valid UTF-8");
      }
    }
    return plan_.problems.empty();
  }

  bool IsBlank(const std::string& cell) const {
    return map_.blanks.contains(std::string(absl::StripAsciiWhitespace(cell)));
  }

  bool Holds(const Conditions& when) const {
    return std::all_of(when.begin(), when.end(), [&](const auto& condition) {
      return condition.second.contains(CellOf(condition.first));
    });
  }

  Value Read(const ValueSpec& spec) {
    if (spec.column.empty()) return {spec.constant, spec.constant};
    const std::string& cell = CellOf(spec.column);
    if (IsBlank(cell)) {
      if (spec.required) Refuse(spec.column, cell, "VALUE_MISSING", "a value is needed here");
      return {"", cell};
    }
    const std::string text(absl::StripAsciiWhitespace(cell));
    const auto translated = spec.values.find(text);
    return {translated == spec.values.end() ? text : translated->second, cell};
  }

  bool SetIdentity() {
    const std::string& cell = CellOf(map_.identity);
    plan_.id = std::string(absl::StripAsciiWhitespace(cell));
    if (IsBlank(cell)) {
      Refuse(map_.identity, cell, "IDENTITY_MISSING", "the row has no identity");
      return false;
    }
    if (map_.collection.has_chosen_ids()) {
      plan_.id = Slug(plan_.id);
      if (plan_.id.empty()) {
        Refuse(map_.identity, cell, "IDENTITY_INVALID", "no letter or digit to make an id of");
        return false;
      }
      return SetField(plan_.record.get(), "name",
                      absl::StrCat(map_.collection.plural, "/", plan_.id))
          .ok();
    }
    return SetField(plan_.record.get(), "external_id.source", map_.source).ok() &&
           SetField(plan_.record.get(), "external_id.id", plan_.id).ok();
  }

  void SetRecord(const std::map<std::string, ValueSpec>& fields, Message* record,
                 std::vector<std::string>* paths) {
    for (const auto& [path, spec] : fields) {
      const Value value = Read(spec);
      if (value.text.empty()) continue;
      if (!spec.find.empty() || !spec.name.empty()) {
        AddReference(path, spec, value);
      } else if (!SetValue(spec, value, path, record)) {
        continue;
      }
      if (paths != nullptr) paths->push_back(path);
    }
  }

  bool SetValue(const ValueSpec& spec, const Value& value, const std::string& path,
                Message* message) {
    std::string text = value.text;
    const FieldDescriptor* field = FieldAt(*message->GetDescriptor(), path);
    const std::string type =
        field->message_type() == nullptr ? "" : field->message_type()->full_name();
    if (type == "google.protobuf.Timestamp" || type == "google.type.Date") {
      absl::Time time;
      if (!ReadTime(spec, value, &time)) return false;
      text = type == "google.type.Date" ? absl::FormatTime("%Y-%m-%d", time, map_.zone)
                                        : absl::FormatTime(absl::RFC3339_full, time, map_.zone);
    } else if (type == "google.type.Money" && !spec.currency.empty()) {
      text = absl::StrCat(value.text, " ", spec.currency);
    }
    const absl::Status status = SetField(message, path, text);
    if (status.ok()) return true;
    Refuse(spec.column, value.cell, Reason(status), status.message());
    return false;
  }

  // In the map's zone, unless the value itself says another.
  bool ReadTime(const ValueSpec& spec, const Value& value, absl::Time* time) {
    std::string problem;
    const std::vector<std::string> formats =
        spec.format.empty() ? std::vector<std::string>{"%Y-%m-%d", absl::RFC3339_full}
                            : std::vector<std::string>{spec.format};
    for (const std::string& format : formats) {
      if (!absl::ParseTime(format, value.text, map_.zone, time, &problem)) continue;
      const auto year = absl::ToCivilYear(*time, map_.zone).year();
      if (year >= 1900 && year <= 2200) return true;
      problem = absl::StrCat("the year would be ", year);
    }
    Refuse(spec.column, value.cell, "DATE_INVALID",
           absl::StrCat("not of the form ", absl::StrJoin(formats, " or "), ": ", problem));
    return false;
  }

  void AddReference(const std::string& path, const ValueSpec& spec, const Value& value) {
    Reference reference{path, spec.find, value.text, spec.column, nullptr};
    if (!spec.name.empty()) {
      reference.collection = spec.name;
      reference.id = Slug(value.text);
    }
    if (reference.id.empty()) {
      Refuse(spec.column, value.cell, "IDENTITY_INVALID", "no letter or digit to make an id of");
      return;
    }
    if (spec.make) reference.made = MakeOther(reference, spec, value);
    plan_.references.push_back(std::move(reference));
  }

  std::shared_ptr<Message> MakeOther(const Reference& reference, const ValueSpec& spec,
                                     const Value& value) {
    std::shared_ptr<Message> made = New(FindCollection(reference.collection)->type());
    absl::Status status = SetField(made.get(), "display_name", value.text);
    if (spec.name.empty()) {
      status.Update(SetField(made.get(), "external_id.source", map_.source));
      status.Update(SetField(made.get(), "external_id.id", reference.id));
    } else {
      status.Update(
          SetField(made.get(), "name", absl::StrCat(reference.collection, "/", reference.id)));
    }
    if (!status.ok()) Refuse(spec.column, value.cell, Reason(status), status.message());
    for (const auto& [path, field] : spec.make_fields) {
      const Value part = Read(field);
      if (!part.text.empty()) SetValue(field, part, path, made.get());
    }
    return made;
  }

  void SetFields(const std::map<std::string, ValueSpec>& fields, Message* message) {
    for (const auto& [path, spec] : fields) {
      const Value value = Read(spec);
      if (!value.text.empty()) SetValue(spec, value, path, message);
    }
  }

  void AddFact(const FactSpec& spec) {
    if (!Holds(spec.when)) return;
    fact::v1::Fact fact;
    fact.set_kind(spec.kind);
    SetFields(spec.fields, &fact);
    // Of several facts of one kind in a row, each has its own number.
    const auto same = std::count_if(plan_.facts.begin(), plan_.facts.end(),
                                    [&](const auto& other) { return other.kind() == spec.kind; });
    const auto* kind = fact::v1::FactKind_descriptor()->FindValueByNumber(spec.kind);
    fact.mutable_external_id()->set_source(map_.source);
    fact.mutable_external_id()->set_id(absl::StrCat(plan_.id, "/", ShortEnum(*kind),
                                                    same == 0 ? "" : absl::StrCat("-", same + 1)));
    plan_.facts.push_back(std::move(fact));
  }

  void AddJudgement(const JudgementSpec& spec) {
    if (!Holds(spec.when)) return;
    judgement::v1::Judgement judgement;
    judgement.set_question(spec.question);
    judgement.set_answer(spec.answer);
    SetFields(spec.fields, &judgement);
    plan_.judgements.push_back(std::move(judgement));
  }

  const ImportMap& map_;
  const std::map<std::string, size_t>& columns_;
  const Row& row_;
  RowPlan plan_;
};

}  // namespace

std::string Problem::ToText() const {
  std::string text = absl::StrCat("line ", line);
  if (!column.empty()) absl::StrAppend(&text, ", ", column, " `", OneLine(value), "`");
  return absl::StrCat(text, ": ", reason, ": ", message);
}

absl::StatusOr<Planner> Planner::Make(const ImportMap* map,
                                      const std::vector<std::string>& header) {
  std::map<std::string, size_t> columns;
  for (size_t i = 0; i < header.size(); ++i) {
    if (!columns.emplace(header[i], i).second) {
      return InvalidField("COLUMN_TWICE", "header",
                          absl::StrCat("the column `", OneLine(header[i]), "` stands twice"));
    }
  }
  const std::set<std::string> read = map->Columns();
  std::vector<std::string> missing;
  for (const std::string& column : read) {
    if (!columns.contains(column)) missing.push_back(column);
  }
  if (!missing.empty()) {
    return InvalidField("MAP_COLUMN_MISSING", "header",
                        absl::StrCat("the file has no column ", absl::StrJoin(missing, ", "),
                                     "; it has ", OneLine(absl::StrJoin(header, ", "))));
  }
  Planner planner(map, std::move(columns), header.size());
  for (const std::string& column : header) {
    if (!read.contains(column) && !map->ignored.contains(column)) planner.unread_.push_back(column);
  }
  return planner;
}

RowPlan Planner::Plan(const Row& row) const { return RowPlanner(*map_, columns_, row).Run(width_); }

}  // namespace comity::client
