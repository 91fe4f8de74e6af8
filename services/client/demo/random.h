// Numbers that are the same on every machine: the standard library's distributions are not.
#ifndef COMITY_CLIENT_DEMO_RANDOM_H_
#define COMITY_CLIENT_DEMO_RANDOM_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace comity::client {

// SplitMix64. Each part of the company draws from its own stream, so that one part's size does not
// change another's content.
class Random {
 public:
  Random(uint64_t seed, absl::string_view stream) : state_(seed * 0x9E3779B97F4A7C15u) {
    for (const char c : stream) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  }
  uint64_t Next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  int Below(int n) { return static_cast<int>(Next() % static_cast<uint64_t>(n)); }
  int Between(int least, int most) { return least + Below(most - least + 1); }
  double Share() { return static_cast<double>(Next() >> 11) * 0x1.0p-53; }
  bool Chance(double p) { return Share() < p; }
  template <typename T>
  const T& Pick(const std::vector<T>& items) {
    return items[Below(static_cast<int>(items.size()))];
  }

 private:
  uint64_t state_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_RANDOM_H_
