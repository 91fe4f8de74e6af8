#include "services/runtime/storage/fault.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::storage {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(FaultTest, OnlyMarkedCodesAreRerun) {
  for (int code : {1213, 1205, 1020, 8028, 9007}) EXPECT_EQ(FaultOf(code), Fault::kRerun) << code;
  for (int code : {2006, 2013, 1927, 1053, 1290})
    EXPECT_EQ(FaultOf(code), Fault::kConnection) << code;
  EXPECT_EQ(FaultOf(1062), Fault::kDuplicate);
  for (int code : {0, 1064, 1366, 1969, 4025}) EXPECT_EQ(FaultOf(code), Fault::kOther) << code;
}

TEST(FaultTest, ADuplicateNamesItsKey) {
  const auto maria = ToStatus({1062, "Duplicate entry 'a'b' for key 'external'"}, "INSERT");
  EXPECT_EQ(Reason(maria), "DUPLICATE_KEY");
  EXPECT_EQ(ErrorValue(maria, "key"), "external");
  EXPECT_THAT(InternalDetail(maria), Not(HasSubstr("a'b")));
  const auto mysql = ToStatus({1062, "Duplicate entry 'a' for key 'leads.external'"}, "INSERT");
  EXPECT_EQ(ErrorValue(mysql, "key"), "external");
  EXPECT_EQ(ErrorValue(ToStatus({1062, "'"}, ""), "key"), "");
}

TEST(FaultTest, EachFaultHasItsStatus) {
  EXPECT_EQ(ToStatus({1969, ""}, "").code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(Reason(ToStatus({2013, ""}, "")), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(Reason(ToStatus({1205, ""}, "")), "CONCURRENT_CHANGE");
  const auto other = ToStatus({1064, "syntax"}, "SELEKT");
  EXPECT_EQ(Reason(other), "INTERNAL");
  EXPECT_THAT(InternalDetail(other), HasSubstr("SELEKT"));
}

TEST(FaultTest, AnUnreadResultEndsTheConnection) {
  EXPECT_TRUE(EndsConnection(2014));
  EXPECT_FALSE(EndsConnection(1062));
}

}  // namespace
}  // namespace comity::storage
