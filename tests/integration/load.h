// Several callers at once on the same subjects, until told to stop.
#ifndef COMITY_TESTS_INTEGRATION_LOAD_H_
#define COMITY_TESTS_INTEGRATION_LOAD_H_

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/act.h"
#include "tests/integration/load_caller.h"

namespace comity::integration {

class Load {
 public:
  // Prints `seed`: the same one makes the same callers, though not the same interleaving.
  explicit Load(uint64_t seed, int callers = 8);
  ~Load() { Stop(); }
  // Ends when every caller knows the outcome of what it asked last.
  void Stop();

  // Waits until each of `services` has given that many good answers more than now.
  bool AwaitMoreAnswers(const std::vector<std::string>& services, int more) const;
  std::vector<Act> acts() const { return diary_.acts(); }

 private:
  std::atomic<bool> stop_ = false;
  Diary diary_;
  SharedNames shared_;
  std::vector<std::thread> callers_;
};

// Another one in each run, or that of the variable COMITY_SEED.
uint64_t NewSeed();

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_LOAD_H_
