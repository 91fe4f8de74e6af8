// Forward-only migrations: NNNN_verb_object.sql, applied in the order of their numbers.
#ifndef COMITY_RUNTIME_STORAGE_MIGRATIONS_H_
#define COMITY_RUNTIME_STORAGE_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

// One migration, embedded into the binary by CMake: comity_migrations(TARGET FUNCTION) in
// scripts/cmake/targets.cmake generates `std::vector<storage::Migration> FUNCTION()` from the
// migrations/ folder beside it. DDL knows no rollback: after a crash half-way a migration runs
// again from its beginning, so each statement must bear that (IF NOT EXISTS, INSERT IGNORE).
struct Migration {
  int number = 0;
  std::string name;  // e.g. 0001_create_leads
  std::string sql;
};

// The runtime's own, 0001 to 0099; those of the services begin at 0101.
// services/runtime/migrations.
std::vector<Migration> RuntimeMigrations();

// Applies what is missing; records number, name and SHA-256 of each in schema_migrations. Returns
// the names applied. Of several migrators at once one works and the others wait. Errors:
// FAILED_PRECONDITION MIGRATION_CHANGED when an applied one's text changed, or when the database
// knows a newer one than the binary.
absl::StatusOr<std::vector<std::string>> Migrate(const DatabaseOptions& options,
                                                 const std::vector<Migration>& migrations);
// OK when every one of `migrations` is applied (newer ones may be): the schema is new enough.
// Errors: FAILED_PRECONDITION SCHEMA_TOO_OLD, MIGRATION_CHANGED.
absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_MIGRATIONS_H_
