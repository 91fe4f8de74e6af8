// The gRPC side of one WatchJournal stream.
#ifndef COMITY_RUNTIME_JOURNAL_WATCH_STREAM_H_
#define COMITY_RUNTIME_JOURNAL_WATCH_STREAM_H_

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "services/runtime/journal/watch_hub.h"
#include "services/runtime/server/unary.h"

namespace comity::journal {

// Owns itself from Begin or Refuse until gRPC is done with it; the hub shares it. Only the hub's
// thread starts a write, and only while none is under way: gRPC allows one at a time, and none
// after Finish.
class WatchStream final : public grpc::ServerWriteReactor<v1::WatchJournalResponse>,
                          public Watcher {
 public:
  // A stream that the hub feeds from `from` on.
  static WatchStream* Begin(WatchHub* hub, std::unique_ptr<server::AdmittedStream> admitted,
                            int64_t from);
  // One that ends at once.
  static WatchStream* Refuse(const absl::Status& status);

  int64_t next_position() const override;
  bool idle() const override;
  bool of_service() const override { return admitted_->call().principal.person.empty(); }
  void Send(v1::WatchJournalResponse response) override;
  void Finish(const absl::Status& status) override;

 private:
  enum class Step { kIdle, kWriting, kFinished };

  WatchStream(WatchHub* hub, std::unique_ptr<server::AdmittedStream> admitted, int64_t from)
      : hub_(hub), admitted_(std::move(admitted)), next_(from) {}
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;
  // Asks the hub to drop this stream, once.
  void Leave();
  // Ends the call, once; no lock is held.
  void End(const absl::Status& status);

  WatchHub* const hub_;                                     // null when refused
  const std::unique_ptr<server::AdmittedStream> admitted_;  // likewise
  mutable absl::Mutex mutex_;
  Step step_ ABSL_GUARDED_BY(mutex_) = Step::kIdle;
  int64_t next_ ABSL_GUARDED_BY(mutex_);
  bool left_ ABSL_GUARDED_BY(mutex_) = false;
  // How to finish once the write under way is done.
  std::unique_ptr<absl::Status> last_word_ ABSL_GUARDED_BY(mutex_);
  absl::Status ended_with_;           // set before gRPC is told
  v1::WatchJournalResponse message_;  // being written
  std::shared_ptr<WatchStream> self_;
};

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_WATCH_STREAM_H_
