#include "services/runtime/directory/directory.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::directory {
namespace {

TEST(DirectoryTest, IsBelievedForAWhileAfterItsLastConfirmation) {
  Directory directory(absl::Seconds(40));
  const absl::Duration start = absl::Hours(5);
  EXPECT_EQ(Reason(directory.CheckFresh(start)), "DIRECTORY_STALE") << "nobody has confirmed it";
  directory.Confirm(start);
  EXPECT_TRUE(directory.CheckFresh(start + absl::Seconds(40)).ok());
  EXPECT_EQ(Reason(directory.CheckFresh(start + absl::Seconds(41))), "DIRECTORY_STALE");
  directory.Confirm(start - absl::Hours(1));
  EXPECT_EQ(directory.Age(start + absl::Seconds(3)), absl::Seconds(3)) << "the latest counts";
}

}  // namespace
}  // namespace comity::directory
