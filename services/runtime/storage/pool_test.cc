#include "services/runtime/storage/pool.h"

#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::storage {
namespace {

constexpr char kTable[] = "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY) ENGINE=InnoDB";

class PoolTest : public ::testing::Test {
 protected:
  PoolTest()
      : database_({{101, "0101_create_things", kTable}}),
        pool_(database_.options(), 2),
        deadline_(absl::Now() + absl::Seconds(30)) {}

  static int64_t IdOf(Session& session) {
    const auto rows = session.Query("SELECT CONNECTION_ID()", {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }

  testlib::Database database_;
  Pool pool_;
  const absl::Time deadline_;
};

TEST_F(PoolTest, ASessionIsUsedAgain) {
  const int64_t first = IdOf(**pool_.Borrow(deadline_));
  EXPECT_EQ(IdOf(**pool_.Borrow(deadline_)), first);
}

TEST_F(PoolTest, NoMoreThanItsSizeAreOpen) {
  auto one = pool_.Borrow(deadline_);
  auto two = pool_.Borrow(deadline_);
  ASSERT_TRUE(one.ok() && two.ok());
  EXPECT_NE(IdOf(**one), IdOf(**two));
  const auto third = pool_.Borrow(absl::Now() + absl::Milliseconds(50));
  EXPECT_EQ(Reason(third.status()), "DEADLINE_EXCEEDED");
}

TEST_F(PoolTest, ABorrowerWaitsForAReturn) {
  auto one = std::make_unique<Lease>(*pool_.Borrow(deadline_));
  const auto two = pool_.Borrow(deadline_);
  const int64_t id = IdOf(**one);
  std::thread waiter([&] {
    const auto third = pool_.Borrow(deadline_);
    ASSERT_TRUE(third.ok());
    EXPECT_EQ(IdOf(**third), id);
  });
  one.reset();
  waiter.join();
}

TEST_F(PoolTest, AnOpenTransactionIsRolledBackAtReturn) {
  {
    const auto lease = pool_.Borrow(deadline_);
    ASSERT_TRUE((*lease)->Begin().ok());
    ASSERT_TRUE((*lease)->Execute("INSERT INTO things VALUES (1)", {}).ok());
  }
  const auto lease = pool_.Borrow(deadline_);
  EXPECT_FALSE((*lease)->in_transaction());
  const auto rows = *(*lease)->Query("SELECT COUNT(*) FROM things", {});
  ASSERT_TRUE(rows->Next());
  EXPECT_EQ(rows->Int(0), 0);
}

TEST_F(PoolTest, TheBorrowersDeadlineBoundsHisStatements) {
  const auto lease = pool_.Borrow(absl::Now() + absl::Milliseconds(150));
  EXPECT_EQ(Reason((*lease)->Query("SELECT SLEEP(20)", {}).status()), "DEADLINE_EXCEEDED");
}

TEST_F(PoolTest, OneThatDiedIsReplacedAndDropsTheIdle) {
  const auto other = *Session::Open(database_.options());
  int64_t dead = 0;
  int64_t idle = 0;
  {
    const auto one = pool_.Borrow(deadline_);
    const auto two = pool_.Borrow(deadline_);
    dead = IdOf(**one);
    idle = IdOf(**two);
    ASSERT_TRUE(other->ExecuteScript("KILL " + std::to_string(dead)).ok());
    const auto status = (*one)->Query("SELECT 1", {}).status();
    EXPECT_EQ(Reason(status), "DATABASE_UNAVAILABLE");
    EXPECT_EQ((*one)->last_fault(), Fault::kConnection);
    EXPECT_TRUE((*one)->dead());
    EXPECT_EQ(Reason((*one)->Begin()), "DATABASE_UNAVAILABLE");
  }
  const auto one = pool_.Borrow(deadline_);
  const auto two = pool_.Borrow(deadline_);
  ASSERT_TRUE(one.ok() && two.ok());
  for (const int64_t id : {IdOf(**one), IdOf(**two)}) {
    EXPECT_NE(id, dead);
    EXPECT_NE(id, idle);
  }
}

TEST_F(PoolTest, NoDatabaseIsSaidAtOnce) {
  DatabaseOptions options = database_.options();
  options.socket = "/nowhere/socket";
  Pool pool(options, 1);
  for (int i = 0; i < 3; ++i) {  // a failed attempt gives its place back
    EXPECT_EQ(Reason(pool.Borrow(deadline_).status()), "DATABASE_UNAVAILABLE");
  }
}

}  // namespace
}  // namespace comity::storage
