#include "services/runtime/storage/transact.h"

#include <thread>

#include "comity/gateway/v1/directory.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/request_replies.h"
#include "services/runtime/testlib/call.h"

namespace comity::storage {
namespace {

using google::protobuf::StringValue;

constexpr char kTable[] =
    "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, "
    "count BIGINT NOT NULL) ENGINE=InnoDB";

class CountingWakeup : public journal::Wakeup {
 public:
  void Notify() override { ++count; }
  std::atomic<int> count = 0;
};

class TransactTest : public ::testing::Test {
 protected:
  TransactTest() : database_({{101, "0101_create_things", kTable}}), runtime_(&database_) {
    runtime_.runtime()->sequencer = &wakeup_;
    Must("INSERT INTO things VALUES (1, 1, 0)");
  }

  void Must(absl::string_view sql) {
    const auto session = *Session::Open(database_.options());
    ASSERT_TRUE(session->Execute(sql, {}).ok());
  }
  int64_t Number(absl::string_view sql) {
    const auto session = *Session::Open(database_.options());
    const auto rows = session->Query(sql, {});
    return rows.ok() && (*rows)->Next() ? (*rows)->Int(0) : -1;
  }
  int64_t Things() { return Number("SELECT COUNT(*) FROM things"); }
  int64_t Replies() { return Number("SELECT COUNT(*) FROM request_replies"); }
  int64_t Entries() { return Number("SELECT COUNT(*) FROM journal_entries"); }

  Call CallAs(const std::string& as) { return runtime_.MakeCall(as); }
  TransactOptions Options(const std::string& text = "request") {
    TransactOptions options;
    options.request_id = testlib::NewRequestId();
    options.request_digest = text;
    options.request_digest.resize(32);
    return options;
  }
  // Inserts a thing, appends an entry about it, and answers with `answer`.
  absl::Status Insert(Call& call, const TransactOptions& options, int64_t id,
                      const std::string& answer, StringValue* reply) {
    return TransactInto(
        call, options,
        [&](Transaction& tx) -> absl::Status {
          ++runs_;
          COMITY_RETURN_IF_ERROR(tx.Execute("INSERT INTO things VALUES (?, 1, 0)", {id}).status());
          tx.Append(EntryOf(id));
          reply->set_value(answer);
          return absl::OkStatus();
        },
        reply);
  }
  static journal::v1::Entry EntryOf(int64_t id) {
    journal::v1::Entry entry;
    entry.set_subject("things/" + std::to_string(id));
    entry.set_version(1);
    entry.set_type("created");
    return entry;
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_;
  CountingWakeup wakeup_;
  std::atomic<int> runs_ = 0;
};

TEST_F(TransactTest, EffectEntryAndReplyAreOne) {
  Call call = CallAs("ana@sales");
  StringValue reply;
  ASSERT_TRUE(Insert(call, Options(), 2, "done", &reply).ok());
  EXPECT_EQ(reply.value(), "done");
  EXPECT_EQ(Things(), 2);
  EXPECT_EQ(Entries(), 1);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM journal_pending"), 1);
  EXPECT_EQ(Replies(), 1);
  EXPECT_EQ(wakeup_.count, 1);
}

TEST_F(TransactTest, ARepeatedRequestGetsTheStoredReply) {
  Call call = CallAs("ana@sales");
  const TransactOptions options = Options();
  StringValue reply;
  ASSERT_TRUE(Insert(call, options, 2, "first", &reply).ok());
  ASSERT_TRUE(Insert(call, options, 3, "second", &reply).ok());
  EXPECT_EQ(reply.value(), "first");
  EXPECT_EQ(Things(), 2);
  EXPECT_EQ(wakeup_.count, 1);
}

TEST_F(TransactTest, AnotherBodyUnderTheSameIdIsRefused) {
  Call call = CallAs("ana@sales");
  TransactOptions options = Options("one");
  StringValue reply;
  ASSERT_TRUE(Insert(call, options, 2, "first", &reply).ok());
  options.request_digest = Options("two").request_digest;
  const auto status = Insert(call, options, 3, "second", &reply);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "REQUEST_ID_REUSED");
  EXPECT_EQ(Things(), 2);
}

TEST_F(TransactTest, TheSameIdForAnotherDepartmentIsRefused) {
  const TransactOptions options = Options();
  StringValue reply;
  Call sales = CallAs("ana@sales");
  Call marketing = CallAs("ana@sales");
  marketing.principal.department = "departments/marketing";
  ASSERT_TRUE(Insert(sales, options, 2, "first", &reply).ok());
  EXPECT_EQ(Reason(Insert(marketing, options, 3, "second", &reply)), "REQUEST_ID_REUSED");
  EXPECT_EQ(Things(), 2);
}

TEST_F(TransactTest, IdsOfDifferentPersonsAndMethodsDoNotMeet) {
  const TransactOptions options = Options();
  StringValue reply;
  Call ana = CallAs("ana@sales");
  Call mia = CallAs("mia@marketing");
  Call other = runtime_.MakeCall("ana@sales", "test/Other");
  Call workload = CallAs("ana@sales");
  workload.principal = {"service/gateway", "", "", {}};
  int64_t id = 2;
  for (Call* call : {&ana, &mia, &other, &workload}) {
    EXPECT_TRUE(Insert(*call, options, id++, "x", &reply).ok());
  }
  EXPECT_EQ(Things(), 5);
  EXPECT_EQ(Replies(), 4);
}

TEST_F(TransactTest, EightThreadsWithOneRequestHaveOneEffect) {
  const TransactOptions options = Options();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      Call call = CallAs("ana@sales");
      StringValue reply;
      // Each would insert a row of its own: only the reply's key keeps them from doing so.
      const auto status = Insert(call, options, 10 + i, "done", &reply);
      EXPECT_TRUE(status.ok()) << status;
      if (reply.value() == "done") ++answered;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(answered, 8);
  EXPECT_EQ(Things(), 2);
  EXPECT_EQ(Entries(), 1);
  EXPECT_EQ(Replies(), 1);
}

TEST_F(TransactTest, ATwinRefusedByAUniqueKeyGetsTheReply) {
  const TransactOptions options = Options();
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      Call call = CallAs("ana@sales");
      StringValue reply;
      const auto status = Insert(call, options, 77, "done", &reply);  // all the same row
      EXPECT_TRUE(status.ok()) << status;
      EXPECT_EQ(reply.value(), "done");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(Things(), 2);
}

TEST_F(TransactTest, TheBodysOwnErrorLeavesNothingAndIsNotRepeated) {
  Call call = CallAs("ana@sales");
  StringValue reply;
  const auto status = TransactInto(
      call, Options(),
      [&](Transaction& tx) -> absl::Status {
        ++runs_;
        EXPECT_TRUE(tx.Execute("INSERT INTO things VALUES (2, 1, 0)", {}).ok());
        tx.Append(EntryOf(2));
        return PreconditionFailed("NOT_NOW", "things/2", "later");
      },
      &reply);
  EXPECT_EQ(Reason(status), "NOT_NOW");
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Things(), 1);
  EXPECT_EQ(Entries(), 0);
  EXPECT_EQ(Replies(), 0);
  EXPECT_EQ(wakeup_.count, 0);
}

TEST_F(TransactTest, ValidateOnlyAnswersAndLeavesNothing) {
  Call call = CallAs("ana@sales");
  TransactOptions options = Options();
  options.validate_only = true;
  StringValue reply;
  ASSERT_TRUE(Insert(call, options, 2, "would", &reply).ok());
  EXPECT_EQ(reply.value(), "would");
  EXPECT_EQ(Things(), 1);
  EXPECT_EQ(Entries(), 0);
  EXPECT_EQ(Replies(), 0);
  EXPECT_EQ(wakeup_.count, 0);
  // Entries were tried as well: a taken version would have been refused.
  EXPECT_EQ(Reason(Insert(call, options, 1, "would", &reply)), "DUPLICATE_KEY");
}

TEST_F(TransactTest, AnEntryIsCompletedAndKeepsNoPersonalData) {
  Call call = CallAs("ana@sales");
  const TransactOptions options = Options();
  StringValue reply;
  ASSERT_TRUE(TransactInto(
                  call, options,
                  [&](Transaction& tx) {
                    gateway::v1::Person person;
                    person.set_name("persons/ana");
                    person.set_email_address("ana@example.com");
                    journal::v1::Entry entry = EntryOf(2);
                    entry.mutable_payload()->PackFrom(person);
                    entry.mutable_record()->PackFrom(person);
                    tx.Append(entry);
                    return absl::OkStatus();
                  },
                  &reply)
                  .ok());
  const auto session = *Session::Open(database_.options());
  const auto rows = *session->Query("SELECT id, subject, version, body FROM journal_entries", {});
  ASSERT_TRUE(rows->Next());
  const std::string body = rows->Bytes(3);
  EXPECT_THAT(body, ::testing::Not(::testing::HasSubstr("example.com")));
  journal::v1::Entry entry;
  ASSERT_TRUE(entry.ParseFromString(body));
  EXPECT_EQ(*resource::IdFromText(entry.entry_id()), rows->Bytes(0));
  EXPECT_EQ(entry.actor().person(), "persons/ana");
  EXPECT_EQ(entry.actor().department(), "departments/sales");
  EXPECT_EQ(entry.actor().workload(), "client/cli");
  EXPECT_EQ(entry.record_time().seconds(), absl::ToUnixSeconds(call.now));
  EXPECT_EQ(entry.occur_time().nanos(), entry.record_time().nanos());
  EXPECT_EQ(entry.charter_revision(), call.charter().revision());
  EXPECT_EQ(entry.request_id(), options.request_id);
  gateway::v1::Person person;
  ASSERT_TRUE(entry.payload().UnpackTo(&person));
  EXPECT_EQ(person.name(), "persons/ana");
}

TEST_F(TransactTest, TheServicesOwnWorkNeedsNoRequestId) {
  Call call = CallAs("ana@sales");
  StringValue reply;
  ASSERT_TRUE(Insert(call, TransactOptions(), 2, "done", &reply).ok());
  ASSERT_TRUE(Insert(call, TransactOptions(), 3, "done", &reply).ok());
  EXPECT_EQ(Things(), 3);
  EXPECT_EQ(Replies(), 0);
}

TEST_F(TransactTest, OneStatementCommitsAlone) {
  Call call = CallAs("ana@sales");
  TransactOptions alone;
  alone.commits_alone = true;
  StringValue none;
  const auto count = [&](bool with_entry) {
    return TransactInto(
        call, alone,
        [&](Transaction& tx) -> absl::Status {
          COMITY_RETURN_IF_ERROR(
              tx.ExecuteOne("UPDATE things SET count = count + 1 WHERE id = ?", {int64_t{1}}));
          if (with_entry) tx.Append(EntryOf(1));
          return absl::OkStatus();
        },
        &none);
  };
  ASSERT_TRUE(count(false).ok());
  EXPECT_EQ(Number("SELECT count FROM things WHERE id = 1"), 1);
  EXPECT_TRUE(absl::IsInternal(count(true))) << "what an entry tells of commits with it";
  EXPECT_EQ(Entries(), 0);
  EXPECT_EQ(wakeup_.count, 0);
}

TEST_F(TransactTest, ReadSeesWhatIsCommitted) {
  Call call = CallAs("ana@sales");
  int64_t count = 0;
  ASSERT_TRUE(Read(call, [&](Reader& reader) -> absl::Status {
                COMITY_ASSIGN_OR_RETURN(const auto rows,
                                        reader.Query("SELECT COUNT(*) FROM things", {}));
                if (rows->Next()) count = rows->Int(0);
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(count, 1);
  EXPECT_EQ(Reason(Read(call, [](Reader&) { return NotFound("x"); })), "RESOURCE_NOT_FOUND");
}

TEST_F(TransactTest, APassedDeadlineRunsNothing) {
  Call call = CallAs("ana@sales");
  call.deadline = absl::Now() - absl::Seconds(1);
  StringValue reply;
  EXPECT_EQ(Reason(Insert(call, Options(), 2, "x", &reply)), "DEADLINE_EXCEEDED");
  EXPECT_EQ(runs_, 0);
}

TEST_F(TransactTest, OldRepliesArePurgedInBatches) {
  StringValue reply;
  Call old = CallAs("ana@sales");
  old.now = absl::Now() - absl::Hours(24 * 31);
  for (int64_t id = 2; id < 7; ++id) ASSERT_TRUE(Insert(old, Options(), id, "x", &reply).ok());
  Call fresh = CallAs("ana@sales");
  ASSERT_TRUE(Insert(fresh, Options(), 7, "x", &reply).ok());
  const auto session = *Session::Open(database_.options());
  const absl::Time before = absl::Now() - kReplyLifetime;
  EXPECT_EQ(*PurgeReplies(*session, before, 3), 3);
  EXPECT_EQ(*PurgeReplies(*session, before, 3), 2);
  EXPECT_EQ(*PurgeReplies(*session, before, 3), 0);
  EXPECT_EQ(Replies(), 1);
  EXPECT_EQ(Things(), 7);
}

}  // namespace
}  // namespace comity::storage
