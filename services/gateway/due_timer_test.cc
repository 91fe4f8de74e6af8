#include "services/gateway/due_timer.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_migrations.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;

class DueTimerTest : public testing::Test {
 protected:
  using Look = std::function<absl::Status(Call& call, const std::string& name)>;

  // Of two names that are due, always.
  static DueTimerOptions OptionsOf(Look look) {
    return {"Test", absl::Milliseconds(1),
            [](storage::Reader&, absl::Time, int) -> absl::StatusOr<std::vector<std::string>> {
              return std::vector<std::string>{"first", "second"};
            },
            std::move(look)};
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
};

// What the first one took has passed for the second.
TEST_F(DueTimerTest, EachNameIsLookedAtByItsOwnTime) {
  std::vector<absl::Time> looked;
  absl::Notification both;
  DueTimer timer(runtime_.runtime(), OptionsOf([&](Call& call, const std::string&) {
                   if (looked.size() < 2) looked.push_back(call.now);
                   if (looked.size() < 2) absl::SleepFor(absl::Milliseconds(50));
                   if (looked.size() == 2 && !both.HasBeenNotified()) both.Notify();
                   return absl::OkStatus();
                 }));
  ASSERT_TRUE(timer.Start().ok());
  both.WaitForNotification();
  timer.Stop();
  EXPECT_GE(looked[1] - looked[0], absl::Milliseconds(50));
}

TEST_F(DueTimerTest, StopsBetweenTwoNames) {
  std::vector<std::string> looked;
  absl::Notification begun;
  DueTimer timer(runtime_.runtime(), OptionsOf([&](Call&, const std::string& name) {
                   looked.push_back(name);
                   begun.Notify();
                   absl::SleepFor(absl::Milliseconds(200));  // meanwhile it is stopped
                   return absl::OkStatus();
                 }));
  ASSERT_TRUE(timer.Start().ok());
  begun.WaitForNotification();
  timer.Stop();
  EXPECT_THAT(looked, ElementsAre("first"));
}

TEST_F(DueTimerTest, WhatFailsHoldsUpNoOther) {
  std::vector<std::string> looked;
  DueTimer timer(runtime_.runtime(), OptionsOf([&](Call&, const std::string& name) {
                   looked.push_back(name);
                   return absl::UnavailableError("away");
                 }));
  timer.RunDue(absl::Now());
  EXPECT_THAT(looked, ElementsAre("first", "second"));
}

}  // namespace
}  // namespace comity::gateway
