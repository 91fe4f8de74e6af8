#include "services/client/import/held_reader.h"

#include <utility>

#include "services/client/api/work_queue.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kReadTogether = 200;  // records that are held at a time
constexpr int kReaders = 8;

absl::Status ReadAndTake(const std::function<absl::Status(Held*)>& read,
                         const std::function<absl::Status(const Held&)>& take,
                         std::vector<Held>* records) {
  WorkQueue readers(kReaders);
  for (Held& held : *records) {
    if (!readers.Push([&read, &held] { return read(&held); })) break;
  }
  COMITY_RETURN_IF_ERROR(readers.Wait());
  for (const Held& held : *records) COMITY_RETURN_IF_ERROR(take(held));
  records->clear();
  return absl::OkStatus();
}

}  // namespace

absl::Status ForEachHeld(Caller& caller, const Identity& as, const Collection& collection,
                         const std::string& filter, const std::string& lens,
                         const std::function<absl::Status(Held*)>& read,
                         const std::function<absl::Status(const Held&)>& take) {
  std::vector<Held> records;
  const auto hold = [&](const google::protobuf::Message& record) {
    Held& held = records.emplace_back();
    held.record.reset(record.New());
    held.record->CopyFrom(record);
    return records.size() < kReadTogether ? absl::OkStatus() : ReadAndTake(read, take, &records);
  };
  COMITY_RETURN_IF_ERROR(ForEach(caller, as, collection, filter, lens, hold));
  return ReadAndTake(read, take, &records);
}

}  // namespace comity::client
