// SIGKILL while callers work: each of the other processes in turn, and a database that stands
// still.
#include <signal.h>

#include <algorithm>

#include "gtest/gtest.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"
#include "tests/integration/under_load.h"

namespace comity::integration {
namespace {

class KillEach : public ::testing::TestWithParam<const char*> {};

TEST_P(KillEach, LosesNothing) {
  KillUnderLoad(GetParam());
  ExpectRebuildChangesNothing();
}

INSTANTIATE_TEST_SUITE_P(UnderLoad, KillEach,
                         ::testing::Values("account", "support", "reporting", "gateway", "lead",
                                           "mariadb"),
                         [](const auto& info) { return std::string(info.param); });

// The services' connections stay open and nothing answers on them; what was under way when it froze
// goes on when it is let go, also where its caller has sent it again by then.
TEST(FreezeUnderLoad, MariaDbLosesNothing) {
  HarmUnderLoad([] {
    Suite& suite = Suite::Get();
    suite.Signal("mariadb", SIGSTOP);
    const auto services = suite.services();
    EXPECT_TRUE(Eventually([&] {
      return std::none_of(services.begin(), services.end(),
                          [&](const std::string& service) { return suite.Serving(service); });
    })) << "readiness drops";
    suite.Signal("mariadb", SIGCONT);
    EXPECT_TRUE(Eventually([&] { return suite.AllServing(); }));
  });
}

}  // namespace
}  // namespace comity::integration
