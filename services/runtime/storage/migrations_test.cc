#include "services/runtime/storage/migrations.h"

#include <algorithm>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/database.h"

namespace comity::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Migration kFirst = {101, "0101_create_a", "CREATE TABLE IF NOT EXISTS a (x INT)"};
const Migration kSecond = {
    102, "0102_create_b",
    "-- two; statements\nCREATE TABLE IF NOT EXISTS b (x INT); INSERT INTO b VALUES (1);"};

class MigrationsTest : public ::testing::Test {
 protected:
  std::vector<Migration> With(std::vector<Migration> own) {
    std::vector<Migration> all = RuntimeMigrations();
    all.insert(all.end(), own.begin(), own.end());
    return all;
  }
  std::unique_ptr<Session> Admin() { return *Session::Open(database_.admin()); }

  testlib::Database database_;
};

TEST_F(MigrationsTest, TheRuntimesOwnAreEmbeddedInOrder) {
  const auto own = RuntimeMigrations();
  ASSERT_GE(own.size(), 5u);
  EXPECT_EQ(own[0].name, "0001_create_request_replies");
  EXPECT_THAT(own[0].sql, ::testing::HasSubstr("CREATE TABLE IF NOT EXISTS request_replies"));
  EXPECT_THAT(own[0].sql, ::testing::EndsWith(";\n"));
  for (size_t i = 1; i < own.size(); ++i) EXPECT_LT(own[i - 1].number, own[i].number);
  for (const Migration& migration : own) EXPECT_LT(migration.number, 100);
}

TEST_F(MigrationsTest, WhatIsMissingIsAppliedOnceInOrder) {
  EXPECT_THAT(*Migrate(database_.admin(), With({kSecond, kFirst})),
              ElementsAre("0101_create_a", "0102_create_b"));
  EXPECT_THAT(*Migrate(database_.admin(), With({kFirst, kSecond})), IsEmpty());
  const auto session = Admin();
  EXPECT_TRUE(session->Query("SELECT x FROM a", {}).ok());
  EXPECT_TRUE(CheckSchema(*session, With({kFirst, kSecond})).ok());
}

TEST_F(MigrationsTest, AChangedTextIsRefused) {
  ASSERT_TRUE(Migrate(database_.admin(), With({kFirst})).ok());
  Migration changed = kFirst;
  changed.sql += " ";
  const auto status = Migrate(database_.admin(), With({changed})).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "MIGRATION_CHANGED");
  EXPECT_EQ(Reason(CheckSchema(*Admin(), With({changed}))), "MIGRATION_CHANGED");
}

TEST_F(MigrationsTest, ANewerDatabaseIsNotMigratedButServed) {
  ASSERT_TRUE(Migrate(database_.admin(), With({kFirst, kSecond})).ok());
  EXPECT_EQ(Reason(Migrate(database_.admin(), With({kFirst})).status()), "MIGRATION_CHANGED");
  EXPECT_TRUE(CheckSchema(*Admin(), With({kFirst})).ok());
}

TEST_F(MigrationsTest, AnOlderDatabaseIsNotServed) {
  const auto status = CheckSchema(*Admin(), With({kFirst}));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "SCHEMA_TOO_OLD");
  ASSERT_TRUE(Admin()->ExecuteScript("DROP TABLE schema_migrations").ok());
  EXPECT_EQ(Reason(CheckSchema(*Admin(), With({}))), "SCHEMA_TOO_OLD");
}

TEST_F(MigrationsTest, TheRunningUserCanCheckTheSchema) {
  const auto session = *Session::Open(database_.options());
  EXPECT_TRUE(CheckSchema(*session, RuntimeMigrations()).ok());
}

TEST_F(MigrationsTest, AfterAnErrorHalfWayItRunsAgainFromItsBeginning) {
  const Migration broken = {101, "0101_create_a", kFirst.sql + "; INSERT INTO missing VALUES (1)"};
  EXPECT_EQ(Reason(Migrate(database_.admin(), With({broken})).status()), "INTERNAL");
  EXPECT_EQ(Reason(CheckSchema(*Admin(), With({broken}))), "SCHEMA_TOO_OLD");
  EXPECT_THAT(*Migrate(database_.admin(), With({kFirst})), ElementsAre("0101_create_a"));
}

TEST_F(MigrationsTest, NumbersAreUnique) {
  Migration twin = kFirst;
  twin.name = "0101_create_c";
  EXPECT_EQ(Reason(Migrate(database_.admin(), With({kFirst, twin})).status()), "INTERNAL");
}

TEST_F(MigrationsTest, OfFourMigratorsOneWorks) {
  const Migration slow = {101, "0101_fill_a",
                          "CREATE TABLE a (x INT); INSERT INTO a SELECT SLEEP(0.3);"};
  std::vector<size_t> applied(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < applied.size(); ++i) {
    threads.emplace_back([&, i] {
      const auto names = Migrate(database_.admin(), With({slow}));
      ASSERT_TRUE(names.ok()) << names.status();
      applied[i] = names->size();
    });
  }
  for (auto& thread : threads) thread.join();
  std::sort(applied.begin(), applied.end());
  EXPECT_THAT(applied, ElementsAre(0, 0, 0, 1));
}

}  // namespace
}  // namespace comity::storage
