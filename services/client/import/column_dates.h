// In which order the dates of each column stand, told from all of its cells. Pure.
#ifndef COMITY_CLIENT_IMPORT_COLUMN_DATES_H_
#define COMITY_CLIENT_IMPORT_COLUMN_DATES_H_

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
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
  // Of one row, by column; blank ones are left out. A cell that is taken apart has several.
  using Cells = std::map<std::string, std::set<std::string>>;
  // A column that only a rule names as `earlier` bears witness: it is not told itself.
  ColumnDates(std::vector<std::string> columns, std::vector<NotBefore> rules, absl::TimeZone zone);

  void See(int64_t line, const Cells& cells);

  struct Result {
    std::map<std::string, DateOrder> orders;  // of columns that can be read
    // What another column decided: DATES_DECIDED, with the cell that would break the rule.
    std::vector<Problem> notes;
    // Cells that show why a column cannot be read: DATES_AMBIGUOUS (in two ways), DATES_MIXED (in
    // different ways in different rows; or written in one way in some rows, in which they
    // may be read as two dates, and in another way in those that would decide).
    std::vector<Problem> problems;
  };
  Result Tell() const;

 private:
  static constexpr size_t kOrders = kDateOrders.size();
  using Readings = std::array<std::optional<WrittenDate>, kOrders>;
  using Orders = std::array<bool, kOrders>;
  using Pair = std::pair<size_t, size_t>;  // an order of each of two columns
  using ByPair = std::array<std::array<std::optional<PlacedCell>, kOrders>, kOrders>;
  struct Cellwise {
    // By order: the first cell that it cannot read, and another can.
    std::array<std::optional<PlacedCell>, kOrders> unreadable;
    ByPair differing;  // the first cell that two orders read as different times
  };
  struct Column : Cellwise {
    bool is_told = true;
    std::map<std::string, Cellwise> shapes;  // the same of cells that are written alike
  };
  struct Rule {
    NotBefore rule;
    ByPair broken;  // by the orders of both: the first cell that would be too early
  };
  struct Decision {
    const Rule* rule;
    Pair whole;   // the way to read both columns that no row breaks
    Pair broken;  // one that a row breaks
  };
  // A row's first date of a column, by order, and the cell of the one that can be read.
  struct Earliest {
    Readings dates;
    std::array<std::string, kOrders> cells;
  };
  using Candidates = std::map<std::string, Orders>;

  Earliest SeeColumn(int64_t line, const std::set<std::string>& texts, Column* column) const;
  static void SeeCell(int64_t line, const std::string& value, const Readings& readings,
                      Cellwise* column);
  static void SeePair(int64_t line, const Earliest& late, const Earliest& early, Rule* rule);
  Candidates Readable() const;
  static std::vector<Pair> ReadingsOf(const Orders& late, const Orders& early);
  static std::optional<Decision> DecisionOf(const Rule& rule, const Candidates& candidates);
  static Problem NoteOf(const Decision& decision);
  bool DecideSome(Candidates* candidates, Result* result) const;
  static void TellColumn(const std::string& name, const Column& column, const Orders& orders,
                         Result* result);
  // Cells that are written in one way, and in two ways readable, are not read by those that are
  // written in another. Whether there are such.
  static bool NameMixed(const std::string& name, const Column& column, const Orders& orders,
                        Result* result);
  void NameBroken(const Candidates& candidates, Result* result) const;

  absl::TimeZone zone_;
  std::map<std::string, Column> columns_;
  std::vector<Rule> rules_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_COLUMN_DATES_H_
