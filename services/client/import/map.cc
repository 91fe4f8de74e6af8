#include "services/client/import/map.h"

namespace comity::client {
namespace {

using Names = std::set<std::string>;

void AddColumns(const Fields& fields, Names* columns);

void AddColumns(const ValueSpec& spec, Names* columns) {
  columns->insert(spec.columns.begin(), spec.columns.end());
  if (!spec.not_before.empty()) columns->insert(spec.not_before);
  AddColumns(spec.make_fields, columns);
}

void AddColumns(const Fields& fields, Names* columns) {
  for (const auto& [path, spec] : fields) AddColumns(spec, columns);
}

void AddColumns(const Conditions& when, Names* columns) {
  for (const auto& [column, cells] : when) columns->insert(column);
}

void AddColumns(const WhenSpec& spec, Names* columns) {
  AddColumns(spec.when, columns);
  AddColumns(spec.unless, columns);
  AddColumns(spec.before, columns);
  columns->insert(spec.changed.begin(), spec.changed.end());
}

void AddBefore(const WhenSpec& spec, Names* columns) {
  AddColumns(spec.before, columns);
  columns->insert(spec.changed.begin(), spec.changed.end());
}

}  // namespace

std::set<std::string> ImportMap::Columns() const {
  Names columns(identity.columns.begin(), identity.columns.end());
  if (!subject.column.empty()) columns.insert(subject.column);
  AddColumns(subject.make_fields, &columns);
  AddColumns(fields, &columns);
  for (const FactSpec& spec : facts) {
    AddColumns(spec.fields, &columns);
    AddColumns(spec.when, &columns);
    if (!spec.each.empty()) columns.insert(spec.each);
  }
  for (const JudgementSpec& spec : judgements) {
    AddColumns(spec.answer, &columns);
    AddColumns(spec.fields, &columns);
    AddColumns(spec.when, &columns);
  }
  return columns;
}

std::set<std::string> ImportMap::ColumnsBefore() const {
  Names columns;
  for (const FactSpec& spec : facts) AddBefore(spec.when, &columns);
  for (const JudgementSpec& spec : judgements) AddBefore(spec.when, &columns);
  return columns;
}

}  // namespace comity::client
