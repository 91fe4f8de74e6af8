// The running user cannot rewrite the record: tried, not read from a list.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::storage {
namespace {

class GrantsTest : public ::testing::Test {
 protected:
  GrantsTest() : session_(*Session::Open(database_.options())) {}

  bool Denied(const std::string& sql) {
    const auto status = session_->Execute(sql, {}).status();
    const std::string detail = InternalDetail(status);
    return detail.find("database error 1142") != std::string::npos ||
           detail.find("database error 1143") != std::string::npos;
  }
  bool Allowed(const std::string& sql) { return session_->Execute(sql, {}).ok(); }

  testlib::Database database_;
  std::unique_ptr<Session> session_;
};

TEST_F(GrantsTest, JournalEntriesCanBeAddedAndNothingElse) {
  EXPECT_TRUE(
      Allowed("INSERT INTO journal_entries (id, subject, version, body) "
              "VALUES (REPEAT('a', 16), 'leads/1', 1, 'x')"));
  EXPECT_TRUE(Denied("UPDATE journal_entries SET body = 'y'"));
  EXPECT_TRUE(Denied("DELETE FROM journal_entries"));
  EXPECT_TRUE(
      Denied("REPLACE INTO journal_entries (id, subject, version, body) "
             "VALUES (REPEAT('a', 16), 'leads/1', 1, 'z')"));
  EXPECT_TRUE(Denied("TRUNCATE journal_entries"));
  EXPECT_TRUE(Denied("DROP TABLE journal_entries"));
}

TEST_F(GrantsTest, PositionsStayAndTheHeadOnlyMoves) {
  EXPECT_TRUE(Allowed("INSERT INTO journal_positions (position, id) VALUES (0, REPEAT('a', 16))"));
  EXPECT_TRUE(Denied("UPDATE journal_positions SET position = 1"));
  EXPECT_TRUE(Denied("DELETE FROM journal_positions"));
  EXPECT_TRUE(Allowed("UPDATE journal_head SET size = 1 WHERE size = 0"));
  EXPECT_TRUE(Denied("DELETE FROM journal_head"));
  EXPECT_TRUE(Allowed("INSERT INTO journal_pending (id) VALUES (REPEAT('a', 16))"));
  EXPECT_TRUE(Denied("UPDATE journal_pending SET id = REPEAT('b', 16)"));
  EXPECT_TRUE(Allowed("DELETE FROM journal_pending"));
}

TEST_F(GrantsTest, TheSchemaIsBeyondItsReach) {
  EXPECT_TRUE(Denied("CREATE TABLE mine (x INT)"));
  EXPECT_TRUE(Denied("ALTER TABLE request_replies ADD COLUMN x INT"));
  EXPECT_TRUE(Denied("UPDATE schema_migrations SET name = ''"));
  EXPECT_TRUE(Denied("DELETE FROM schema_migrations"));
}

TEST_F(GrantsTest, RepliesCanBePurged) {
  EXPECT_TRUE(Allowed("DELETE FROM request_replies WHERE create_time < 0"));
}

}  // namespace
}  // namespace comity::storage
