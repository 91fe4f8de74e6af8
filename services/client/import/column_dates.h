// In which order the dates of each column stand, told from all of its cells. Pure.
#ifndef COMITY_CLIENT_IMPORT_COLUMN_DATES_H_
#define COMITY_CLIENT_IMPORT_COLUMN_DATES_H_

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "services/client/import/date_text.h"
#include "services/client/import/problem.h"

namespace comity::client {

// A cell in the place where it stands.
struct PlacedCell {
  int64_t line = 0;
  std::string value;
};

// In a row, a time of `column` is not before that of `earlier`.
struct NotBefore {
  std::string column;
  std::string earlier;
};

class ColumnDates {
 public:
  using Readings = std::array<std::optional<absl::Time>, kDateOrders.size()>;
  ColumnDates(std::vector<std::string> columns, std::vector<NotBefore> rules, absl::TimeZone zone);

  // Takes the cells of one row, by column; blank ones are left out.
  void See(int64_t line, const std::map<std::string, std::string>& cells);

  struct Result {
    std::map<std::string, DateOrder> orders;  // of columns that can be read
    std::vector<std::string> notes;           // what another column decided, for the report
    // Cells that show why a column cannot be read: DATES_AMBIGUOUS (in two ways), DATES_MIXED (in
    // different ways in different rows).
    std::vector<Problem> problems;
  };
  Result Tell() const;

 private:
  using Orders = std::array<bool, kDateOrders.size()>;
  struct Column {
    // By order: the first cell that it cannot read, and another can.
    std::array<std::optional<PlacedCell>, kDateOrders.size()> unreadable;
    // By two orders: the first cell that they read as different times.
    std::array<std::array<std::optional<PlacedCell>, kDateOrders.size()>, kDateOrders.size()>
        differing;
  };
  struct Rule {
    NotBefore rule;
    // By the orders of both: the first row that would break it.
    std::array<std::array<std::optional<PlacedCell>, kDateOrders.size()>, kDateOrders.size()>
        broken;
  };
  using Candidates = std::map<std::string, Orders>;

  void SeeCell(int64_t line, const std::string& value, const Readings& readings, Column* column);
  Candidates Readable() const;
  void Decide(Candidates* candidates, Result* result) const;
  bool ApplyRule(const Rule& rule, Candidates* candidates, Result* result) const;
  void TellColumn(const std::string& name, const Column& column, const Orders& orders,
                  Result* result) const;

  absl::TimeZone zone_;
  std::map<std::string, Column> columns_;
  std::vector<Rule> rules_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_COLUMN_DATES_H_
