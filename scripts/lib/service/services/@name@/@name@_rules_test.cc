#include "services/@name@/@name@_rules.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::@name@ {
namespace {

TEST(@Name@RulesTest, TheDisplayNameIsTrimmed) {
  v1::@Name@ @name@;
  @name@.set_display_name("  First  ");
  ASSERT_TRUE(Check@Name@(nullptr, &@name@).ok());
  EXPECT_EQ(@name@.display_name(), "First");
}

TEST(@Name@RulesTest, BlanksAreNoDisplayName) {
  v1::@Name@ @name@;
  @name@.set_display_name("   ");
  EXPECT_EQ(Reason(Check@Name@(nullptr, &@name@)), "DISPLAY_NAME_BLANK");
}

}  // namespace
}  // namespace comity::@name@
