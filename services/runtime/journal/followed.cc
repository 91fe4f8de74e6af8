#include "services/runtime/journal/followed.h"

#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::journal {
namespace {

absl::StatusOr<std::optional<int64_t>> Read(storage::Reader& reader, absl::string_view sql,
                                            const std::string& source) {
  COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query(sql, {source}));
  return rows->Next() ? std::optional(rows->Int(0)) : std::nullopt;
}

absl::Status PutLast(storage::Transaction& tx, const std::string& source,
                     const v1::PositionedEntry& entry) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdFromText(entry.entry().entry_id()));
  return tx
      .Execute(
          "INSERT INTO followed_entries (source, position, entry_id) VALUES (?, ?, ?) "
          "ON DUPLICATE KEY UPDATE position = VALUES(position), entry_id = VALUES(entry_id)",
          {source, entry.position() + 1, id})
      .status();
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> ReadFollowed(storage::Reader& reader,
                                                    const std::string& source) {
  return Read(reader, "SELECT position FROM followed_positions WHERE source = ?", source);
}

absl::Status BeginFollowing(storage::Transaction& tx, const std::string& source) {
  return tx
      .Execute(
          "INSERT INTO followed_positions (source, position) VALUES (?, 0) "
          "ON DUPLICATE KEY UPDATE source = source",
          {source})
      .status();
}

absl::StatusOr<std::optional<int64_t>> LockFollowed(storage::Transaction& tx,
                                                    const std::string& source) {
  return Read(tx, "SELECT position FROM followed_positions WHERE source = ? FOR UPDATE", source);
}

absl::StatusOr<std::string> ReadLastFollowed(storage::Reader& reader, const std::string& source,
                                             int64_t position) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT entry_id FROM followed_entries WHERE source = ? AND position = ?",
                   {source, position}));
  return rows->Next() ? resource::IdToText(rows->Bytes(0)) : std::string();
}

absl::Status PutFollowed(storage::Transaction& tx, const std::string& source, int64_t next,
                         const v1::PositionedEntry* last) {
  if (last != nullptr) COMITY_RETURN_IF_ERROR(PutLast(tx, source, *last));
  return tx
      .Execute(
          "INSERT INTO followed_positions (source, position) VALUES (?, ?) "
          "ON DUPLICATE KEY UPDATE position = VALUES(position)",
          {source, next})
      .status();
}

absl::StatusOr<bool> HasCaughtUp(storage::Reader& reader, const std::string& source) {
  COMITY_ASSIGN_OR_RETURN(
      const auto caught_up,
      Read(reader, "SELECT caught_up FROM followed_positions WHERE source = ?", source));
  return caught_up.value_or(0) != 0;
}

absl::Status PutCaughtUp(storage::Transaction& tx, const std::string& source) {
  return tx.Execute("UPDATE followed_positions SET caught_up = TRUE WHERE source = ?", {source})
      .status();
}

}  // namespace comity::journal
