// The private MariaDB server of a test binary.
#ifndef COMITY_RUNTIME_TESTLIB_SERVER_H_
#define COMITY_RUNTIME_TESTLIB_SERVER_H_

#include <sys/types.h>

#include <string>

#include "services/runtime/storage/session.h"

namespace comity::testlib {

// Started at first use; ended, and its folder removed, when the test process ends in whatever way.
// Each method ends the process on failure. Commits are durable. COMITY_TEST_MARIADB_OPTIONS adds
// options, e.g. `--innodb-snapshot-isolation=ON`.
class Server {
 public:
  static Server& Get();

  // The administrator.
  storage::DatabaseOptions root() const;

  void Kill();     // SIGKILL
  void Restart();  // on the same data
  void Pause();    // SIGSTOP
  void Resume();   // SIGCONT
  bool running() const { return pid_ > 0; }

 private:
  Server();
  void Start();

  std::string folder_;
  pid_t pid_ = 0;
};

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_SERVER_H_
