#include "services/account/holds.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::account {

absl::Status Hold(storage::Transaction& tx, const resource::Resource& resource,
                  const std::string& name, const std::string& workflow, bool made) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(name, resource.collection));
  return tx
      .Execute(absl::StrCat("INSERT INTO ", resource.singular, "_holds (", resource.singular,
                            ", workflow, made, released) VALUES (?, ?, ?, 0) "
                            "ON DUPLICATE KEY UPDATE released = 0"),
               {id, workflow, int64_t{made ? 1 : 0}})
      .status();
}

absl::StatusOr<bool> ReleaseHold(storage::Transaction& tx, const resource::Resource& resource,
                                 const std::string& name, const std::string& workflow) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(name, resource.collection));
  COMITY_RETURN_IF_ERROR(
      tx.Execute(absl::StrCat("UPDATE ", resource.singular, "_holds SET released = 1 WHERE ",
                              resource.singular, " = ? AND workflow = ?"),
                 {id, workflow})
          .status());
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      tx.Query(absl::StrCat("SELECT COALESCE(CAST(SUM(made) AS SIGNED), 0), "
                            "COALESCE(CAST(SUM(released = 0) AS SIGNED), 0) FROM ",
                            resource.singular, "_holds WHERE ", resource.singular, " = ?"),
               {id}));
  return rows->Next() && rows->Int(0) > 0 && rows->Int(1) == 0;
}

}  // namespace comity::account
