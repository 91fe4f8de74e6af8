#include "services/runtime/dispute/dispute_copy.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "google/protobuf/empty.pb.h"
#include "services/runtime/dispute/open_dispute_store.h"
#include "services/runtime/journal/followed.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/transact.h"

namespace comity::dispute {
namespace {

constexpr char kPlace[] = "gateway/disputes";  // of followed_positions
constexpr absl::Duration kTimeout = absl::Seconds(5);

bool TellsOfDisputes(const DisputeCopy::Entries& batch) {
  return std::any_of(batch.begin(), batch.end(), [](const auto& positioned) {
    return positioned.entry().payload().template Is<gateway::v1::Dispute>();
  });
}

// An entry that cannot be read flags nothing, and stops nothing.
absl::Status StoreDispute(storage::Transaction& tx, const journal::v1::Entry& entry) {
  gateway::v1::Dispute dispute;
  if (!entry.payload().UnpackTo(&dispute)) return absl::OkStatus();
  absl::Status put = PutDispute(tx, dispute);
  return absl::IsInvalidArgument(put) ? absl::OkStatus() : put;
}

absl::Status StoreDisputes(storage::Transaction& tx, const DisputeCopy::Entries& batch,
                           int64_t next) {
  COMITY_ASSIGN_OR_RETURN(const std::optional<int64_t> stored, journal::LockFollowed(tx, kPlace));
  if (stored.value_or(0) >= next) return absl::OkStatus();  // another replica was faster
  if (stored.value_or(0) == 0) COMITY_RETURN_IF_ERROR(DeleteDisputes(tx));
  for (const journal::v1::PositionedEntry& positioned : batch) {
    COMITY_RETURN_IF_ERROR(StoreDispute(tx, positioned.entry()));
  }
  return journal::PutFollowed(tx, kPlace, next, batch.empty() ? nullptr : &*batch.rbegin());
}

}  // namespace

Call DisputeCopy::MakeCall() const {
  Call call;
  call.runtime = runtime_;
  call.method = "dispute/Follow";
  call.principal.workload = absl::StrCat("service/", runtime_->service);
  call.now = absl::Now();
  call.deadline = call.now + kTimeout;
  return call;
}

// The row is there before anything is taken: of two replicas one waits for the other at it.
absl::StatusOr<int64_t> DisputeCopy::Position() {
  Call call = MakeCall();
  google::protobuf::Empty reply;
  int64_t position = 0;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, {},
      [&](storage::Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(journal::BeginFollowing(tx, kPlace));
        COMITY_ASSIGN_OR_RETURN(const auto next, journal::ReadFollowed(tx, kPlace));
        position = next.value_or(0);
        return absl::OkStatus();
      },
      &reply));
  stored_ = position;
  return position;
}

absl::StatusOr<std::string> DisputeCopy::LastEntry(int64_t position) const {
  Call call = MakeCall();
  std::string entry;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(entry, journal::ReadLastFollowed(reader, kPlace, position));
    return absl::OkStatus();
  }));
  return entry;
}

absl::Status DisputeCopy::Take(const Entries& batch, int64_t next) {
  const bool can_wait = next - stored_ < journal::kMostUnstored;
  if (can_wait && !TellsOfDisputes(batch)) return absl::OkStatus();
  Call call = MakeCall();
  google::protobuf::Empty reply;
  const auto store = [&](storage::Transaction& tx) { return StoreDisputes(tx, batch, next); };
  COMITY_RETURN_IF_ERROR(storage::TransactInto(call, {}, store, &reply));
  stored_ = next;
  return absl::OkStatus();
}

}  // namespace comity::dispute
