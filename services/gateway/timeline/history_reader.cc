#include "services/gateway/timeline/history_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/gateway/outcome.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::timeline {
namespace {

constexpr size_t kAtOnce = 24;      // the connection to a service carries 100
constexpr int kPageSize = 500;      // entries
constexpr double kPartShare = 0.6;  // of the time left: what a slow service may cost

// The service that owns records of the collection.
std::string ServiceOf(const std::string& collection) {
  const std::string of_subject = ServiceOfSubject(absl::StrCat(collection, "/-"));
  return of_subject.empty() ? "account" : of_subject;  // contacts and relationships
}

template <typename Service>
std::unique_ptr<typename Service::Stub> NewStub(const std::shared_ptr<grpc::Channel>& channel) {
  return channel == nullptr ? nullptr : Service::NewStub(channel);
}

template <typename ListRequest>
void AskForRecords(const std::string& account, ListRequest* request) {
  request->set_filter(absl::StrCat("account = \"", account, "\""));
  request->set_order_by("create_time desc");
  request->set_page_size(kMostRecords);
}

}  // namespace

struct HistoryReader::Page {
  std::string subject;
  std::string collection;
  std::string service;
  int entries = 0;  // read so far
  std::unique_ptr<Branch<journal::v1::ListHistoryRequest, journal::v1::ListHistoryResponse>> branch;
};

HistoryStubs::HistoryStubs(const ChannelTo& channel_to)
    : contacts(NewStub<account::v1::ContactService>(channel_to("account"))),
      relationships(NewStub<account::v1::RelationshipService>(channel_to("account"))),
      opportunities(NewStub<lead::v1::OpportunityService>(channel_to("lead"))),
      cases(NewStub<support::v1::CaseService>(channel_to("support"))) {
  for (const char* service : {"account", "lead", "support"}) {
    journals[service] = NewStub<journal::v1::JournalService>(channel_to(service));
  }
}

absl::Time HistoryReader::PartDeadline() const {
  const absl::Time now = absl::Now();
  return now + kPartShare * (call_.deadline - now);
}

template <typename Records>
void HistoryReader::AddListed(const std::string& collection, const absl::Status& status, bool more,
                              const Records& records, std::vector<std::string>* names) {
  if (!status.ok()) {
    parts_->Failed(collection, status);
    if (IsAway(status)) away_.insert(ServiceOf(collection));
    return;
  }
  parts_->Read(collection);
  if (more) parts_->HasMore(collection);
  for (const auto& record : records) names->push_back(record.name());
}

std::vector<std::string> HistoryReader::ListOfAccount(const std::string& account) {
  Branch<account::v1::ListContactsRequest, account::v1::ListContactsResponse> contacts;
  Branch<account::v1::ListRelationshipsRequest, account::v1::ListRelationshipsResponse>
      relationships;
  Branch<lead::v1::ListOpportunitiesRequest, lead::v1::ListOpportunitiesResponse> opportunities;
  Branch<support::v1::ListCasesRequest, support::v1::ListCasesResponse> cases;
  AskForRecords(account, &contacts.request);
  AskForRecords(account, &relationships.request);
  AskForRecords(account, &opportunities.request);
  AskForRecords(account, &cases.request);
  opportunities.request.set_show_all(true);
  cases.request.set_show_all(true);
  const absl::Time deadline = PartDeadline();
  FanOut fan_out(call_);
  fan_out.Start(stubs_.contacts.get(), "account", deadline,
                &account::v1::ContactService::Stub::async::ListContacts, &contacts);
  fan_out.Start(stubs_.relationships.get(), "account", deadline,
                &account::v1::RelationshipService::Stub::async::ListRelationships, &relationships);
  fan_out.Start(stubs_.opportunities.get(), "lead", deadline,
                &lead::v1::OpportunityService::Stub::async::ListOpportunities, &opportunities);
  fan_out.Start(stubs_.cases.get(), "support", deadline,
                &support::v1::CaseService::Stub::async::ListCases, &cases);
  fan_out.Wait();
  std::vector<std::string> names;
  const auto add = [&](const char* collection, const auto& branch, const auto& records) {
    AddListed(collection, branch.status, !branch.response.next_page_token().empty(), records,
              &names);
  };
  add("contacts", contacts, contacts.response.contacts());
  add("relationships", relationships, relationships.response.relationships());
  add("opportunities", opportunities, opportunities.response.opportunities());
  add("cases", cases, cases.response.cases());
  return names;
}

void HistoryReader::Read(const std::vector<std::string>& subjects) {
  Pages waiting;
  for (const std::string& subject : subjects) {
    if (!asked_.insert(subject).second) continue;
    auto page = std::make_unique<Page>();
    page->subject = subject;
    page->collection = resource::CollectionOf(subject);
    page->service = ServiceOf(page->collection);
    waiting.push_back(std::move(page));
  }
  while (!waiting.empty()) {
    Pages pages;
    const size_t count = std::min(waiting.size(), kAtOnce);
    std::move(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(count),
              std::back_inserter(pages));
    waiting.erase(waiting.begin(), waiting.begin() + static_cast<ptrdiff_t>(count));
    ReadPages(pages);
    for (auto& page : pages) {
      if (Take(page.get())) waiting.push_back(std::move(page));
    }
  }
}

void HistoryReader::ReadPages(const Pages& pages) {
  const absl::Time deadline = PartDeadline();
  FanOut fan_out(call_);
  for (const auto& page : pages) {
    const std::string token =
        page->branch == nullptr ? "" : page->branch->response.next_page_token();
    page->branch = std::make_unique<
        Branch<journal::v1::ListHistoryRequest, journal::v1::ListHistoryResponse>>();
    page->branch->request.set_subject(page->subject);
    page->branch->request.set_page_size(kPageSize);
    page->branch->request.set_page_token(token);
    const bool is_away = away_.contains(page->service);
    fan_out.Start(is_away ? nullptr : stubs_.journals.at(page->service).get(), page->service,
                  deadline, &journal::v1::JournalService::Stub::async::ListHistory,
                  page->branch.get());
  }
  fan_out.Wait();
}

bool HistoryReader::Take(Page* page) {
  auto& branch = *page->branch;
  if (!branch.status.ok()) {
    failed_[page->subject] = branch.status;
    if (IsAway(branch.status)) away_.insert(page->service);
    parts_->Failed(page->collection, branch.status);
    return false;
  }
  bool is_later = false;
  for (auto& entry : *branch.response.mutable_entries()) {
    is_later = resource::ToTime(entry.entry().record_time()) > as_of_;
    if (is_later) break;
    if (++page->entries == 1) {
      read_.insert(page->subject);
      parts_->Took(page->collection);
    }
    told_.push_back({page->service, std::move(entry)});
  }
  if (is_later || branch.response.next_page_token().empty()) return false;
  if (page->entries < kMostEntries) return true;
  parts_->HasMore(page->collection);
  return false;
}

absl::Status HistoryReader::OutcomeOf(const std::string& subject) const {
  const auto found = failed_.find(subject);
  return found == failed_.end() ? absl::OkStatus() : found->second;
}

}  // namespace comity::gateway::timeline
