#include <atomic>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/fact/v1/fact_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/support/v1/case_service.grpc.pb.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "tests/bench/cases.h"

namespace comity::bench {
namespace {

constexpr int kBatch = 200;
constexpr int kThreads = 6;

template <typename Stub, typename Request, typename Response>
absl::Status Send(const Suite& suite, Stub& stub,
                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  const Request& request, Response* response, const std::string& as = "ana@sales") {
  grpc::ClientContext context;
  suite.Prepare(&context, as);
  COMITY_RETURN_IF_ERROR(channel::FromGrpcStatus((stub.*method)(&context, request, response)));
  for (const auto& result : response->results()) {
    COMITY_RETURN_IF_ERROR(FromRpcStatus(result.status().status()));
  }
  return absl::OkStatus();
}

void SetMoney(int64_t units, google::type::Money* money) {
  money->set_currency_code("EUR");
  money->set_units(units);
}

// One batch of leads; every fourth comes from a web form.
absl::StatusOr<std::vector<std::string>> FillLeads(const Suite& suite,
                                                   lead::v1::LeadService::Stub& stub, int first) {
  lead::v1::BatchCreateLeadsRequest request;
  for (int i = first; i < first + kBatch; ++i) {
    auto* item = request.add_requests();
    item->set_request_id(NewRequestId());
    item->mutable_lead()->set_family_name(absl::StrCat("Family ", i));
    item->mutable_lead()->set_organization(absl::StrCat("Organization ", i % 5000));
    item->mutable_lead()->set_source(i % 4 == 0 ? "trade-fair" : "web-form");
  }
  lead::v1::BatchCreateLeadsResponse response;
  COMITY_RETURN_IF_ERROR(
      Send(suite, stub, &lead::v1::LeadService::Stub::BatchCreateLeads, request, &response));
  std::vector<std::string> names;
  for (const auto& result : response.results()) names.push_back(result.lead().name());
  return names;
}

struct OpportunityStubs {
  std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities;
  std::unique_ptr<fact::v1::FactService::Stub> facts;
  std::unique_ptr<judgement::v1::JudgementService::Stub> judgements;
};

absl::StatusOr<std::vector<std::string>> CreateOpportunities(const Suite& suite,
                                                             OpportunityStubs& stubs,
                                                             const std::string& account,
                                                             int first) {
  lead::v1::BatchCreateOpportunitiesRequest request;
  for (int i = first; i < first + kBatch; ++i) {
    auto* item = request.add_requests();
    item->set_request_id(NewRequestId());
    item->mutable_opportunity()->set_display_name(absl::StrCat("Opportunity ", i));
    item->mutable_opportunity()->set_owner(i % 2 == 0 ? "persons/ana" : "persons/sam");
    if (i % 10'000 < 20) item->mutable_opportunity()->set_account(account);
    SetMoney(100 + i % 900, item->mutable_opportunity()->mutable_amount());
  }
  lead::v1::BatchCreateOpportunitiesResponse response;
  COMITY_RETURN_IF_ERROR(Send(suite, *stubs.opportunities,
                              &lead::v1::OpportunityService::Stub::BatchCreateOpportunities,
                              request, &response));
  std::vector<std::string> names;
  for (const auto& result : response.results()) names.push_back(result.opportunity().name());
  return names;
}

// Of every ten opportunities four are signed and three judged lost by sales.
absl::Status DecideOpportunities(const Suite& suite, OpportunityStubs& stubs,
                                 const std::vector<std::string>& names) {
  fact::v1::BatchRecordFactsRequest signatures;
  judgement::v1::BatchJudgeRequest losses;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i % 10 < 4) {
      auto* item = signatures.add_requests();
      item->set_parent(names[i]);
      item->mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
      item->set_request_id(NewRequestId());
    } else if (i % 10 < 7) {
      auto* item = losses.add_requests();
      item->mutable_judgement()->set_subject(names[i]);
      item->mutable_judgement()->set_question("questions/opportunity-outcome");
      item->mutable_judgement()->set_answer("lost");
      item->set_request_id(NewRequestId());
    }
  }
  fact::v1::BatchRecordFactsResponse signed_response;
  COMITY_RETURN_IF_ERROR(Send(suite, *stubs.facts, &fact::v1::FactService::Stub::BatchRecordFacts,
                              signatures, &signed_response));
  judgement::v1::BatchJudgeResponse lost_response;
  return Send(suite, *stubs.judgements, &judgement::v1::JudgementService::Stub::BatchJudge, losses,
              &lost_response);
}

// Runs batches 0 … count/kBatch on some threads and shows how far they are.
absl::Status InBatches(const char* what, int count,
                       const std::function<std::function<absl::Status(int first)>()>& make) {
  std::atomic<int> next = 0;
  absl::Mutex mutex;
  absl::Status failure;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      const auto run = make();
      for (int first = next.fetch_add(kBatch); first < count; first = next.fetch_add(kBatch)) {
        const absl::Status status = run(first);
        absl::MutexLock lock(&mutex);
        failure.Update(status);
        if (!failure.ok()) return;
        if (!client::ErrorsAreTerminal()) continue;
        std::fprintf(stderr, "\r%s: %d of %d ", what, first + kBatch, count);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::fprintf(stderr, "\n");
  return failure;
}

absl::StatusOr<std::string> CreateAccount(const Suite& suite) {
  grpc::ClientContext context;
  suite.Prepare(&context);
  account::v1::CreateAccountRequest request;
  request.mutable_account()->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
  request.mutable_account()->set_display_name("Bench Ltd");
  request.set_request_id(NewRequestId());
  account::v1::Account account;
  const auto stub = account::v1::AccountService::NewStub(suite.NewChannel("account"));
  COMITY_RETURN_IF_ERROR(channel::FromGrpcStatus(stub->CreateAccount(&context, request, &account)));
  return account.name();
}

// What GetCustomer finds beside the opportunities: three contacts and five cases.
absl::Status FillCustomer(const Suite& suite, const std::string& account) {
  account::v1::BatchCreateContactsRequest contacts;
  for (int i = 0; i < 3; ++i) {
    auto* item = contacts.add_requests();
    item->set_request_id(NewRequestId());
    item->mutable_contact()->set_account(account);
    item->mutable_contact()->set_family_name(absl::StrCat("Contact ", i));
  }
  account::v1::BatchCreateContactsResponse made_contacts;
  const auto contact_stub = account::v1::ContactService::NewStub(suite.NewChannel("account"));
  COMITY_RETURN_IF_ERROR(Send(suite, *contact_stub,
                              &account::v1::ContactService::Stub::BatchCreateContacts, contacts,
                              &made_contacts));
  support::v1::BatchCreateCasesRequest cases;
  for (int i = 0; i < 5; ++i) {
    auto* item = cases.add_requests();
    item->set_request_id(NewRequestId());
    item->mutable_case_()->set_title(absl::StrCat("Case ", i));
    item->mutable_case_()->set_account(account);
  }
  support::v1::BatchCreateCasesResponse made_cases;
  const auto case_stub = support::v1::CaseService::NewStub(suite.NewChannel("support"));
  return Send(suite, *case_stub, &support::v1::CaseService::Stub::BatchCreateCases, cases,
              &made_cases, "sue@support");
}

// The token of page 1,000 of the list that is measured.
absl::StatusOr<std::string> Page1000(const Suite& suite) {
  const auto stub = lead::v1::LeadService::NewStub(suite.NewChannel("lead"));
  lead::v1::ListLeadsRequest request;
  request.set_page_size(50);
  request.set_lens("departments/sales");
  request.set_filter("source = \"web-form\"");
  for (int page = 1; page < 1000; ++page) {
    grpc::ClientContext context;
    suite.Prepare(&context);
    lead::v1::ListLeadsResponse response;
    COMITY_RETURN_IF_ERROR(channel::FromGrpcStatus(stub->ListLeads(&context, request, &response)));
    if (response.next_page_token().empty()) {
      std::fprintf(stderr, "page 1,000 stands for page %d here: there are no more\n", page);
      break;
    }
    request.set_page_token(response.next_page_token());
  }
  return request.page_token();
}

}  // namespace

absl::StatusOr<Data> Fill(const Suite& suite, int leads, int opportunities) {
  Data data;
  absl::Mutex mutex;
  COMITY_RETURN_IF_ERROR(InBatches("leads", leads, [&] {
    std::shared_ptr<lead::v1::LeadService::Stub> stub =
        lead::v1::LeadService::NewStub(suite.NewChannel("lead"));
    return [&, stub](int first) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(const auto names, FillLeads(suite, *stub, first));
      absl::MutexLock lock(&mutex);
      data.leads.insert(data.leads.end(), names.begin(), names.end());
      return absl::OkStatus();
    };
  }));
  COMITY_ASSIGN_OR_RETURN(data.account, CreateAccount(suite));
  COMITY_RETURN_IF_ERROR(FillCustomer(suite, data.account));
  COMITY_RETURN_IF_ERROR(InBatches("opportunities", opportunities, [&] {
    auto stubs = std::make_shared<OpportunityStubs>();
    const auto channel = suite.NewChannel("lead");
    stubs->opportunities = lead::v1::OpportunityService::NewStub(channel);
    stubs->facts = fact::v1::FactService::NewStub(channel);
    stubs->judgements = judgement::v1::JudgementService::NewStub(channel);
    return [&, stubs](int first) -> absl::Status {
      COMITY_ASSIGN_OR_RETURN(const auto names,
                              CreateOpportunities(suite, *stubs, data.account, first));
      return DecideOpportunities(suite, *stubs, names);
    };
  }));
  COMITY_ASSIGN_OR_RETURN(data.page_1000, Page1000(suite));
  return data;
}

}  // namespace comity::bench
