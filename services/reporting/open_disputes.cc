#include "services/reporting/open_disputes.h"

#include "services/runtime/resource/names.h"

namespace comity::reporting {

void OpenDisputes::Apply(const DisputeRow& row) {
  const std::string collection = resource::CollectionOf(row.subject);
  const auto id = resource::IdOf(row.subject, collection);
  if (!id.ok()) return;  // Extract has none such
  BySubject& all = collection == "cases" ? cases_ : opportunities_;
  if (row.open) {
    all[*id].insert(row.dispute);
    return;
  }
  const auto found = all.find(*id);
  if (found == all.end()) return;
  found->second.erase(row.dispute);
  if (found->second.empty()) all.erase(found);
}

}  // namespace comity::reporting
