#include "tests/faults/check_references.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/integration/database.h"

namespace comity::integration {

std::vector<std::string> DanglingReferences() {
  std::vector<std::string> problems;
  for (const char* referred : {"account", "contact"}) {
    const std::string ids =
        Sql(absl::StrCat("SELECT HEX(o.id) FROM comity_lead.opportunities o JOIN comity_account.",
                         referred, "s r ON r.id = o.", referred,
                         " WHERE o.withdraw_time IS NULL AND r.withdraw_time IS NOT NULL"));
    for (const absl::string_view id : absl::StrSplit(ids, '\n', absl::SkipEmpty())) {
      problems.push_back(
          absl::StrCat("the opportunity ", id, " stands, and its ", referred, " was withdrawn"));
    }
  }
  return problems;
}

}  // namespace comity::integration
