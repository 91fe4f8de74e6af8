#include "services/gateway/timeline/parts.h"

#include "services/runtime/status/errors.h"

namespace comity::gateway::timeline {

v1::TimelinePart& Parts::Of(const std::string& collection) {
  v1::TimelinePart& part = parts_[collection];
  part.set_collection(collection);
  part.mutable_status();
  return part;
}

void Parts::Took(const std::string& collection) {
  v1::TimelinePart& part = Of(collection);
  part.set_subjects(part.subjects() + 1);
}

void Parts::Failed(const std::string& collection, const absl::Status& status) {
  v1::TimelinePart& part = Of(collection);
  if (part.status().code() == 0) *part.mutable_status() = ToRpcStatus(status);
  if (absl::IsPermissionDenied(status)) part.set_withheld(true);
}

void Parts::Read(const std::string& collection) { Of(collection); }

void Parts::HasMore(const std::string& collection) { Of(collection).set_more(true); }

void Parts::Tell(v1::Timeline* timeline) const {
  for (const auto& [collection, part] : parts_) *timeline->add_parts() = part;
}

}  // namespace comity::gateway::timeline
