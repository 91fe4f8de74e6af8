// The WHERE of a statement whose conditions depend on what is asked.
#ifndef COMITY_RUNTIME_STORAGE_WHERE_H_
#define COMITY_RUNTIME_STORAGE_WHERE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

class Where {
 public:
  // `condition` has one `?`, for `value`.
  void And(absl::string_view condition, Value value) {
    absl::StrAppend(&sql_, sql_.empty() ? " WHERE " : " AND ", condition);
    params_.push_back(std::move(value));
  }
  const std::string& sql() const { return sql_; }  // empty where there is no condition
  // The values of the conditions, to which the caller appends those of what follows them.
  std::vector<Value>& params() { return params_; }

 private:
  std::string sql_;
  std::vector<Value> params_;
};

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_WHERE_H_
