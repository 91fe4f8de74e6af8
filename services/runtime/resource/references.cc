#include "services/runtime/resource/references.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {

absl::StatusOr<bool> Exists(storage::Reader& reader, const std::string& name) {
  const std::string collection = CollectionOf(name);
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name, collection));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT 1 FROM `", collection, "` WHERE id = ?"), {id}));
  return rows->Next();
}

absl::Status CheckReference(storage::Reader& reader, absl::string_view field,
                            const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const bool exists, Exists(reader, name));
  if (exists) return absl::OkStatus();
  return InvalidField("REFERENCE_NOT_FOUND", field, absl::StrCat("there is no ", name));
}

}  // namespace comity::resource
