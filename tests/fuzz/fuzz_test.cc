// The fuzz targets for some seconds each, with the corpus and what a seeded mutation makes of it.
// A finding is repeated by the seed that is printed (COMITY_FUZZ_SEED); scripts/fuzz goes on for
// longer, guided by coverage.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/fuzz/mutate.h"
#include "tests/fuzz/targets.h"

namespace comity::fuzz {
namespace {

constexpr int kLeast = 300;  // inputs, however slow the machine is

std::vector<std::string> CorpusOf(const Target& target) {
  std::vector<std::string> corpus = target.seeds();
  const std::filesystem::path folder = std::filesystem::path(COMITY_CORPUS) / target.name;
  std::vector<std::filesystem::path> files;
  if (std::filesystem::exists(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

std::string Variable(const char* name, const char* otherwise) {
  const char* given = std::getenv(name);
  return given == nullptr ? otherwise : given;
}

// The same inputs each time, unless another seed is given; `random` is a new one.
uint64_t Seed() {
  const std::string given = Variable("COMITY_FUZZ_SEED", "1");
  uint64_t seed = 0;
  if (given == "random") return std::random_device()();
  EXPECT_TRUE(absl::SimpleAtoi(given, &seed)) << given;
  return seed;
}

// For each target.
absl::Duration Time() {
  int seconds = 0;
  EXPECT_TRUE(absl::SimpleAtoi(Variable("COMITY_FUZZ_SECONDS", "2"), &seconds));
  return absl::Seconds(seconds);
}

class Fuzz : public ::testing::TestWithParam<Target> {};

TEST_P(Fuzz, HoldsWhateverTheBytesAre) {
  const Target& target = GetParam();
  const std::vector<std::string> corpus = CorpusOf(target);
  ASSERT_FALSE(corpus.empty()) << "nothing to begin with in corpus/" << target.name;
  const uint64_t seed = Seed();
  std::fprintf(stderr, "%s: COMITY_FUZZ_SEED=%llu, %zu seeds\n", target.name,
               static_cast<unsigned long long>(seed), corpus.size());
  target.run("");
  for (const std::string& input : corpus) target.run(input);
  Mutator mutator(seed, corpus);
  const absl::Time end = absl::Now() + Time();
  int tried = 0;
  while (tried < kLeast || absl::Now() < end) {
    target.run(mutator.Next());
    ++tried;
  }
  std::fprintf(stderr, "%s: %d inputs\n", target.name, tried);
}

INSTANTIATE_TEST_SUITE_P(Targets, Fuzz, ::testing::ValuesIn(Targets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace comity::fuzz
