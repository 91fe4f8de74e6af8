#include <random>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/customer_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "services/runtime/status/macros.h"
#include "tests/bench/cases.h"

namespace comity::bench {
namespace {

// A caller that makes one unary call. `make` fills a new request.
template <typename Service, typename Request, typename Response>
MakeCaller UnaryCaller(const Suite& suite, const std::string& service,
                       grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                       std::function<std::function<Request()>(int number)> make) {
  return [&suite, service, method, make](int number) -> Caller {
    std::shared_ptr<typename Service::Stub> stub = Service::NewStub(suite.NewChannel(service));
    return [&suite, stub, method, request = make(number)]() -> absl::Status {
      grpc::ClientContext context;
      suite.Prepare(&context);
      Response response;
      return channel::FromGrpcStatus((stub.get()->*method)(&context, request(), &response));
    };
  };
}

// The name of a proposal by which management decides about every opportunity's outcome.
absl::StatusOr<std::string> ProposeAnotherDecider(const Suite& suite,
                                                  gateway::v1::CharterService::Stub* stub) {
  grpc::ClientContext reading;
  suite.Prepare(&reading);
  gateway::v1::CreateProposalRequest request;
  COMITY_RETURN_IF_ERROR(
      channel::FromGrpcStatus(stub->GetCharter(&reading, {}, request.mutable_document())));
  for (auto& question : *request.mutable_document()->mutable_questions()) {
    if (question.name() != "questions/opportunity-outcome") continue;
    question.clear_settlement();
    question.set_decider("departments/management");
  }
  request.set_title("Management decides");
  request.set_request_id(NewRequestId());
  grpc::ClientContext proposing;
  suite.Prepare(&proposing, "sam@sales");
  gateway::v1::CharterProposal proposal;
  COMITY_RETURN_IF_ERROR(
      channel::FromGrpcStatus(stub->CreateProposal(&proposing, request, &proposal)));
  return proposal.name();
}

// Picks leads at random, repeatably for each caller.
std::function<const std::string&()> PickLead(const Data& data, int number) {
  auto random = std::make_shared<std::mt19937_64>(number);
  return [&data, random]() -> const std::string& {
    return data.leads[(*random)() % data.leads.size()];
  };
}

}  // namespace

MakeCaller EmptyCall(const Suite& suite) {
  using Service = reporting::v1::ReportService;
  using Request = reporting::v1::GetFreshnessRequest;
  return UnaryCaller<Service, Request, reporting::v1::Freshness>(
      suite, "reporting", &Service::Stub::GetFreshness,
      [](int) { return [] { return Request(); }; });
}

MakeCaller CreateLead(const Suite& suite) {
  using Service = lead::v1::LeadService;
  using Request = lead::v1::CreateLeadRequest;
  return UnaryCaller<Service, Request, lead::v1::Lead>(
      suite, "lead", &Service::Stub::CreateLead, [](int) {
        return [] {
          Request request;
          request.mutable_lead()->set_given_name("Ada");
          request.mutable_lead()->set_family_name("Lovelace");
          request.mutable_lead()->set_organization("Analytical Engines Ltd");
          request.mutable_lead()->set_email_address("ada@engines.example");
          request.mutable_lead()->set_source("web-form");
          request.set_request_id(NewRequestId());
          return request;
        };
      });
}

MakeCaller GetLead(const Suite& suite, const Data& data) {
  using Service = lead::v1::LeadService;
  using Request = lead::v1::GetLeadRequest;
  return UnaryCaller<Service, Request, lead::v1::Lead>(suite, "lead", &Service::Stub::GetLead,
                                                       [&data](int number) {
                                                         return [pick = PickLead(data, number)] {
                                                           Request request;
                                                           request.set_name(pick());
                                                           return request;
                                                         };
                                                       });
}

MakeCaller ListLeads(const Suite& suite, const std::string& page_token) {
  using Service = lead::v1::LeadService;
  using Request = lead::v1::ListLeadsRequest;
  return UnaryCaller<Service, Request, lead::v1::ListLeadsResponse>(
      suite, "lead", &Service::Stub::ListLeads, [page_token](int) {
        return [page_token] {
          Request request;
          request.set_page_size(50);
          request.set_lens("departments/sales");
          request.set_filter("source = \"web-form\"");
          request.set_page_token(page_token);
          return request;
        };
      });
}

MakeCaller Judge(const Suite& suite, const Data& data) {
  using Service = judgement::v1::JudgementService;
  using Request = judgement::v1::JudgeRequest;
  return UnaryCaller<Service, Request, judgement::v1::Judgement>(
      suite, "lead", &Service::Stub::Judge, [&data](int number) {
        return [pick = PickLead(data, number)] {
          Request request;
          request.mutable_judgement()->set_subject(pick());
          request.mutable_judgement()->set_question("questions/lead-quality");
          request.mutable_judgement()->set_answer("qualified");
          request.mutable_judgement()->set_reason("bench");
          request.set_request_id(NewRequestId());
          return request;
        };
      });
}

MakeCaller JudgeAndSettle(const Suite& suite, const Data& data) {
  using Service = judgement::v1::JudgementService;
  using Request = judgement::v1::JudgeRequest;
  return UnaryCaller<Service, Request, judgement::v1::Judgement>(
      suite, "lead", &Service::Stub::Judge, [&data](int number) {
        // Each caller has leads of its own: nobody else makes them what it will make them.
        auto at = std::make_shared<size_t>(static_cast<size_t>(number));
        auto turns = std::make_shared<std::vector<bool>>(data.leads.size());
        return [&data, at, turns] {
          constexpr size_t kMostCallers = 64;
          if (*at >= data.leads.size()) *at = *at % kMostCallers % data.leads.size();
          (*turns)[*at] = !(*turns)[*at];
          Request request;
          request.mutable_judgement()->set_subject(data.leads[*at]);
          request.mutable_judgement()->set_question("questions/lead-quality");
          request.mutable_judgement()->set_answer((*turns)[*at] ? "nurture" : "qualified");
          request.mutable_judgement()->set_reason("bench");
          request.set_request_id(NewRequestId());
          *at += kMostCallers;
          return request;
        };
      });
}

MakeCaller GetCustomer(const Suite& suite, const Data& data) {
  using Service = gateway::v1::CustomerService;
  using Request = gateway::v1::GetCustomerRequest;
  return UnaryCaller<Service, Request, gateway::v1::Customer>(
      suite, "gateway", &Service::Stub::GetCustomer, [&data](int) {
        return [&data] {
          Request request;
          request.set_name(data.account);
          return request;
        };
      });
}

MakeCaller PreviewProposal(const Suite& suite) {
  return [&suite](int) -> Caller {
    std::shared_ptr<gateway::v1::CharterService::Stub> stub =
        gateway::v1::CharterService::NewStub(suite.NewChannel("gateway"));
    const auto proposal = ProposeAnotherDecider(suite, stub.get());
    return [&suite, stub, proposal]() -> absl::Status {
      if (!proposal.ok()) return proposal.status();
      grpc::ClientContext context;
      suite.Prepare(&context);
      gateway::v1::PreviewProposalRequest request;
      request.set_name(*proposal);
      request.set_request_id(NewRequestId());
      gateway::v1::CharterProposal reply;
      return channel::FromGrpcStatus(stub->PreviewProposal(&context, request, &reply));
    };
  };
}

MakeCaller WinRate(const Suite& suite) {
  using Service = reporting::v1::ReportService;
  using Request = reporting::v1::GetWinRateRequest;
  return UnaryCaller<Service, Request, reporting::v1::WinRateReport>(
      suite, "reporting", &Service::Stub::GetWinRate, [](int) {
        return [] {
          Request request;
          request.mutable_query()->add_group_by(reporting::v1::DIMENSION_OWNER);
          return request;
        };
      });
}

}  // namespace comity::bench
