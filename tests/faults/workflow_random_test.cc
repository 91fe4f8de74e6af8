// Random faults while conversions, onboardings, voided signatures and moves go on, for ten minutes
// or as long as COMITY_FAULT_SECONDS says; then everything is looked at.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/faults/gateway_replica.h"
#include "tests/faults/owned.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/command.h"
#include "tests/integration/load.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr int kCallers = 4;
constexpr absl::Duration kHealing = absl::Seconds(30);

absl::Duration HowLong() {
  int seconds = 600;
  EXPECT_TRUE(absl::SimpleAtoi(Environment("COMITY_FAULT_SECONDS", "600"), &seconds));
  return absl::Seconds(seconds);
}

// What was acknowledged to one caller.
struct Acknowledged {
  std::vector<std::string> leads;
  std::vector<std::string> workflows;
  std::vector<SignedOpportunity> signed_ones;
};

// None of it is lost, whatever was killed.
void ExpectThere(const Acknowledged& acknowledged) {
  for (const std::string& lead : acknowledged.leads) EXPECT_EQ(GetLead(lead).name(), lead);
  for (const std::string& name : acknowledged.workflows) EXPECT_EQ(GetWorkflow(name).name(), name);
  for (const SignedOpportunity& made : acknowledged.signed_ones) {
    EXPECT_FALSE(WorkflowsOf(made.opportunity, "onboard-customer").empty()) << made.opportunity;
  }
}

// What the run has survived, for who does not see what tests print.
void Tell(const std::string& text) {
  std::printf("%s\n", text.c_str());
  std::ofstream(absl::StrCat(Environment("COMITY_BINARY_DIR", "."), "/survived.txt"))
      << text << "\n";
}

// One who converts leads, signs and takes signatures back, until told to stop.
void Work(uint64_t seed, int number, const std::atomic<bool>& stop, Acknowledged* acknowledged) {
  std::mt19937_64 random(seed);
  std::vector<SignedOpportunity> signed_ones;
  for (int i = 0; !stop; ++i) {
    const std::string firm = absl::StrCat("firm", number, "-", i / 2);  // two leads of each
    switch (random() % 4) {
      case 0:
      case 1:
        acknowledged->leads.push_back(MakeLead(firm).name());
        acknowledged->workflows.push_back(Convert(GetLead(acknowledged->leads.back())));
        break;
      case 2:
        signed_ones.push_back(Sign(firm));
        acknowledged->signed_ones.push_back(signed_ones.back());
        break;
      default:
        if (signed_ones.empty()) break;
        VoidSignature(signed_ones.back());
        signed_ones.pop_back();
    }
  }
}

// Goes to and fro, so that there is always something to move.
void Move(const Team& team, const std::atomic<bool>& stop) {
  for (bool there = true; !stop; there = !there) {
    MakeOwned(team, 1);
    AwaitEnd(MoveOwner(team, there ? team.one : team.other, there ? team.other : team.one));
  }
}

class Faults {
 public:
  explicit Faults(uint64_t seed) : random_(seed) {}

  void One() {
    static const char* const kProcesses[] = {"lead",    "account",   "support", "gateway",
                                             "gateway", "reporting", "mariadb"};
    const std::string process = kProcesses[random_() % std::size(kProcesses)];
    Suite& suite = Suite::Get();
    if (random_() % 3 == 0) {
      suite.Signal(process, SIGSTOP);
      absl::SleepFor(absl::Milliseconds(200 + random_() % 13'000));  // at times beyond a lease
      suite.Signal(process, SIGCONT);
      ++stopped_;
    } else {
      suite.Kill(process);
      absl::SleepFor(absl::Milliseconds(random_() % 1500));
      suite.StartMissing();
      ++killed_;
    }
    EXPECT_TRUE(Eventually([&] { return suite.AllServing(); }, kHealing)) << process;
    absl::SleepFor(absl::Milliseconds(random_() % 3000));
  }
  int killed() const { return killed_; }
  int stopped() const { return stopped_; }

 private:
  std::mt19937_64 random_;
  int killed_ = 0;
  int stopped_ = 0;
};

TEST(WorkflowFaults, AtRandomUnderLoad) {
  Suite::Get();
  const uint64_t seed = NewSeed();
  std::printf("the faults' seed: COMITY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  std::atomic<bool> stop = false;
  std::vector<Acknowledged> acknowledged(kCallers);
  std::vector<std::thread> workers;
  for (int i = 0; i < kCallers; ++i) {
    workers.emplace_back([&, i] {
      Work(seed + static_cast<uint64_t>(i), i, stop, &acknowledged[static_cast<size_t>(i)]);
    });
  }
  workers.emplace_back([&] { Move(SalesTeam(), stop); });
  workers.emplace_back([&] { Move(SupportTeam(), stop); });
  const GatewayReplica replica;
  Faults faults(seed);
  const absl::Time end = absl::Now() + HowLong();
  while (absl::Now() < end) faults.One();
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const absl::Time healed = absl::Now();
  ASSERT_TRUE(AwaitAllEnded(absl::Seconds(120)));
  Tell(absl::StrFormat(
      "%d workflows survived %d kills and %d stops (COMITY_SEED=%d); the last ended %.1f s after "
      "healing",
      CountWorkflows(), faults.killed(), faults.stopped(), seed,
      absl::ToDoubleSeconds(absl::Now() - healed)));
  EXPECT_LT(absl::Now() - healed, absl::Seconds(30));
  for (const Acknowledged& one : acknowledged) ExpectThere(one);
  ExpectAllSound();
  ExpectRebuildChangesNothing();
}

}  // namespace
}  // namespace comity::integration
