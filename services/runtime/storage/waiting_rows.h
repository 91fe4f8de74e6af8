// Rows that a transaction will insert: they wait for each other, so that one statement takes many.
#ifndef COMITY_RUNTIME_STORAGE_WAITING_ROWS_H_
#define COMITY_RUNTIME_STORAGE_WAITING_ROWS_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "services/runtime/storage/multi_row.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

class WaitingRows {
 public:
  // `key` tells the row from others of that statement, which outlives this.
  void Add(const MultiRow& insert, absl::string_view key, std::vector<Value> row);
  // To be changed while it waits; null where none does.
  std::vector<Value>* Find(const MultiRow& insert, absl::string_view key);
  // Writes all, statement by statement in the order of their first rows. An error does not tell
  // whose row it was.
  absl::Status Write(Session& session);
  bool failed() const { return failed_; }  // whether a Write did

 private:
  struct Table {
    const MultiRow* insert;
    std::vector<std::vector<Value>> rows;
    absl::flat_hash_map<std::string, size_t> by_key;
  };
  Table* TableOf(const MultiRow& insert);

  std::vector<Table> tables_;  // few
  bool failed_ = false;
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_WAITING_ROWS_H_
