#include "services/gateway/workflow/verdict.h"

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

TEST(VerdictOf, TellsWhatIsDefiniteFromWhatIsNotKnown) {
  EXPECT_EQ(VerdictOf(absl::OkStatus()), Verdict::kDone);
  for (const absl::Status& refusal :
       {InvalidField("FIELD_REQUIRED", "name", "set it"), NotFound("leads/1"),
        AlreadyExists("EXTERNAL_ID_TAKEN", "leads/1", "taken"),
        PreconditionFailed("LEAD_CONVERTED", "leads/1", "converted"),
        PermissionDenied("RIGHT_REQUIRED", "no right"), EtagMismatch("leads/1", "r2"),
        PreconditionFailed("REQUEST_VOIDED", "m", "too late")}) {
    EXPECT_EQ(VerdictOf(refusal), Verdict::kRefused) << refusal;
  }
  for (const absl::Status& unknown :
       {Unavailable("SERVICE_UNAVAILABLE", "away"), Unavailable("DATABASE_UNAVAILABLE", "away"),
        DeadlineExceeded(), ConcurrentChange("again"), ServerBusy(absl::Milliseconds(1)),
        absl::CancelledError("cut"), PreconditionFailed("TERM_NOT_OVER", "p", "not yet")}) {
    EXPECT_EQ(VerdictOf(unknown), Verdict::kNotKnown) << unknown;
  }
  for (const absl::Status& unforeseen :
       {Internal("broken"), absl::UnimplementedError(""), absl::DataLossError(""),
        absl::NotFoundError("by a proxy"), Unauthenticated("TOKEN_SIGNATURE", "no"),
        PermissionDenied("ON_BEHALF_NOT_ALLOWED", "no"),
        InvalidField("REQUEST_ID_REUSED", "request_id", "other")}) {
    EXPECT_EQ(VerdictOf(unforeseen), Verdict::kUnforeseen) << unforeseen;
  }
}

TEST(VerdictOf, SomeWaitForNewsLongerThanACopyOfTheDirectoryMayBeOld) {
  EXPECT_EQ(VerdictOf(PermissionDenied("ROLE_UNKNOWN", "not heard of")), Verdict::kNews);
  EXPECT_EQ(VerdictOf(PreconditionFailed("BASE_NOT_KNOWN", "1", "not read")), Verdict::kNews);
  EXPECT_EQ(VerdictOf(InvalidField("SUCCESSOR_INVALID", "f", "no member")), Verdict::kNews);
  EXPECT_EQ(VerdictOf(Unauthenticated("TOKEN_EXPIRED", "old")), Verdict::kNews);
  EXPECT_EQ(VerdictOf(Unauthenticated("TOKEN_NOT_YET_VALID", "ahead")), Verdict::kNews);
  absl::Duration all;
  for (int tries = 1; tries < kMostUntilNews; ++tries) all += PauseAfter(tries);
  EXPECT_GT(all, absl::Seconds(40));
}

TEST(PauseAfter, DoublesUpToABound) {
  EXPECT_EQ(PauseAfter(1), absl::Milliseconds(20));
  EXPECT_EQ(PauseAfter(2), absl::Milliseconds(40));
  EXPECT_EQ(PauseAfter(1000), absl::Seconds(5));
}

}  // namespace
}  // namespace comity::gateway
