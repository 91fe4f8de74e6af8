// Stands between a test and its database, and loses answers when told to.
#ifndef COMITY_RUNTIME_TESTLIB_SEVERING_PROXY_H_
#define COMITY_RUNTIME_TESTLIB_SEVERING_PROXY_H_

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace comity::testlib {

// A Unix socket that passes everything on to another one.
class SeveringProxy {
 public:
  explicit SeveringProxy(const std::string& server_socket);
  ~SeveringProxy();  // after the last connection through it was closed

  const std::string& socket() const { return socket_; }
  // The next `times` statements whose text is `statement` reach the server, which carries them out;
  // but instead of its answer the caller sees the connection end.
  void LoseAnswersTo(absl::string_view statement, int times);
  // How many answers are still to be lost.
  int still_to_lose();

 private:
  void Accept();
  void Serve(int client);
  // Whether what was sent is the statement whose answer is to be lost now.
  bool IsToBeLost(absl::string_view sent);

  const std::string server_socket_;
  std::string socket_;
  int listener_ = -1;
  absl::Mutex mutex_;
  std::string statement_ ABSL_GUARDED_BY(mutex_);
  int times_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::thread> connections_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_SEVERING_PROXY_H_
