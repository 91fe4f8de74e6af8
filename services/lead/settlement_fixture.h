// Leads, judged by three departments under a charter and at times that a test sets, on a real
// database.
#ifndef COMITY_LEAD_SETTLEMENT_FIXTURE_H_
#define COMITY_LEAD_SETTLEMENT_FIXTURE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/judgement/settlement_store.h"
#include "services/runtime/judgement/settlement_timers.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::lead {

inline constexpr char kQuality[] = "questions/lead-quality";

// Sales, marketing and membership have a voice in it.
class SettlementFixture : public ::testing::Test {
 protected:
  using Change = std::function<void(type::v1::Question*)>;

  static void SettleBy(type::v1::SettlementRule rule, double silence_hours,
                       type::v1::Question* question) {
    question->clear_decider();
    question->clear_settlement();
    auto* settlement = question->mutable_settlement();
    settlement->set_rule(rule);
    if (rule == type::v1::SETTLEMENT_RULE_DECIDER) question->set_decider("departments/sales");
    if (rule == type::v1::SETTLEMENT_RULE_PRECEDENCE) {
      settlement->add_precedence("departments/membership");
      settlement->add_precedence("departments/sales");
    }
    settlement->set_silence_hours(silence_hours);
    if (silence_hours > 0) settlement->set_calendar("calendars/always");
  }
  // The next revision of the charter, in force from now on.
  void Enact(const Change& change) {
    charter::Book& book = *runtime_.runtime()->charters;
    type::v1::Charter document = book.last().charter.document();
    document.set_revision(document.revision() + 1);
    for (auto& question : *document.mutable_questions()) {
      if (question.name() == kQuality) change(&question);
    }
    const auto charter = charter::Charter::Make(document);
    ASSERT_TRUE(charter.ok()) << charter.status();
    book.Put({*charter, "", now_});
  }
  void EnactRule(type::v1::SettlementRule rule, double silence_hours) {
    Enact([&](type::v1::Question* question) { SettleBy(rule, silence_hours, question); });
  }
  // Later by that many hours.
  void Pass(double hours) { now_ += absl::Hours(hours); }

  Call MakeCall(const std::string& as) {
    Call call = runtime_.MakeCall(as);
    call.now = now_;
    return call;
  }
  std::string Create() {
    v1::CreateLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_lead()->set_organization("Analytical Engines");
    Call call = MakeCall("ana@sales");
    const auto made = leads_.CreateLead(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  static judgement::v1::Judgement Judgement(const std::string& answer) {
    judgement::v1::Judgement judgement;
    judgement.set_question(kQuality);
    judgement.set_answer(answer);
    return judgement;
  }
  // The name of the judgement.
  std::string Judge(const std::string& as, const std::string& name, const std::string& answer) {
    judgement::v1::JudgeRequest request;
    *request.mutable_judgement() = Judgement(answer);
    request.mutable_judgement()->set_subject(name);
    request.set_request_id(testlib::NewRequestId());
    Call call = MakeCall(as);
    const auto judged = judgements_.Judge(call, request);
    EXPECT_TRUE(judged.ok()) << judged.status();
    return judged.ok() ? judged->name() : "";
  }
  absl::Status Withdraw(const std::string& as, const std::string& judgement) {
    judgement::v1::WithdrawRequest request;
    request.set_name(judgement);
    request.set_request_id(testlib::NewRequestId());
    Call call = MakeCall(as);
    return judgements_.Withdraw(call, request).status();
  }
  absl::StatusOr<fact::v1::Fact> ChangeOwner(const std::string& name) {
    fact::v1::RecordFactRequest request;
    request.set_parent(name);
    request.mutable_fact()->set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
    request.mutable_fact()->set_owner("persons/ana");
    request.set_request_id(testlib::NewRequestId());
    Call call = MakeCall("ana@sales");
    return facts_.RecordFact(call, request);
  }
  absl::Status Void(const std::string& fact) {
    fact::v1::VoidFactRequest request;
    request.set_name(fact);
    request.set_reason("entered by mistake");
    request.set_request_id(testlib::NewRequestId());
    Call call = MakeCall("ana@sales");
    return facts_.VoidFact(call, request).status();
  }

  // What a reader sees through `settled`.
  std::string ReadSettled(const std::string& name) {
    v1::GetLeadRequest request;
    request.set_name(name);
    request.set_lens("settled");
    Call call = MakeCall("ana@sales");
    const auto read = leads_.GetLead(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    const v1::Lead lead = read.value_or(v1::Lead());
    for (const auto& answer : lead.lens_answers()) {
      if (answer.question() == kQuality) return answer.answer();
    }
    return "?";
  }
  judgement::v1::Standing Standing(const std::string& name) {
    judgement::v1::GetStandingRequest request;
    request.set_subject(name);
    request.set_question(kQuality);
    Call call = MakeCall("ana@sales");
    const auto standing = judgements_.GetStanding(call, request);
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing.value_or(judgement::v1::GetStandingResponse()).standings(0);
  }
  template <typename T>
  T Read(const std::function<absl::StatusOr<T>(storage::Reader&)>& body) {
    Call call = MakeCall("ana@sales");
    T result = T();
    const absl::Status read = storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(result, body(reader));
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read;
    return result;
  }
  // The settlement of the question as it is stored; an empty one: there is none.
  type::v1::SettledAnswer Stored(const std::string& name) {
    for (const auto& settled : Read<std::vector<type::v1::SettledAnswer>>(
             [&](storage::Reader& reader) { return judgement::ReadSettlements(reader, name); })) {
      if (settled.question() == kQuality) return settled;
    }
    return {};
  }
  std::vector<journal::v1::Entry> History(const std::string& name) {
    std::vector<journal::v1::Entry> entries;
    for (const auto& stored : Read<std::vector<journal::StoredEntry>>(
             [&](storage::Reader& reader) { return journal::ReadHistory(reader, name, 0, 500); })) {
      EXPECT_TRUE(entries.emplace_back().ParseFromString(stored.body));
    }
    return entries;
  }
  void EndTerms() {
    judgement::SilenceTerms terms(runtime_.runtime(), Subjects());
    terms.RunDue(now_);
  }
  void SettleAnew() {
    judgement::SettlementPasses passes(runtime_.runtime(), Subjects());
    passes.RunDue(now_);
  }
  judgement::v1::ListAwaitedJudgementsResponse Awaited(const std::string& as,
                                                       const std::string& parent = "leads/-",
                                                       int page_size = 0,
                                                       const std::string& token = "") {
    judgement::v1::ListAwaitedJudgementsRequest request;
    request.set_parent(parent);
    request.set_page_size(page_size);
    request.set_page_token(token);
    Call call = MakeCall(as);
    const auto list = judgements_.ListAwaitedJudgements(call, request);
    EXPECT_TRUE(list.ok()) << list.status();
    return list.value_or(judgement::v1::ListAwaitedJudgementsResponse());
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  LeadService leads_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  judgement::JudgementService judgements_{nullptr, Subjects()};
  absl::Time now_ = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) - 90 * 86'400);
};

}  // namespace comity::lead

#endif  // COMITY_LEAD_SETTLEMENT_FIXTURE_H_
