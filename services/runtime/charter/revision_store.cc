#include "services/runtime/charter/revision_store.h"

#include <utility>

#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

absl::StatusOr<Revision> FromRow(const storage::Rows& rows) {
  v1::SignedRevision signed_revision;
  v1::RevisionBody body;
  if (!signed_revision.ParseFromString(rows.Bytes(0)) ||
      !body.ParseFromString(signed_revision.body())) {
    return Internal("a stored revision of the charter does not parse");
  }
  COMITY_ASSIGN_OR_RETURN(Charter charter, Charter::Make(body.document()));
  Revision revision{std::move(charter), DigestOf(signed_revision.body())};
  v1::EffectiveRevision effect;
  if (rows.IsNull(1)) return revision;
  if (!effect.ParseFromString(rows.Bytes(1))) return Internal("a stored effect does not parse");
  revision.effective = resource::ToTime(effect.effective_time());
  revision.over_objection_of = {effect.over_objection_of().begin(),
                                effect.over_objection_of().end()};
  return revision;
}

absl::StatusOr<bool> IsRevoked(storage::Reader& reader, const std::string& delegation) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT 1 FROM charter_revocations WHERE delegation = ?", {delegation}));
  return rows->Next();
}

absl::StatusOr<DelegateUse> ReadDelegateUse(storage::Reader& reader, const std::string& delegation,
                                            const std::string& statement) {
  DelegateUse use;
  COMITY_ASSIGN_OR_RETURN(use.is_revoked, IsRevoked(reader, delegation));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT earliest FROM charter_delegate_uses WHERE statement = ?", {statement}));
  if (rows->Next()) use.earliest = absl::FromUnixMicros(rows->Int(0));
  return use;
}

}  // namespace

absl::StatusOr<std::optional<v1::SignedRevision>> ReadSigned(storage::Reader& reader,
                                                             int revision) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT signed FROM charter_revisions WHERE revision = ?", {int64_t{revision}}));
  std::optional<v1::SignedRevision> found;
  if (!rows->Next()) return found;
  if (!found.emplace().ParseFromString(rows->Bytes(0))) {
    return Internal("a stored revision of the charter does not parse");
  }
  return found;
}

absl::StatusOr<std::vector<Revision>> ReadRevisions(storage::Reader& reader, int from) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT r.signed, e.effect FROM charter_revisions r LEFT JOIN charter_effects e "
                   "ON e.revision = r.revision WHERE r.revision >= ? ORDER BY r.revision",
                   {int64_t{from}}));
  std::vector<Revision> revisions;
  while (rows->Next()) {
    COMITY_ASSIGN_OR_RETURN(Revision revision, FromRow(*rows));
    revisions.push_back(std::move(revision));
  }
  return revisions;
}

absl::Status InsertRevision(storage::Transaction& tx, int revision,
                            const v1::SignedRevision& signed_revision, absl::Time now) {
  absl::Status inserted =
      tx.Execute("INSERT INTO charter_revisions (revision, signed, record_time) VALUES (?, ?, ?)",
                 {int64_t{revision}, signed_revision.SerializeAsString(), absl::ToUnixMicros(now)})
          .status();
  if (Reason(inserted) != "DUPLICATE_KEY") return inserted;
  return ConcurrentChange("another call has just stored this revision");
}

absl::Status InsertEffect(storage::Transaction& tx, const v1::EffectiveRevision& effect) {
  v1::EffectiveRevision stored = effect;
  stored.clear_signed_revision();
  return tx
      .Execute("INSERT IGNORE INTO charter_effects (revision, effect) VALUES (?, ?)",
               {int64_t{effect.revision()}, stored.SerializeAsString()})
      .status();
}

absl::Status InsertSighting(storage::Transaction& tx, absl::string_view body, absl::Time now) {
  return tx
      .Execute("INSERT IGNORE INTO charter_sightings (digest, sight_time) VALUES (?, ?)",
               {DigestOf(body), absl::ToUnixMicros(now)})
      .status();
}

absl::StatusOr<absl::Time> ReadSighting(storage::Reader& reader, absl::string_view body) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT sight_time FROM charter_sightings WHERE digest = ?", {DigestOf(body)}));
  return rows->Next() ? absl::FromUnixMicros(rows->Int(0)) : absl::InfiniteFuture();
}

absl::Status InsertDelegateUse(storage::Transaction& tx, const std::string& delegation,
                               const std::string& statement, absl::Time earliest) {
  COMITY_ASSIGN_OR_RETURN(const bool is_revoked, IsRevoked(tx, delegation));
  if (is_revoked) return absl::OkStatus();
  return tx
      .Execute("INSERT IGNORE INTO charter_delegate_uses (statement, earliest) VALUES (?, ?)",
               {statement, absl::ToUnixMicros(earliest)})
      .status();
}

absl::Status InsertRevocation(storage::Transaction& tx, const std::string& delegation,
                              absl::Time now) {
  return tx
      .Execute("INSERT IGNORE INTO charter_revocations (delegation, record_time) VALUES (?, ?)",
               {delegation, absl::ToUnixMicros(now)})
      .status();
}

absl::StatusOr<DelegateUses> ReadDelegateUses(storage::Reader& reader,
                                              const v1::SignedRevision& signed_revision) {
  DelegateUses uses;
  for (const v1::Signature& signature : signed_revision.signatures()) {
    if (!signature.has_delegation()) continue;
    const std::string statement = StatementOf(signed_revision.body(), signature);
    COMITY_ASSIGN_OR_RETURN(
        uses[statement],
        ReadDelegateUse(reader, DigestOf(signature.delegation().body()), statement));
  }
  return uses;
}

}  // namespace comity::charter
