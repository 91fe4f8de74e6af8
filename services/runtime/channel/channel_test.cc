// What channels do by their service config. gRPC drops fields that it does not know, so that a
// misspelt text would pass unseen: only what calls do shows that it holds.
#include "services/runtime/channel/channel.h"

#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/runtime/server/test_house.h"
#include "services/runtime/status/errors.h"

namespace comity::channel {
namespace {

constexpr int kAttempts = 3;  // of a call

class ChannelTest : public testing::Test {
 protected:
  ChannelTest() {
    house_.charter_service->behaviour = [this](Call&) {
      return ++attempts_ <= failures_ ? failure_ : absl::OkStatus();
    };
    SetServing(true);
  }
  void SetServing(bool serving) {
    house_.server->SetServing(serving, house_.server->service_names());
  }
  // The next `failures` attempts fail with `failure`.
  void Fail(int failures, absl::Status failure) {
    attempts_ = 0;
    failures_ = failures;
    failure_ = std::move(failure);
  }
  absl::Status CallOnce(absl::Duration timeout = absl::Seconds(20)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    context.AddMetadata("authorization", "Bearer " + house_.Token("ana", "sales"));
    type::v1::Charter charter;
    return FromGrpcStatus(gateway::v1::CharterService::NewStub(channels_.To("test"))
                              ->GetCharter(&context, {}, &charter));
  }

  std::atomic<int> attempts_{0};
  std::atomic<int> failures_{0};
  absl::Status failure_;
  server::House house_{server::EdgeOptions{.workers = 2}};
  const Channels channels_{house_.ca.IssueWorkload("client/cli"),
                           {{"test", absl::StrCat("127.0.0.1:", house_.server->port())}}};
};

TEST_F(ChannelTest, TriesAgainWhatWasUnavailable) {
  Fail(kAttempts - 1, Unavailable("SERVICE_UNAVAILABLE", "away"));
  EXPECT_EQ(CallOnce(), absl::OkStatus());
  EXPECT_EQ(attempts_, kAttempts);
  Fail(kAttempts, Unavailable("SERVICE_UNAVAILABLE", "away"));
  EXPECT_EQ(Reason(CallOnce()), "SERVICE_UNAVAILABLE");
  EXPECT_EQ(attempts_, kAttempts);
}

TEST_F(ChannelTest, TriesNothingElseAgain) {
  for (const absl::Status& failure :
       {ServerBusy(absl::Milliseconds(50)), ConcurrentChange("again"), DeadlineExceeded(),
        PermissionDenied("RIGHT_REQUIRED", "no"), Internal("broken")}) {
    Fail(kAttempts, failure);
    EXPECT_EQ(CallOnce().code(), failure.code());
    EXPECT_EQ(attempts_, 1) << failure;
  }
}

TEST_F(ChannelTest, StopsTryingWhenAllFails) {
  constexpr int kCalls = 20;
  Fail(kAttempts * kCalls, Unavailable("SERVICE_UNAVAILABLE", "away"));
  for (int i = 0; i < kCalls; ++i) EXPECT_FALSE(CallOnce().ok());
  EXPECT_LT(attempts_, 2 * kCalls) << "of " << kAttempts * kCalls << " without throttling";
}

TEST_F(ChannelTest, SendsNothingToAServerThatIsNotServing) {
  SetServing(false);
  EXPECT_FALSE(CallOnce(absl::Seconds(2)).ok());
  EXPECT_EQ(attempts_, 0);
  SetServing(true);
  EXPECT_EQ(CallOnce(), absl::OkStatus());
}

}  // namespace
}  // namespace comity::channel
