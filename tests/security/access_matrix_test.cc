// Check 14: every method of all five services, by descriptor, with every caller: each person of the
// directory in his department, a stranger, a person in a department that is not his, and nobody.
#include <map>
#include <string>

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

std::string Described(const Endpoint& endpoint, const Caller& caller, const Probe& probe) {
  return endpoint.text() + " about `" + probe.collection + "` as `" + caller.as + "`: ";
}

// What came, and what is right of it.
struct Seen {
  int allowed = 0;
  int refused = 0;
};

void ExpectAnswer(const World& world, const Endpoint& endpoint, const Caller& caller,
                  const Probe& probe, Seen* seen) {
  const std::string expected = ExpectedReason(world, endpoint, caller, probe);
  const absl::Status outcome = OutcomeOf(CallAs(endpoint, caller.as, *probe.request));
  EXPECT_EQ(Reason(outcome), expected) << Described(endpoint, caller, probe) << outcome;
  EXPECT_EQ(outcome.ok(), expected.empty()) << Described(endpoint, caller, probe) << outcome;
  ++(outcome.ok() ? seen->allowed : seen->refused);
  // Who is refused learns nothing about what exists.
  const std::unique_ptr<Message> absent = world.Absent(probe);
  if (absent == nullptr) return;
  const absl::Status about_nothing = OutcomeOf(CallAs(endpoint, caller.as, *absent));
  if (expected.empty() || DependsOnRecord(expected)) {
    EXPECT_EQ(about_nothing.code(), absl::StatusCode::kNotFound)
        << Described(endpoint, caller, probe) << "of an absent record " << about_nothing;
    return;
  }
  EXPECT_EQ(about_nothing.code(), outcome.code()) << Described(endpoint, caller, probe);
  EXPECT_EQ(Reason(about_nothing), expected) << Described(endpoint, caller, probe);
  EXPECT_EQ(about_nothing.message(), outcome.message()) << Described(endpoint, caller, probe);
}

TEST(AccessMatrix, EveryMethodOfEveryServiceForEveryCaller) {
  const World& world = World::Get();
  std::map<std::string, int> services;
  for (const Endpoint& endpoint : Endpoints()) {
    ++services[endpoint.service];
    Seen seen;
    for (const Caller& caller : world.callers()) {
      for (const Probe& probe : world.ProbesOf(endpoint, caller)) {
        ExpectAnswer(world, endpoint, caller, probe, &seen);
      }
    }
    // A row of refusals alone would prove nothing.
    EXPECT_GT(seen.allowed, 0) << endpoint.text() << " lets nobody call";
    EXPECT_GT(seen.refused, 0) << endpoint.text() << " lets everybody call";
  }
  for (const std::string& service : ServiceNames()) EXPECT_GE(services[service], 8) << service;
}

// A request that says nothing is no way around the checks: who may not call, may not call with it.
TEST(AccessMatrix, AnEmptyRequestIsNoWayIn) {
  const World& world = World::Get();
  for (const Endpoint& endpoint : Endpoints()) {
    const auto empty = NewMessage(endpoint.method->input_type());
    for (const Caller& caller : world.callers()) {
      const std::string expected =
          ExpectedReason(world, endpoint, caller, world.FirstProbeOf(endpoint, caller));
      if (expected != "TOKEN_MISSING" && expected != "ROLE_UNKNOWN" &&
          expected != "ROLE_REQUIRED") {
        continue;
      }
      const auto answer = CallAs(endpoint, caller.as, *empty);
      EXPECT_EQ(Reason(answer.status()), expected) << endpoint.text() << " as " << caller.as;
    }
  }
}

}  // namespace
}  // namespace comity::security
