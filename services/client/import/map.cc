#include "services/client/import/map.h"

#include <functional>

namespace comity::client {
namespace {

void AddColumns(const std::map<std::string, ValueSpec>& fields, std::set<std::string>* columns) {
  for (const auto& [path, spec] : fields) {
    if (!spec.column.empty()) columns->insert(spec.column);
    AddColumns(spec.make_fields, columns);
  }
}

void AddColumns(const Conditions& when, std::set<std::string>* columns) {
  for (const auto& [column, cells] : when) columns->insert(column);
}

}  // namespace

std::set<std::string> ImportMap::Columns() const {
  std::set<std::string> columns = {identity};
  AddColumns(fields, &columns);
  for (const FactSpec& spec : facts) {
    AddColumns(spec.fields, &columns);
    AddColumns(spec.when, &columns);
  }
  for (const JudgementSpec& spec : judgements) {
    AddColumns(spec.fields, &columns);
    AddColumns(spec.when, &columns);
  }
  return columns;
}

}  // namespace comity::client
