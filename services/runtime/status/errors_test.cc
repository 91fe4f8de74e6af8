#include "services/runtime/status/errors.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/macros.h"

namespace comity {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <typename Detail>
Detail DetailOf(const google::rpc::Status& wire) {
  Detail found;
  for (const auto& any : wire.details()) {
    if (any.Is<Detail>()) any.UnpackTo(&found);
  }
  return found;
}

TEST(ErrorsTest, EachKindHasItsCodeAndReason) {
  struct Case {
    absl::Status status;
    absl::StatusCode code;
    std::string reason;
  };
  for (const Case& c : {
           Case{NotFound("leads/1"), absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND"},
           Case{EtagMismatch("leads/1", "x"), absl::StatusCode::kAborted, "ETAG_MISMATCH"},
           Case{ConcurrentChange("again"), absl::StatusCode::kAborted, "CONCURRENT_CHANGE"},
           Case{ServerBusy(absl::Seconds(1)), absl::StatusCode::kResourceExhausted, "SERVER_BUSY"},
           Case{Unavailable("DRAINING", "later"), absl::StatusCode::kUnavailable, "DRAINING"},
           Case{DeadlineExceeded(), absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED"},
           Case{Internal("x"), absl::StatusCode::kInternal, "INTERNAL"},
           Case{PermissionDenied("NO", "no"), absl::StatusCode::kPermissionDenied, "NO"},
           Case{Unauthenticated("WHO", "who"), absl::StatusCode::kUnauthenticated, "WHO"},
       }) {
    EXPECT_EQ(c.status.code(), c.code);
    EXPECT_EQ(Reason(c.status), c.reason);
  }
}

TEST(ErrorsTest, AFieldsViolationTravels) {
  const auto wire = ToRpcStatus(InvalidField("TOO_LONG", "lead.owner", "at most 10 bytes"));
  const auto info = DetailOf<google::rpc::ErrorInfo>(wire);
  EXPECT_EQ(info.reason(), "TOO_LONG");
  EXPECT_EQ(info.domain(), "comity");
  const auto bad = DetailOf<google::rpc::BadRequest>(wire);
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "lead.owner");
}

TEST(ErrorsTest, APreconditionTravels) {
  const auto wire = ToRpcStatus(PreconditionFailed("LAST_STEWARD", "persons/ana", "stays"));
  const auto detail = DetailOf<google::rpc::PreconditionFailure>(wire);
  ASSERT_EQ(detail.violations_size(), 1);
  EXPECT_EQ(detail.violations(0).type(), "LAST_STEWARD");
  EXPECT_EQ(detail.violations(0).subject(), "persons/ana");
}

TEST(ErrorsTest, RetryDelayIsExact) {
  const auto retry =
      DetailOf<google::rpc::RetryInfo>(ToRpcStatus(ServerBusy(absl::Milliseconds(1250))));
  EXPECT_EQ(retry.retry_delay().seconds(), 1);
  EXPECT_EQ(retry.retry_delay().nanos(), 250'000'000);
}

TEST(ErrorsTest, TheWayOverTheWireKeepsAll) {
  const absl::Status before = EtagMismatch("leads/1", "etag7");
  EXPECT_EQ(FromRpcStatus(ToRpcStatus(before)), before);
  EXPECT_EQ(ErrorValue(before, "etag"), "etag7");
  EXPECT_EQ(ErrorValue(before, "nothing"), "");
  EXPECT_TRUE(FromRpcStatus(ToRpcStatus(absl::OkStatus())).ok());
}

TEST(ErrorsTest, InternalDetailStaysInside) {
  const absl::Status status = Internal("SELECT secret FROM t");
  EXPECT_EQ(InternalDetail(status), "SELECT secret FROM t");
  EXPECT_THAT(ToRpcStatus(status).SerializeAsString(), Not(HasSubstr("secret")));
  EXPECT_EQ(InternalDetail(FromRpcStatus(ToRpcStatus(status))), "");
}

TEST(ErrorsTest, AForeignErrorGetsAReasonAndLeaksNothing) {
  const auto wire = ToRpcStatus(absl::InternalError("host 10.0.0.1 /etc/secret"));
  EXPECT_THAT(wire.SerializeAsString(), Not(HasSubstr("secret")));
  EXPECT_EQ(DetailOf<google::rpc::ErrorInfo>(wire).reason(), "INTERNAL");
  EXPECT_EQ(Reason(FromRpcStatus(ToRpcStatus(absl::CancelledError("gone")))), "CANCELLED");
}

absl::StatusOr<int> Half(int number) {
  if (number % 2 != 0) return InvalidField("ODD", "number", "must be even");
  return number / 2;
}

absl::StatusOr<int> Quarter(int number) {
  COMITY_ASSIGN_OR_RETURN(const int half, Half(number));
  COMITY_RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST(MacrosTest, CarryTheErrorOutwards) {
  EXPECT_EQ(*Quarter(8), 2);
  EXPECT_EQ(Reason(Quarter(6).status()), "ODD");
  EXPECT_EQ(Reason(Quarter(7).status()), "ODD");
}

}  // namespace
}  // namespace comity
