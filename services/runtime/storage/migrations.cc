#include "services/runtime/storage/migrations.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "openssl/sha.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::storage {
namespace {

// Row 0 is no migration: whoever migrates holds its lock.
constexpr absl::string_view kTable =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "  number INT NOT NULL PRIMARY KEY,"
    "  name VARCHAR(190) NOT NULL,"
    "  sha256 BINARY(32) NOT NULL,"
    "  apply_time BIGINT NOT NULL"
    ") ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin;"
    "INSERT IGNORE INTO schema_migrations VALUES (0, 'lock', REPEAT(CHAR(0), 32), 0)";
constexpr absl::Duration kPatience = absl::Minutes(10);

struct Applied {
  std::string name;
  std::string sha256;
};

std::string Sha256(absl::string_view text) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

absl::StatusOr<std::map<int, Applied>> ReadApplied(Session& session) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      session.Query("SELECT number, name, sha256 FROM schema_migrations WHERE number > 0", {}));
  std::map<int, Applied> applied;
  while (rows->Next()) {
    applied[static_cast<int>(rows->Int(0))] = {rows->Bytes(1), rows->Bytes(2)};
  }
  return applied;
}

absl::StatusOr<std::vector<Migration>> InOrder(std::vector<Migration> migrations) {
  std::sort(migrations.begin(), migrations.end(),
            [](const Migration& a, const Migration& b) { return a.number < b.number; });
  for (size_t i = 0; i < migrations.size(); ++i) {
    const bool repeated = i > 0 && migrations[i].number == migrations[i - 1].number;
    if (migrations[i].number < 1 || repeated) {
      return Internal(absl::StrCat("migration ", migrations[i].name, " has a wrong number"));
    }
  }
  return migrations;
}

absl::Status Changed(absl::string_view name) {
  return PreconditionFailed("MIGRATION_CHANGED", name,
                            absl::StrCat("migration ", name, " is not the one that was applied"));
}

// Nothing that the database knows may be unknown here.
absl::Status CheckKnown(const std::map<int, Applied>& applied,
                        const std::vector<Migration>& migrations) {
  for (const auto& entry : applied) {
    const bool known = std::any_of(migrations.begin(), migrations.end(),
                                   [&](const Migration& m) { return m.number == entry.first; });
    if (known) continue;
    const std::string& name = entry.second.name;
    return PreconditionFailed(
        "MIGRATION_CHANGED", name,
        absl::StrCat("the database has migration ", name, ", newer than this program"));
  }
  return absl::OkStatus();
}

absl::Status TryLock(Session& session) {
  COMITY_RETURN_IF_ERROR(session.ExecuteScript(kTable));  // waits for the lock as well
  COMITY_RETURN_IF_ERROR(session.Begin());
  return session.Query("SELECT number FROM schema_migrations WHERE number = 0 FOR UPDATE", {})
      .status();
}

// Held by a transaction of its own connection: a DDL statement in it would release the lock, and
// the server releases it when the migrator dies.
absl::Status Lock(Session& session) {
  const absl::Time end = absl::Now() + kPatience;
  while (true) {
    const absl::Status locked = TryLock(session);
    if (locked.ok()) return absl::OkStatus();
    if (session.last_fault() != Fault::kRerun || absl::Now() > end) return locked;
    COMITY_RETURN_IF_ERROR(session.Rollback());
  }
}

absl::Status Apply(Session& session, const Migration& migration) {
  COMITY_RETURN_IF_ERROR(session.ExecuteScript(migration.sql));
  return session
      .Execute(
          "INSERT INTO schema_migrations (number, name, sha256, apply_time) "
          "VALUES (?, ?, ?, ?)",
          {int64_t{migration.number}, migration.name, Sha256(migration.sql),
           absl::ToUnixMicros(absl::Now())})
      .status();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> Migrate(const DatabaseOptions& options,
                                                 const std::vector<Migration>& migrations) {
  COMITY_ASSIGN_OR_RETURN(const std::vector<Migration> ordered, InOrder(migrations));
  DatabaseOptions patient = options;
  patient.read_timeout = absl::ZeroDuration();
  COMITY_ASSIGN_OR_RETURN(const auto lock, Session::Open(patient));
  COMITY_RETURN_IF_ERROR(Lock(*lock));
  COMITY_ASSIGN_OR_RETURN(const auto session, Session::Open(patient));
  COMITY_ASSIGN_OR_RETURN(const auto applied, ReadApplied(*session));
  COMITY_RETURN_IF_ERROR(CheckKnown(applied, ordered));
  std::vector<std::string> names;
  for (const Migration& migration : ordered) {
    const auto found = applied.find(migration.number);
    if (found == applied.end()) {
      COMITY_RETURN_IF_ERROR(Apply(*session, migration));
      names.push_back(migration.name);
    } else if (found->second.sha256 != Sha256(migration.sql)) {
      return Changed(migration.name);
    }
  }
  COMITY_RETURN_IF_ERROR(lock->Rollback());
  return names;
}

absl::Status CheckSchema(Session& session, const std::vector<Migration>& migrations) {
  const auto too_old = [](absl::string_view name) {
    return PreconditionFailed("SCHEMA_TOO_OLD", name,
                              absl::StrCat("migration ", name, " is missing: migrate first"));
  };
  // A database that was never migrated has no table to ask.
  COMITY_ASSIGN_OR_RETURN(const auto tables,
                          session.Query("SELECT 1 FROM information_schema.tables WHERE "
                                        "table_schema = DATABASE() AND "
                                        "table_name = 'schema_migrations'",
                                        {}));
  if (!tables->Next()) return too_old("schema_migrations");
  COMITY_ASSIGN_OR_RETURN(const auto applied, ReadApplied(session));
  for (const Migration& migration : migrations) {
    const auto found = applied.find(migration.number);
    if (found == applied.end()) return too_old(migration.name);
    if (found->second.sha256 != Sha256(migration.sql)) return Changed(migration.name);
  }
  return absl::OkStatus();
}

}  // namespace comity::storage
