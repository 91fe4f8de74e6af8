#include "services/runtime/directory/directory_copy.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/charter/charter_entries.h"
#include "services/runtime/journal/followed.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::directory {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(5);
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

// `is_history`: it is read to catch up for the first time. `whole`: when all of the journal was
// last known, without it.
absl::Status StoreEntry(storage::Transaction& tx, const Call& call, const journal::v1::Entry& entry,
                        bool is_history, absl::Time whole) {
  if (!charter::ConcernsCharter(entry)) return StoreRecord(tx, entry);
  const absl::Time told = resource::ToTime(entry.record_time());
  return charter::StoreCharterEntry(tx, entry, *call.runtime->charters,
                                    {call.runtime->charter_notice, call.now,
                                     is_history ? std::min(told, call.now) : call.now, whole});
}

absl::Status Store(storage::Transaction& tx, const Call& call, const std::string& source,
                   const Entries& batch, int64_t next, absl::Time whole) {
  COMITY_ASSIGN_OR_RETURN(const std::optional<int64_t> stored, journal::LockFollowed(tx, source));
  if (stored.value_or(0) >= next) return absl::OkStatus();  // another replica was faster
  if (!stored.has_value()) {
    COMITY_RETURN_IF_ERROR(tx.Execute("DELETE FROM directory_records", {}).status());
  }
  COMITY_ASSIGN_OR_RETURN(const bool caught_up, journal::HasCaughtUp(tx, source));
  for (const journal::v1::PositionedEntry& entry : batch) {
    COMITY_RETURN_IF_ERROR(StoreEntry(tx, call, entry.entry(), !caught_up, whole));
  }
  return journal::PutFollowed(tx, source, next, batch.empty() ? nullptr : &*batch.rbegin());
}

bool ConcernsCharter(const Entries& batch) {
  return std::any_of(batch.begin(), batch.end(),
                     [](const auto& entry) { return charter::ConcernsCharter(entry.entry()); });
}

bool ChangesCharter(const Entries& batch) {
  return std::any_of(batch.begin(), batch.end(),
                     [](const auto& entry) { return charter::ChangesCharter(entry.entry()); });
}

bool Concerns(const Entries& batch) {
  Snapshot scratch;
  return ConcernsCharter(batch) || std::any_of(batch.begin(), batch.end(), [&](const auto& entry) {
           return ApplyRecord(entry.entry().payload(), &scratch);
         });
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
                            journal::ReadFollowed(reader, source_));
    if (!next.has_value()) return absl::OkStatus();  // what records there are will be dropped
    snapshot->version = *next;
    COMITY_RETURN_IF_ERROR(charter::LoadBook(reader, runtime_->charters.get()));
    COMITY_ASSIGN_OR_RETURN(last_entry_, journal::ReadLastFollowed(reader, source_, *next));
    return ReadRecords(reader, snapshot.get());
  }));
  const int64_t next = snapshot->version;
  stored_ = next > 0 ? next : -1;
  caught_up_ = false;  // as far as is known here
  directory_->Replace(std::move(snapshot));
  return next;
}

void DirectoryCopy::Confirm(absl::Duration at) {
  directory_->Confirm(at);
  whole_ = absl::Now() - (server::Uptime() - at);
  if (caught_up_ || stored_ < 0) return;
  Call call = MakeCall();
  google::protobuf::Empty reply;
  const auto put = [&](storage::Transaction& tx) { return journal::PutCaughtUp(tx, source_); };
  // Where it fails, the next moment of this kind tries again.
  caught_up_ = storage::TransactInto(call, {}, put, &reply).ok();
}

absl::Status DirectoryCopy::Take(const Entries& batch, int64_t next) {
  const bool can_wait = stored_ >= 0 && next - stored_ < journal::kMostUnstored;
  if (can_wait && !Concerns(batch)) return absl::OkStatus();
  Call call = MakeCall();
  google::protobuf::Empty reply;
  const auto store = [&](storage::Transaction& tx) {
    return Store(tx, call, source_, batch, next, whole_);
  };
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, {}, store, &reply));
  if (ChangesCharter(batch)) {
    COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) {
      return charter::LoadBook(reader, runtime_->charters.get());
    }));
  }
  stored_ = next;
  directory_->Replace(Apply(directory_->snapshot(), batch));
  return absl::OkStatus();
}

}  // namespace comity::directory
