// Writers that meet: no update is lost, no transaction is committed by half.
#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/barrier.h"
#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/server.h"

namespace comity::storage {
namespace {

using google::protobuf::StringValue;

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, "
    "count BIGINT NOT NULL) ENGINE=InnoDB";
constexpr char kAdd[] = "UPDATE things SET count = count + 1 WHERE id = ?";

// With snapshot isolation off and on.
class ContentionTest : public ::testing::TestWithParam<bool> {
 protected:
  ContentionTest() {
    Root("SET GLOBAL innodb_snapshot_isolation = " + std::string(GetParam() ? "ON" : "OFF"));
    database_ = std::make_unique<testlib::Database>(
        std::vector<Migration>{{101, "0101_create_things", kTable}});
    runtime_ = std::make_unique<testlib::TestRuntime>(database_.get());
    EXPECT_TRUE(Open()->Execute("INSERT INTO things VALUES (1, 1, 0), (2, 1, 0)", {}).ok());
  }
  ~ContentionTest() override {
    Root("SET GLOBAL innodb_snapshot_isolation = DEFAULT");
    Root("SET GLOBAL innodb_lock_wait_timeout = DEFAULT");
  }

  static void Root(const std::string& sql) {
    const auto status = (*Session::Open(testlib::Server::Get().root()))->ExecuteScript(sql);
    EXPECT_TRUE(status.ok()) << InternalDetail(status);
  }
  std::unique_ptr<Session> Open() { return *Session::Open(database_->options()); }
  int64_t CountOf(int64_t id) {
    const auto rows = *Open()->Query("SELECT count FROM things WHERE id = ?", {id});
    return rows->Next() ? rows->Int(0) : -1;
  }
  absl::Status Transacted(const std::function<absl::Status(Transaction&)>& body) {
    Call call = runtime_->MakeCall("ana@sales");
    StringValue reply;
    return TransactInto(call, TransactOptions(), body, &reply);
  }

  std::unique_ptr<testlib::Database> database_;
  std::unique_ptr<testlib::TestRuntime> runtime_;
};

// Reads a thing, and writes one more on condition that nobody else did meanwhile.
absl::Status AddOne(Transaction& tx) {
  COMITY_ASSIGN_OR_RETURN(const auto rows,
                          tx.Query("SELECT version, count FROM things WHERE id = 1", {}));
  if (!rows->Next()) return NotFound("things/1");
  std::this_thread::yield();
  return tx.ExecuteOne("UPDATE things SET version = ?, count = ? WHERE id = 1 AND version = ?",
                       {rows->Int(0) + 1, rows->Int(1) + 1, rows->Int(0)});
}

TEST_P(ContentionTest, NoUpdateIsLost) {
  std::atomic<int> succeeded = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 25; ++n) {
        const auto status = Transacted(AddOne);
        succeeded += status.ok() ? 1 : 0;
        EXPECT_TRUE(status.ok() || Reason(status) == "CONCURRENT_CHANGE") << status;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GT(succeeded, 25);
  EXPECT_EQ(CountOf(1), succeeded);
}

TEST_P(ContentionTest, AStaleVersionIsRerunAndThenTold) {
  int runs = 0;
  const auto status = Transacted([&](Transaction& tx) {
    ++runs;
    return tx.ExecuteOne("UPDATE things SET count = 9 WHERE id = 1 AND version = 99", {});
  });
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(status), "CONCURRENT_CHANGE");
  EXPECT_EQ(runs, 6);
}

TEST_P(ContentionTest, TwoRowsInsteadOfOneAreADefect) {
  const auto status =
      Transacted([](Transaction& tx) { return tx.ExecuteOne("UPDATE things SET count = 9", {}); });
  EXPECT_EQ(Reason(status), "INTERNAL");
  EXPECT_EQ(CountOf(1), 0);
}

TEST_P(ContentionTest, ADeadlockIsRerun) {
  absl::Barrier* const both = new absl::Barrier(2);
  std::atomic<int> runs = 0;
  const auto cross = [&](int64_t first, int64_t second) {
    bool met = false;
    const auto status = Transacted([&](Transaction& tx) -> absl::Status {
      ++runs;
      COMITY_RETURN_IF_ERROR(tx.ExecuteOne(kAdd, {first}));
      // The rerun meets nobody.
      if (!met && both->Block()) delete both;
      met = true;
      return tx.ExecuteOne(kAdd, {second});
    });
    EXPECT_TRUE(status.ok()) << status;
  };
  std::thread other([&] { cross(1, 2); });
  cross(2, 1);
  other.join();
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(CountOf(1), 2);
  EXPECT_EQ(CountOf(2), 2);
}

TEST_P(ContentionTest, ABodyThatOverlooksADeadlockCommitsNoHalf) {
  absl::Barrier* const both = new absl::Barrier(2);
  const auto cross = [&](int64_t first, int64_t second) {
    bool met = false;
    const auto status = Transacted([&](Transaction& tx) -> absl::Status {
      COMITY_RETURN_IF_ERROR(tx.ExecuteOne(kAdd, {first}));
      if (!met && both->Block()) delete both;
      met = true;
      tx.ExecuteOne(kAdd, {second}).IgnoreError();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
  };
  std::thread other([&] { cross(1, 2); });
  cross(2, 1);
  other.join();
  EXPECT_EQ(CountOf(1), 2);
  EXPECT_EQ(CountOf(2), 2);
}

TEST_P(ContentionTest, ALockThatIsNotGivenInTimeUndoesTheWholeTransaction) {
  Root("SET GLOBAL innodb_lock_wait_timeout = 1");
  const auto holder = Open();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Execute(kAdd, {int64_t{2}}).ok());
  const auto waiter = Open();
  ASSERT_TRUE(waiter->Begin().ok());
  ASSERT_TRUE(waiter->Execute(kAdd, {int64_t{1}}).ok());
  const auto status = waiter->Execute(kAdd, {int64_t{2}}).status();
  EXPECT_EQ(Reason(status), "CONCURRENT_CHANGE");
  EXPECT_EQ(waiter->last_fault(), Fault::kRerun);
  EXPECT_THAT(InternalDetail(status), ::testing::HasSubstr("1205"));
  // The database would commit the first update alone; the session does not let that happen.
  EXPECT_EQ(Reason(waiter->Commit()), "CONCURRENT_CHANGE");
  ASSERT_TRUE(waiter->Rollback().ok());
  EXPECT_EQ(CountOf(1), 0);
  ASSERT_TRUE(holder->Rollback().ok());
  ASSERT_TRUE(waiter->Begin().ok());
  EXPECT_TRUE(waiter->Execute(kAdd, {int64_t{2}}).ok());
  EXPECT_TRUE(waiter->Commit().ok());
  EXPECT_EQ(CountOf(2), 1);
}

TEST_P(ContentionTest, ALockTimeoutIsRerun) {
  Root("SET GLOBAL innodb_lock_wait_timeout = 1");
  const auto holder = Open();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Execute(kAdd, {int64_t{2}}).ok());
  int runs = 0;
  const auto status = Transacted([&](Transaction& tx) -> absl::Status {
    if (++runs == 2) COMITY_RETURN_IF_ERROR(holder->Rollback());
    COMITY_RETURN_IF_ERROR(tx.ExecuteOne(kAdd, {int64_t{1}}));
    return tx.ExecuteOne(kAdd, {int64_t{2}});
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(CountOf(1), 1);
}

TEST_P(ContentionTest, WaitingForALockEndsAtTheDeadline) {
  const auto holder = Open();
  ASSERT_TRUE(holder->Begin().ok());
  ASSERT_TRUE(holder->Execute(kAdd, {int64_t{1}}).ok());
  Call call = runtime_->MakeCall("ana@sales");
  call.deadline = absl::Now() + absl::Milliseconds(180);
  StringValue reply;
  const absl::Time before = absl::Now();
  const auto status = TransactInto(
      call, TransactOptions(), [](Transaction& tx) { return tx.ExecuteOne(kAdd, {int64_t{1}}); },
      &reply);
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
}

INSTANTIATE_TEST_SUITE_P(SnapshotIsolation, ContentionTest, ::testing::Bool());

}  // namespace
}  // namespace comity::storage
