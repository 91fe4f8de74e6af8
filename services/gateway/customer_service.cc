#include "services/gateway/customer_service.h"

#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.grpc.pb.h"
#include "comity/account/v1/contact_service.grpc.pb.h"
#include "comity/account/v1/relationship_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/opportunity_service.grpc.pb.h"
#include "comity/reporting/v1/report_service.grpc.pb.h"
#include "comity/support/v1/case_service.grpc.pb.h"
#include "services/gateway/fan_out.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr int kPartSize = 50;
constexpr size_t kPartBytes = 600 << 10;  // of each list: callers take 4 MiB in all
constexpr double kPartShare = 0.6;        // of the time left: what a slow service may cost

template <typename Service>
std::unique_ptr<typename Service::Stub> StubOf(const std::shared_ptr<grpc::Channel>& channel) {
  return channel == nullptr ? nullptr : Service::NewStub(channel);
}

template <typename ListRequest>
void AskForPage(const std::string& account, ListRequest* request) {
  request->set_filter(absl::StrCat("account = \"", account, "\""));
  request->set_order_by("create_time desc");
  request->set_page_size(kPartSize);
}

template <typename ListRequest>
void AskThroughLens(const std::string& account, const std::string& lens, ListRequest* request) {
  AskForPage(account, request);
  request->set_lens(lens);
  request->set_show_all(true);
}

void AskForNumbers(const std::string& account, const std::string& lens,
                   reporting::v1::ReportQuery* query) {
  query->add_lenses(lens);
  auto* filter = query->add_filters();
  filter->set_dimension(reporting::v1::DIMENSION_ACCOUNT);
  filter->add_values(account);
}

// Moves what came into the part, as much as fits; says whether there is more.
template <typename Record, typename ListResponse>
bool MoveInto(google::protobuf::RepeatedPtrField<Record>* to,
              google::protobuf::RepeatedPtrField<Record>* from, const ListResponse& response) {
  to->Swap(from);
  size_t bytes = 0;
  int fit = 0;
  while (fit < to->size() && (bytes += to->Get(fit).ByteSizeLong()) <= kPartBytes) ++fit;
  const bool cut = fit < to->size();
  to->DeleteSubrange(fit, to->size() - fit);
  return cut || !response.next_page_token().empty();
}

// Those that nobody has marked, as much as fits.
void MoveOpen(lead::v1::PromiseSet* known, v1::PromisesPart* part) {
  part->set_more(known->more());
  size_t bytes = 0;
  for (lead::v1::Promise& promise : *known->mutable_promises()) {
    if (promise.state() != lead::v1::PROMISE_STATE_OPEN) continue;
    bytes += promise.ByteSizeLong();
    if (bytes > kPartBytes || part->promises_size() == kPartSize) return part->set_more(true);
    part->add_promises()->Swap(&promise);
  }
}

// What is said about the account itself, and not about the state of its service.
bool IsRefusal(const absl::Status& status) {
  return absl::IsNotFound(status) || absl::IsPermissionDenied(status) ||
         absl::IsUnauthenticated(status) || absl::IsInvalidArgument(status);
}

void FillNumbers(const reporting::v1::WinRateReport& report, v1::NumbersPart* part) {
  part->set_as_of(report.basis().as_of());
  if (report.total().cells().empty()) return;
  const reporting::v1::WinRateCell& cell = report.total().cells(0);
  part->set_won_count(cell.won_count());
  part->set_lost_count(cell.lost_count());
  part->set_undecided_count(cell.undecided_count());
  *part->mutable_won_amounts() = cell.won_amounts();
}

}  // namespace

struct CustomerService::Stubs {
  std::unique_ptr<account::v1::AccountService::Stub> accounts;
  std::unique_ptr<account::v1::ContactService::Stub> contacts;
  std::unique_ptr<account::v1::RelationshipService::Stub> relationships;
  std::unique_ptr<judgement::v1::JudgementService::Stub> judgements;
  std::unique_ptr<lead::v1::OpportunityService::Stub> opportunities;
  std::unique_ptr<support::v1::CaseService::Stub> cases;
  std::unique_ptr<reporting::v1::ReportService::Stub> reports;
};

struct CustomerService::Branches {
  Branch<account::v1::GetAccountRequest, account::v1::Account> account;
  Branch<account::v1::ListContactsRequest, account::v1::ListContactsResponse> contacts;
  Branch<account::v1::ListRelationshipsRequest, account::v1::ListRelationshipsResponse>
      relationships;
  Branch<judgement::v1::GetStandingRequest, judgement::v1::GetStandingResponse> standings;
  Branch<lead::v1::ListOpportunitiesRequest, lead::v1::ListOpportunitiesResponse> opportunities;
  Branch<lead::v1::GetPromisesRequest, lead::v1::PromiseSet> promises;
  Branch<support::v1::ListCasesRequest, support::v1::ListCasesResponse> cases;
  Branch<reporting::v1::GetWinRateRequest, reporting::v1::WinRateReport> numbers;

  void Ask(const std::string& name, const std::string& lens);
  void Start(const Stubs& stubs, const Call& call, FanOut* fan_out);
  v1::Customer Collect();
};

void CustomerService::Branches::Ask(const std::string& name, const std::string& lens) {
  account.request.set_name(name);
  account.request.set_lens(lens);
  AskForPage(name, &contacts.request);
  AskForPage(name, &relationships.request);
  AskThroughLens(name, lens, &opportunities.request);
  promises.request.set_name(name);
  AskThroughLens(name, lens, &cases.request);
  standings.request.set_subject(name);
  standings.request.set_lens(lens);
  AskForNumbers(name, lens, numbers.request.mutable_query());
}

void CustomerService::Branches::Start(const Stubs& stubs, const Call& call, FanOut* fan_out) {
  const absl::Time now = absl::Now();
  const absl::Time part = now + kPartShare * (call.deadline - now);
  fan_out->Start(stubs.accounts.get(), "account", part,
                 &account::v1::AccountService::Stub::async::GetAccount, &account);
  fan_out->Start(stubs.contacts.get(), "account", part,
                 &account::v1::ContactService::Stub::async::ListContacts, &contacts);
  fan_out->Start(stubs.relationships.get(), "account", part,
                 &account::v1::RelationshipService::Stub::async::ListRelationships, &relationships);
  fan_out->Start(stubs.judgements.get(), "account", part,
                 &judgement::v1::JudgementService::Stub::async::GetStanding, &standings);
  fan_out->Start(stubs.opportunities.get(), "lead", part,
                 &lead::v1::OpportunityService::Stub::async::ListOpportunities, &opportunities);
  fan_out->Start(stubs.opportunities.get(), "lead", part,
                 &lead::v1::OpportunityService::Stub::async::GetPromises, &promises);
  fan_out->Start(stubs.cases.get(), "support", part,
                 &support::v1::CaseService::Stub::async::ListCases, &cases);
  fan_out->Start(stubs.reports.get(), "reporting", part,
                 &reporting::v1::ReportService::Stub::async::GetWinRate, &numbers);
}

v1::Customer CustomerService::Branches::Collect() {
  v1::Customer customer;
  *customer.mutable_account()->mutable_status() = ToRpcStatus(account.status);
  if (account.status.ok()) customer.mutable_account()->mutable_account()->Swap(&account.response);
  *customer.mutable_contacts()->mutable_status() = ToRpcStatus(contacts.status);
  customer.mutable_contacts()->set_more(MoveInto(customer.mutable_contacts()->mutable_contacts(),
                                                 contacts.response.mutable_contacts(),
                                                 contacts.response));
  *customer.mutable_relationships()->mutable_status() = ToRpcStatus(relationships.status);
  customer.mutable_relationships()->set_more(
      MoveInto(customer.mutable_relationships()->mutable_relationships(),
               relationships.response.mutable_relationships(), relationships.response));
  *customer.mutable_standings()->mutable_status() = ToRpcStatus(standings.status);
  customer.mutable_standings()->mutable_standings()->Swap(standings.response.mutable_standings());
  *customer.mutable_opportunities()->mutable_status() = ToRpcStatus(opportunities.status);
  customer.mutable_opportunities()->set_more(
      MoveInto(customer.mutable_opportunities()->mutable_opportunities(),
               opportunities.response.mutable_opportunities(), opportunities.response));
  *customer.mutable_promises()->mutable_status() = ToRpcStatus(promises.status);
  MoveOpen(&promises.response, customer.mutable_promises());
  *customer.mutable_cases()->mutable_status() = ToRpcStatus(cases.status);
  customer.mutable_cases()->set_more(MoveInto(customer.mutable_cases()->mutable_cases(),
                                              cases.response.mutable_cases(), cases.response));
  *customer.mutable_numbers()->mutable_status() = ToRpcStatus(numbers.status);
  FillNumbers(numbers.response, customer.mutable_numbers());
  return customer;
}

CustomerService::CustomerService(server::Edge* edge, const ChannelTo& channel_to)
    : edge_(edge),
      stubs_(new Stubs{StubOf<account::v1::AccountService>(channel_to("account")),
                       StubOf<account::v1::ContactService>(channel_to("account")),
                       StubOf<account::v1::RelationshipService>(channel_to("account")),
                       StubOf<judgement::v1::JudgementService>(channel_to("account")),
                       StubOf<lead::v1::OpportunityService>(channel_to("lead")),
                       StubOf<support::v1::CaseService>(channel_to("support")),
                       StubOf<reporting::v1::ReportService>(channel_to("reporting"))}) {}

CustomerService::~CustomerService() = default;

absl::StatusOr<v1::Customer> CustomerService::GetCustomer(Call& call,
                                                          const v1::GetCustomerRequest& request) {
  const std::string& lens = request.lens().empty() ? call.principal.department : request.lens();
  COMITY_RETURN_IF_ERROR(call.charter().CheckLens(lens));
  Branches branches;
  branches.Ask(request.name(), lens);
  FanOut fan_out(call);
  branches.Start(*stubs_, call, &fan_out);
  fan_out.Wait();
  if (IsRefusal(branches.account.status)) return branches.account.status;
  return branches.Collect();
}

}  // namespace comity::gateway
