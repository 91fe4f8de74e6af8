#include "services/reporting/past_states.h"

#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using ::testing::ElementsAre;

// Replays intakes without effects, and notes from where to where; may be held up.
class PastStatesTest : public ::testing::Test {
 protected:
  void HoldUp() { held_ = std::make_unique<absl::Notification>(); }
  void GoOn() { held_->Notify(); }

  absl::Status Replay(int64_t generation, int64_t as_of, State* state) {
    {
      absl::MutexLock lock(&mutex_);
      replays_.push_back(absl::StrCat(generation, ": ", state->number(), " to ", as_of));
    }
    if (held_ != nullptr) held_->WaitForNotification();
    while (state->number() < as_of) state->Apply(testing::Intake(state->number() + 1));
    return absl::OkStatus();
  }
  std::vector<std::string> replays() {
    absl::MutexLock lock(&mutex_);
    return replays_;
  }
  // The number of the state that is returned; 0 on errors, which `reason_` has.
  int64_t Get(int64_t generation, const Moment& moment, absl::Time deadline) {
    const auto past = past_.Get(generation, moment, deadline);
    reason_ = Reason(past.status());
    return past.ok() ? (*past)->number() : 0;
  }
  int64_t GetSoon(int64_t generation, const Moment& moment) {
    return Get(generation, moment, absl::Now() + absl::Seconds(20));
  }

  const charter::Book* const book_ = testing::StartingBook();
  absl::Mutex mutex_;
  std::vector<std::string> replays_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<absl::Notification> held_;
  std::string reason_;
  PastStates past_{book_, [this](int64_t generation, int64_t as_of, State* state) {
                     return Replay(generation, as_of, state);
                   }};
};

TEST_F(PastStatesTest, OneReplayForAllWhoAskAndThoseWhoLeaveFindItLater) {
  HoldUp();
  std::vector<std::thread> patient;
  for (int i = 0; i < 3; ++i) {
    patient.emplace_back([&] {
      const auto past = past_.Get(1, {4, kNever}, absl::Now() + absl::Seconds(20));
      EXPECT_TRUE(past.ok() && (*past)->number() == 4) << past.status();
    });
  }
  const auto hasty = past_.Get(1, {4, kNever}, absl::Now()).status();
  EXPECT_EQ(Reason(hasty), "PAST_NOT_READY");
  EXPECT_EQ(hasty.code(), absl::StatusCode::kDeadlineExceeded);
  GoOn();
  for (std::thread& asker : patient) asker.join();
  EXPECT_EQ(Get(1, {4, kNever}, absl::Now()), 4);
  EXPECT_THAT(replays(), ElementsAre("1: 0 to 4"));
}

TEST_F(PastStatesTest, GoesOnFromTheNearestOfItsGeneration) {
  for (const int64_t as_of : {5, 9, 7, 3}) EXPECT_EQ(GetSoon(1, {as_of, kNever}), as_of);
  EXPECT_EQ(GetSoon(2, {8, kNever}), 8);
  EXPECT_EQ(GetSoon(1, {8, testing::Day(2017, 1, 1)}), 8);
  EXPECT_EQ(GetSoon(1, {9, testing::Day(2017, 1, 1)}), 9);
  EXPECT_THAT(replays(), ElementsAre("1: 0 to 5", "1: 5 to 9", "1: 5 to 7", "1: 0 to 3",
                                     "2: 0 to 8", "1: 0 to 8", "1: 0 to 9"));
}

TEST_F(PastStatesTest, WhereManyWaitOthersAreToldAtOnce) {
  HoldUp();
  std::vector<std::thread> waiting;
  std::atomic<int> told = 0;
  for (int i = 0; i < 12; ++i) {
    waiting.emplace_back([&] {
      const auto past = past_.Get(1, {4, kNever}, absl::Now() + absl::Seconds(60));
      if (absl::IsUnavailable(past.status()) && Reason(past.status()) == "PAST_NOT_READY") ++told;
    });
  }
  while (told < 4) absl::SleepFor(absl::Milliseconds(1));
  GoOn();
  for (std::thread& asker : waiting) asker.join();
  EXPECT_EQ(told, 4);
}

TEST_F(PastStatesTest, AnOfferSavesTheReplay) {
  past_.Offer(1, 6, [&]() -> absl::StatusOr<State> {
    State state(book_);
    EXPECT_TRUE(Replay(0, 6, &state).ok());
    return state;
  });
  past_.Offer(1, 6,
              []() -> absl::StatusOr<State> { return absl::InternalError("once is enough"); });
  EXPECT_EQ(Get(1, {6, kNever}, absl::Now()), 6);
  EXPECT_THAT(replays(), ElementsAre("0: 0 to 6"));
}

TEST_F(PastStatesTest, TheLatestIsTheOneUnderWay) {
  const int64_t before = testing::Day(2017, 1, 1);
  HoldUp();
  for (const int64_t last : {4, 5, 6}) {  // the record goes on while he asks
    EXPECT_EQ(Reason(past_.GetLatest(1, {last, before}, 1, absl::Now()).status()),
              "PAST_NOT_READY");
  }
  absl::SleepFor(absl::Milliseconds(1100));  // a replay that takes long
  GoOn();
  EXPECT_EQ((*past_.GetLatest(1, {7, before}, 1, absl::Now() + absl::Seconds(20)))->number(), 4);
  EXPECT_EQ((*past_.GetLatest(1, {8, before}, 1, absl::Now()))->number(), 4);
  EXPECT_THAT(replays(), ElementsAre("1: 0 to 4"));
}

TEST_F(PastStatesTest, TheLatestIsOfTheRevisionInForce) {
  const int64_t before = testing::Day(2017, 1, 1);
  HoldUp();
  EXPECT_EQ(Reason(past_.GetLatest(1, {4, before}, 1, absl::Now()).status()), "PAST_NOT_READY");
  for (const int64_t last : {5, 6}) {
    EXPECT_EQ(Reason(past_.GetLatest(1, {last, before}, 2, absl::Now()).status()),
              "PAST_NOT_READY");
  }
  GoOn();
  EXPECT_EQ(GetSoon(1, {5, before}), 5);
  EXPECT_THAT(replays(), ElementsAre("1: 0 to 4", "1: 0 to 5"));
}

TEST_F(PastStatesTest, TheLatestIsTheLastWhereThatIsSoon) {
  const int64_t before = testing::Day(2017, 1, 1);
  for (const int64_t last : {4, 5}) {
    EXPECT_EQ((*past_.GetLatest(1, {last, before}, 1, absl::Now() + absl::Seconds(20)))->number(),
              last);
  }
}

TEST_F(PastStatesTest, NothingIsMadeAfterTheEnd) {
  past_.Stop();
  EXPECT_EQ(GetSoon(1, {4, kNever}), 0);
  EXPECT_EQ(reason_, "DRAINING");
}

}  // namespace
}  // namespace comity::reporting
