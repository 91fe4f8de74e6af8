// What holds for the writing methods of every collection: of two writers one wins, a request has
// its effect once however often and over whatever restart it is sent, and its id is good for it
// alone.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/client/api/retry.h"
#include "services/client/api/schema.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/calls.h"
#include "tests/integration/in_parallel.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using google::protobuf::util::MessageDifferencer;

constexpr size_t kAtOnce = 6;
constexpr char kAccount[] = "ACCOUNT/";

// A collection, who writes in it, what a new record needs, and a text that can be edited.
// `ACCOUNT/` stands for an account that exists, `ID` for an id that nobody has.
struct Kind {
  const char* collection;
  const char* as;
  const char* record;
  const char* field;
  const char* value;
};
constexpr Kind kKinds[] = {
    {"leads", "ana@sales", R"("lead": {"familyName": "Lovelace"})", "job_title", "Countess"},
    {"opportunities", "ana@sales", R"("opportunity": {"displayName": "Engine"})", "display_name",
     "Two engines"},
    {"campaigns", "mia@marketing", R"("campaign": {"displayName": "Fair"})", "channel", "email"},
    {"products", "ana@sales", R"("product": {"displayName": "ID"})", "series", "Difference"},
    {"accounts", "ana@sales",
     R"("account": {"kind": "ACCOUNT_KIND_ORGANIZATION", "displayName": "Engines"})", "city",
     "London"},
    {"contacts", "ana@sales", R"("contact": {"account": "ACCOUNT/", "familyName": "Lovelace"})",
     "job_title", "Countess"},
    {"relationships", "ana@sales",
     R"("relationship": {"account": "ACCOUNT/", "kind": "RELATIONSHIP_KIND_CUSTOMER"})",
     "other_party", "ACCOUNT/"},
    {"cases", "sue@support", R"("case": {"title": "It stands still"})", "channel", "phone"},
    {"persons", "sam@sales", R"("person": {"displayName": "Ada"}, "personId": "p-ID")", "office",
     "Central"},
    {"teams", "sam@sales",
     R"("team": {"department": "departments/sales", "displayName": "Ada's"}, "teamId": "t-ID")",
     "display_name", "Others'"},
};

std::string Filled(std::string text) {
  if (text.find(kAccount) != std::string::npos) {
    text = absl::StrReplaceAll(text, {{kAccount, CreateAccount("ana@sales")}});
  }
  return absl::StrReplaceAll(text, {{"ID", NewRequestId()}});
}

// A request that was answered well, and how another one with its id would read.
struct Written {
  std::string as;
  std::string method;
  MessagePtr request;
  MessagePtr reply;
  std::string other_field;  // a path, and a text for it that the request does not say
  std::string other_text;
};

Written Write(const std::string& as, const std::string& method, MessagePtr request,
              const std::string& other_field, const std::string& other_text = "another") {
  const auto reply = Ask(as, method, *request);
  EXPECT_TRUE(reply.ok()) << method << " " << reply.status();
  return {as, method, std::move(request), reply.ok() ? *reply : nullptr, other_field, other_text};
}

Written WriteJson(const std::string& as, const std::string& method, const std::string& json,
                  const std::string& other_field, const std::string& other_text = "another") {
  return Write(as, method, MakeRequest(method, json), other_field, other_text);
}

const client::Collection& CollectionOf(const Kind& kind) {
  return *client::FindCollection(kind.collection);
}

// The path of the kind's text in its requests.
std::string FieldOf(const Kind& kind) {
  return absl::StrCat(CollectionOf(kind).singular, ".", kind.field);
}

std::string ValueOf(const Kind& kind) { return Filled(kind.value); }

Written Create(const Kind& kind) {
  return WriteJson(kind.as, CollectionOf(kind).Method("Create"),
                   absl::StrCat("{", Filled(kind.record), "}"), FieldOf(kind), ValueOf(kind));
}

Written Edit(const Kind& kind, const Message& record) {
  return Write(kind.as, CollectionOf(kind).Method("Update"),
               MakeUpdate(record, kind.field, ValueOf(kind)), FieldOf(kind),
               TextAt(record, kind.field));
}

// How many entries the subject's journal holds.
int Versions(const std::string& subject) {
  const auto history =
      Ask("max@management", "JournalService/ListHistory",
          absl::StrCat(R"({"subject": ")", resource::SubjectOf(subject), R"(", "pageSize": 500})"));
  EXPECT_TRUE(history.ok()) << history.status();
  if (!history.ok()) return -1;
  return static_cast<const journal::v1::ListHistoryResponse&>(**history).entries_size();
}

// The same request again is answered as it was, another one with its id is refused, and neither
// leaves a trace.
void ExpectGoodOnce(const Written& written) {
  ASSERT_NE(written.reply, nullptr) << written.method;
  const std::string name = TextAt(*written.reply, "name");
  const int versions = Versions(name);
  const auto again = Ask(written.as, written.method, *written.request);
  ASSERT_TRUE(again.ok()) << written.method << " " << again.status();
  EXPECT_TRUE(MessageDifferencer::Equals(**again, *written.reply)) << written.method;

  const std::unique_ptr<Message> other(written.request->New());
  other->CopyFrom(*written.request);
  SetTextAt(other.get(), written.other_field, written.other_text);
  ASSERT_FALSE(MessageDifferencer::Equals(*other, *written.request)) << written.method;
  const absl::Status refused = Ask(written.as, written.method, *other).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument) << written.method << refused;
  EXPECT_EQ(Reason(refused), "REQUEST_ID_REUSED") << written.method;
  EXPECT_EQ(Versions(name), versions) << written.method;
}

class EachCollection : public ::testing::TestWithParam<Kind> {};

TEST_P(EachCollection, OfTwoWritersOneWins) {
  const Written created = Create(GetParam());
  ASSERT_NE(created.reply, nullptr);
  std::vector<absl::Status> outcomes(kAtOnce);
  std::vector<std::pair<absl::Status*, MessagePtr>> writers;
  for (absl::Status& outcome : outcomes) {
    writers.emplace_back(&outcome,
                         MakeUpdate(*created.reply, GetParam().field, ValueOf(GetParam())));
  }
  InParallel(writers, [](const auto& writer) {
    *writer.first =
        Ask(GetParam().as, CollectionOf(GetParam()).Method("Update"), *writer.second).status();
  });
  EXPECT_EQ(std::count(outcomes.begin(), outcomes.end(), absl::OkStatus()), 1);
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) continue;
    EXPECT_EQ(outcome.code(), absl::StatusCode::kAborted) << outcome;
    EXPECT_EQ(Reason(outcome), "ETAG_MISMATCH");
  }
}

TEST_P(EachCollection, ADuplicateSentAtOnceHasItsEffectOnce) {
  const std::string method = CollectionOf(GetParam()).Method("Create");
  const auto request = MakeRequest(method, absl::StrCat("{", Filled(GetParam().record), "}"));
  std::vector<absl::StatusOr<MessagePtr>> replies(kAtOnce);
  std::vector<absl::StatusOr<MessagePtr>*> callers;
  for (auto& reply : replies) callers.push_back(&reply);
  InParallel(callers, [&](absl::StatusOr<MessagePtr>* reply) {
    *reply = Ask(GetParam().as, method, *request);
  });
  std::set<std::string> names;
  for (const auto& reply : replies) {
    ASSERT_TRUE(reply.ok()) << reply.status();
    EXPECT_TRUE(MessageDifferencer::Equals(**reply, **replies[0]));
    names.insert(TextAt(**reply, "name"));
  }
  EXPECT_EQ(names.size(), 1u);
}

TEST_P(EachCollection, ARepeatedRequestHasItsEffectOnce) {
  const Written created = Create(GetParam());
  ASSERT_NE(created.reply, nullptr);
  ExpectGoodOnce(created);
  const Written edited = Edit(GetParam(), *created.reply);
  ExpectGoodOnce(edited);
  ExpectGoodOnce(created);  // as it was answered then, whatever became of the record
}

INSTANTIATE_TEST_SUITE_P(Collections, EachCollection, ::testing::ValuesIn(kKinds),
                         [](const auto& info) { return std::string(info.param.collection); });

// One of each writing method that is no standard method.
std::vector<Written> WriteFactsAndJudgements() {
  std::vector<Written> written;
  const std::string opportunity = CreateOpportunity("ana@sales", CreateAccount("ana@sales"));
  const std::string account = CreateAccount("ana@sales");
  written.push_back(WriteJson(
      "ana@sales", "FactService/RecordFact",
      absl::StrCat(R"({"parent": ")", opportunity, R"(", "fact": {"kind": "FACT_KIND_SIGNED"}})"),
      "fact.summary"));
  const std::string fact = TextAt(*written.back().reply, "name");
  written.push_back(WriteJson("ana@sales", "FactService/VoidFact",
                              absl::StrCat(R"({"name": ")", fact, R"(", "reason": "revoked"})"),
                              "reason"));
  written.push_back(WriteJson(
      "sue@support", "JudgementService/Judge",
      absl::StrCat(R"({"judgement": {"subject": ")", account,
                   R"(", "question": "questions/account-health", )", R"("answer": "healthy"}})"),
      "judgement.note"));
  const std::string judgement = TextAt(*written.back().reply, "name");
  written.push_back(WriteJson(
      "sue@support", "JudgementService/Withdraw",
      absl::StrCat(R"({"name": ")", judgement, R"(", "reason": "too-early"})"), "reason"));
  return written;
}

TEST(RequestIds, OutliveTheirService) {
  std::vector<Written> written = WriteFactsAndJudgements();
  for (const Kind& kind : kKinds) {
    written.push_back(Create(kind));
    ASSERT_NE(written.back().reply, nullptr) << kind.collection;
    written.push_back(Edit(kind, *written.back().reply));
  }
  for (const Written& each : written) ExpectGoodOnce(each);
  Suite& suite = Suite::Get();
  for (const std::string& service : suite.services()) suite.Kill(service);
  suite.StartMissing();
  ASSERT_TRUE(Eventually([&] { return suite.AllServing(); }));
  for (const Written& each : written) {  // a channel looks for its server only now and then
    ASSERT_TRUE(Eventually(
        [&] { return !client::IsAway(Ask(each.as, each.method, *each.request).status()); }));
    ExpectGoodOnce(each);
  }
  EXPECT_THAT(suite.Mishaps(), ::testing::IsEmpty());
}

}  // namespace
}  // namespace comity::integration
