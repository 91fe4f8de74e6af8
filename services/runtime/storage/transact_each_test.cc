// Batches on a real database: items share transactions, and are atomic by themselves all the same.
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"

namespace comity::storage {
namespace {

using google::protobuf::StringValue;

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, said VARCHAR(100) NOT NULL) "
    "ENGINE=InnoDB";

class TransactEachTest : public ::testing::Test {
 protected:
  TransactEachTest()
      : database_({{101, "0101_create_things", kTable}}),
        runtime_(&database_),
        call_(runtime_.MakeCall("ana@sales")) {}

  int64_t Number(absl::string_view sql) {
    const auto session = *Session::Open(database_.options());
    const auto rows = session->Query(sql, {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }
  int64_t Commits() {
    return Number(
        "SELECT CAST(VARIABLE_VALUE AS INT) FROM information_schema.GLOBAL_STATUS "
        "WHERE VARIABLE_NAME = 'COM_COMMIT'");
  }

  // Items that insert the things `ids`, each with an entry and the reply `thing N`.
  std::vector<BatchItem> Inserts(const std::vector<int64_t>& ids) {
    std::vector<BatchItem> items(ids.size());
    replies_.assign(ids.size(), StringValue());
    for (size_t i = 0; i < ids.size(); ++i) {
      items[i].options = {testlib::NewRequestId(), std::string(32, 'd'), false};
      items[i].reply = &replies_[i];
      items[i].body = [id = ids[i], reply = &replies_[i]](Transaction& tx) -> absl::Status {
        COMITY_RETURN_IF_ERROR(tx.Execute("INSERT INTO things VALUES (?, '')", {id}).status());
        journal::v1::Entry entry;
        entry.set_subject("things/" + std::to_string(id));
        entry.set_version(1);
        entry.set_type("created");
        tx.Append(std::move(entry));
        reply->set_value("thing " + std::to_string(id));
        return absl::OkStatus();
      };
    }
    return items;
  }
  void Run(std::vector<BatchItem>& items) { TransactEach(call_, absl::MakeSpan(items)); }

  testlib::Database database_;
  testlib::TestRuntime runtime_;
  Call call_;
  std::vector<StringValue> replies_;
};

std::vector<int64_t> UpTo(int64_t last) {
  std::vector<int64_t> ids;
  for (int64_t id = 1; id <= last; ++id) ids.push_back(id);
  return ids;
}

TEST_F(TransactEachTest, ItemsShareCommits) {
  std::vector<BatchItem> items = Inserts(UpTo(60));
  const int64_t before = Commits();
  Run(items);
  for (size_t i = 0; i < items.size(); ++i) {
    EXPECT_TRUE(items[i].status.ok()) << items[i].status;
    EXPECT_EQ(replies_[i].value(), "thing " + std::to_string(i + 1));
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 60);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM journal_entries"), 60);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM journal_pending"), 60);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM request_replies"), 60);
  EXPECT_LT(Commits() - before, 10);
}

TEST_F(TransactEachTest, AFailedItemIsTheOnlyOne) {
  std::vector<BatchItem> items = Inserts({1, 2, 1, 3});
  Run(items);
  EXPECT_EQ(Reason(items[2].status), "DUPLICATE_KEY");
  for (const size_t i : {0, 1, 3}) EXPECT_TRUE(items[i].status.ok()) << items[i].status;
  EXPECT_EQ(replies_[3].value(), "thing 3");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM journal_entries"), 3);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM request_replies"), 3);
}

TEST_F(TransactEachTest, AFailedItemCostsTheOthersFewCommits) {
  std::vector<int64_t> ids = UpTo(24);
  ids.push_back(24);  // the last one is there already
  std::vector<BatchItem> items = Inserts(ids);
  items[24].body = [](Transaction&) -> absl::Status { return NotFound("things/25"); };
  const int64_t before = Commits();
  Run(items);
  EXPECT_EQ(Reason(items[24].status), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 24);
  EXPECT_LT(Commits() - before, 12);  // one by one they were 24
}

TEST_F(TransactEachTest, WhatIsTooMuchForOneTransactionIsSplit) {
  std::vector<BatchItem> items = Inserts(UpTo(25));
  for (size_t i = 0; i < items.size(); ++i) {
    // 60 KiB each: together 1.5 MiB.
    replies_[i].Clear();
    items[i].body = [id = static_cast<int64_t>(i), reply = &replies_[i]](Transaction& tx) {
      reply->set_value(std::string(60 << 10, 'x'));
      return tx.Execute("INSERT INTO things VALUES (?, '')", {id}).status();
    };
  }
  const int64_t before = Commits();
  Run(items);
  for (const BatchItem& item : items) EXPECT_TRUE(item.status.ok()) << item.status;
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 25);
  EXPECT_GE(Commits() - before, 3);
}

TEST_F(TransactEachTest, WhatWasRefusedBeforeIsNotRun) {
  std::vector<BatchItem> items = Inserts(UpTo(3));
  items[1].status = InvalidField("REFUSED", "field", "as the caller found");
  Run(items);
  EXPECT_EQ(Reason(items[1].status), "REFUSED");
  EXPECT_TRUE(items[0].status.ok() && items[2].status.ok());
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 2);
}

TEST_F(TransactEachTest, ARepeatedBatchGetsTheStoredReplies) {
  std::vector<BatchItem> items = Inserts(UpTo(5));
  Run(items);
  for (StringValue& reply : replies_) reply.Clear();
  Run(items);
  for (size_t i = 0; i < items.size(); ++i) {
    EXPECT_TRUE(items[i].status.ok()) << items[i].status;
    EXPECT_EQ(replies_[i].value(), "thing " + std::to_string(i + 1));
  }
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 5);
}

TEST_F(TransactEachTest, OneIdTwiceInABatchHasOneEffect) {
  std::vector<BatchItem> items = Inserts({1, 2});
  items[1].options = items[0].options;
  Run(items);
  EXPECT_TRUE(items[0].status.ok() && items[1].status.ok());
  EXPECT_EQ(replies_[1].value(), "thing 1");
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 1);
}

TEST_F(TransactEachTest, ValidateOnlyAmongOthersLeavesNothing) {
  std::vector<BatchItem> items = Inserts(UpTo(3));
  items[1].options.validate_only = true;
  Run(items);
  for (const BatchItem& item : items) EXPECT_TRUE(item.status.ok()) << item.status;
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things WHERE id = 2"), 0);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM things"), 2);
}

}  // namespace
}  // namespace comity::storage
