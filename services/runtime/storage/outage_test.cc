// Connections and servers that go away: what was acknowledged stays, what is repeated has one
// effect.
#include <atomic>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/server.h"
#include "services/runtime/testlib/severing_proxy.h"

namespace comity::storage {
namespace {

using google::protobuf::Int64Value;

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, mark BIGINT NOT NULL) "
    "ENGINE=InnoDB";

class OutageTest : public ::testing::Test {
 protected:
  OutageTest() : database_({{101, "0101_create_things", kTable}}), runtime_(&database_) {}

  int64_t Number(absl::string_view sql) {
    const auto session = *Session::Open(database_.options());
    const auto rows = session->Query(sql, {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }
  int64_t Things() { return Number("SELECT COUNT(*) FROM things"); }

  static TransactOptions Options() {
    TransactOptions options;
    options.request_id = testlib::NewRequestId();
    options.request_digest.resize(32);
    return options;
  }
  // Adds a thing, whatever is there: each effect is another row.
  absl::Status Add(const TransactOptions& options, int64_t mark, Int64Value* reply,
                   const std::function<void(Transaction&)>& at_the_end = nullptr) {
    Call call = runtime_.MakeCall("ana@sales");
    return TransactInto(
        call, options,
        [&](Transaction& tx) -> absl::Status {
          ++runs_;
          COMITY_RETURN_IF_ERROR(
              tx.Execute("INSERT INTO things (mark) VALUES (?)", {mark}).status());
          reply->set_value(mark);
          if (at_the_end != nullptr) at_the_end(tx);
          return absl::OkStatus();
        },
        reply);
  }
  // Ends the transaction's own connection from outside.
  void KillConnectionOf(Transaction& tx) {
    const auto rows = *tx.Query("SELECT CONNECTION_ID()", {});
    ASSERT_TRUE(rows->Next());
    const auto other = *Session::Open(database_.options());
    ASSERT_TRUE(other->ExecuteScript("KILL " + std::to_string(rows->Int(0))).ok());
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_;
  std::atomic<int> runs_ = 0;
};

TEST_F(OutageTest, ALostConnectionBeforeTheCommitIsRerun) {
  Int64Value reply;
  const auto status = Add(Options(), 5, &reply, [&](Transaction& tx) {
    if (runs_ == 1) KillConnectionOf(tx);
  });
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(reply.value(), 5);
  EXPECT_EQ(Things(), 1);
}

TEST_F(OutageTest, ConnectionsThatDiedIdleAreReplacedUnnoticed) {
  std::vector<Lease> leases;
  for (int i = 0; i < 8; ++i) {
    leases.push_back(*database_.pool()->Borrow(absl::Now() + absl::Seconds(10)));
  }
  leases.clear();
  database_.RestartServer();
  Call call = runtime_.MakeCall("ana@sales");
  int64_t found = -1;
  const auto status = Read(call, [&](Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query("SELECT COUNT(*) FROM things", {}));
    if (rows->Next()) found = rows->Int(0);
    return absl::OkStatus();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(found, 0);
}

// The commit happened, its answer was lost: only the stored reply tells.
TEST_F(OutageTest, ACommitWithoutAnswerIsFoundByTheRerun) {
  testlib::SeveringProxy proxy(database_.options().socket);
  DatabaseOptions options = database_.options();
  options.socket = proxy.socket();
  {
    Pool pool(options, 4);
    runtime_.runtime()->pool = &pool;
    proxy.LoseAnswersTo("COMMIT", 1);
    Int64Value reply;
    const auto status = Add(Options(), 7, &reply);
    EXPECT_TRUE(status.ok()) << status << InternalDetail(status);
    EXPECT_EQ(reply.value(), 7);
    EXPECT_EQ(proxy.still_to_lose(), 0);
  }
  EXPECT_EQ(Things(), 1);  // the rerun found the reply, and left nothing
}

TEST_F(OutageTest, ACommitWithoutAnswerOrReplyIsNotRerun) {
  testlib::SeveringProxy proxy(database_.options().socket);
  DatabaseOptions options = database_.options();
  options.socket = proxy.socket();
  {
    Pool pool(options, 4);
    runtime_.runtime()->pool = &pool;
    proxy.LoseAnswersTo("COMMIT", 1);
    Int64Value reply;
    const auto status = Add(TransactOptions(), 7, &reply);
    EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Reason(status), "COMMIT_UNKNOWN");
  }
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Things(), 1);
}

TEST_F(OutageTest, NoServerIsUnavailableAtOnceAndAllResumes) {
  const TransactOptions options = Options();
  Int64Value reply;
  ASSERT_TRUE(Add(options, 1, &reply).ok());
  database_.KillServer();
  const absl::Time before = absl::Now();
  const auto status = Add(Options(), 2, &reply);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
  EXPECT_LT(absl::Now() - before, absl::Seconds(5));
  database_.RestartServer();
  EXPECT_TRUE(Add(Options(), 3, &reply).ok());
  EXPECT_TRUE(Add(options, 4, &reply).ok());
  EXPECT_EQ(reply.value(), 1);  // the reply from before
  EXPECT_EQ(Things(), 2);
}

TEST_F(OutageTest, ADatabaseThatIsNoLongerPrimaryIsUnavailable) {
  const auto root = *Session::Open(testlib::Server::Get().root());
  ASSERT_TRUE(root->ExecuteScript("SET GLOBAL read_only = 1").ok());
  Int64Value reply;
  EXPECT_EQ(Reason(Add(Options(), 1, &reply)), "DATABASE_UNAVAILABLE");
  ASSERT_TRUE(root->ExecuteScript("SET GLOBAL read_only = 0").ok());
  EXPECT_TRUE(Add(Options(), 2, &reply).ok());
}

TEST_F(OutageTest, ASilentServerIsGivenUp) {
  DatabaseOptions options = database_.options();
  options.read_timeout = absl::Seconds(1);
  Pool pool(options, 2);
  runtime_.runtime()->pool = &pool;
  Int64Value reply;
  ASSERT_TRUE(Add(Options(), 1, &reply).ok());
  database_.PauseServer();
  const auto status = Add(Options(), 2, &reply);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  database_.ResumeServer();
  EXPECT_TRUE(Add(Options(), 3, &reply).ok());
}

// Four writers insist on each of their requests until it is acknowledged, while the server is
// killed again and again.
TEST_F(OutageTest, AServerKilledUnderLoadKeepsEachEffectOnce) {
  constexpr int kWriters = 4;
  std::atomic<bool> stop = false;
  std::atomic<int64_t> acknowledged = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&, w] {
      for (int64_t n = 0; !stop; ++n) {
        const TransactOptions options = Options();
        Int64Value reply;
        const int64_t mark = n * kWriters + w;
        while (!Add(options, mark, &reply).ok()) absl::SleepFor(absl::Milliseconds(2));
        EXPECT_EQ(reply.value(), mark);
        ++acknowledged;
      }
    });
  }
  for (int kills = 0; kills < 3; ++kills) {
    const int64_t goal = acknowledged + 50;
    const absl::Time end = absl::Now() + absl::Seconds(30);
    while (acknowledged < goal && absl::Now() < end) absl::SleepFor(absl::Milliseconds(1));
    EXPECT_GE(acknowledged, goal);
    database_.RestartServer();
  }
  stop = true;
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(Things(), acknowledged);
  EXPECT_EQ(Number("SELECT COUNT(DISTINCT mark) FROM things"), acknowledged);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM request_replies"), acknowledged);
}

}  // namespace
}  // namespace comity::storage
