// Forward-only migrations: NNNN_verb_object.sql, applied in the order of their numbers.
#ifndef COMITY_RUNTIME_STORAGE_MIGRATIONS_H_
#define COMITY_RUNTIME_STORAGE_MIGRATIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/runtime/storage/session.h"

namespace comity::storage {

// One migration, embedded into the binary by CMake (comity_migrations(TARGET FILES …) in
// scripts/cmake/targets.cmake generates a source with `std::vector<Migration> <Name>Migrations()`).
struct Migration {
  int number = 0;
  std::string name;  // e.g. 0001_create_leads
  std::string sql;
};

// Applies what is missing; records number, name and SHA-256 of each in schema_migrations. Returns
// the names applied. Errors: FAILED_PRECONDITION MIGRATION_CHANGED when an applied one's text
// changed, or when the database knows a newer one than the binary.
absl::StatusOr<std::vector<std::string>> Migrate(const DatabaseOptions& options,
                                                 const std::vector<Migration>& migrations);
// OK when every one of `migrations` is applied (newer ones may be): the schema is new enough.
absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations);

}  // namespace comity::storage

#endif  // COMITY_RUNTIME_STORAGE_MIGRATIONS_H_
