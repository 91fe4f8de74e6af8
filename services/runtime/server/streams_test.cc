// Streams of a whole service: how many there may be, and how long they last.
#include <memory>
#include <vector>

#include "absl/strings/match.h"
#include "services/runtime/identity/token.h"
#include "services/runtime/server/process_testing.h"
#include "services/runtime/server/stream_slots.h"

namespace comity::server {
namespace {

// A WatchJournal call from the journal's end on.
class Watch {
 public:
  Watch(const std::shared_ptr<grpc::Channel>& channel, const std::string& token)
      : stub_(JournalApi::NewStub(channel)) {
    if (!token.empty()) context_.AddMetadata("authorization", "Bearer " + token);
    journal::v1::WatchJournalRequest request;
    request.set_from_position(-1);
    stream_ = stub_->WatchJournal(&context_, request);
  }
  ~Watch() {
    if (stream_ == nullptr) return;
    context_.TryCancel();
    End().IgnoreError();
  }
  // Whether a sign of life comes.
  bool Lives() { return stream_->Read(&message_); }
  // Reads until it ends; how.
  absl::Status End() {
    while (stream_->Read(&message_)) {
    }
    const absl::Status status = channel::FromGrpcStatus(stream_->Finish());
    stream_.reset();
    return status;
  }

 private:
  const std::unique_ptr<JournalApi::Stub> stub_;
  grpc::ClientContext context_;
  journal::v1::WatchJournalResponse message_;
  std::unique_ptr<grpc::ClientReader<journal::v1::WatchJournalResponse>> stream_;
};

class StreamsTest : public ProcessTest {
 protected:
  std::unique_ptr<Watch> WatchAs(const std::string& workload, const std::string& token) {
    return std::make_unique<Watch>(As(workload), token);
  }
};

TEST_F(StreamsTest, APersonHasSomeAndNoMore) {
  StartServing();
  ShowRoles("ana", "sales", {type::v1::ROLE_MEMBER});
  const std::string token = Token("ana", "sales");
  std::vector<std::unique_ptr<Watch>> open;
  for (int i = 0; i < StreamLimits().of_one_person; ++i) {
    open.push_back(WatchAs("client/cli", token));
    ASSERT_TRUE(open.back()->Lives());
  }
  const absl::Status refused = WatchAs("client/cli", token)->End();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(refused), "TOO_MANY_STREAMS");
  EXPECT_TRUE(refused.GetPayload("type.googleapis.com/google.rpc.RetryInfo").has_value());
  EXPECT_TRUE(WatchAs("service/lead", "")->Lives()) << "a service is nobody's person";
  open.pop_back();
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return WatchAs("client/cli", token)->Lives(); }))
      << "the place is free again";
}

TEST_F(StreamsTest, EndsWithItsToken) {
  StartServing();
  ShowRoles("ana", "sales", {type::v1::ROLE_MEMBER});
  // Expired, but for two seconds of the skew that is allowed.
  const absl::Time issued =
      absl::Now() - identity::kTokenLifetime - identity::kSkew + absl::Seconds(3);
  const auto watch = WatchAs("client/cli", Token("ana", "sales", issued));
  EXPECT_TRUE(watch->Lives());
  const absl::Status status = watch->End();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Reason(status), "TOKEN_EXPIRED");
}

TEST_F(StreamsTest, EndsWithTheRoleOrTheRight) {
  facts_.collections = {"leads"};
  StartServing();
  struct Change {
    std::string department;
    type::v1::Role before;
    std::vector<type::v1::Role> after;
    std::string reason;
  };
  const Change changes[] = {
      {"sales", type::v1::ROLE_MEMBER, {}, "ROLE_REVOKED"},
      {"sales", type::v1::ROLE_MEMBER, {type::v1::ROLE_OPERATOR}, "ROLE_REQUIRED"},
      {"it", type::v1::ROLE_AUDITOR, {type::v1::ROLE_MEMBER}, "RIGHT_REQUIRED"}};
  for (const Change& change : changes) {
    ShowRoles("ana", change.department, {change.before});
    const auto watch = WatchAs("client/cli", Token("ana", change.department));
    EXPECT_TRUE(watch->Lives());
    ShowRoles("ana", change.department, change.after);
    const absl::Status status = watch->End();
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied) << change.reason;
    EXPECT_EQ(Reason(status), change.reason);
  }
}

TEST_F(StreamsTest, IsCountedLikeACall) {
  StartServing();
  const std::string method = "method=\"comity.journal.v1.JournalService/WatchJournal\"";
  const auto line = [&](const std::string& start) {
    const std::string page = MetricsPage();
    const size_t at = page.find(start);
    return at == page.npos ? "" : page.substr(at, page.find('\n', at) - at);
  };
  const std::string in_flight =
      absl::StrCat("comity_calls_in_flight{service=\"gateway\",", method, "}");
  EXPECT_EQ(Reason(WatchAs("client/cli", "")->End()), "TOKEN_MISSING");
  EXPECT_TRUE(absl::StrContains(MetricsPage(), "code=\"UNAUTHENTICATED\"")) << MetricsPage();
  {
    const auto watch = WatchAs("service/lead", "");
    EXPECT_TRUE(watch->Lives());
    EXPECT_EQ(line(in_flight), absl::StrCat(in_flight, " 1"));
  }
  EXPECT_TRUE(WaitFor(absl::Seconds(10), [&] { return line(in_flight) == in_flight + " 0"; }))
      << line(in_flight);
  EXPECT_TRUE(absl::StrContains(MetricsPage(), "code=\"CANCELLED\"")) << MetricsPage();
  const std::string samples =
      absl::StrCat("comity_call_seconds_count{service=\"gateway\",", method, "}");
  EXPECT_EQ(line(samples), absl::StrCat(samples, " 0")) << "how long it lasted is no latency";
}

TEST_F(StreamsTest, ItsFirstLineSaysThatItWasAdmitted) {
  StartServing();
  testing::internal::CaptureStderr();
  {
    const auto watch = WatchAs("service/lead", "");
    EXPECT_TRUE(watch->Lives());
  }
  process_->Stop();
  const std::string log = testing::internal::GetCapturedStderr();
  const std::string start = "\"method\":\"comity.journal.v1.JournalService/WatchJournal\",";
  EXPECT_TRUE(absl::StrContains(log, start + "\"code\":\"OK\",\"reason\":\"ADMITTED\"")) << log;
  EXPECT_TRUE(absl::StrContains(log, start + "\"code\":\"CANCELLED\"")) << log;
}

}  // namespace
}  // namespace comity::server
