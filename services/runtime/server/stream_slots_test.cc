#include "services/runtime/server/stream_slots.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::server {
namespace {

TEST(StreamSlotsTest, OnePersonDoesNotTakeThoseOfOthers) {
  StreamSlots slots({.of_one_person = 2, .of_persons = 3, .in_all = 5});
  EXPECT_TRUE(slots.Take("persons/ana").ok());
  EXPECT_TRUE(slots.Take("persons/ana").ok());
  EXPECT_EQ(Reason(slots.Take("persons/ana")), "TOO_MANY_STREAMS");
  EXPECT_TRUE(slots.Take("persons/mia").ok());
  EXPECT_EQ(Reason(slots.Take("persons/sue")), "TOO_MANY_STREAMS") << "as many as persons may have";
  EXPECT_TRUE(slots.Take("").ok()) << "services find room beside them";
  EXPECT_TRUE(slots.Take("").ok());
  EXPECT_EQ(Reason(slots.Take("")), "TOO_MANY_STREAMS");
  slots.GiveBack("persons/ana");
  EXPECT_TRUE(slots.Take("persons/sue").ok());
}

TEST(StreamSlotsTest, WhatIsGivenBackCanBeTakenForEver) {
  StreamSlots slots({.of_one_person = 1, .of_persons = 1, .in_all = 1});
  for (int i = 0; i < 1000; ++i) {
    const std::string person = i % 3 == 0 ? "" : absl::StrCat("persons/p", i);
    ASSERT_TRUE(slots.Take(person).ok()) << i;
    EXPECT_FALSE(slots.Take("").ok());
    slots.GiveBack(person);
  }
}

}  // namespace
}  // namespace comity::server
