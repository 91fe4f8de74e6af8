// A small mutation fuzzer for the compiler of the house: the same seed tries the same inputs.
#ifndef COMITY_TESTS_FUZZ_MUTATE_H_
#define COMITY_TESTS_FUZZ_MUTATE_H_

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace comity::fuzz {

class Mutator {
 public:
  Mutator(uint64_t seed, std::vector<std::string> corpus);
  // One of the corpus after one to eight changes; now and then a splice of two.
  std::string Next();

 private:
  void Change(std::string* input);
  size_t Below(size_t bound);  // uniform; 0 for 0
  const std::string& Any() { return corpus_[Below(corpus_.size())]; }

  std::mt19937_64 random_;
  const std::vector<std::string> corpus_;
};

}  // namespace comity::fuzz

#endif  // COMITY_TESTS_FUZZ_MUTATE_H_
