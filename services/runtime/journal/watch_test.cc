// JournalService and Follower over a real gRPC server, without identities.
#include <atomic>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "grpcpp/grpcpp.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/journal/follower.h"
#include "services/runtime/journal/journal_service.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::journal {
namespace {

class OpenStream final : public server::AdmittedStream {
 public:
  explicit OpenStream(Call call) : call_(std::move(call)) {}
  const Call& call() const override { return call_; }
  absl::Status CheckStillAllowed(absl::Time) const override { return absl::OkStatus(); }
  void Ended(const absl::Status&) override {}

 private:
  const Call call_;
};

// Lets everyone in as ana@sales, on the calling thread.
class OpenEdge final : public server::Edge {
 public:
  explicit OpenEdge(testlib::TestRuntime* runtime) : runtime_(runtime) {}
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const char* method,
                                const google::protobuf::Message*, Handler handler) override {
    Call call = runtime_->MakeCall("ana@sales", method);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(server::ToGrpcStatus(handler(call)));
    return reactor;
  }
  grpc::ServerUnaryReactor* RunLater(grpc::CallbackServerContext* context, const char* method,
                                     const google::protobuf::Message*,
                                     LaterHandler handler) override {
    auto* reactor = context->DefaultReactor();
    handler(
        std::make_shared<Call>(runtime_->MakeCall("ana@sales", method)),
        [reactor](const absl::Status& status) { reactor->Finish(server::ToGrpcStatus(status)); });
    return reactor;
  }
  absl::StatusOr<std::unique_ptr<server::AdmittedStream>> Admit(
      grpc::CallbackServerContext*, const char* method, const google::protobuf::Message*) override {
    return std::make_unique<OpenStream>(runtime_->MakeCall("ana@sales", method));
  }
  const Runtime& runtime() const override { return *runtime_->runtime(); }

 private:
  testlib::TestRuntime* const runtime_;
};

// A service with a journal and nothing else, on `port` (0: any).
class Source {
 public:
  // Its connections end after `age`.
  Source(testlib::Database* database, int port, absl::Duration age = absl::Hours(1))
      : runtime_(database), hub_(database->pool()) {
    hub_.Start();
    sequencer_.Start();
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service_);
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS,
                               static_cast<int>(absl::ToInt64Milliseconds(age)));
    builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 100);
    server_ = builder.BuildAndStart();
  }
  ~Source() {
    hub_.Stop();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  }
  int port() const { return port_; }
  Sequencer& sequencer() { return sequencer_; }
  std::shared_ptr<grpc::Channel> channel() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_),
                               grpc::InsecureChannelCredentials());
  }

 private:
  testlib::TestRuntime runtime_;
  OpenEdge edge_{&runtime_};
  WatchHub hub_;
  Sequencer sequencer_{runtime_.runtime()->pool, [this](int64_t size) { hub_.OnSize(size); }};
  JournalService service_{&edge_, &hub_};
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class WatchTest : public ::testing::Test {
 protected:
  void Grow(int count) {
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(Write(database_.pool(), {MakeEntry("leads/a", ++size_)}).ok());
    }
    source_->sequencer().Notify();
  }
  void StopSource() { source_.reset(); }
  void StartSource() { StartSource(&database_); }
  void StartSource(testlib::Database* database) {
    source_ = std::make_unique<Source>(database, port_);
  }
  std::unique_ptr<v1::JournalService::Stub> Stub() {
    return v1::JournalService::NewStub(source_->channel());
  }

  testlib::Database database_;
  std::unique_ptr<Source> source_ = std::make_unique<Source>(&database_, 0);
  const int port_ = source_->port();
  int64_t size_ = 0;
};

TEST_F(WatchTest, ReadsPagesAndRefusesWrongOnes) {
  Grow(5);
  v1::ReadJournalRequest request;
  request.set_from_position(2);
  v1::ReadJournalResponse response;
  EXPECT_TRUE(Eventually([&] {
    grpc::ClientContext context;
    return Stub()->ReadJournal(&context, request, &response).ok() && response.size() == 5;
  }));
  ASSERT_EQ(response.entries_size(), 3);
  EXPECT_EQ(response.entries(0).position(), 2);
  EXPECT_EQ(response.entries(0).entry().version(), 3);

  request.set_page_size(1001);
  grpc::ClientContext large;
  EXPECT_EQ(Reason(channel::FromGrpcStatus(Stub()->ReadJournal(&large, request, &response))),
            "PAGE_SIZE_OUT_OF_RANGE");
  request.set_page_size(0);
  request.set_from_position(-1);
  grpc::ClientContext negative;
  EXPECT_EQ(Reason(channel::FromGrpcStatus(Stub()->ReadJournal(&negative, request, &response))),
            "POSITION_OUT_OF_RANGE");
}

TEST_F(WatchTest, ListsHistoryByPages) {
  Grow(5);
  v1::ListHistoryRequest request;
  request.set_subject("leads/a");
  request.set_page_size(2);
  std::vector<int64_t> versions;
  do {
    grpc::ClientContext context;
    v1::ListHistoryResponse response;
    ASSERT_TRUE(Stub()->ListHistory(&context, request, &response).ok());
    for (const auto& entry : response.entries()) versions.push_back(entry.entry().version());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(versions, ::testing::ElementsAre(1, 2, 3, 4, 5));

  request.set_subject("leads/nobody");
  grpc::ClientContext unknown;
  v1::ListHistoryResponse response;
  EXPECT_EQ(Reason(channel::FromGrpcStatus(Stub()->ListHistory(&unknown, request, &response))),
            "RESOURCE_NOT_FOUND");
}

TEST_F(WatchTest, StreamsWhatIsNewAndEndsWhenTheServerDrains) {
  grpc::ClientContext context;
  v1::WatchJournalRequest request;
  request.set_from_position(-1);
  const auto stub = Stub();
  const auto stream = stub->WatchJournal(&context, request);
  v1::WatchJournalResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_EQ(message.entries_size(), 0);
  Grow(1);
  do {
    ASSERT_TRUE(stream->Read(&message));
  } while (message.entries().empty());
  EXPECT_EQ(message.entries(0).position(), 0);
  StopSource();
  while (stream->Read(&message)) {
  }
  const absl::Status status = channel::FromGrpcStatus(stream->Finish());
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(status), "DRAINING");
}

TEST_F(WatchTest, OutlivesCallersThatBreakOff) {
  Grow(50);
  for (int i = 0; i < 40; ++i) {
    grpc::ClientContext context;
    const auto stub = Stub();
    const auto stream = stub->WatchJournal(&context, v1::WatchJournalRequest());
    v1::WatchJournalResponse message;
    if (i % 2 == 0) {
      EXPECT_TRUE(stream->Read(&message));
    }
    context.TryCancel();
    while (stream->Read(&message)) {
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
}

TEST_F(WatchTest, RefusesANegativePosition) {
  grpc::ClientContext context;
  v1::WatchJournalRequest request;
  request.set_from_position(-2);
  const auto stub = Stub();
  const auto stream = stub->WatchJournal(&context, request);
  v1::WatchJournalResponse message;
  EXPECT_FALSE(stream->Read(&message));
  EXPECT_EQ(Reason(channel::FromGrpcStatus(stream->Finish())), "POSITION_OUT_OF_RANGE");
}

// What a follower keeps: all versions it has applied, in order, and the position. Survives the
// follower, as a database would.
struct Kept {
  absl::Mutex mutex;
  int64_t position ABSL_GUARDED_BY(mutex) = 0;
  std::vector<int64_t> versions ABSL_GUARDED_BY(mutex);
  std::atomic<int> refusals{0};  // batches still to be refused
  std::atomic<int> starts{0};    // how often the follower asked where to go on

  FollowOptions Options() {
    FollowOptions options;
    options.source = "lead";
    options.service = "test";
    options.position = [this]() -> absl::StatusOr<int64_t> {
      ++starts;
      absl::MutexLock lock(&mutex);
      return position;
    };
    options.apply = [this](const auto& batch, int64_t next) -> absl::Status {
      if (refusals > 0) {
        --refusals;
        return Unavailable("DATABASE_UNAVAILABLE", "away");
      }
      absl::MutexLock lock(&mutex);
      for (const auto& entry : batch) versions.push_back(entry.entry().version());
      position = next;
      return absl::OkStatus();
    };
    return options;
  }
  size_t size() {
    absl::MutexLock lock(&mutex);
    return versions.size();
  }
  void ExpectEachOnce(int64_t count) {
    absl::MutexLock lock(&mutex);
    ASSERT_EQ(static_cast<int64_t>(versions.size()), count);
    for (int64_t i = 0; i < count; ++i) EXPECT_EQ(versions[i], i + 1);
  }
};

TEST_F(WatchTest, AFollowerAppliesEachEntryOnceAcrossRestarts) {
  Kept kept;
  Grow(20);
  {
    Follower follower(source_->channel(), kept.Options());
    ASSERT_TRUE(follower.Start().ok());
    EXPECT_TRUE(Eventually([&] { return kept.size() == 20 && follower.Ready(); }));
    EXPECT_EQ(follower.behind(), 0);
  }
  Grow(20);
  Follower follower(source_->channel(), kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return kept.size() == 40; }));
  kept.refusals = 2;
  Grow(20);
  EXPECT_TRUE(Eventually([&] { return kept.size() == 60; }));
  StopSource();
  StartSource();
  Grow(20);
  EXPECT_TRUE(Eventually([&] { return kept.size() == 80; }));
  kept.ExpectEachOnce(80);
}

TEST_F(WatchTest, AFollowerKnowsWhenItHadEverything) {
  Kept kept;
  Grow(5);
  absl::Mutex mutex;
  absl::Duration told = -absl::InfiniteDuration();
  FollowOptions options = kept.Options();
  options.completed = [&](absl::Duration at) {
    absl::MutexLock lock(&mutex);
    told = at;
  };
  Follower follower(source_->channel(), options);
  EXPECT_EQ(follower.complete().time, absl::InfinitePast());
  const absl::Time start = absl::Now();
  const absl::Duration begun = server::Uptime();
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return follower.complete().position == 5; }));
  EXPECT_GE(follower.complete().time, start);
  EXPECT_TRUE(Eventually([&] {
    absl::MutexLock lock(&mutex);
    return told > begun && told <= server::Uptime();
  }));
  // A quiet source goes on to be complete.
  const absl::Time first = follower.complete().time;
  EXPECT_TRUE(Eventually([&] { return follower.complete().time > first; }));
  // One whose entries are not applied does not.
  kept.refusals = 1'000'000;
  Grow(1);
  EXPECT_TRUE(Eventually([&] { return follower.behind() == 1; }));
  const int starts = kept.starts;
  EXPECT_TRUE(Eventually([&] { return kept.starts >= starts + 3; }));
  EXPECT_EQ(follower.complete().position, 5);
}

// The sequencer waits for a lock that another replica holds; the journal looks quiet.
TEST_F(WatchTest, AFollowerDoesNotHaveWhatHasNoPositionYet) {
  Kept kept;
  Grow(1);
  Follower follower(source_->channel(), kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return follower.complete().position == 1; }));
  const auto stuck = *storage::Session::Open(database_.options());
  ASSERT_TRUE(stuck->Execute("SET SESSION idle_write_transaction_timeout = 0", {}).ok());
  ASSERT_TRUE(stuck->Begin().ok());
  ASSERT_TRUE(stuck->Execute("UPDATE journal_head SET size = size + 1 WHERE id = 1", {}).ok());
  ASSERT_TRUE(Write(database_.pool(), {MakeEntry("leads/b", 1, -absl::Seconds(6))}).ok());
  grpc::ClientContext context;
  const auto stub = Stub();
  const auto stream = stub->WatchJournal(&context, v1::WatchJournalRequest());
  v1::WatchJournalResponse message;
  const auto signs = [&](int count) {
    while (count > 0 && stream->Read(&message)) count -= message.unsequenced() ? 1 : 0;
    return count == 0;
  };
  ASSERT_TRUE(signs(2));  // then the follower has had one as well
  const absl::Time last = follower.complete().time;
  ASSERT_TRUE(signs(2));
  EXPECT_EQ(follower.complete().time, last);
  ASSERT_TRUE(stuck->Rollback().ok());
  EXPECT_TRUE(Eventually([&] { return follower.complete().position == 2; }));
  context.TryCancel();
}

TEST_F(WatchTest, AFollowerSaysNothingOfConnectionsThatEndByAge) {
  StopSource();
  source_ = std::make_unique<Source>(&database_, port_, absl::Milliseconds(300));
  Grow(1);
  Kept kept;
  testing::internal::CaptureStderr();
  {
    Follower follower(source_->channel(), kept.Options());
    ASSERT_TRUE(follower.Start().ok());
    EXPECT_TRUE(Eventually([&] { return kept.starts >= 4 && kept.size() == 1; }));
    EXPECT_THAT(testing::internal::GetCapturedStderr(),
                ::testing::Not(::testing::HasSubstr("does not follow")));
    testing::internal::CaptureStderr();
    StopSource();
    const int starts = kept.starts;
    EXPECT_TRUE(Eventually([&] { return kept.starts >= starts + 3; }));
  }
  EXPECT_THAT(testing::internal::GetCapturedStderr(), ::testing::HasSubstr("does not follow lead"))
      << "now it is away";
}

TEST_F(WatchTest, AFollowerWithoutACopyIsNotReadyWhileItsSourceIsAway) {
  Kept kept;
  const auto channel = source_->channel();
  StopSource();
  Follower follower(channel, kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  absl::SleepFor(absl::Milliseconds(300));  // several attempts
  EXPECT_FALSE(follower.Ready());
  StartSource();
  EXPECT_TRUE(Eventually([&] { return follower.Ready(); }));
}

TEST_F(WatchTest, AFollowerWithACopyIsReadyWhileItsSourceIsAway) {
  Kept kept;
  {
    absl::MutexLock lock(&kept.mutex);
    kept.position = 3;
  }
  const auto channel = source_->channel();
  Grow(3);
  StopSource();
  Follower follower(channel, kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return follower.Ready(); }));
}

TEST_F(WatchTest, AFollowerOfAJournalThatShrankIsNotReady) {
  Kept kept;
  Grow(3);
  {
    absl::MutexLock lock(&kept.mutex);
    kept.position = 5;
  }
  Follower follower(source_->channel(), kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return kept.starts >= 2; }));
  EXPECT_FALSE(follower.Ready());
  Grow(5);  // past what was taken in, by entries that nobody has seen
  const int starts = kept.starts;
  EXPECT_TRUE(Eventually([&] { return kept.starts >= starts + 2; }));
  EXPECT_FALSE(follower.Ready());
  EXPECT_EQ(kept.size(), 0);
}

TEST_F(WatchTest, AFollowerGoesOnOnlyAfterTheEntryThatItKnows) {
  Grow(5);
  std::string id;
  ASSERT_TRUE(Eventually([&] {
    v1::ReadJournalResponse response;
    grpc::ClientContext context;
    if (!Stub()->ReadJournal(&context, v1::ReadJournalRequest(), &response).ok()) return false;
    if (response.size() == 5) id = response.entries(2).entry().entry_id();
    return response.size() == 5;
  }));
  for (const bool is_right : {false, true}) {
    Kept kept;
    {
      absl::MutexLock lock(&kept.mutex);
      kept.position = 3;
    }
    FollowOptions options = kept.Options();
    options.last_entry = [&](int64_t) -> absl::StatusOr<std::string> {
      return is_right ? id : "01900000-0000-7000-8000-000000000001";
    };
    Follower follower(source_->channel(), options);
    ASSERT_TRUE(follower.Start().ok());
    EXPECT_TRUE(Eventually([&] { return is_right ? kept.size() == 2 : kept.starts >= 3; }));
    EXPECT_TRUE(Eventually([&] { return follower.Ready() == is_right; }));
    EXPECT_EQ(kept.size(), is_right ? 2 : 0);
  }
}

TEST_F(WatchTest, AFollowerRefusesAnotherHistoryAndTakesUpItsOwn) {
  Kept kept;
  Grow(5);
  Follower follower(source_->channel(), kept.Options());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return kept.size() == 5 && follower.Ready(); }));
  StopSource();
  testlib::Database restored;
  StartSource(&restored);
  for (int version = 1; version <= 8; ++version) {
    ASSERT_TRUE(Write(restored.pool(), {MakeEntry("leads/b", version)}).ok());
  }
  source_->sequencer().Notify();
  EXPECT_TRUE(Eventually([&] { return !follower.Ready(); }));
  EXPECT_EQ(kept.size(), 5);
  StopSource();
  StartSource();
  Grow(2);
  EXPECT_TRUE(Eventually([&] { return kept.size() == 7 && follower.Ready(); }));
  kept.ExpectEachOnce(7);
}

TEST_F(WatchTest, AFollowerStopsAtOnceWhateverItWaitsFor) {
  Kept kept;
  Follower connected(source_->channel(), kept.Options());
  ASSERT_TRUE(connected.Start().ok());
  EXPECT_TRUE(Eventually([&] { return connected.Ready(); }));
  const absl::Time start = absl::Now();
  connected.Stop();
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
}

}  // namespace
}  // namespace comity::journal
