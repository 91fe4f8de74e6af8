// A private MariaDB for a test binary (started once, in /dev/shm where there is room), and a fresh,
// migrated database for each test.
#ifndef COMITY_RUNTIME_TESTLIB_DATABASE_H_
#define COMITY_RUNTIME_TESTLIB_DATABASE_H_

#include <memory>
#include <string>
#include <vector>

#include "services/runtime/storage/migrations.h"
#include "services/runtime/storage/pool.h"

namespace comity::testlib {

class Database {
 public:
  // Ends the test on failure. `migrations` come after the runtime's own. Users as in production:
  // `admin()` migrates, `options()` is the running user with its restricted grants.
  explicit Database(const std::vector<storage::Migration>& migrations = {});
  ~Database();
  const storage::DatabaseOptions& options() const { return options_; }
  const storage::DatabaseOptions& admin() const { return admin_; }
  storage::Pool* pool() { return pool_.get(); }

  // The server of this binary: for tests in which the database goes away.
  static void KillServer();     // SIGKILL
  static void RestartServer();  // on the same data
  static void PauseServer();    // SIGSTOP
  static void ResumeServer();   // SIGCONT

 private:
  storage::DatabaseOptions options_;
  storage::DatabaseOptions admin_;
  std::unique_ptr<storage::Pool> pool_;
};

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_DATABASE_H_
