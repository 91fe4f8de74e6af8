// Sends phases of drafts, and knows the names of what they made.
#ifndef COMITY_CLIENT_DEMO_PHASE_SENDER_H_
#define COMITY_CLIENT_DEMO_PHASE_SENDER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "services/client/api/caller.h"
#include "services/client/demo/company.h"

namespace comity::client {

class PhaseSender {
 public:
  struct Options {
    int writers = 1;  // identities at work at a time
    // The id of the request that a draft's key stands for: the same one each time.
    std::function<std::string(absl::string_view key)> request_id;
    std::function<void(const std::string& label, int64_t done, int64_t total)> progress;
  };
  PhaseSender(Caller& caller, Options options) : caller_(caller), options_(std::move(options)) {}

  // One identity's drafts go in order, the identities side by side. The first error, if any.
  absl::Status Send(Phase& phase);
  int64_t sent() const { return sent_; }

 private:
  absl::Status SendAs(const Phase& phase, const Identity& as, const std::vector<Draft*>& drafts);
  absl::Status SendPiece(const Phase& phase, const Identity& as, const std::vector<Draft*>& drafts);
  absl::Status Prepare(Draft& draft);
  absl::StatusOr<std::vector<ItemResult>> Call(const Phase& phase, const Identity& as,
                                               const std::vector<Draft*>& drafts);
  absl::Status TakeResult(const Phase& phase, const Draft& draft, const ItemResult& result);
  absl::Status FillNames(google::protobuf::Message* message);

  Caller& caller_;
  const Options options_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::string> names_ ABSL_GUARDED_BY(mutex_);
  int64_t sent_ = 0;  // these change under mutex_ while a phase is sent
  int64_t phase_done_ = 0;
  int64_t phase_total_ = 0;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_PHASE_SENDER_H_
