#include "services/runtime/directory/directory_copy.h"

#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::directory {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);
constexpr char kPosition[] = "SELECT position FROM followed_positions WHERE source = ?";
constexpr char kLockPosition[] =
    "SELECT position FROM followed_positions WHERE source = ? FOR UPDATE";

// None: nothing was taken, or it is to be forgotten.
absl::StatusOr<std::optional<int64_t>> ReadPosition(storage::Reader& reader, absl::string_view sql,
                                                    const std::string& source) {
  COMITY_ASSIGN_OR_RETURN(auto rows, reader.Query(sql, {source}));
  return rows->Next() ? std::optional(rows->Int(0)) : std::nullopt;
}

// Empty where it was not kept.
absl::StatusOr<std::string> ReadLastEntry(storage::Reader& reader, const std::string& source,
                                          int64_t position) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query("SELECT entry_id FROM followed_entries WHERE source = ? AND position = ?",
                   {source, position}));
  return rows->Next() ? resource::IdToText(rows->Bytes(0)) : std::string();
}

absl::Status ReadRecords(storage::Reader& reader, Snapshot* snapshot) {
  COMITY_ASSIGN_OR_RETURN(auto rows, reader.Query("SELECT body FROM directory_records", {}));
  while (rows->Next()) {
    google::protobuf::Any record;
    if (!record.ParseFromString(rows->Bytes(0)) || !ApplyRecord(record, snapshot)) {
      return Internal("unreadable directory record");
    }
  }
  return absl::OkStatus();
}

absl::Status StoreRecord(storage::Transaction& tx, const journal::v1::Entry& entry) {
  Snapshot scratch;
  if (!ApplyRecord(entry.payload(), &scratch)) return absl::OkStatus();
  return tx
      .Execute(
          "INSERT INTO directory_records (name, body) VALUES (?, ?) "
          "ON DUPLICATE KEY UPDATE body = VALUES(body)",
          {entry.subject(), entry.payload().SerializeAsString()})
      .status();
}

absl::Status StoreLastEntry(storage::Transaction& tx, const std::string& source,
                            const journal::v1::PositionedEntry& entry) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdFromText(entry.entry().entry_id()));
  return tx
      .Execute(
          "INSERT INTO followed_entries (source, position, entry_id) VALUES (?, ?, ?) "
          "ON DUPLICATE KEY UPDATE position = VALUES(position), entry_id = VALUES(entry_id)",
          {source, entry.position() + 1, id})
      .status();
}

absl::Status Store(storage::Transaction& tx, const std::string& source, const Entries& batch,
                   int64_t next) {
  COMITY_ASSIGN_OR_RETURN(const std::optional<int64_t> stored,
                          ReadPosition(tx, kLockPosition, source));
  if (stored.value_or(0) >= next) return absl::OkStatus();  // another replica was faster
  if (!stored.has_value()) {
    COMITY_RETURN_IF_ERROR(tx.Execute("DELETE FROM directory_records", {}).status());
  }
  for (const journal::v1::PositionedEntry& entry : batch) {
    COMITY_RETURN_IF_ERROR(StoreRecord(tx, entry.entry()));
  }
  if (!batch.empty()) {
    COMITY_RETURN_IF_ERROR(StoreLastEntry(tx, source, *batch.rbegin()));
  }
  return tx
      .Execute(
          "INSERT INTO followed_positions (source, position) VALUES (?, ?) "
          "ON DUPLICATE KEY UPDATE position = VALUES(position)",
          {source, next})
      .status();
}

}  // namespace

Call DirectoryCopy::MakeCall() const {
  Call call;
  call.runtime = runtime_;
  call.method = "directory/Follow";
  call.principal.workload = absl::StrCat("service/", runtime_->service);
  call.now = absl::Now();
  call.deadline = call.now + kTimeout;
  return call;
}

absl::StatusOr<int64_t> DirectoryCopy::Load() {
  Call call = MakeCall();
  auto snapshot = std::make_shared<Snapshot>();
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    *snapshot = Snapshot();
    last_entry_.clear();
    // The position first: records may then be newer than it says, and are taken once more.
    COMITY_ASSIGN_OR_RETURN(const std::optional<int64_t> next,
                            ReadPosition(reader, kPosition, source_));
    if (!next.has_value()) return absl::OkStatus();  // what records there are will be dropped
    snapshot->version = *next;
    COMITY_ASSIGN_OR_RETURN(last_entry_, ReadLastEntry(reader, source_, *next));
    return ReadRecords(reader, snapshot.get());
  }));
  const int64_t next = snapshot->version;
  directory_->Replace(std::move(snapshot));
  return next;
}

absl::Status DirectoryCopy::Take(const Entries& batch, int64_t next) {
  Call call = MakeCall();
  google::protobuf::Empty reply;
  const auto store = [&](storage::Transaction& tx) { return Store(tx, source_, batch, next); };
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, {}, store, &reply));
  directory_->Replace(Apply(directory_->snapshot(), batch));
  return absl::OkStatus();
}

}  // namespace comity::directory
