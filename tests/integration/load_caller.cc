#include "tests/integration/load_caller.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "services/client/api/retry.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

constexpr size_t kShared = 3;                                   // of each kind
constexpr absl::Duration kAttemptPatience = absl::Seconds(10);  // of one attempt
constexpr absl::Duration kGivesUp = absl::Seconds(150);         // then the outcome stays unknown
constexpr absl::Duration kLeastPause = absl::Milliseconds(20);
constexpr int kLostOf = 16;  // one call in so many loses its first answer
constexpr int kLostMicros = 20'000;

struct Edit {
  const char* collection;
  const char* field;
  const char* as[2];
};
constexpr Edit kEdits[] = {{"leads", "job_title", {"ana@sales", "mia@marketing"}},
                           {"leads", "country", {"mia@marketing", "ana@sales"}},
                           {"opportunities", "display_name", {"ana@sales", "sam@sales"}},
                           {"accounts", "city", {"ana@sales", "sue@support"}},
                           {"cases", "channel", {"sue@support", "sue@support"}},
                           {"persons", "office", {"sam@sales", "sam@sales"}}};

struct Question {
  const char* collection;
  const char* question;
  const char* answers[2];
  const char* as[3];
};
constexpr Question kQuestions[] = {
    {"leads",
     "lead-quality",
     {"qualified", "disqualified"},
     {"ana@sales", "mia@marketing", "sam@sales"}},
    {"opportunities",
     "opportunity-outcome",
     {"lost", "lost"},
     {"ana@sales", "mia@marketing", "max@management"}},
    {"opportunities",
     "opportunity-stage",
     {"proposal", "negotiation"},
     {"ana@sales", "max@management", "sam@sales"}},
    {"accounts",
     "account-health",
     {"healthy", "critical"},
     {"ana@sales", "sue@support", "max@management"}},
    {"cases", "case-severity", {"minor", "critical"}, {"sue@support", "ana@sales", "ida@it"}}};

struct FactKind {
  const char* collection;
  const char* kind;
  const char* as;
  const char* shared_as;  // kind of shared name
};
constexpr FactKind kFacts[] = {{"opportunities", "SIGNED", "ana@sales", "signatures"},
                               {"opportunities", "AMOUNT_CHANGED", "ana@sales", "amounts"},
                               {"opportunities", "AMOUNT_CHANGED", "sam@sales", "amounts"},
                               {"opportunities", "ENGAGED", "sam@sales", "others"},
                               {"leads", "NOTE", "mia@marketing", "others"},
                               {"accounts", "CALL", "sue@support", "others"},
                               {"cases", "WAITING_FOR_CUSTOMER", "sue@support", "others"},
                               {"cases", "RESOLVED", "sue@support", "others"},
                               {"cases", "CLOSED", "sue@support", "others"},
                               {"cases", "REOPENED", "sue@support", "others"},
                               {"cases", "NOTE", "ana@sales", "others"}};

// A caller that was told to come back later does so then.
void PauseAfter(const absl::Status& status) {
  absl::SleepFor(std::max(client::RetryDelay(status), kLeastPause));
}

}  // namespace

void SharedNames::Add(const std::string& kind, Item item) {
  absl::MutexLock lock(&mutex_);
  std::deque<Item>& items = items_[kind];
  items.push_back(std::move(item));
  if (items.size() > kShared) items.pop_front();
}

SharedNames::Item SharedNames::Pick(const std::string& kind, uint64_t number) const {
  absl::MutexLock lock(&mutex_);
  const auto found = items_.find(kind);
  return found == items_.end() ? Item() : found->second[number % found->second.size()];
}

void LoadCaller::Begin() {
  CreateLead();
  CreateAccount();
  CreateOpportunity();
  CreateCase();
  CreatePerson();
}

void LoadCaller::ActOnce() {
  using Way = void (LoadCaller::*)();
  static constexpr Way kWays[] = {&LoadCaller::CreateLead,    &LoadCaller::CreateOpportunity,
                                  &LoadCaller::CreateAccount, &LoadCaller::CreateCase,
                                  &LoadCaller::CreatePerson,  &LoadCaller::EditUnderEtag,
                                  &LoadCaller::EditUnderEtag, &LoadCaller::EditUnderEtag,
                                  &LoadCaller::EditUnderEtag, &LoadCaller::Judge,
                                  &LoadCaller::Judge,         &LoadCaller::Judge,
                                  &LoadCaller::Withdraw,      &LoadCaller::RecordFact,
                                  &LoadCaller::RecordFact,    &LoadCaller::RecordFact,
                                  &LoadCaller::RecordFact,    &LoadCaller::CorrectAmount,
                                  &LoadCaller::VoidFact,      &LoadCaller::ReadReport};
  (this->*kWays[Any(std::size(kWays))])();
}

absl::StatusOr<MessagePtr> LoadCaller::Send(const std::string& as, const std::string& method,
                                            const std::string& json) {
  return Send(as, method, MessagePtr(MakeRequest(method, json)));
}

absl::StatusOr<MessagePtr> LoadCaller::Send(const std::string& as, const std::string& method,
                                            MessagePtr request) {
  Act act{.as = as, .method = method, .request = std::move(request), .begun = absl::Now()};
  act.request_id = TextAt(*act.request, "request_id");
  const bool loses = Any(kLostOf) == 0;
  absl::StatusOr<MessagePtr> reply;
  for (bool known = false; !known;) {
    ++act.attempts;
    const bool is_lost = loses && act.attempts == 1;
    CallOptions options{.timeout =
                            is_lost ? absl::Microseconds(Any(kLostMicros)) : kAttemptPatience};
    reply = Ask(as, method, *act.request, options);
    act.answered = absl::Now();
    known = reply.ok() || !client::WorthAnotherTry(reply.status()) ||
            act.answered - act.begun > kGivesUp;
    if (!known && !is_lost) PauseAfter(reply.status());
  }
  if (reply.ok()) act.reply = *reply;
  act.refusal = reply.status();
  diary_->Add(std::move(act));
  return reply;
}

void LoadCaller::Create(const std::string& as, const std::string& method, const std::string& json,
                        const std::string& kind) {
  const auto created = Send(as, method, json);
  if (created.ok()) shared_->Add(kind, {TextAt(**created, "name"), as});
}

MessagePtr LoadCaller::Read(const std::string& as, const std::string& name) {
  const absl::Time end = absl::Now() + kGivesUp;
  while (absl::Now() < end) {
    const absl::StatusOr<MessagePtr> record = GetRecord(as, name);
    if (record.ok()) return *record;
    if (!client::WorthAnotherTry(record.status())) break;
    PauseAfter(record.status());
  }
  ADD_FAILURE() << "cannot read " << name;
  return nullptr;
}

std::string LoadCaller::Word(const std::string& prefix) {
  return absl::StrFormat("%s-%08x", prefix, Any(1ull << 32));
}

std::string LoadCaller::Money() {
  return absl::StrCat(R"({"currencyCode": "EUR", "units": ")", 1 + Any(100'000), R"("})");
}

void LoadCaller::CreateLead() {
  Create(Any(2) == 0 ? "ana@sales" : "mia@marketing", "LeadService/CreateLead",
         absl::StrCat(R"({"lead": {"familyName": ")", Word("lead"), R"("}})"), "leads");
}

void LoadCaller::CreateOpportunity() {
  Create(Any(2) == 0 ? "ana@sales" : "sam@sales", "OpportunityService/CreateOpportunity",
         absl::StrCat(R"({"opportunity": {"displayName": ")", Word("opportunity"),
                      R"(", "account": ")", Pick("accounts").name, R"(", "owner": "persons/)",
                      Any(2) == 0 ? "ana" : "sam", R"(", "amount": )", Money(), "}}"),
         "opportunities");
}

void LoadCaller::CreateAccount() {
  Create(Any(2) == 0 ? "ana@sales" : "sue@support", "AccountService/CreateAccount",
         absl::StrCat(R"({"account": {"kind": "ACCOUNT_KIND_ORGANIZATION", "displayName": ")",
                      Word("account"), R"("}})"),
         "accounts");
}

void LoadCaller::CreateCase() {
  Create("sue@support", "CaseService/CreateCase",
         absl::StrCat(R"({"case": {"title": ")", Word("case"), R"(", "account": ")",
                      Pick("accounts").name, R"("}})"),
         "cases");
}

void LoadCaller::CreatePerson() {
  Create("sam@sales", "DirectoryService/CreatePerson",
         absl::StrCat(R"({"person": {"displayName": "Load"}, "personId": "p-)", NewRequestId(),
                      R"("})"),
         "persons");
}

void LoadCaller::EditUnderEtag() {
  const Edit& edit = kEdits[Any(std::size(kEdits))];
  const std::string as = edit.as[Any(2)];
  const std::string name = Pick(edit.collection).name;
  const std::string value = Word(edit.field);
  absl::Status outcome;
  do {  // where another writer came first, what he wrote is read, and the edit asked for anew
    const MessagePtr record = Read(as, name);
    if (record == nullptr) return;
    outcome = Send(as, MethodOf(name, "Update"), MessagePtr(MakeUpdate(*record, edit.field, value)))
                  .status();
  } while (Reason(outcome) == "ETAG_MISMATCH");
}

void LoadCaller::Judge() {
  const Question& question = kQuestions[Any(std::size(kQuestions))];
  const std::string as = question.as[Any(3)];
  Create(as, "JudgementService/Judge",
         absl::StrCat(R"({"judgement": {"subject": ")", Pick(question.collection).name,
                      R"(", "question": "questions/)", question.question, R"(", "answer": ")",
                      question.answers[Any(2)], R"(", "note": ")", Word("note"), R"("}})"),
         "judgements");
}

void LoadCaller::Withdraw() {
  const SharedNames::Item judgement = Pick("judgements");
  if (judgement.name.empty()) return;
  Send(judgement.as, "JudgementService/Withdraw",
       absl::StrCat(R"({"name": ")", judgement.name, R"(", "reason": "too-early"})"))
      .IgnoreError();
}

void LoadCaller::RecordFact() {
  const FactKind& fact = kFacts[Any(std::size(kFacts))];
  const bool has_amount = absl::string_view(fact.kind) == "AMOUNT_CHANGED";
  Create(fact.as, "FactService/RecordFact",
         absl::StrCat(R"({"parent": ")", Pick(fact.collection).name,
                      R"(", "fact": {"kind": "FACT_KIND_)", fact.kind, R"(", "summary": ")",
                      Word("summary"), R"(")", has_amount ? R"(, "amount": )" + Money() : "", "}}"),
         fact.shared_as);
}

void LoadCaller::CorrectAmount() {
  const SharedNames::Item earlier = Pick("amounts");
  if (earlier.name.empty()) return;
  Create("ana@sales", "FactService/RecordFact",
         absl::StrCat(R"({"parent": ")", earlier.name.substr(0, earlier.name.find("/facts/")),
                      R"(", "fact": {"kind": "FACT_KIND_AMOUNT_CHANGED", "reason": "typo", )",
                      R"("amount": )", Money(), R"(, "corrects": ")", earlier.name, R"("}})"),
         "amounts");
}

void LoadCaller::VoidFact() {
  const SharedNames::Item fact = Pick(Any(2) == 0 ? "signatures" : "amounts");
  if (fact.name.empty()) return;
  Send("ana@sales", "FactService/VoidFact",
       absl::StrCat(R"({"name": ")", fact.name, R"(", "reason": "revoked"})"))
      .IgnoreError();  // the diary holds it
}

void LoadCaller::ReadReport() {
  const auto report = Ask("max@management", "ReportService/GetWinRate", "{}");
  if (report.ok()) diary_->CountRead("reporting");
  if (!report.ok()) PauseAfter(report.status());
}

}  // namespace comity::integration
