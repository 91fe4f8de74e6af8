// Checks 12 and 29, as far as the house goes: words that stand for a person's data are sent in
// every text of every request, in tokens, headers and what is no request at all, through gRPC and
// the door. No log and no metric may hold any of them, and no journal or copy of one what describes
// a person.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/door_client.h"
#include "tests/security/evidence.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using google::protobuf::FieldDescriptor;
using integration::Eventually;
using integration::Suite;

// In texts that are marked personal; nobody's journal may hold it.
constexpr char kPersonal[] = "zaunkoenig";
// In all other texts: codes, sources, filters, names … It may be journaled, and not logged.
constexpr char kOther[] = "wendehals";

bool IsMarked(const FieldDescriptor* field) {
  return field->options().GetExtension(type::v1::field).personal();
}

bool NamesARecord(const FieldDescriptor* field) {
  return !field->options().GetExtension(type::v1::field).refers_to().empty();
}

// A value that the field's own rules take.
std::string ValueFor(const FieldDescriptor* field, bool personal) {
  static int number = 0;
  const std::string word = absl::StrCat(personal ? kPersonal : kOther, ++number);
  if (field->name() == "email_address") return absl::StrCat(word, "@example.org");
  if (field->name() == "domain") return absl::StrCat(word, ".example.org");
  return word;
}

// Puts a word into every text of `message` that is free: what is marked, or all.
void PutWords(Message* message, bool all, bool personal, int* count) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* field = message->GetDescriptor()->field(i);
    const bool marked = personal || IsMarked(field);
    if (field->message_type() != nullptr) {
      for (int j = 0; field->is_repeated() && j < reflection->FieldSize(*message, field); ++j) {
        PutWords(reflection->MutableRepeatedMessage(message, field, j), all, marked, count);
      }
      if (!field->is_repeated() && reflection->HasField(*message, field)) {
        PutWords(reflection->MutableMessage(message, field), all, marked, count);
      }
      continue;
    }
    const bool text = field->type() == FieldDescriptor::TYPE_STRING && !field->is_repeated();
    if (!text || field->name() == "request_id" || (!all && (!marked || NamesARecord(field)))) {
      continue;
    }
    reflection->SetString(message, field, ValueFor(field, marked));
    ++*count;
  }
}

void ForReal(Message* request) {
  const FieldDescriptor* requests = request->GetDescriptor()->FindFieldByName("requests");
  Message* item = request;
  if (requests != nullptr)
    item = request->GetReflection()->MutableRepeatedMessage(request, requests, 0);
  const FieldDescriptor* only = item->GetDescriptor()->FindFieldByName("validate_only");
  if (only != nullptr) item->GetReflection()->SetBool(item, only, false);
  SetText(item, "request_id", integration::NewRequestId());
}

gateway::TestReply Post(const std::string& path, const std::string& headers,
                        const std::string& body) {
  return SendToDoor("POST", path, "Content-Type: application/json\r\n" + headers, body);
}

std::string Bearer(const std::string& token) {
  return absl::StrCat("Authorization: Bearer ", token, "\r\n");
}

// Words in what is marked: these requests succeed, and are stored. Returns how many words were;
// `stored_by`: the methods by which.
int SendWhatIsStored(const World& world, std::set<std::string>* stored_by) {
  int stored = 0;
  for (const Endpoint& endpoint : Endpoints()) {
    // Withdrawing would take from the other tests what they need.
    if (!endpoint.writes() || endpoint.method->name() == "Withdraw") continue;
    // What was offered or answered once is not again: each method has its own.
    if (absl::StrContains(endpoint.path(), ".HandoverService/")) World::RenewHandovers();
    if (absl::StrContains(endpoint.path(), ".DisputeService/")) World::RenewDisputes();
    std::set<std::string> done;  // collections
    for (const Caller& caller : world.callers()) {
      for (const Probe& probe : world.ProbesOf(endpoint, caller)) {
        if (done.contains(probe.collection)) continue;
        int words = 0;
        PutWords(probe.request.get(), /*all=*/false, /*personal=*/false, &words);
        if (words == 0 || !ExpectedReason(world, endpoint, caller, probe).empty()) continue;
        ForReal(probe.request.get());
        if (endpoint.method->name() == "EnsureAccount") {
          // Other tests made several accounts of this domain; one without is made.
          static_cast<account::v1::EnsureAccountRequest&>(*probe.request)
              .mutable_account()
              ->clear_domain();
        }
        const absl::Status status = OutcomeOf(CallAs(endpoint, caller.as, *probe.request));
        done.insert(probe.collection);
        EXPECT_TRUE(status.ok()) << endpoint.text() << status;
        stored += status.ok() ? words : 0;
        if (status.ok()) stored_by->insert(endpoint.method->name());
      }
    }
  }
  return stored;
}

// Words in every text, names and filters too: through gRPC and through the door. Most are refused.
int SendWhatIsRefused(const World& world) {
  int refused = 0;
  const Caller& caller = world.caller("sam@sales");
  for (const Endpoint& endpoint : Endpoints()) {
    for (const Probe& probe : world.ProbesOf(endpoint, caller)) {
      int words = 0;
      PutWords(probe.request.get(), /*all=*/true, /*personal=*/false, &words);
      ForReal(probe.request.get());
      refused += OutcomeOf(CallAs(endpoint, caller.as, *probe.request)).ok() ? 0 : 1;
      if (endpoint.streams()) continue;
      std::string json;
      EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*probe.request, &json).ok());
      Post(absl::StrCat("/", endpoint.path()), Bearer(TokenOf(caller.as)), json);
      // No JSON, and a field that there is not.
      Post(absl::StrCat("/", endpoint.path()), Bearer(TokenOf(caller.as)), json + kPersonal);
    }
  }
  return refused;
}

// Words where no request is: tokens, headers, paths.
void SendWhatIsNoRequest() {
  const Endpoint& list = EndpointNamed("LeadService/ListLeads");
  const lead::v1::ListLeadsRequest request;
  const std::string path = absl::StrCat("/", list.path());
  const std::string good = TokenOf("ana@sales");
  const std::vector<std::string> tokens = {
      kPersonal,
      absl::StrCat(kPersonal, ".", kPersonal, ".", kPersonal),
      absl::StrCat(absl::WebSafeBase64Escape(absl::StrCat(R"({"alg":")", kPersonal, R"("})")), ".",
                   absl::WebSafeBase64Escape(absl::StrCat(R"({"sub":")", kPersonal, R"("})")),
                   ".x"),
      absl::StrCat(good, kPersonal),
      Suite::Get().Token(absl::StrCat(kPersonal, "@sales")),
      Suite::Get().Token(absl::StrCat("ana@", kPersonal)),
  };
  for (const std::string& token : tokens) {
    EXPECT_FALSE(CallWithToken(list, token, request).ok()) << token;
    EXPECT_EQ(Post(path, Bearer(token), "{}").code / 100, 4) << token;
  }
  for (const std::string& headers :
       {absl::StrCat("traceparent: ", kPersonal, "\r\n"),
        absl::StrCat("Comity-Service: ", kPersonal, "\r\n"),
        absl::StrCat("Connect-Timeout-Ms: ", kPersonal, "\r\n"),
        absl::StrCat("Connect-Protocol-Version: ", kPersonal, "\r\n"),
        absl::StrCat("X-", kPersonal, ": ", kPersonal, "\r\n"),
        absl::StrCat("Cookie: ", kPersonal, "\r\nUser-Agent: ", kPersonal, "\r\n")}) {
    Post(path, Bearer(good) + headers, "{}");
    Post("/comity.journal.v1.JournalService/ReadJournal", Bearer(good) + headers, "{}");
  }
  for (const std::string& bad : {absl::StrCat("/", kPersonal), absl::StrCat(path, "?x=", kPersonal),
                                 absl::StrCat(path, "/", kPersonal),
                                 absl::StrCat("/comity.lead.v1.LeadService/", kPersonal)}) {
    EXPECT_GE(Post(bad, Bearer(good), "{}").code, 400) << bad;
  }
}

void ExpectNone(const std::string& where, const std::string& text, const std::string& word) {
  EXPECT_FALSE(text.empty()) << where;
  for (const std::string& line : LinesWith(text, word)) ADD_FAILURE() << where << ": " << line;
}

TEST(Canary, NoLogMetricOrJournalHoldsWhatDescribesAPerson) {
  const World& world = World::Get();
  std::set<std::string> stored_by;
  EXPECT_GT(SendWhatIsStored(world, &stored_by), 50);
  for (const char* method :
       {"OfferHandover", "BatchOfferHandovers", "ReturnHandover", "OpenDispute", "AnswerDispute",
        "ProposeAgreement", "DecideDispute", "AppealDispute"}) {
    EXPECT_TRUE(stored_by.contains(method)) << method;
  }
  World::Renew();
  World::RenewHandovers();
  World::RenewDisputes();
  EXPECT_GT(SendWhatIsRefused(world), 100);
  SendWhatIsNoRequest();
  // It was stored, so that it could have been journaled.
  EXPECT_FALSE(LinesWith(Tables("lead", "leads"), kPersonal).empty());
  EXPECT_FALSE(LinesWith(Tables("account", "contacts"), kPersonal).empty());
  EXPECT_FALSE(LinesWith(Tables("support", "cases"), kPersonal).empty());
  EXPECT_FALSE(LinesWith(Tables("gateway", "persons"), kPersonal).empty());
  EXPECT_FALSE(LinesWith(Tables("gateway", "handovers"), kPersonal).empty());
  EXPECT_FALSE(LinesWith(Tables("gateway", "disputes"), kPersonal).empty());
  for (const std::string& service : ServiceNames()) {
    EXPECT_TRUE(Eventually([&] {
      return AdministerSql(absl::StrCat("SELECT COUNT(*) FROM comity_", service,
                                        ".journal_pending")) == "0\n";
    })) << service;
    ExpectNone(service + "'s journal", Tables(service, "journal\\_%"), kPersonal);
    // The gateway's copy of its own directory is the directory.
    if (service != "gateway") {
      ExpectNone(service + "'s copy", Tables(service, "directory\\_%"), kPersonal);
    }
  }
  // reporting has nothing of its own: all its tables come from the journals of others.
  ExpectNone("reporting", Tables("reporting", "%"), kPersonal);
  const std::string logs = Logs();
  const std::string metrics = Metrics();
  for (const char* word : {kPersonal, kOther}) {
    ExpectNone("a log", logs, word);
    ExpectNone("a metric", metrics, word);
    ExpectNone("a log, as hex", logs, absl::BytesToHexString(word));
  }
}

// A token is as good as the person: its signature and claims stand nowhere.
TEST(Canary, NoLogMetricOrTableHoldsAToken) {
  const World& world = World::Get();
  const std::string logs = Logs();
  const std::string metrics = Metrics();
  for (const Caller& caller : world.callers()) {
    if (caller.as.empty()) continue;
    const std::string token = TokenOf(caller.as);
    const std::string signature = token.substr(token.rfind('.') + 1);
    const std::string claims = token.substr(0, token.rfind('.')).substr(token.find('.') + 1);
    for (const std::string& part : {signature, claims}) {
      ASSERT_GT(part.size(), 20u);
      EXPECT_FALSE(absl::StrContains(logs, part.substr(0, 20))) << caller.as;
      EXPECT_FALSE(absl::StrContains(metrics, part.substr(0, 20))) << caller.as;
    }
  }
  for (const std::string& service : ServiceNames()) {
    const std::string tables = Tables(service, "%");
    const std::string token = TokenOf("sam@sales");
    EXPECT_FALSE(absl::StrContains(tables, token.substr(token.rfind('.') + 1, 20))) << service;
  }
}

}  // namespace
}  // namespace comity::security
