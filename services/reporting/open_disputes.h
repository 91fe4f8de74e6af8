// Which opportunities and cases are in dispute. There are few. Not thread-safe.
#ifndef COMITY_REPORTING_OPEN_DISPUTES_H_
#define COMITY_REPORTING_OPEN_DISPUTES_H_

#include <set>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/reporting/effects.h"

namespace comity::reporting {

class OpenDisputes {
 public:
  using Ids = std::set<std::string>;  // of 16 bytes

  void Apply(const DisputeRow& row);
  // Those that are open about a record; null: none. `id`: of 16 bytes.
  const Ids* AboutOpportunity(absl::string_view id) const { return Find(opportunities_, id); }
  const Ids* AboutCase(absl::string_view id) const { return Find(cases_, id); }

 private:
  using BySubject = absl::flat_hash_map<std::string, Ids>;
  static const Ids* Find(const BySubject& all, absl::string_view id) {
    if (all.empty()) return nullptr;
    const auto found = all.find(id);
    return found == all.end() ? nullptr : &found->second;
  }

  BySubject opportunities_;
  BySubject cases_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_OPEN_DISPUTES_H_
