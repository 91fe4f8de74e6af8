#include "services/runtime/directory/apply_entries.h"

#include <utility>

namespace comity::directory {
namespace {

template <typename Record>
bool Put(const google::protobuf::Any& payload, absl::flat_hash_map<std::string, Record>* records) {
  Record record;
  if (!payload.Is<Record>() || !payload.UnpackTo(&record) || record.name().empty()) return false;
  std::string name = record.name();
  records->insert_or_assign(std::move(name), std::move(record));
  return true;
}

}  // namespace

bool ApplyRecord(const google::protobuf::Any& payload, Snapshot* snapshot) {
  return Put(payload, &snapshot->persons) || Put(payload, &snapshot->teams) ||
         Put(payload, &snapshot->departments);
}

std::shared_ptr<const Snapshot> Apply(std::shared_ptr<const Snapshot> before,
                                      const Entries& batch) {
  std::shared_ptr<Snapshot> after;
  for (const journal::v1::PositionedEntry& entry : batch) {
    if (after == nullptr) after = std::make_shared<Snapshot>(*before);
    if (ApplyRecord(entry.entry().payload(), after.get())) after->version = entry.position() + 1;
  }
  return after == nullptr || after->version == before->version ? before : after;
}

}  // namespace comity::directory
