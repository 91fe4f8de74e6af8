#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/convert_lead_service.grpc.pb.h"
#include "comity/gateway/v1/handover_service.grpc.pb.h"
#include "comity/gateway/v1/workflow_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "tests/bench/cases.h"

namespace comity::bench {
namespace {

using google::longrunning::Operation;

constexpr int kAhead = 100;  // records that a caller makes at a time, for calls to come
constexpr char kSales[] = "ana@sales";
constexpr char kMarketing[] = "mia@marketing";
constexpr char kAgreement[] = "agreements/qualified-lead";  // from marketing to sales

// What one caller calls with.
class Client {
 public:
  explicit Client(const Suite& suite)
      : suite_(suite),
        leads_(lead::v1::LeadService::NewStub(suite.NewChannel("lead"))),
        opportunities_(lead::v1::OpportunityService::NewStub(suite.NewChannel("lead"))),
        facts_(fact::v1::FactService::NewStub(suite.NewChannel("lead"))),
        accounts_(account::v1::AccountService::NewStub(suite.NewChannel("account"))),
        charter_(gateway::v1::CharterService::NewStub(suite.NewChannel("gateway"))),
        conversions_(gateway::v1::LeadConversionService::NewStub(suite.NewChannel("gateway"))),
        handovers_(gateway::v1::HandoverService::NewStub(suite.NewChannel("gateway"))),
        workflows_(gateway::v1::WorkflowService::NewStub(suite.NewChannel("gateway"))) {}

  absl::Status ConvertOne() {
    if (stock_.empty()) COMITY_RETURN_IF_ERROR(MakeLeads());  // seldom: it is in the measured time
    gateway::v1::ConvertLeadRequest request;
    request.set_request_id(NewRequestId());
    request.set_lead(Next());
    COMITY_ASSIGN_OR_RETURN(
        const Operation begun,
        Call(conversions_.get(), &gateway::v1::LeadConversionService::Stub::ConvertLead, request));
    return AwaitSuccess(begun.name());
  }

  absl::Status OnboardOne() {
    if (stock_.empty()) COMITY_RETURN_IF_ERROR(MakeOpportunities());
    return SignAndAwait("onboard-customer");
  }

  absl::Status DrawOne() {
    if (stock_.empty()) COMITY_RETURN_IF_ERROR(MakeTouched());
    return SignAndAwait("draw-credit");
  }

  absl::Status HandOverOne() {
    if (stock_.empty()) COMITY_RETURN_IF_ERROR(MakeOffers());
    gateway::v1::OfferHandoverRequest offer = offer_;
    offer.set_request_id(NewRequestId());
    offer.set_subject(Next());
    COMITY_ASSIGN_OR_RETURN(
        const gateway::v1::Handover offered,
        Call(handovers_.get(), &gateway::v1::HandoverService::Stub::OfferHandover, offer,
             kMarketing));
    gateway::v1::AcceptHandoverRequest request;
    request.set_request_id(NewRequestId());
    request.set_name(offered.name());
    COMITY_ASSIGN_OR_RETURN(
        const Operation begun,
        Call(handovers_.get(), &gateway::v1::HandoverService::Stub::AcceptHandover, request));
    return AwaitSuccess(begun.name());
  }

  absl::Status MakeLeads() { return MakeLeadsAs(kSales); }

  // Leads of marketing, and what an offer of one says.
  absl::Status MakeOffers() {
    COMITY_ASSIGN_OR_RETURN(
        const type::v1::Charter charter,
        Call(charter_.get(), &gateway::v1::CharterService::Stub::GetCharter, {}));
    offer_.set_agreement(kAgreement);
    offer_.clear_checklist();
    for (const auto& agreement : charter.handovers()) {
      if (agreement.name() != kAgreement) continue;
      for (const std::string& item : agreement.checklist()) {
        gateway::v1::ChecklistAnswer& answer = *offer_.add_checklist();
        answer.set_item(item);
        answer.set_answer("As we said on the phone.");
      }
    }
    return MakeLeadsAs(kMarketing);
  }

  // Opportunities of sales, each from a lead that marketing was in touch with.
  absl::Status MakeTouched() {
    COMITY_RETURN_IF_ERROR(MakeLeadsAs(kMarketing));
    fact::v1::BatchRecordFactsRequest touches;
    lead::v1::BatchCreateOpportunitiesRequest batch;
    while (!stock_.empty()) {
      const std::string lead = Next();
      fact::v1::RecordFactRequest& touch = *touches.add_requests();
      touch.set_request_id(NewRequestId());
      touch.set_parent(lead);
      touch.mutable_fact()->set_kind(fact::v1::FACT_KIND_TOUCH);
      touch.mutable_fact()->set_channel("email");
      AddOpportunity(&batch)->set_lead(lead);
    }
    COMITY_RETURN_IF_ERROR(
        Call(facts_.get(), &fact::v1::FactService::Stub::BatchRecordFacts, touches, kMarketing)
            .status());
    return Create(batch);
  }

  // Each of an account of its own.
  absl::Status MakeOpportunities() {
    account::v1::BatchCreateAccountsRequest accounts;
    for (int i = 0; i < kAhead; ++i) {
      account::v1::CreateAccountRequest& request = *accounts.add_requests();
      request.set_request_id(NewRequestId());
      request.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
      request.mutable_account()->set_display_name("Analytical Engines Ltd");
    }
    COMITY_ASSIGN_OR_RETURN(
        const auto owners,
        Call(accounts_.get(), &account::v1::AccountService::Stub::BatchCreateAccounts, accounts));
    lead::v1::BatchCreateOpportunitiesRequest batch;
    for (const auto& owner : owners.results()) {
      AddOpportunity(&batch)->set_account(owner.account().name());
    }
    return Create(batch);
  }

 private:
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub* stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request, const char* as = kSales) const {
    grpc::ClientContext context;
    suite_.Prepare(&context, as);
    Response response;
    COMITY_RETURN_IF_ERROR(channel::FromGrpcStatus((stub->*method)(&context, request, &response)));
    return response;
  }

  std::string Next() {
    const std::string name = stock_.front();
    stock_.pop_front();
    return name;
  }

  absl::Status MakeLeadsAs(const char* as) {
    lead::v1::BatchCreateLeadsRequest batch;
    for (int i = 0; i < kAhead; ++i) {
      lead::v1::CreateLeadRequest& request = *batch.add_requests();
      request.set_request_id(NewRequestId());
      request.mutable_lead()->set_given_name("Ada");
      request.mutable_lead()->set_family_name("Lovelace");
      request.mutable_lead()->set_domain(absl::StrCat(NewRequestId(), ".example"));
    }
    COMITY_ASSIGN_OR_RETURN(
        const auto made,
        Call(leads_.get(), &lead::v1::LeadService::Stub::BatchCreateLeads, batch, as));
    for (const auto& result : made.results()) stock_.push_back(result.lead().name());
    return absl::OkStatus();
  }

  static lead::v1::Opportunity* AddOpportunity(lead::v1::BatchCreateOpportunitiesRequest* batch) {
    lead::v1::CreateOpportunityRequest& request = *batch->add_requests();
    request.set_request_id(NewRequestId());
    request.mutable_opportunity()->mutable_amount()->set_currency_code("EUR");
    request.mutable_opportunity()->mutable_amount()->set_units(1200);
    return request.mutable_opportunity();
  }

  absl::Status Create(const lead::v1::BatchCreateOpportunitiesRequest& batch) {
    COMITY_ASSIGN_OR_RETURN(
        const auto made,
        Call(opportunities_.get(), &lead::v1::OpportunityService::Stub::BatchCreateOpportunities,
             batch));
    for (const auto& result : made.results()) stock_.push_back(result.opportunity().name());
    return absl::OkStatus();
  }

  // To the end of the workflow of that kind that the signature starts.
  absl::Status SignAndAwait(const char* kind) {
    fact::v1::RecordFactRequest request;
    request.set_request_id(NewRequestId());
    request.set_parent(Next());
    request.mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
    COMITY_RETURN_IF_ERROR(
        Call(facts_.get(), &fact::v1::FactService::Stub::RecordFact, request).status());
    COMITY_ASSIGN_OR_RETURN(const std::string workflow, Started(request.parent(), kind));
    return AwaitSuccess(workflow);
  }

  absl::StatusOr<std::string> Started(const std::string& opportunity, const char* kind) const {
    gateway::v1::ListWorkflowsRequest request;
    request.set_filter(absl::StrCat("subject = \"", opportunity, "\" AND kind = ", kind));
    while (true) {
      COMITY_ASSIGN_OR_RETURN(
          const auto page,
          Call(workflows_.get(), &gateway::v1::WorkflowService::Stub::ListWorkflows, request));
      if (page.workflows_size() > 0) return page.workflows(0).name();
      absl::SleepFor(absl::Milliseconds(2));
    }
  }

  absl::Status AwaitSuccess(const std::string& workflow) const {
    google::longrunning::WaitOperationRequest request;
    request.set_name(workflow);
    request.mutable_timeout()->set_seconds(20);
    COMITY_ASSIGN_OR_RETURN(
        const Operation ended,
        Call(workflows_.get(), &gateway::v1::WorkflowService::Stub::WaitOperation, request));
    if (ended.has_error()) return FromRpcStatus(ended.error());
    return ended.done() ? absl::OkStatus() : DeadlineExceeded();
  }

  const Suite& suite_;
  const std::unique_ptr<lead::v1::LeadService::Stub> leads_;
  const std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities_;
  const std::unique_ptr<fact::v1::FactService::Stub> facts_;
  const std::unique_ptr<account::v1::AccountService::Stub> accounts_;
  const std::unique_ptr<gateway::v1::CharterService::Stub> charter_;
  const std::unique_ptr<gateway::v1::LeadConversionService::Stub> conversions_;
  const std::unique_ptr<gateway::v1::HandoverService::Stub> handovers_;
  const std::unique_ptr<gateway::v1::WorkflowService::Stub> workflows_;
  gateway::v1::OfferHandoverRequest offer_;  // of no record yet
  std::deque<std::string> stock_;            // what the next calls work on
};

// `stock` makes what the first calls work on; where it fails, so does the first call.
MakeCaller WorkflowCaller(const Suite& suite, absl::Status (Client::*stock)(),
                          absl::Status (Client::*one)()) {
  return [&suite, stock, one](int) -> Caller {
    auto client = std::make_shared<Client>(suite);
    absl::Status stocked = (client.get()->*stock)();
    return [client, one, stocked = std::move(stocked)]() mutable {
      COMITY_RETURN_IF_ERROR(std::exchange(stocked, absl::OkStatus()));
      return (client.get()->*one)();
    };
  };
}

}  // namespace

MakeCaller ConvertLead(const Suite& suite) {
  return WorkflowCaller(suite, &Client::MakeLeads, &Client::ConvertOne);
}

MakeCaller OnboardCustomer(const Suite& suite) {
  return WorkflowCaller(suite, &Client::MakeOpportunities, &Client::OnboardOne);
}

MakeCaller OfferAndAccept(const Suite& suite) {
  return WorkflowCaller(suite, &Client::MakeOffers, &Client::HandOverOne);
}

MakeCaller DrawCredit(const Suite& suite) {
  return WorkflowCaller(suite, &Client::MakeTouched, &Client::DrawOne);
}

}  // namespace comity::bench
