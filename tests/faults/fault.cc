#include "tests/faults/fault.h"

#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/gateway/workflow/runner.h"
#include "tests/faults/gateway_replica.h"
#include "tests/faults/workflow_check.h"
#include "tests/integration/database.h"
#include "tests/integration/failpoints.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

const absl::Duration kBeyondALease = gateway::kLease + absl::Seconds(1);

std::string Answer(const Place& place) { return absl::StrCat(place.method, "/before-answer"); }

void AwaitHit(const std::string& process) {
  EXPECT_TRUE(Eventually([&] { return WasHit(process); })) << process << " did not come there";
}

void StartAgain() {
  Suite::Get().StartMissing();
  EXPECT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
}

// `stopped` stands still at its point; it goes on when the victim is gone.
void KillMeanwhile(const std::string& stopped, const std::string& victim) {
  AwaitHit(stopped);
  Suite::Get().Kill(victim);
  Suite::Get().Signal(stopped, SIGCONT);
  StartAgain();
}

// The victim stands still from there on for longer than a lease.
void StandStillMeanwhile(const std::string& stopped, const std::string& victim) {
  AwaitHit(stopped);
  Suite::Get().Signal(victim, SIGSTOP);
  if (victim != stopped) Suite::Get().Signal(stopped, SIGCONT);
  absl::SleepFor(kBeyondALease);
  Suite::Get().Signal(victim, SIGCONT);
  EXPECT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
}

// Workflows under way, and by which claim.
std::string Claims() {
  return Sql(
      "SELECT HEX(id), epoch FROM comity_gateway.workflows WHERE state IN (1, 2) ORDER BY 1");
}

// Another gateway takes over what the one that stands still had claimed, and then that goes on.
void TakeOverFromTheGateway() {
  AwaitHit("gateway");
  const std::string claims = Claims();
  const GatewayReplica replica;
  EXPECT_TRUE(Eventually([&] { return claims.empty() || Claims() != claims; }));
  Suite::Get().Signal("gateway", SIGCONT);
  EXPECT_TRUE(AwaitAllEnded(absl::Seconds(60)));
  AwaitWordFromTheGateway();
}

void GatewayBefore(const Place& place, const char* action) {
  SetFailpoint("gateway", place.before, action);
}
void GatewayAfter(const Place& place, const char* action) {
  SetFailpoint("gateway", place.after, action);
}
void GatewayRecord(const Place& place, const char* action) {
  SetFailpoint("gateway", place.record, action);
}
void TargetAnswers(const Place& place, const char* action) {
  SetFailpoint(place.service, Answer(place), action);
}

template <void (*Where)(const Place&, const char*)>
void Stop(const Place& place) {
  Where(place, "stop");
}
template <void (*Where)(const Place&, const char*)>
void Kill(const Place& place) {
  Where(place, "kill");
}

void GatewayWasKilled(const Place& /*place*/) { AwaitKilled("gateway"); }
void TargetWasKilled(const Place& place) { AwaitKilled(place.service); }
void TargetWasHit(const Place& place) { AwaitHit(place.service); }
void TargetIsKilled(const Place& place) { KillMeanwhile("gateway", place.service); }
void DatabaseIsKilled(const Place& /*place*/) { KillMeanwhile("gateway", "mariadb"); }
void DatabaseStandsStill(const Place& /*place*/) { StandStillMeanwhile("gateway", "mariadb"); }
void GatewayIsTakenOver(const Place& /*place*/) { TakeOverFromTheGateway(); }

}  // namespace

const std::vector<Fault>& Faults() {
  static const auto* const faults = new std::vector<Fault>{
      {.name = "gateway-killed-before", .arm = Kill<GatewayBefore>, .happens = GatewayWasKilled},
      {.name = "gateway-killed-after", .arm = Kill<GatewayAfter>, .happens = GatewayWasKilled},
      {.name = "gateway-killed-after-record",
       .arm = Kill<GatewayRecord>,
       .happens = GatewayWasKilled,
       .only_doing = true},
      {.name = "target-killed-before",
       .arm = Stop<GatewayBefore>,
       .happens = TargetIsKilled,
       .needs_other_target = true},
      // Committed, and not answered.
      {.name = "target-killed-before-answer",
       .arm = Kill<TargetAnswers>,
       .happens = TargetWasKilled},
      {.name = "target-killed-after",
       .arm = Stop<GatewayAfter>,
       .happens = TargetIsKilled,
       .needs_other_target = true},
      {.name = "database-killed-before", .arm = Stop<GatewayBefore>, .happens = DatabaseIsKilled},
      {.name = "database-killed-before-answer",
       .arm = Stop<TargetAnswers>,
       .happens = [](const Place& place) { KillMeanwhile(place.service, "mariadb"); }},
      {.name = "database-killed-after", .arm = Stop<GatewayAfter>, .happens = DatabaseIsKilled},
      {.name = "database-killed-after-record",
       .arm = Stop<GatewayRecord>,
       .happens = DatabaseIsKilled,
       .only_doing = true},
      {.name = "answer-lost",
       .arm = [](const Place& place) { TargetAnswers(place, "lose"); },
       .happens = TargetWasHit},
      {.name = "connection-cut",
       .arm = [](const Place& place) { TargetAnswers(place, "cut"); },
       .happens = TargetWasHit},
      {.name = "executed-twice",
       .arm =
           [](const Place& place) {
             SetFailpoint("gateway", absl::StrCat(place.service, "/", place.method, "/send"),
                          "twice");
           },
       .happens = [](const Place& /*place*/) { AwaitHit("gateway"); }},
      {.name = "gateway-stands-still-before",
       .arm = Stop<GatewayBefore>,
       .happens = GatewayIsTakenOver,
       .only_doing = true,
       .is_slow = true},
      {.name = "gateway-stands-still-after",
       .arm = Stop<GatewayAfter>,
       .happens = GatewayIsTakenOver,
       .is_slow = true},
      {.name = "gateway-stands-still-after-record",
       .arm = Stop<GatewayRecord>,
       .happens = GatewayIsTakenOver,
       .only_doing = true,
       .is_slow = true},
      {.name = "target-stands-still-before",
       .arm = Stop<GatewayBefore>,
       .happens = [](const Place& place) { StandStillMeanwhile("gateway", place.service); },
       .needs_other_target = true,
       .only_doing = true,
       .is_slow = true},
      {.name = "target-stands-still-before-answer",
       .arm = Stop<TargetAnswers>,
       .happens = [](const Place& place) { StandStillMeanwhile(place.service, place.service); },
       .is_slow = true},
      {.name = "database-stands-still-before",
       .arm = Stop<GatewayBefore>,
       .happens = DatabaseStandsStill,
       .only_doing = true,
       .is_slow = true},
      {.name = "database-stands-still-before-answer",
       .arm = Stop<TargetAnswers>,
       .happens = [](const Place& place) { StandStillMeanwhile(place.service, "mariadb"); },
       .only_doing = true,
       .is_slow = true},
      {.name = "database-stands-still-after",
       .arm = Stop<GatewayAfter>,
       .happens = DatabaseStandsStill,
       .is_slow = true}};
  return *faults;
}

}  // namespace comity::integration
