#include "services/runtime/storage/reply_purge.h"

#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/storage/request_replies.h"
#include "services/runtime/testlib/database.h"

namespace comity::storage {
namespace {

class ReplyPurgeTest : public ::testing::Test {
 protected:
  ReplyPurgeTest() : session_(*Session::Open(database_.options())) {}

  void Store(absl::Time time) {
    const ReplyKey key = {"persons/ana", "test/Test", resource::NewId(absl::Now()),
                          std::string(32, 'd')};
    ASSERT_TRUE(InsertReply(*session_, key, google::protobuf::StringValue(), time).ok());
  }
  int64_t Replies() {
    const auto rows = session_->Query("SELECT COUNT(*) FROM request_replies", {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }
  bool ComesTo(int64_t count) {
    const absl::Time end = absl::Now() + absl::Seconds(20);
    while (Replies() != count && absl::Now() < end) absl::SleepFor(absl::Milliseconds(5));
    return Replies() == count;
  }

  testlib::Database database_;
  std::unique_ptr<Session> session_;
};

TEST_F(ReplyPurgeTest, OldOnesGoAndYoungOnesStayAlsoInMoreThanOneBatch) {
  ASSERT_TRUE(session_->Begin().ok());
  for (int i = 0; i < 1100; ++i) Store(absl::Now() - kReplyLifetime - absl::Minutes(1));
  ASSERT_TRUE(session_->Commit().ok());
  Store(absl::Now() - kReplyLifetime + absl::Minutes(5));
  ReplyPurge purge(database_.pool(), absl::Milliseconds(10));
  purge.Start();
  EXPECT_TRUE(ComesTo(1));
}

TEST_F(ReplyPurgeTest, AnAbsentDatabaseIsTriedAgain) {
  Store(absl::Now() - kReplyLifetime - absl::Minutes(1));
  testlib::Database::KillServer();
  ReplyPurge purge(database_.pool(), absl::Milliseconds(10));
  purge.Start();
  absl::SleepFor(absl::Milliseconds(50));
  testlib::Database::RestartServer();
  session_ = *Session::Open(database_.options());
  EXPECT_TRUE(ComesTo(0));
}

TEST_F(ReplyPurgeTest, StopDoesNotWaitForTheInterval) {
  ReplyPurge purge(database_.pool(), absl::Hours(1));
  purge.Start();
  const absl::Time before = absl::Now();
  purge.Stop();
  EXPECT_LT(absl::Now() - before, absl::Seconds(10));
}

}  // namespace
}  // namespace comity::storage
