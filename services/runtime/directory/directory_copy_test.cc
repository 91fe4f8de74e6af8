// The durable copy, and the gateway's follower of its own journal, on a real database.
#include "services/runtime/directory/directory_copy.h"

#include <string>

#include "services/runtime/directory/own_journal_follower.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/testlib/call.h"

namespace comity::directory {
namespace {

using journal::Eventually;
using journal::MakeEntry;

class DirectoryCopyTest : public ::testing::Test {
 protected:
  DirectoryCopy Copy() { return DirectoryCopy(runtime_.runtime(), &directory_, "gateway"); }
  static journal::v1::Entry EntryOf(const std::string& person, int64_t version,
                                    absl::Duration skew = absl::ZeroDuration()) {
    gateway::v1::Person record;
    record.set_name(person);
    journal::v1::Entry entry = MakeEntry(person, version, skew);
    entry.mutable_payload()->PackFrom(record);
    return entry;
  }
  static Entries Batch(int64_t position, const std::vector<journal::v1::Entry>& entries) {
    Entries batch;
    for (const journal::v1::Entry& entry : entries) {
      batch.Add()->set_position(position++);
      *batch.rbegin()->mutable_entry() = entry;
    }
    return batch;
  }
  void Forget() {
    const auto admin = *storage::Session::Open(database_.admin());
    ASSERT_TRUE(admin->Execute("DELETE FROM followed_positions", {}).ok());
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_{&database_};
  Directory directory_;
};

TEST_F(DirectoryCopyTest, KeepsWhichEntryItTookLast) {
  DirectoryCopy copy = Copy();
  EXPECT_EQ(*copy.Load(), 0);
  EXPECT_EQ(copy.last_entry(), "");
  const journal::v1::Entry ana = EntryOf("persons/ana", 1);
  const journal::v1::Entry eve = EntryOf("persons/eve", 1);
  ASSERT_TRUE(copy.Take(Batch(0, {ana, eve}), 2).ok());
  DirectoryCopy again = Copy();
  EXPECT_EQ(*again.Load(), 2);
  EXPECT_EQ(again.last_entry(), eve.entry_id());
  EXPECT_TRUE(directory_.snapshot()->KnowsPerson("persons/ana"));
  // Another replica of an older version moves the position alone: then nothing is known.
  const auto session = *storage::Session::Open(database_.options());
  ASSERT_TRUE(session->Execute("UPDATE followed_positions SET position = 3", {}).ok());
  EXPECT_EQ(*again.Load(), 3);
  EXPECT_EQ(again.last_entry(), "");
}

TEST_F(DirectoryCopyTest, WithoutItsPositionItForgetsItsRecords) {
  DirectoryCopy copy = Copy();
  ASSERT_TRUE(copy.Take(Batch(0, {EntryOf("persons/ana", 1)}), 1).ok());
  Forget();
  EXPECT_EQ(*copy.Load(), 0);
  EXPECT_FALSE(directory_.snapshot()->KnowsPerson("persons/ana"));
  ASSERT_TRUE(copy.Take(Batch(0, {EntryOf("persons/eve", 1)}), 1).ok());
  EXPECT_EQ(*copy.Load(), 1);
  EXPECT_TRUE(directory_.snapshot()->KnowsPerson("persons/eve"));
  EXPECT_FALSE(directory_.snapshot()->KnowsPerson("persons/ana")) << "she is in no journal";
}

class OwnJournalTest : public DirectoryCopyTest {
 protected:
  void Sequence() {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    while (*journal::SequenceBatch(*session) > 0) {
    }
  }
  bool IsConfirmedAfter(absl::Duration moment) const {
    const absl::Duration now = server::Uptime();
    return directory_.Age(now) < now - moment;
  }
};

TEST_F(OwnJournalTest, WhatHasNoPositionYetIsNotTaken) {
  OwnJournalFollower follower(runtime_.runtime(), &directory_, Copy());
  ASSERT_TRUE(follower.Start().ok());
  EXPECT_TRUE(Eventually([&] { return follower.Ready(); }));
  ASSERT_TRUE(
      journal::Write(database_.pool(), {EntryOf("persons/ana", 1, -absl::Seconds(6))}).ok());
  absl::SleepFor(absl::Seconds(1));  // a look at the journal may be under way
  const absl::Duration later = server::Uptime();
  absl::SleepFor(absl::Seconds(1));
  EXPECT_FALSE(IsConfirmedAfter(later)) << "ten looks found nothing new, and confirmed nothing";
  Sequence();
  EXPECT_TRUE(Eventually([&] { return IsConfirmedAfter(later); }));
  EXPECT_TRUE(directory_.snapshot()->KnowsPerson("persons/ana"));
}

TEST_F(OwnJournalTest, SaysOnceWhatKeepsItFromFollowing) {
  {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    const std::string id = journal::SkewedId(absl::ZeroDuration());
    ASSERT_TRUE(session
                    ->Execute("INSERT INTO journal_entries (id, subject, version, body) "
                              "VALUES (?, 'persons/broken', 1, 'x')",
                              {id})
                    .ok());
    ASSERT_TRUE(session->Execute("INSERT INTO journal_pending (id) VALUES (?)", {id}).ok());
  }
  Sequence();
  testing::internal::CaptureStderr();
  {
    OwnJournalFollower follower(runtime_.runtime(), &directory_, Copy());
    ASSERT_TRUE(follower.Start().ok());
    absl::SleepFor(absl::Seconds(2));  // some attempts
    EXPECT_FALSE(follower.Ready());
  }
  const std::string log = testing::internal::GetCapturedStderr();
  const size_t first = log.find("does not follow its own journal");
  ASSERT_NE(first, log.npos) << log;
  EXPECT_EQ(log.find("does not follow", first + 1), log.npos) << log;
}

}  // namespace
}  // namespace comity::directory
