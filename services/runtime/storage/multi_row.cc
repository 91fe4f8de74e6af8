#include "services/runtime/storage/multi_row.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "services/runtime/status/macros.h"

namespace comity::storage {

MultiRow::MultiRow(absl::string_view before, absl::string_view row, absl::string_view after)
    : width_(static_cast<size_t>(std::count(row.begin(), row.end(), '?'))) {
  for (const size_t rows : {256, 128, 64, 32, 16, 8, 4, 2, 1}) {
    std::string text = absl::StrCat(before, row);
    for (size_t i = 1; i < rows; ++i) absl::StrAppend(&text, ", ", row);
    statements_.emplace_back(rows, absl::StrCat(text, after));
  }
}

absl::StatusOr<int64_t> MultiRow::Execute(Session& session,
                                          const std::vector<Value>& params) const {
  int64_t matched = 0;
  absl::Span<const Value> rest(params);
  for (const auto& [rows, text] : statements_) {
    for (; rest.size() >= rows * width_; rest.remove_prefix(rows * width_)) {
      COMITY_ASSIGN_OR_RETURN(const int64_t count,
                              session.Execute(text, rest.subspan(0, rows * width_)));
      matched += count;
    }
  }
  return matched;
}

}  // namespace comity::storage
