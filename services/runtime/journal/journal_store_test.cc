#include "services/runtime/journal/journal_store.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/status/errors.h"

namespace comity::journal {
namespace {

using ::testing::ElementsAre;

class JournalStoreTest : public ::testing::Test {
 protected:
  storage::Session& session() { return *session_; }
  storage::Reader& reader() { return reader_; }

  testlib::Database database_;
  storage::Lease session_ = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
  storage::Reader reader_{&*session_};
};

std::vector<int64_t> VersionsOf(const std::vector<v1::Entry>& entries) {
  std::vector<int64_t> versions;
  for (const v1::Entry& entry : entries) versions.push_back(entry.version());
  return versions;
}

TEST_F(JournalStoreTest, GivesPositionsToWhatIsPending) {
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 1), MakeEntry("leads/b", 1)}).ok());
  EXPECT_EQ(*ReadSize(reader()), 0);
  EXPECT_EQ(*SequenceBatch(session()), 2);
  EXPECT_EQ(*SequenceBatch(session()), 0);
  EXPECT_EQ(*ReadSize(reader()), 2);
  EXPECT_EQ(ReadAll(session()).size(), 2);
}

TEST_F(JournalStoreTest, KnowsWhatWaitsTooLongForItsPosition) {
  const absl::Time now = absl::Now();
  EXPECT_FALSE(*HasUnsequenced(reader(), now));
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 1)}).ok());
  EXPECT_FALSE(*HasUnsequenced(reader(), now)) << "it has just come";
  EXPECT_TRUE(*HasUnsequenced(reader(), absl::Now() + kSequencedWithin + absl::Milliseconds(2)));
  ASSERT_TRUE(
      Write(session(), {MakeEntry("leads/b", 1, -kSequencedWithin - absl::Milliseconds(2))}).ok());
  EXPECT_TRUE(*HasUnsequenced(reader(), absl::Now()));
  EXPECT_EQ(*SequenceBatch(session()), 2);
  EXPECT_FALSE(*HasUnsequenced(reader(), absl::Now() + absl::Hours(1)));
}

TEST_F(JournalStoreTest, SequencesNothingOfARolledBackTransaction) {
  ASSERT_TRUE(session().Begin().ok());
  ASSERT_TRUE(InsertEntries(session(), {MakeEntry("leads/a", 1)}).ok());
  ASSERT_TRUE(session().Rollback().ok());
  EXPECT_EQ(*SequenceBatch(session()), 0);
}

TEST_F(JournalStoreTest, TakesManyEntriesAtOnce) {
  std::vector<v1::Entry> entries;
  for (int i = 1; i <= 300; ++i) entries.push_back(MakeEntry("leads/a", i));
  ASSERT_TRUE(Write(session(), entries).ok());
  EXPECT_EQ(*SequenceBatch(session()), 300);
  ExpectVersionsInOrder(ReadAll(session()));
}

TEST_F(JournalStoreTest, RefusesAVersionThatIsTaken) {
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 1)}).ok());
  const absl::Status taken = Write(session(), {MakeEntry("leads/a", 1)});
  EXPECT_EQ(taken.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(taken), "CONCURRENT_CHANGE");
}

TEST_F(JournalStoreTest, KeepsTheBytesAsTheyWereWritten) {
  v1::Entry entry = MakeEntry("leads/a", 1);
  entry.set_type(std::string("a\0b", 3));
  ASSERT_TRUE(Write(session(), {entry}).ok());
  ASSERT_TRUE(SequenceBatch(session()).ok());
  EXPECT_EQ(ReadPage(reader(), 0, 10)->entries[0].body, entry.SerializeAsString());
}

TEST_F(JournalStoreTest, CutsPagesByCountAndByBytes) {
  for (int i = 1; i <= 5; ++i) {
    v1::Entry entry = MakeEntry("leads/a", i);
    entry.set_type(std::string(300 << 10, 'x'));
    ASSERT_TRUE(Write(session(), {entry}).ok());
  }
  ASSERT_EQ(*SequenceBatch(session()), 5);
  EXPECT_EQ(ReadPage(reader(), 0, 1)->entries.size(), 1);
  const auto page = ReadPage(reader(), 1, 100);
  EXPECT_EQ(page->entries.size(), 2);
  EXPECT_EQ(page->entries[0].position, 1);
  EXPECT_EQ(page->size, 5);
  EXPECT_TRUE(ReadPage(reader(), 99, 100)->entries.empty());
}

TEST_F(JournalStoreTest, TellsHistoryBeforeItHasPositions) {
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 1), MakeEntry("leads/b", 1)}).ok());
  ASSERT_TRUE(SequenceBatch(session()).ok());
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 2)}).ok());
  const auto history = *ReadHistory(reader(), "leads/a", 0, 10);
  ASSERT_EQ(history.size(), 2);
  EXPECT_GE(history[0].position, 0);
  EXPECT_EQ(history[1].position, -1);
  EXPECT_EQ(ReadHistory(reader(), "leads/a", 1, 10)->size(), 1);
  EXPECT_EQ(ReadHistory(reader(), "leads/a", 0, 1)->size(), 1);
  EXPECT_TRUE(ReadHistory(reader(), "leads/A", 0, 10)->empty());
}

TEST_F(JournalStoreTest, PutsVersionsInOrderAcrossSmallBatches) {
  // Each later version has a lower id: written by replicas whose clocks are ever more behind.
  for (int i = 1; i <= 40; ++i) {
    ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", i, -absl::Minutes(i))}).ok());
  }
  while (*SequenceBatch(session(), 3) > 0) {
  }
  const auto entries = ReadAll(session());
  EXPECT_EQ(entries.size(), 40);
  ExpectVersionsInOrder(entries);
}

TEST_F(JournalStoreTest, WalksBackThroughMoreVersionsThanOnePage) {
  std::vector<v1::Entry> entries;
  for (int i = 1; i <= 1203; ++i) {
    entries.push_back(MakeEntry("leads/a", i, -absl::Milliseconds(10) * i));
  }
  ASSERT_TRUE(Write(session(), entries).ok());
  ASSERT_EQ(*SequenceBatch(session(), 4), 4);
  EXPECT_THAT(VersionsOf(ReadAll(session())), ElementsAre(1, 2, 3, 4));
}

TEST_F(JournalStoreTest, TheRunningUserCannotRewriteHistory) {
  ASSERT_TRUE(Write(session(), {MakeEntry("leads/a", 1)}).ok());
  ASSERT_TRUE(SequenceBatch(session()).ok());
  for (const char* sql :
       {"UPDATE journal_entries SET body = ''", "DELETE FROM journal_entries",
        "UPDATE journal_positions SET position = 7", "DELETE FROM journal_positions",
        "DELETE FROM journal_head", "TRUNCATE TABLE journal_entries", "DROP TABLE journal_entries",
        "ALTER TABLE journal_entries ADD COLUMN x INT",
        "REPLACE INTO journal_entries (id, subject, version, body) VALUES ('a', 'b', 1, '')"}) {
    EXPECT_FALSE(session().ExecuteScript(sql).ok()) << sql;
  }
  EXPECT_EQ(ReadAll(session()).size(), 1);
}

}  // namespace
}  // namespace comity::journal
