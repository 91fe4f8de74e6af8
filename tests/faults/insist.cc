#include "tests/faults/insist.h"

#include <set>

#include "absl/synchronization/mutex.h"
#include "tests/integration/journal_check.h"

namespace comity::integration {
namespace {

struct AcknowledgedIds {
  absl::Mutex mutex;
  std::set<std::string> ids ABSL_GUARDED_BY(mutex);
};

AcknowledgedIds& Acknowledged() {
  static auto* const acknowledged = new AcknowledgedIds();
  return *acknowledged;
}

}  // namespace

bool IsNotKnown(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsCancelled(status) || absl::IsAborted(status);
}

void NoteAcknowledged(const google::protobuf::Message& request) {
  const auto* id = request.GetDescriptor()->FindFieldByName("request_id");
  if (id == nullptr) return;
  absl::MutexLock lock(&Acknowledged().mutex);
  Acknowledged().ids.insert(request.GetReflection()->GetString(request, id));
}

std::vector<std::string> LostWrites(const Journals& journals) {
  const EntryIndex entries = ByRequest(journals);
  std::vector<std::string> lost;
  absl::MutexLock lock(&Acknowledged().mutex);
  for (const std::string& id : Acknowledged().ids) {
    if (!entries.contains(id)) lost.push_back(id);
  }
  return lost;
}

}  // namespace comity::integration
