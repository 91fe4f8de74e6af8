#include "services/runtime/identity/spiffe.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::identity {
namespace {

TEST(SpiffeTest, OneNameOfTheTrustDomain) {
  const auto workload = WorkloadOf({"spiffe://comity.local/service/lead"});
  ASSERT_TRUE(workload.ok()) << workload.status();
  EXPECT_EQ(*workload, "service/lead");
  EXPECT_EQ(SpiffeId("service/lead"), "spiffe://comity.local/service/lead");
}

TEST(SpiffeTest, RefusesWhatIsNotExactlyOneSuchName) {
  const std::vector<std::vector<std::string>> cases = {
      {},
      {"spiffe://comity.local/service/lead", "spiffe://comity.local/client/cli"},
      {"spiffe://comity.local/service/lead", "spiffe://comity.local/service/lead"},
      {"spiffe://other.local/service/lead"},
      {"spiffe://comity.local.evil/service/lead"},
      {"spiffe://comity.localservice/lead"},
      {"https://comity.local/service/lead"},
      {"SPIFFE://comity.local/service/lead"},
      {"spiffe://comity.local/"},
      {"spiffe://comity.local/service//lead"},
      {"spiffe://comity.local/service/lead/"},
      {"spiffe://comity.local/service/../lead"},
      {"spiffe://comity.local/service/%6cead"},
      {"spiffe://comity.local/service/Lead"},
      {"spiffe://comity.local/service/*"},
      {"spiffe://comity.local/service/lead?x=1"},
      {std::string("spiffe://comity.local/service/lead\0", 35)},
      {"spiffe://comity.local/" + std::string(200, 'a')},
  };
  for (const auto& names : cases) {
    const auto workload = WorkloadOf(names);
    EXPECT_EQ(workload.status().code(), absl::StatusCode::kUnauthenticated)
        << (names.empty() ? "" : names[0]);
    EXPECT_EQ(Reason(workload.status()), "WORKLOAD_UNKNOWN");
  }
}

TEST(SpiffeTest, PatternsMatchExactlyOrOneSegment) {
  EXPECT_TRUE(WorkloadMatches("service/lead", "service/lead"));
  EXPECT_FALSE(WorkloadMatches("service/lead-evil", "service/lead"));
  EXPECT_FALSE(WorkloadMatches("service/lea", "service/lead"));
  EXPECT_TRUE(WorkloadMatches("client/cli", "client/*"));
  EXPECT_FALSE(WorkloadMatches("client", "client/*"));
  EXPECT_FALSE(WorkloadMatches("client/", "client/*"));
  EXPECT_FALSE(WorkloadMatches("client/a/b", "client/*"));
  EXPECT_FALSE(WorkloadMatches("clients/cli", "client/*"));
  EXPECT_FALSE(WorkloadMatches("evil/client/cli", "client/*"));
}

TEST(SpiffeTest, WellFormedPatterns) {
  EXPECT_TRUE(IsWorkloadPattern("client/*"));
  EXPECT_TRUE(IsWorkloadPattern("service/gateway"));
  for (const char* text : {"", "*", "/", "cli*", "*/cli", "client/*/x", "client/**", "Client/a"}) {
    EXPECT_FALSE(IsWorkloadPattern(text)) << text;
  }
}

}  // namespace
}  // namespace comity::identity
