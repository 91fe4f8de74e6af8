#include "services/runtime/storage/waiting_rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace comity::storage {

WaitingRows::Table* WaitingRows::TableOf(const MultiRow& insert) {
  for (Table& table : tables_) {
    if (table.insert == &insert) return &table;
  }
  return nullptr;
}

void WaitingRows::Add(const MultiRow& insert, absl::string_view key, std::vector<Value> row) {
  Table* table = TableOf(insert);
  if (table == nullptr) table = &tables_.emplace_back(Table{&insert, {}, {}});
  table->by_key[key] = table->rows.size();
  table->rows.push_back(std::move(row));
}

std::vector<Value>* WaitingRows::Find(const MultiRow& insert, absl::string_view key) {
  Table* const table = TableOf(insert);
  if (table == nullptr) return nullptr;
  const auto found = table->by_key.find(key);
  return found == table->by_key.end() ? nullptr : &table->rows[found->second];
}

absl::Status WaitingRows::Write(Session& session) {
  std::vector<Table> tables = std::exchange(tables_, {});
  for (Table& table : tables) {
    std::vector<Value> params;
    params.reserve(table.rows.size() * table.rows.front().size());
    for (std::vector<Value>& row : table.rows) {
      std::move(row.begin(), row.end(), std::back_inserter(params));
    }
    absl::Status status = table.insert->Execute(session, params).status();
    if (status.ok()) continue;
    failed_ = true;
    return status;
  }
  return absl::OkStatus();
}

}  // namespace comity::storage
