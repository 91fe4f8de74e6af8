#include "services/runtime/storage/session.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/testlib/server.h"

namespace comity::storage {
namespace {

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, bytes LONGBLOB NULL, "
    "text VARCHAR(100) NULL, number BIGINT NULL, UNIQUE KEY by_text (text)) "
    "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin";

class SessionTest : public ::testing::Test {
 protected:
  SessionTest() : database_({{101, "0101_create_things", kTable}}), session_(Open()) {}

  std::unique_ptr<Session> Open() { return *Session::Open(database_.options()); }
  int64_t Count(Session& session) {
    const auto rows = session.Query("SELECT COUNT(*) FROM things", {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }

  testlib::Database database_;
  std::unique_ptr<Session> session_;
};

TEST_F(SessionTest, EveryByteComesBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  for (const size_t size : {size_t{0}, size_t{1}, size_t{256}, size_t{300'000}, size_t{5}}) {
    std::string value;
    while (value.size() < size) value += bytes;
    value.resize(size);
    ASSERT_TRUE(session_
                    ->Execute("INSERT INTO things (id, bytes) VALUES (?, ?) "
                              "ON DUPLICATE KEY UPDATE bytes = VALUES(bytes)",
                              {int64_t{1}, value})
                    .ok());
    const auto rows = session_->Query("SELECT bytes FROM things WHERE bytes = ?", {value});
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_TRUE((*rows)->Next()) << size;
    EXPECT_EQ((*rows)->Bytes(0), value);
    EXPECT_FALSE((*rows)->Next());
  }
}

TEST_F(SessionTest, AWriteThatHangsIsEnded) {
  auto rows = session_->Query("SELECT @@SESSION.idle_write_transaction_timeout", {});
  ASSERT_TRUE(rows.ok() && (*rows)->Next()) << rows.status();
  EXPECT_EQ((*rows)->Int(0), 10);
  // What follows does not wait so long.
  ASSERT_TRUE(session_->Execute("SET SESSION idle_write_transaction_timeout = 1", {}).ok());
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id) VALUES (1)", {}).ok());
  ASSERT_TRUE(session_->Begin().ok());
  ASSERT_TRUE(session_->Execute("UPDATE things SET number = 1 WHERE id = 1", {}).ok());
  const auto other = Open();
  ASSERT_TRUE(other->SetDeadline(absl::Now() + absl::Seconds(30)).ok());
  EXPECT_EQ(*other->Execute("UPDATE things SET number = 2 WHERE id = 1", {}), 1);
  EXPECT_EQ(Reason(session_->Commit()), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(session_->dead());
}

TEST_F(SessionTest, ParametersOfTheExecutionBeforeAreForgotten) {
  constexpr char kInsert[] = "INSERT INTO things (id, bytes, text, number) VALUES (?, ?, ?, ?)";
  const std::string large(400'000, 'x');
  ASSERT_TRUE(session_->Execute(kInsert, {int64_t{1}, large, "ä€😀", int64_t{-5}}).ok());
  ASSERT_TRUE(session_->Execute(kInsert, {int64_t{2}, Value(), Value(), Value()}).ok());
  ASSERT_TRUE(session_->Execute(kInsert, {int64_t{3}, "y", "", INT64_MAX}).ok());
  const auto rows = *session_->Query("SELECT bytes, text, number FROM things ORDER BY id", {});
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Bytes(0), large);
  EXPECT_EQ(rows->Bytes(1), "ä€😀");
  EXPECT_EQ(rows->Int(2), -5);
  ASSERT_TRUE(rows->Next());
  EXPECT_TRUE(rows->IsNull(0) && rows->IsNull(1) && rows->IsNull(2));
  EXPECT_EQ(rows->Bytes(1), "");
  EXPECT_EQ(rows->Int(2), 0);
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Bytes(0), "y");
  EXPECT_FALSE(rows->IsNull(1));
  EXPECT_EQ(rows->Int(2), INT64_MAX);
  EXPECT_FALSE(rows->Next());
}

// The server bounds the statements of all connections together.
TEST_F(SessionTest, MakesRoomWhenTheServerTakesNoMoreStatements) {
  const auto root = *Session::Open(testlib::Server::Get().root());
  constexpr int kMost = 20;
  ASSERT_TRUE(
      root->ExecuteScript(absl::StrCat("SET GLOBAL max_prepared_stmt_count = ", kMost)).ok());
  ASSERT_TRUE(session_->Begin().ok());
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id) VALUES (?)", {int64_t{1}}).ok());
  for (int i = 0; i < 3 * kMost; ++i) {
    const auto rows = session_->Query(absl::StrCat("SELECT ", i, " + ?"), {int64_t{1}});
    ASSERT_TRUE(rows.ok()) << i << ": " << rows.status() << InternalDetail(rows.status());
    ASSERT_TRUE((*rows)->Next());
    EXPECT_EQ((*rows)->Int(0), i + 1);
  }
  EXPECT_TRUE(session_->Commit().ok());
  EXPECT_EQ(Count(*session_), 1) << "the transaction went on";
  EXPECT_TRUE(root->ExecuteScript("SET GLOBAL max_prepared_stmt_count = 16382").ok());
}

TEST_F(SessionTest, AWrongNumberOfParametersIsRefused) {
  const auto status = session_->Execute("UPDATE things SET id = 1 WHERE id = ?", {}).status();
  EXPECT_EQ(Reason(status), "INTERNAL");
  EXPECT_FALSE(session_->dead());
}

TEST_F(SessionTest, RowsOutliveTheNextExecutionOfTheirStatement) {
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id) VALUES (1), (2)", {}).ok());
  const auto rows = *session_->Query("SELECT id FROM things WHERE id >= ?", {int64_t{1}});
  ASSERT_TRUE(rows->Next());
  ASSERT_TRUE(session_->Query("SELECT id FROM things WHERE id >= ?", {int64_t{2}}).ok());
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 2);
}

TEST_F(SessionTest, SumsOfIntegersAreIntegers) {
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id, number) VALUES (1, 3), (2, 4)", {}).ok());
  const auto rows = *session_->Query("SELECT SUM(number), COUNT(*), AVG(number) FROM things", {});
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 7);
  EXPECT_EQ(rows->Int(1), 2);
  EXPECT_EQ(rows->Bytes(2), "3.5000");
}

TEST_F(SessionTest, ExecuteCountsTheRowsMatched) {
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id, number) VALUES (1, 5)", {}).ok());
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(*session_->Execute("UPDATE things SET number = 5 WHERE id = 1", {}), 1);
  }
  EXPECT_EQ(*session_->Execute("UPDATE things SET number = 5 WHERE id = 9", {}), 0);
}

TEST_F(SessionTest, MoreStatementsThanAreKept) {
  for (int i = 0; i < 600; ++i) {
    const auto rows = session_->Query("SELECT " + std::to_string(i) + " + ?", {int64_t{1}});
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_TRUE((*rows)->Next());
    EXPECT_EQ((*rows)->Int(0), i + 1);
  }
  const auto rows = *session_->Query("SHOW SESSION STATUS LIKE 'Prepared_stmt_count'", {});
  EXPECT_TRUE(session_->Query("SELECT 0 + ?", {int64_t{1}}).ok());
}

TEST_F(SessionTest, EverySessionReadsCommittedAndSpeaksUtf8) {
  const auto rows = *session_->Query(
      "SELECT @@tx_isolation, @@character_set_client, @@collation_connection, @@time_zone, "
      "@@autocommit",
      {});
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Bytes(0), "READ-COMMITTED");
  EXPECT_EQ(rows->Bytes(1), "utf8mb4");
  EXPECT_EQ(rows->Bytes(2), "utf8mb4_bin");
  EXPECT_EQ(rows->Bytes(3), "+00:00");
  EXPECT_EQ(rows->Int(4), 1);
}

TEST_F(SessionTest, ADuplicateNamesTheViolatedKey) {
  constexpr char kInsert[] = "INSERT INTO things (id, text) VALUES (?, ?)";
  ASSERT_TRUE(session_->Execute(kInsert, {int64_t{1}, "a'b"}).ok());
  const auto by_text = session_->Execute(kInsert, {int64_t{2}, "a'b"}).status();
  EXPECT_EQ(by_text.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(by_text), "DUPLICATE_KEY");
  EXPECT_EQ(ErrorValue(by_text, "key"), "by_text");
  EXPECT_EQ(session_->last_fault(), Fault::kDuplicate);
  const auto by_id = session_->Execute(kInsert, {int64_t{1}, "c"}).status();
  EXPECT_EQ(ErrorValue(by_id, "key"), "PRIMARY");
  EXPECT_EQ(Count(*session_), 1);
  EXPECT_EQ(session_->last_fault(), Fault::kNone);
}

TEST_F(SessionTest, BadTextIsAnErrorWithoutTheText) {
  const auto status =
      session_->Execute("INSERT INTO things (id, text) VALUES (1, ?)", {"secret\xff"}).status();
  EXPECT_EQ(Reason(status), "INTERNAL");
  EXPECT_THAT(InternalDetail(status), ::testing::Not(::testing::HasSubstr("secret")));
}

TEST_F(SessionTest, AStatementThatTakesTooLongIsEnded) {
  ASSERT_TRUE(session_->SetDeadline(absl::Now() + absl::Milliseconds(150)).ok());
  const absl::Time before = absl::Now();
  const auto status = session_->Query("SELECT SLEEP(20)", {}).status();
  EXPECT_EQ(Reason(status), "DEADLINE_EXCEEDED") << InternalDetail(status);
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
  EXPECT_FALSE(session_->dead());
  EXPECT_EQ(Count(*session_), 0);  // the connection lives on
}

TEST_F(SessionTest, ADeadlineIsRoundedUpAndCanBeLifted) {
  const auto limit = [&] {
    const auto rows = *session_->Query("SELECT CAST(@@max_statement_time AS CHAR)", {});
    return rows->Next() ? rows->Bytes(0) : "";
  };
  ASSERT_TRUE(session_->SetDeadline(absl::Now() + absl::Milliseconds(1600)).ok());
  EXPECT_THAT(limit(), ::testing::StartsWith("2"));
  ASSERT_TRUE(session_->SetDeadline(absl::InfiniteFuture()).ok());
  EXPECT_THAT(limit(), ::testing::StartsWith("0"));
  EXPECT_EQ(Reason(session_->SetDeadline(absl::Now() - absl::Seconds(1))), "DEADLINE_EXCEEDED");
}

TEST_F(SessionTest, AScriptEndsAtItsFirstError) {
  EXPECT_EQ(Reason(session_->ExecuteScript("INSERT INTO things (id) VALUES (1); NONSENSE; "
                                           "INSERT INTO things (id) VALUES (2)")),
            "INTERNAL");
  EXPECT_EQ(Count(*session_), 1);
}

TEST_F(SessionTest, RollbackLeavesNothing) {
  ASSERT_TRUE(session_->Begin().ok());
  EXPECT_TRUE(session_->in_transaction());
  ASSERT_TRUE(session_->Execute("INSERT INTO things (id) VALUES (1)", {}).ok());
  EXPECT_EQ(Count(*Open()), 0);
  ASSERT_TRUE(session_->Rollback().ok());
  EXPECT_FALSE(session_->in_transaction());
  EXPECT_EQ(Count(*session_), 0);
}

TEST_F(SessionTest, NoNetworkWithoutVerifiedTls) {
  DatabaseOptions options = database_.options();
  options.socket.clear();
  options.host = "localhost";
  EXPECT_EQ(Reason(Session::Open(options).status()), "DATABASE_CA_REQUIRED");
}

TEST_F(SessionTest, OpeningWithAWrongPasswordIsUnavailable) {
  DatabaseOptions options = database_.options();
  options.password = "wrong";
  const auto status = Session::Open(options).status();
  EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
  EXPECT_THAT(std::string(status.message()), ::testing::Not(::testing::HasSubstr("denied")));
}

}  // namespace
}  // namespace comity::storage
