// SIGKILL while callers work: of the service that does most, and of the database under all of them.
#include "gtest/gtest.h"
#include "tests/integration/report_check.h"
#include "tests/integration/under_load.h"

namespace comity::integration {
namespace {

TEST(KillUnderLoad, LeadLosesNothing) { KillUnderLoad("lead"); }

TEST(KillUnderLoad, MariaDbLosesNothing) {
  KillUnderLoad("mariadb");
  ExpectRebuildChangesNothing();
}

}  // namespace
}  // namespace comity::integration
