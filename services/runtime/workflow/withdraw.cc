#include "services/runtime/workflow/withdraw.h"

#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::workflow {
namespace {

using google::protobuf::Message;

constexpr int kMostEntries = 500;  // more than one request makes of one record

// Whether there is nothing about it but what the request that made it says. The workload would not
// tell: what persons do through the HTTP/JSON door comes from the gateway as well.
absl::StatusOr<bool> IsAsMade(storage::Transaction& tx, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(const auto history, journal::ReadHistory(tx, name, 0, kMostEntries));
  std::string made_by;
  for (const auto& stored : history) {
    journal::v1::Entry entry;
    if (!entry.ParseFromString(stored.body)) return Internal("a journal entry does not parse");
    if (entry.type() == "settled") continue;  // nobody's act
    if (made_by.empty()) made_by = entry.request_id();
    if (entry.request_id().empty() || entry.request_id() != made_by) return false;
  }
  return history.size() < kMostEntries;
}

void SetWithdrawTime(const Call& call, Message* record) {
  const auto* field = record->GetDescriptor()->FindFieldByName("withdraw_time");
  *static_cast<google::protobuf::Timestamp*>(
      record->GetReflection()->MutableMessage(record, field)) = resource::FromTime(call.now);
}

}  // namespace

absl::StatusOr<bool> Withdraw(storage::Transaction& tx, Call& call, const Withdrawable& kind,
                              const std::string& name) {
  const std::unique_ptr<Message> record = kind.make();
  COMITY_RETURN_IF_ERROR(resource::LockRecord(tx, *kind.resource, name, record.get()).status());
  if (!resource::CheckStands(*record).ok()) return true;
  COMITY_ASSIGN_OR_RETURN(const bool as_made, IsAsMade(tx, name));
  if (!as_made) return false;
  if (kind.is_unused != nullptr) {
    COMITY_ASSIGN_OR_RETURN(const bool unused, kind.is_unused(tx, name, call.now));
    if (!unused) return false;
  }
  const auto change = [&call](Message* changed) {
    SetWithdrawTime(call, changed);
    return absl::OkStatus();
  };
  COMITY_RETURN_IF_ERROR(
      resource::ChangeIn(tx, call, *kind.resource, name, "record-withdrawn", change, record.get()));
  return true;
}

}  // namespace comity::workflow
