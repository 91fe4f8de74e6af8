#include "tests/integration/load.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/time/time.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(120);

}  // namespace

Load::Load(uint64_t seed, int callers) {
  std::printf("the load's seed: COMITY_SEED=%llu\n", static_cast<unsigned long long>(seed));
  LoadCaller(seed, &diary_, &shared_).Begin();
  for (int i = 1; i <= callers; ++i) {
    callers_.emplace_back([this, seed, i] {
      LoadCaller caller(seed + static_cast<uint64_t>(i), &diary_, &shared_);
      while (!stop_) caller.ActOnce();
    });
  }
}

void Load::Stop() {
  stop_ = true;
  for (std::thread& caller : callers_) caller.join();
  callers_.clear();
}

bool Load::AwaitMoreAnswers(const std::vector<std::string>& services, int more) const {
  std::map<std::string, int> wanted;
  for (const std::string& service : services) wanted[service] = diary_.Answered(service) + more;
  return Eventually(
      [&] {
        return std::all_of(wanted.begin(), wanted.end(), [&](const auto& each) {
          return diary_.Answered(each.first) >= each.second;
        });
      },
      kPatience);
}

uint64_t NewSeed() {
  uint64_t seed = 0;
  if (absl::SimpleAtoi(Environment("COMITY_SEED", ""), &seed)) return seed;
  return std::random_device()();
}

}  // namespace comity::integration
