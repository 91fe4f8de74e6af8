// The rows of a SELECT, copied out of the connector: they outlive the statement's next execution.
#ifndef COMITY_RUNTIME_STORAGE_BUFFERED_ROWS_H_
#define COMITY_RUNTIME_STORAGE_BUFFERED_ROWS_H_

#include <cstddef>
#include <string>
#include <vector>

#include "services/runtime/storage/session.h"

namespace sql {
class ResultSet;
}

namespace comity::storage {

class BufferedRows final : public Rows {
 public:
  // Reads `result` to its end. Throws what the connector throws.
  explicit BufferedRows(sql::ResultSet* result);

  bool Next() override;
  bool IsNull(int column) const override;
  int64_t Int(int column) const override;
  std::string Bytes(int column) const override;

 private:
  enum class Kind : char { kNull, kInt, kBytes };
  struct Cell {
    Kind kind;
    int64_t number;  // the value, or where the bytes begin
    size_t size = 0;
  };
  void Append(sql::ResultSet* result, int column, bool is_number);
  const Cell& At(int column) const;

  int columns_ = 0;
  int64_t row_ = -1;
  std::vector<Cell> cells_;
  std::string bytes_;
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_BUFFERED_ROWS_H_
