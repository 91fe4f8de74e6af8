#include "services/runtime/charter/charter_pin.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {

absl::Status PinCharter(storage::Session& session, const Charter& charter) {
  const std::string document =
      charter.document().SerializeAsString();  // has no map: always the same
  const int64_t revision = charter.revision();
  // Of several replicas that start at once the first one notes it.
  COMITY_RETURN_IF_ERROR(
      session
          .Execute("INSERT IGNORE INTO charters (id, revision, document, record_time) "
                   "VALUES (1, ?, ?, ?)",
                   {revision, document, absl::ToUnixMicros(absl::Now())})
          .status());
  COMITY_ASSIGN_OR_RETURN(
      const auto rows, session.Query("SELECT revision, document FROM charters WHERE id = 1", {}));
  if (!rows->Next()) return Internal("the charter was not noted");
  if (rows->Int(0) == revision && rows->Bytes(1) == document) return absl::OkStatus();
  return PreconditionFailed(
      "CHARTER_CHANGED", absl::StrCat("charter revision ", revision),
      absl::StrCat("this database is used under another charter (revision ", rows->Int(0),
                   "): working lists and reports follow its words, and no edit of the file changes "
                   "them. Start with the charter that it was first started with"));
}

}  // namespace comity::charter
