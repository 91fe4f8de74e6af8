// What the first rows of a file show of its columns.
#ifndef COMITY_CLIENT_IMPORT_FILE_SAMPLE_H_
#define COMITY_CLIENT_IMPORT_FILE_SAMPLE_H_

#include <array>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/client/import/date_text.h"
#include "services/client/import/row.h"

namespace comity::client {

// How dates of a column can be read.
struct DateSample {
  std::array<bool, kDateOrders.size()> orders = {true, true, true};  // that read all of them
  // By two orders: they read a date as different days.
  std::array<std::array<bool, kDateOrders.size()>, kDateOrders.size()> differing = {};
  std::set<std::string> formats;  // day first, e.g. `%d.%m.%Y`: the first ones

  bool IsAmbiguous() const;
};

// What a sample shows of a column.
struct ColumnSample {
  std::string name;
  int64_t filled = 0;       // cells that are neither empty nor a blank word
  int64_t blank_words = 0;  // `Select`, `null`, `?` …
  std::map<std::string, int64_t>
      cells;           // the first different ones, long ones shortened, and how often
  bool many = false;   // more different ones than are kept
  bool unique = true;  // no cell stands twice
  bool dates = true;   // all filled cells are
  DateSample date;
  bool amounts = true;
  bool point_numbers = true;  // all filled cells are numbers whose decimal sign is a point
  bool comma_numbers = true;
  int64_t point_only = 0;  // of them, cells that are none with the other sign
  int64_t comma_only = 0;
  bool groups = false;               // of digits, behind a sign
  std::set<std::string> currencies;  // that stand at numbers
};

struct FileSample {
  std::vector<ColumnSample> columns;
  int64_t rows = 0;
  std::vector<std::string> blank_words;  // that were found
};

// Reads at most some thousand rows. Errors: those of the reader.
absl::StatusOr<FileSample> SampleRows(RowReader* reader);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_FILE_SAMPLE_H_
