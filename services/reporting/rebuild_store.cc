#include "services/reporting/rebuild_store.h"

#include "absl/strings/str_cat.h"
#include "services/reporting/effect_rows.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

// Longer than any one step: a page of a journal, a wait for the last intake.
constexpr int64_t kClaimSeconds = 120;

}  // namespace

absl::StatusOr<int64_t> ClaimGeneration(storage::Transaction& tx) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows, tx.Query("SELECT generation, claimed_until < UNIX_TIMESTAMP() FROM rebuilds "
                          "WHERE id = 1",
                          {}));
  if (!rows->Next()) return Internal("rebuilds has no row");
  const int64_t generation = rows->Int(0) + 1;
  if (rows->Int(1) == 0) {
    return PreconditionFailed("REBUILD_RUNS", "reporting",
                              "another replica is rebuilding: ask again when it is done");
  }
  COMITY_RETURN_IF_ERROR(tx.ExecuteOne(
      "UPDATE rebuilds SET generation = ?, claimed_until = UNIX_TIMESTAMP() + ? WHERE id = 1 AND "
      "generation = ? AND claimed_until < UNIX_TIMESTAMP()",
      {generation, kClaimSeconds, generation - 1}));
  return generation;
}

absl::Status RenewClaim(storage::Transaction& tx, int64_t generation) {
  return tx.ExecuteOne(
      "UPDATE rebuilds SET claimed_until = UNIX_TIMESTAMP() + ? WHERE id = 1 AND generation = ?",
      {kClaimSeconds, generation});
}

absl::Status FreeClaim(storage::Transaction& tx, int64_t generation) {
  return tx.ExecuteOne("UPDATE rebuilds SET claimed_until = 0 WHERE id = 1 AND generation = ?",
                       {generation});
}

absl::StatusOr<int64_t> DeleteGenerations(storage::Transaction& tx, int64_t after, int64_t before,
                                          int limit) {
  int64_t deleted = 0;
  for (const EffectTable& table : kEffectTables) {
    COMITY_ASSIGN_OR_RETURN(
        const int64_t rows,
        tx.Execute(absl::StrCat("DELETE FROM ", table.name,
                                " WHERE generation > ? AND generation < ? LIMIT ?"),
                   {after, before, int64_t{limit}}));
    deleted += rows;
  }
  return deleted;
}

}  // namespace comity::reporting
