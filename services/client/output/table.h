// A table that fits the terminal.
#ifndef COMITY_CLIENT_OUTPUT_TABLE_H_
#define COMITY_CLIENT_OUTPUT_TABLE_H_

#include <string>
#include <vector>

namespace comity::client {

struct Column {
  std::string title;
  bool right = false;  // aligned right and never truncated, as numbers are
  bool whole = false;  // never truncated, as names that are to be copied
};

class Table {
 public:
  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  // Missing cells are empty; cells beyond the columns are dropped. Cells are put on one line each.
  void AddRow(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }
  // Title line and rows, each ended by a line break and at most `width` cells wide, unless whole
  // columns alone are wider. `width` 0: as wide as the cells are.
  std::string Render(int width) const;

 private:
  std::vector<int> Fit(int width) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TABLE_H_
