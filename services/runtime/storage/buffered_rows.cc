#include "services/runtime/storage/buffered_rows.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "cppconn/datatype.h"
#include "cppconn/resultset.h"
#include "cppconn/resultset_metadata.h"

namespace comity::storage {
namespace {

bool IsInteger(int type) {
  switch (type) {
    case sql::DataType::BIT:
    case sql::DataType::TINYINT:
    case sql::DataType::SMALLINT:
    case sql::DataType::MEDIUMINT:
    case sql::DataType::INTEGER:
    case sql::DataType::BIGINT:
    case sql::DataType::YEAR:
      return true;
    default:
      return false;
  }
}

// SUM of integers is a DECIMAL.
bool IsDecimal(int type) {
  return type == sql::DataType::DECIMAL || type == sql::DataType::NUMERIC;
}

// The program reads what it did not ask for: no input can bring this about.
[[noreturn]] void Defect(const char* what, int column) {
  std::fprintf(stderr, "reading a row: column %d %s\n", column, what);
  std::abort();
}

}  // namespace

BufferedRows::BufferedRows(sql::ResultSet* result) {
  sql::ResultSetMetaData* meta = result->getMetaData();
  columns_ = static_cast<int>(meta->getColumnCount());
  std::vector<int> types(columns_);
  for (int c = 0; c < columns_; ++c) types[c] = meta->getColumnType(c + 1);
  while (result->next()) {
    for (int c = 0; c < columns_; ++c) {
      Append(result, c, IsInteger(types[c]));
      Cell& cell = cells_.back();
      int64_t sum = 0;
      if (cell.kind == Kind::kBytes && IsDecimal(types[c]) &&
          absl::SimpleAtoi(absl::string_view(bytes_).substr(cell.number, cell.size), &sum)) {
        cell = {Kind::kInt, sum};
      }
    }
  }
}

void BufferedRows::Append(sql::ResultSet* result, int column, bool is_number) {
  const int index = column + 1;
  if (result->isNull(index)) {
    cells_.push_back({Kind::kNull, 0});
  } else if (is_number) {
    cells_.push_back({Kind::kInt, result->getInt64(index)});
  } else {
    const sql::SQLString text = result->getString(index);
    cells_.push_back({Kind::kBytes, static_cast<int64_t>(bytes_.size()), text.length()});
    bytes_.append(text.asStdString());
  }
}

bool BufferedRows::Next() {
  if ((row_ + 1) * columns_ >= static_cast<int64_t>(cells_.size())) return false;
  ++row_;
  return true;
}

const BufferedRows::Cell& BufferedRows::At(int column) const {
  if (row_ < 0) Defect("before Next()", column);
  if (column < 0 || column >= columns_) Defect("does not exist", column);
  return cells_[row_ * columns_ + column];
}

bool BufferedRows::IsNull(int column) const { return At(column).kind == Kind::kNull; }

int64_t BufferedRows::Int(int column) const {
  const Cell& cell = At(column);
  if (cell.kind == Kind::kBytes) Defect("is no integer", column);
  return cell.kind == Kind::kNull ? 0 : cell.number;
}

std::string BufferedRows::Bytes(int column) const {
  const Cell& cell = At(column);
  if (cell.kind == Kind::kInt) Defect("is an integer", column);
  return cell.kind == Kind::kNull ? "" : bytes_.substr(cell.number, cell.size);
}

}  // namespace comity::storage
