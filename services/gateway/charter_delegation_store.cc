#include "services/gateway/charter_delegation_store.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway {
namespace {

absl::StatusOr<std::string> DelegationId(const std::string& name) {
  return resource::IdOf(name, kCharterDelegations);
}

// The one row of `where`, or none.
absl::StatusOr<std::optional<StoredDelegation>> ReadDelegation(storage::Reader& reader,
                                                               absl::string_view where,
                                                               const std::string& key) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, version FROM charter_delegations WHERE ", where),
                   {key}));
  std::optional<StoredDelegation> stored;
  if (!rows->Next()) return stored;
  if (!stored.emplace().delegation.ParseFromString(rows->Bytes(0))) {
    return Internal("a stored delegation does not parse");
  }
  stored->version = rows->Int(1);
  return stored;
}

absl::StatusOr<StoredDelegation> ReadNamed(storage::Reader& reader, absl::string_view where,
                                           const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DelegationId(name));
  COMITY_ASSIGN_OR_RETURN(auto stored, ReadDelegation(reader, where, id));
  if (!stored.has_value()) return NotFound(name);
  return *std::move(stored);
}

}  // namespace

absl::Status InsertDelegation(storage::Transaction& tx, const v1::CharterDelegation& delegation) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DelegationId(delegation.name()));
  const absl::Status inserted =
      tx.Execute(
            "INSERT INTO charter_delegations (id, digest, department, version, body) "
            "VALUES (?, ?, ?, 1, ?)",
            {id, charter::DigestOf(delegation.signed_delegation().body()), delegation.department(),
             delegation.SerializeAsString()})
          .status();
  if (Reason(inserted) != "DUPLICATE_KEY") return inserted;
  return AlreadyExists("DELEGATION_EXISTS", delegation.delegate(),
                       "this delegation was taken in before: a new one is signed anew");
}

absl::Status UpdateDelegation(storage::Transaction& tx, const StoredDelegation& stored) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, DelegationId(stored.delegation.name()));
  return tx.ExecuteOne(
      "UPDATE charter_delegations SET version = version + 1, body = ? WHERE id = ? AND version = ?",
      {stored.delegation.SerializeAsString(), id, stored.version});
}

absl::StatusOr<StoredDelegation> GetDelegation(storage::Reader& reader, const std::string& name) {
  return ReadNamed(reader, "id = ?", name);
}

absl::StatusOr<StoredDelegation> LockDelegation(storage::Transaction& tx, const std::string& name) {
  return ReadNamed(tx, "id = ? FOR UPDATE", name);
}

absl::StatusOr<StoredDelegation> LockDelegationOf(storage::Transaction& tx,
                                                  const std::string& digest) {
  COMITY_ASSIGN_OR_RETURN(auto stored, ReadDelegation(tx, "digest = ? FOR UPDATE", digest));
  if (stored.has_value()) return *std::move(stored);
  return PreconditionFailed("DELEGATION_UNKNOWN", "signature.delegation",
                            "nobody has told the gateway of this delegation");
}

absl::StatusOr<std::vector<v1::CharterDelegation>> ListDelegations(storage::Reader& reader,
                                                                   const std::string& department,
                                                                   const std::string& before,
                                                                   int limit) {
  storage::Where where;
  if (!department.empty()) where.And("department = ?", department);
  if (!before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, DelegationId(before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body FROM charter_delegations FORCE INDEX (`",
                                department.empty() ? "PRIMARY" : "by_department", "`)", where.sql(),
                                " ORDER BY id DESC LIMIT ?"),
                   where.params()));
  std::vector<v1::CharterDelegation> delegations;
  while (rows->Next()) {
    if (!delegations.emplace_back().ParseFromString(rows->Bytes(0))) {
      return Internal("a stored delegation does not parse");
    }
  }
  return delegations;
}

}  // namespace comity::gateway
