#include "tests/integration/act.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "services/client/api/schema.h"
#include "services/runtime/resource/names.h"

namespace comity::integration {

std::string Act::verb() const {
  const std::string name = method.substr(method.find('/') + 1);
  size_t end = 1;
  while (end < name.size() && !absl::ascii_isupper(static_cast<unsigned char>(name[end]))) ++end;
  return name.substr(0, end);
}

std::string Act::subject() const {
  return reply == nullptr ? "" : resource::SubjectOf(TextAt(*reply, "name"));
}

void Diary::Add(Act act) {
  const std::string service =
      act.acknowledged() ? client::ServiceOfCollection(TextAt(*act.reply, "name")) : "";
  absl::MutexLock lock(&mutex_);
  if (!service.empty()) ++answered_[service];
  acts_.push_back(std::move(act));
}

void Diary::CountRead(const std::string& service) {
  absl::MutexLock lock(&mutex_);
  ++answered_[service];
}

std::vector<Act> Diary::acts() const {
  absl::MutexLock lock(&mutex_);
  return acts_;
}

int Diary::Answered(const std::string& service) const {
  absl::MutexLock lock(&mutex_);
  const auto found = answered_.find(service);
  return found == answered_.end() ? 0 : found->second;
}

}  // namespace comity::integration
