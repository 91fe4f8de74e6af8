// One statement over any number of rows, with few distinct texts: sessions cache statements by
// text.
#ifndef COMITY_RUNTIME_STORAGE_MULTI_ROW_H_
#define COMITY_RUNTIME_STORAGE_MULTI_ROW_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

// `{before}{row}, {row}, …{after}`, executed for 256 rows or a smaller power of two at a time.
// Thread-safe.
class MultiRow {
 public:
  MultiRow(absl::string_view before, absl::string_view row, absl::string_view after);
  // `params`: those of all rows, one after the other. Returns the rows matched in all. Errors:
  // those of Session::Execute; earlier rows may then have been executed.
  absl::StatusOr<int64_t> Execute(Session& session, const std::vector<Value>& params) const;

 private:
  size_t width_;                                            // parameters of a row
  std::vector<std::pair<size_t, std::string>> statements_;  // rows and text, most rows first
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_MULTI_ROW_H_
