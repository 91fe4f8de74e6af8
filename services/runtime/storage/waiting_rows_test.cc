// Rows that wait to be inserted together, on a real database: nobody can tell but by the number of
// statements.
#include "services/runtime/storage/waiting_rows.h"

#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"

namespace comity::storage {
namespace {

using google::protobuf::StringValue;
using ::testing::ElementsAre;

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, said VARCHAR(100) NOT NULL) "
    "ENGINE=InnoDB";

const MultiRow& Things() {
  static const MultiRow* const insert =
      new MultiRow("INSERT INTO things (id, said) VALUES ", "(?, ?)", "");
  return *insert;
}

class WaitingRowsTest : public ::testing::Test {
 protected:
  WaitingRowsTest()
      : database_({{101, "0101_create_things", kTable}}),
        runtime_(&database_),
        call_(runtime_.MakeCall("ana@sales")) {}

  static absl::Status Insert(Transaction& tx, int64_t id, const std::string& said) {
    const absl::Status status = tx.Insert(Things(), std::to_string(id), {id, said});
    if (Reason(status) == "DUPLICATE_KEY") {
      return AlreadyExists("THING_TAKEN", std::to_string(id), "it is there");
    }
    return status;
  }
  TransactOptions Options() { return {testlib::NewRequestId(), std::string(32, 'd'), false}; }
  absl::Status Run(const TransactOptions& options,
                   const std::function<absl::Status(Transaction&)>& body) {
    return TransactInto(
        call_, options,
        [&](Transaction& tx) {
          ++runs_;
          return body(tx);
        },
        &reply_);
  }
  absl::Status Run(const std::function<absl::Status(Transaction&)>& body) {
    return Run(Options(), body);
  }
  // What is said, in the order of ids.
  std::vector<std::string> Said() {
    const auto session = *Session::Open(database_.options());
    const auto rows = *session->Query("SELECT said FROM things ORDER BY id", {});
    std::vector<std::string> said;
    while (rows->Next()) said.push_back(rows->Bytes(0));
    return said;
  }
  int64_t InsertStatements() {
    const auto session = *Session::Open(database_.options());
    const auto rows = *session->Query(
        "SELECT CAST(VARIABLE_VALUE AS INT) FROM information_schema.GLOBAL_STATUS "
        "WHERE VARIABLE_NAME = 'COM_INSERT'",
        {});
    return rows->Next() ? rows->Int(0) : -1;
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_;
  Call call_;
  StringValue reply_;
  int runs_ = 0;
};

TEST_F(WaitingRowsTest, AreWrittenTogether) {
  const int64_t before = InsertStatements();
  ASSERT_TRUE(Run([](Transaction& tx) -> absl::Status {
                for (int64_t id = 1; id <= 64; ++id) {
                  COMITY_RETURN_IF_ERROR(Insert(tx, id, "new"));
                }
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(Said().size(), 64);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(InsertStatements() - before, 2);  // theirs and the reply's
}

TEST_F(WaitingRowsTest, AreSeenByTheNextStatement) {
  ASSERT_TRUE(Run([](Transaction& tx) -> absl::Status {
                COMITY_RETURN_IF_ERROR(Insert(tx, 1, "new"));
                COMITY_ASSIGN_OR_RETURN(const auto rows, tx.Query("SELECT id FROM things", {}));
                if (!rows->Next()) return Internal("the row is not there");
                COMITY_RETURN_IF_ERROR(Insert(tx, 2, "new"));
                COMITY_ASSIGN_OR_RETURN(const int64_t changed,
                                        tx.Execute("UPDATE things SET said = 'changed'", {}));
                return changed == 2 ? absl::OkStatus() : Internal("both are not there");
              }).ok());
  EXPECT_THAT(Said(), ElementsAre("changed", "changed"));
}

TEST_F(WaitingRowsTest, CanBeChangedUntilThen) {
  ASSERT_TRUE(Run([](Transaction& tx) -> absl::Status {
                COMITY_RETURN_IF_ERROR(Insert(tx, 1, "new"));
                COMITY_RETURN_IF_ERROR(Insert(tx, 2, "new"));
                (*tx.Waiting(Things(), "2"))[1] = "changed";
                COMITY_RETURN_IF_ERROR(tx.Query("SELECT 1", {}).status());
                return tx.Waiting(Things(), "2") == nullptr ? absl::OkStatus() : Internal("waits");
              }).ok());
  EXPECT_THAT(Said(), ElementsAre("new", "changed"));
}

TEST_F(WaitingRowsTest, WhoInsertedTheWrongOneSaysSo) {
  ASSERT_TRUE(Run([](Transaction& tx) { return Insert(tx, 2, "before"); }).ok());
  runs_ = 0;
  const absl::Status status = Run([](Transaction& tx) -> absl::Status {
    for (int64_t id = 1; id <= 3; ++id) COMITY_RETURN_IF_ERROR(Insert(tx, id, "new"));
    return absl::OkStatus();
  });
  EXPECT_EQ(Reason(status), "THING_TAKEN");
  EXPECT_EQ(ErrorValue(status, "name"), "2");
  EXPECT_EQ(runs_, 2);
  EXPECT_THAT(Said(), ElementsAre("before"));
}

TEST_F(WaitingRowsTest, AValidationMeetsThemToo) {
  ASSERT_TRUE(Run([](Transaction& tx) { return Insert(tx, 1, "before"); }).ok());
  TransactOptions options = Options();
  options.validate_only = true;
  EXPECT_EQ(Reason(Run(options, [](Transaction& tx) { return Insert(tx, 1, "new"); })),
            "THING_TAKEN");
  EXPECT_TRUE(Run(options, [](Transaction& tx) { return Insert(tx, 2, "new"); }).ok());
  EXPECT_THAT(Said(), ElementsAre("before"));
}

TEST_F(WaitingRowsTest, ARepeatedRequestHasItsReply) {
  const TransactOptions options = Options();
  const auto body = [&](Transaction& tx) {
    reply_.set_value("done");
    return Insert(tx, 1, "new");
  };
  ASSERT_TRUE(Run(options, body).ok());
  reply_.Clear();
  ASSERT_TRUE(Run(options, body).ok());
  EXPECT_EQ(reply_.value(), "done");
  EXPECT_THAT(Said(), ElementsAre("new"));
}

TEST_F(WaitingRowsTest, OfABatchOnlyTheWrongItemFails) {
  ASSERT_TRUE(Run([](Transaction& tx) { return Insert(tx, 3, "before"); }).ok());
  std::vector<BatchItem> items(6);
  std::vector<StringValue> replies(items.size());
  for (size_t i = 0; i < items.size(); ++i) {
    items[i].options = Options();
    items[i].reply = &replies[i];
    items[i].body = [id = static_cast<int64_t>(i)](Transaction& tx) {
      return Insert(tx, id, "new");
    };
  }
  TransactEach(call_, absl::MakeSpan(items));
  for (size_t i = 0; i < items.size(); ++i) {
    EXPECT_EQ(Reason(items[i].status), i == 3 ? "THING_TAKEN" : "") << i;
  }
  EXPECT_THAT(Said(), ElementsAre("new", "new", "new", "before", "new", "new"));
}

// What a session has found stays there, but for what it had inserted itself and rolled back.
TEST_F(WaitingRowsTest, ARollbackForgetsWhatWasFound) {
  const auto session = *Session::Open(database_.options());
  session->SetFound("things/1");
  ASSERT_TRUE(session->Begin().ok());
  session->SetFound("things/2");
  EXPECT_TRUE(session->HasFound("things/1") && session->HasFound("things/2"));
  ASSERT_TRUE(session->Commit().ok());
  EXPECT_TRUE(session->HasFound("things/2"));
  ASSERT_TRUE(session->Begin().ok());
  session->SetFound("things/3");
  ASSERT_TRUE(session->Rollback().ok());
  EXPECT_FALSE(session->HasFound("things/3"));
}

}  // namespace
}  // namespace comity::storage
