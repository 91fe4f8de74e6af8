// Calls for tests of stores and handlers.
#ifndef COMITY_RUNTIME_TESTLIB_CALL_H_
#define COMITY_RUNTIME_TESTLIB_CALL_H_

#include <memory>
#include <string>

#include "services/runtime/server/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::testlib {

// A runtime over a test database with the starting charter (config/charter.yaml) and a small
// directory: ana and sam (sales; sam is steward), mia (marketing), sue (support), max (management),
// ivo (it, operator), aud (management, auditor).
class TestRuntime {
 public:
  explicit TestRuntime(Database* database, const std::string& service = "test");
  // A call by `person@department`, e.g. `ana@sales`, with a deadline of 10 s.
  Call MakeCall(const std::string& as, const std::string& method = "test/Test");
  Runtime* runtime() { return &runtime_; }

 private:
  directory::Directory directory_;
  Runtime runtime_;
};

// A new random request id.
std::string NewRequestId();

}  // namespace comity::testlib

#endif  // COMITY_RUNTIME_TESTLIB_CALL_H_
