#include "services/client/import/identities.h"

#include <map>
#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::client {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(IdentitiesTest, TellsWhatStandsTwiceAndWhetherItDiffers) {
  Identities identities;
  EXPECT_THAT(identities.TakeRepeated(), IsEmpty());
  const uint64_t high = uint64_t{7} << 32;  // the same low half is another identity
  for (const auto& [identity, content] :
       std::vector<std::pair<uint64_t, uint64_t>>{{high, 1}, {high + 1, 1}, {7, 1}, {high, 1}}) {
    identities.Add(identity, content);
  }
  identities.Add(7, 2);
  EXPECT_THAT(identities.TakeRepeated(), UnorderedElementsAre(Pair(high, false), Pair(7, true)));
  EXPECT_THAT(identities.TakeRepeated(), IsEmpty());
}

// As a table of all rows would tell it, over several runs.
TEST(IdentitiesTest, ManyRowsAreToldAsFewAre) {
  constexpr int kRows = 300'000;
  std::mt19937_64 random(20261127);
  Identities identities;
  std::map<uint64_t, std::set<uint64_t>> contents;
  std::map<uint64_t, int> rows;
  for (int i = 0; i < kRows; ++i) {
    // Most stand once, some twice and more.
    const uint64_t identity = random() % 8 == 0 ? random() % 20'000 : random();
    const uint64_t content = random() % 3;
    identities.Add(identity, content);
    if (identity >= 20'000) continue;
    contents[identity].insert(content);
    ++rows[identity];
  }
  EXPECT_LE(identities.bytes(), size_t{kRows} * 12 + (4 << 20));
  std::map<uint64_t, bool> wanted;
  for (const auto& [identity, count] : rows) {
    if (count > 1) wanted[identity] = contents[identity].size() > 1;
  }
  const auto repeated = identities.TakeRepeated();
  EXPECT_GT(wanted.size(), 10'000u);
  EXPECT_EQ((std::map<uint64_t, bool>(repeated.begin(), repeated.end())), wanted);
  EXPECT_EQ(identities.bytes(), 0u);
}

}  // namespace
}  // namespace comity::client
