// Disputes on a real database, with credit statements beside them; what the services keep is in
// memory.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_FIXTURE_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_FIXTURE_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "gmock/gmock.h"
#include "services/gateway/credit/credit_statements_fixture.h"
#include "services/gateway/dispute/dispute_service.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/gateway/dispute/dispute_turn.h"
#include "services/gateway/handover/handover_store.h"

namespace comity::gateway {

inline constexpr char kDisputeSecret[] = "Ms Weber at weber@example.org";
inline constexpr char kQualityQuestion[] = "questions/lead-quality";

// The services that keep what is disputed: they answer whoever calls, unless they are away.
class TestKeepers final : public CallForwarder, public StepCaller {
 public:
  using MessagePtr = std::unique_ptr<google::protobuf::Message>;

  std::map<std::string, judgement::v1::GetStandingResponse> standings;  // by record
  std::map<std::string, fact::v1::Fact> facts;
  std::map<std::string, lead::v1::Opportunity> opportunities;
  int64_t journal_size = 10;
  absl::Status away;

  absl::StatusOr<MessagePtr> Forward(const comity::Call&, const StepCall& step) override {
    if (!away.ok()) return away;
    if (absl::EndsWith(step.method, "/GetStanding")) {
      return Found(standings,
                   static_cast<const judgement::v1::GetStandingRequest&>(*step.request).subject());
    }
    if (absl::EndsWith(step.method, "/GetFact")) {
      return Found(facts, static_cast<const fact::v1::GetFactRequest&>(*step.request).name());
    }
    return Found(opportunities,
                 static_cast<const lead::v1::GetOpportunityRequest&>(*step.request).name());
  }
  absl::StatusOr<MessagePtr> Call(const StepCall&, const type::v1::Actor&) override {
    auto reply = std::make_unique<journal::v1::ReadJournalResponse>();
    reply->set_size(journal_size);
    return reply;
  }

  // The department holds so now, and sales' answer is the settled one.
  std::string Judge(const std::string& subject, const std::string& department,
                    const std::string& answer) {
    auto& response = standings[subject];
    if (response.standings().empty()) response.add_standings()->set_question(kQualityQuestion);
    auto& standing = *response.mutable_standings(0);
    judgement::v1::Judgement* own = nullptr;
    for (auto& judgement : *standing.mutable_judgements()) {
      if (judgement.department() == department) own = &judgement;
    }
    if (own == nullptr) own = standing.add_judgements();
    own->set_name(
        absl::StrCat(subject, "/", resource::MakeName("judgements", resource::NewId(absl::Now()))));
    own->set_department(department);
    own->set_question(kQualityQuestion);
    own->set_answer(answer);
    if (department == "departments/sales") {
      standing.mutable_settled()->set_answer(answer);
      standing.mutable_settled()->set_department(department);
    }
    return own->name();
  }

 private:
  template <typename Message>
  static absl::StatusOr<MessagePtr> Found(const std::map<std::string, Message>& all,
                                          const std::string& name) {
    const auto found = all.find(name);
    if (found == all.end()) return NotFound(name);
    return std::make_unique<Message>(found->second);
  }
};

class DisputeServiceTest : public CreditStatementsTest {
 protected:
  static std::string NewName(const std::string& collection) {
    return resource::MakeName(collection, resource::NewId(absl::Now()));
  }

  // Each as whoever says so, now or at another time.
  template <typename Request>
  absl::StatusOr<v1::Dispute> Do(
      absl::StatusOr<v1::Dispute> (DisputeService::*method)(Call&, const Request&), Request request,
      const std::string& as) {
    Call call = runtime_.MakeCall(as, "test/Dispute");
    if (now_ != absl::InfinitePast()) call.now = now_;
    request.set_request_id(testlib::NewRequestId());
    return (disputes_.*method)(call, request);
  }
  v1::OpenDisputeRequest OpenRequest(const std::string& about, const std::string& question = "") {
    v1::OpenDisputeRequest request;
    request.set_about(about);
    request.set_question(question);
    request.set_reason("criteria-not-met");
    request.set_note(kDisputeSecret);
    auto* evidence = request.add_evidence();
    evidence->set_service("lead");
    evidence->set_position(9);
    evidence->set_words(kDisputeSecret);
    return request;
  }
  absl::StatusOr<v1::Dispute> Open(const std::string& about, const std::string& as,
                                   const std::string& question = "") {
    return Do(&DisputeService::OpenDispute, OpenRequest(about, question), as);
  }
  v1::Dispute Opened(const std::string& about, const std::string& as,
                     const std::string& question = "") {
    const auto dispute = Open(about, as, question);
    EXPECT_TRUE(dispute.ok()) << dispute.status();
    return dispute.value_or(v1::Dispute());
  }
  absl::StatusOr<v1::Dispute> AnswerIt(const std::string& name, const std::string& as) {
    v1::AnswerDisputeRequest request;
    request.set_name(name);
    request.set_note(kDisputeSecret);
    return Do(&DisputeService::AnswerDispute, request, as);
  }
  static v1::DisputeOutcome Outcome(v1::DisputeVerdict verdict) {
    v1::DisputeOutcome outcome;
    outcome.set_verdict(verdict);
    outcome.set_reason("as-agreed");
    outcome.set_note(kDisputeSecret);
    return outcome;
  }
  static v1::DisputeOutcome Halves() {
    v1::DisputeOutcome outcome = Outcome(v1::DISPUTE_VERDICT_UPHELD);
    for (const char* department : {kOwnSales, kOwnMarketing}) {
      outcome.add_split()->set_department(department);
      outcome.mutable_split(outcome.split_size() - 1)->set_basis_points(5000);
    }
    return outcome;
  }
  absl::StatusOr<v1::Dispute> DecideIt(const std::string& name, const std::string& as,
                                       const v1::DisputeOutcome& outcome) {
    v1::DecideDisputeRequest request;
    request.set_name(name);
    *request.mutable_outcome() = outcome;
    return Do(&DisputeService::DecideDispute, request, as);
  }
  template <typename Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  v1::Dispute GetIt(const std::string& name, const std::string& as = "ana@sales") {
    Call call = runtime_.MakeCall(as, "test/GetDispute");
    const auto dispute = disputes_.GetDispute(call, Named<v1::GetDisputeRequest>(name));
    EXPECT_TRUE(dispute.ok()) << dispute.status();
    return dispute.value_or(v1::Dispute());
  }
  absl::StatusOr<v1::ListDisputesResponse> ListThem(const std::string& filter, int size = 0,
                                                    const std::string& token = "") {
    Call call = runtime_.MakeCall("ana@sales", "test/ListDisputes");
    v1::ListDisputesRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    request.set_page_token(token);
    return disputes_.ListDisputes(call, request);
  }
  std::vector<std::string> NamesIn(const std::string& filter) {
    std::vector<std::string> names;
    const auto list = ListThem(filter);
    EXPECT_TRUE(list.ok()) << list.status();
    for (const auto& dispute : list->disputes()) names.push_back(dispute.name());
    return names;
  }
  // Its journal: the types, none of which tells money or a secret.
  std::vector<std::string> JournalOf(const std::string& name) {
    std::vector<std::string> types;
    Call call = runtime_.MakeCall("ana@sales", "test/History");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto history,
                                          journal::ReadHistory(reader, name, 0, 100));
                  for (const auto& stored : history) {
                    journal::v1::Entry entry;
                    v1::Dispute told;
                    EXPECT_THAT(stored.body, testing::Not(testing::HasSubstr(kDisputeSecret)));
                    EXPECT_TRUE(entry.ParseFromString(stored.body));
                    EXPECT_TRUE(entry.payload().UnpackTo(&told));
                    EXPECT_FALSE(told.has_amount());
                    types.push_back(entry.type());
                  }
                  return absl::OkStatus();
                }).ok());
    return types;
  }
  // A lead that sales holds disqualified: the judgement's name.
  std::string JudgedLead() {
    const std::string lead = NewName("leads");
    keepers_.Judge(lead, "departments/marketing", "qualified");
    return keepers_.Judge(lead, "departments/sales", "disqualified");
  }

  TestKeepers keepers_;
  DisputeService disputes_{nullptr, &keepers_, &keepers_};
  DisputeClocks clocks_{runtime_.runtime()};
  absl::Time now_ = absl::InfinitePast();  // past: the real one
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_FIXTURE_H_
