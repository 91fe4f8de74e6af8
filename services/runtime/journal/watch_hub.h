// Feeds all WatchJournal streams of a process from one thread; a stream holds no worker.
#ifndef COMITY_RUNTIME_JOURNAL_WATCH_HUB_H_
#define COMITY_RUNTIME_JOURNAL_WATCH_HUB_H_

#include <functional>
#include <memory>

#include "comity/journal/v1/journal_service.pb.h"
#include "services/runtime/storage/pool.h"

namespace comity::journal {

// One stream, as the hub sees it. Send and Finish are called by one thread at a time, without a
// lock, and Finish exactly once: after Remove, or when the hub stops.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // The next position it wants; -1: tell it the size first.
  virtual int64_t next_position() const = 0;
  // Whether it can take a message now (the last one was written). Thread-safe.
  virtual bool idle() const = 0;
  // Whether a service watches: they come before persons.
  virtual bool of_service() const = 0;
  virtual void Send(v1::WatchJournalResponse response) = 0;
  virtual void Finish(const absl::Status& status) = 0;
};

class WatchHub {
 public:
  // `on_failure` is told of a failure to read the journal that is new; may be null.
  explicit WatchHub(storage::Pool* pool,
                    std::function<void(const absl::Status&)> on_failure = nullptr);
  ~WatchHub();
  void Start();
  // Finishes all streams with UNAVAILABLE DRAINING.
  void Stop();
  // The journal has grown to `size` (from the sequencer).
  void OnSize(int64_t size);
  // Its first message comes at once, with entries or without.
  void Add(std::shared_ptr<Watcher> watcher);
  // The hub finishes it with CANCELLED and drops it, soon.
  void Remove(const Watcher* watcher);
  // A watcher became idle.
  void Poke();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_WATCH_HUB_H_
