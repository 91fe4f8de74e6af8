#include "services/client/import/known_records.h"

#include "absl/strings/str_cat.h"
#include "services/client/output/format.h"

namespace comity::client {

absl::Status KnownRecords::Load(Caller& caller, const Identity& as, const Collection& collection,
                                const std::string& source, const std::string& lens, bool keep) {
  const bool external = !collection.has_chosen_ids();
  const std::string filter = external ? absl::StrCat("external_id.source = \"", source, "\"") : "";
  return ForEach(caller, as, collection, filter, lens,
                 [&](const google::protobuf::Message& record) {
                   const std::string name = Cell(record, "name");
                   const std::string id =
                       external ? Cell(record, "external_id.id") : name.substr(name.find('/') + 1);
                   absl::MutexLock lock(&mutex_);
                   known_[collection.plural][id] = {name, keep ? record.SerializeAsString() : ""};
                   return absl::OkStatus();
                 });
}

std::string KnownRecords::NameOf(const std::string& collection, const std::string& id) const {
  absl::MutexLock lock(&mutex_);
  const auto records = known_.find(collection);
  if (records == known_.end()) return "";
  const auto found = records->second.find(id);
  return found == records->second.end() ? "" : found->second.name;
}

std::unique_ptr<google::protobuf::Message> KnownRecords::RecordOf(const Collection& collection,
                                                                  const std::string& id) const {
  absl::MutexLock lock(&mutex_);
  const auto records = known_.find(collection.plural);
  if (records == known_.end()) return nullptr;
  const auto found = records->second.find(id);
  if (found == records->second.end() || found->second.bytes.empty()) return nullptr;
  auto record = New(collection.type());
  return record->ParseFromString(found->second.bytes) ? std::move(record) : nullptr;
}

void KnownRecords::Add(const std::string& collection, const std::string& id,
                       const std::string& name) {
  absl::MutexLock lock(&mutex_);
  known_[collection][id] = {name, ""};
}

}  // namespace comity::client
