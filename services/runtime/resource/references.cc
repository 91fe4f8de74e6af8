#include "services/runtime/resource/references.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {

namespace {

// Records that a workflow may withdraw: whether one stands is asked each time, and nobody withdraws
// it until this transaction has ended.
bool IsWithdrawable(absl::string_view collection) {
  return collection == "accounts" || collection == "contacts";
}

}  // namespace

absl::StatusOr<bool> Exists(storage::Reader& reader, const std::string& name) {
  const std::string collection = CollectionOf(name);
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name, collection));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(
          absl::StrCat(
              "SELECT 1 FROM `", collection, "` WHERE id = ?",
              IsWithdrawable(collection) ? " AND withdraw_time IS NULL LOCK IN SHARE MODE" : ""),
          {id}));
  return rows->Next();
}

absl::Status CheckReference(storage::Reader& reader, absl::string_view field,
                            const std::string& name) {
  if (name.empty() || reader.HasFound(name)) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const bool exists, Exists(reader, name));
  if (exists) {
    if (!IsWithdrawable(CollectionOf(name))) reader.SetFound(name);
    return absl::OkStatus();
  }
  return InvalidField("REFERENCE_NOT_FOUND", field, absl::StrCat("there is no ", name));
}

}  // namespace comity::resource
