// The fuzz targets for some seconds each, with the corpus and what a seeded mutation makes of it.
// A finding is repeated by the seed that is printed (COMITY_FUZZ_SEED); scripts/fuzz goes on for
// longer, guided by coverage.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
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

constexpr int kMost = 100000;                       // inputs
constexpr int kLeast = 300;                         // however slow the machine is
constexpr absl::Duration kTime = absl::Seconds(2);  // for each target

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

uint64_t Seed() {
  const char* given = std::getenv("COMITY_FUZZ_SEED");
  uint64_t seed = 1;
  if (given != nullptr) {
    EXPECT_TRUE(absl::SimpleAtoi(given, &seed)) << given;
  }
  return seed;
}

class Fuzz : public ::testing::TestWithParam<Target> {};

TEST_P(Fuzz, HoldsWhateverTheBytesAre) {
  const Target& target = GetParam();
  const std::vector<std::string> corpus = CorpusOf(target);
  ASSERT_FALSE(corpus.empty()) << "nothing to begin with in corpus/" << target.name;
  std::fprintf(stderr, "%s: COMITY_FUZZ_SEED=%llu, %zu seeds\n", target.name,
               static_cast<unsigned long long>(Seed()), corpus.size());
  target.run("");
  for (const std::string& input : corpus) target.run(input);
  Mutator mutator(Seed(), corpus);
  const absl::Time end = absl::Now() + kTime;
  int tried = 0;
  while (tried < kMost && (tried < kLeast || absl::Now() < end)) {
    target.run(mutator.Next());
    ++tried;
  }
  std::fprintf(stderr, "%s: %d inputs\n", target.name, tried);
}

INSTANTIATE_TEST_SUITE_P(Targets, Fuzz, ::testing::ValuesIn(Targets()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace comity::fuzz
