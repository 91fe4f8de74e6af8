// Whether somebody still accepts connections on a port of this process.
#ifndef COMITY_RUNTIME_SERVER_LISTENER_WATCH_H_
#define COMITY_RUNTIME_SERVER_LISTENER_WATCH_H_

#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "services/runtime/server/serve.h"

namespace comity::server {

// Connects to `host`:`port`, says nothing more, and waits until the other side hangs up. False when
// it did not within `patience`: a kernel accepts for a listener that its process has given up.
bool SomebodyAccepts(const std::string& host, int port, absl::Duration patience);

// Asks so every few seconds, on its own thread. Ready() while somebody has accepted lately.
class ListenerWatch final : public Background {
 public:
  struct Times {
    absl::Duration between = absl::Seconds(3);
    absl::Duration patience = absl::Seconds(3);  // of one attempt
    absl::Duration silence = absl::Seconds(15);  // after which it is not Ready
  };
  // `host`: that of the listening address, may be one for all, such as 0.0.0.0.
  ListenerWatch(std::string host, int port) : ListenerWatch(std::move(host), port, Times()) {}
  ListenerWatch(std::string host, int port, Times times)
      : host_(std::move(host)), port_(port), times_(times) {}
  ~ListenerWatch() override { Stop(); }
  absl::Status Start() override;
  bool Ready() const override;
  void Stop() override;

 private:
  void Run();
  bool Sleep();  // false when stopped

  const std::string host_;
  const int port_;
  const Times times_;
  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration accepted_ ABSL_GUARDED_BY(mutex_);  // by Uptime()
  std::thread thread_;
};

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_LISTENER_WATCH_H_
