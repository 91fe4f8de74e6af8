// Check 19: lists, counts and reports show what reads of single records show, to every caller: the
// same names, no more and no fewer.
#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/customer_service.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using google::protobuf::FieldDescriptor;
using integration::Eventually;

constexpr char kAll[] = "max@management";  // reads every collection

// The records of an answer: its one repeated field of messages that have names.
const FieldDescriptor* RecordsField(const Endpoint& endpoint) {
  for (int i = 0; i < endpoint.method->output_type()->field_count(); ++i) {
    const FieldDescriptor* field = endpoint.method->output_type()->field(i);
    if (field->is_repeated() && field->message_type() != nullptr &&
        field->message_type()->FindFieldByName("name") != nullptr) {
      return field;
    }
  }
  return nullptr;
}

struct Listed {
  absl::Status status;
  std::set<std::string> names;
};

// Every page, of a few records each.
Listed ListAll(const Endpoint& endpoint, const std::string& as, Message* request) {
  Listed listed;
  const FieldDescriptor* size = request->GetDescriptor()->FindFieldByName("page_size");
  request->GetReflection()->SetInt32(request, size, 7);
  const FieldDescriptor* all = request->GetDescriptor()->FindFieldByName("show_all");
  if (all != nullptr) request->GetReflection()->SetBool(request, all, true);
  do {
    const auto page = CallAs(endpoint, as, *request);
    listed.status = page.status();
    if (!page.ok()) return listed;
    const FieldDescriptor* records = RecordsField(endpoint);
    for (int i = 0; i < (*page)->GetReflection()->FieldSize(**page, records); ++i) {
      const Message& record = (*page)->GetReflection()->GetRepeatedMessage(**page, records, i);
      EXPECT_TRUE(listed.names.insert(GetText(record, "name")).second) << endpoint.text();
    }
    SetText(request, "page_token", GetText(**page, "next_page_token"));
  } while (!GetText(*request, "page_token").empty());
  return listed;
}

// GetLead of ListLeads: what gets one of what is listed.
const Endpoint* GetterOf(const Endpoint& list) {
  const FieldDescriptor* records = RecordsField(list);
  for (const Endpoint& endpoint : Endpoints()) {
    if (endpoint.service == list.service &&
        endpoint.method->output_type() == records->message_type() &&
        absl::StartsWith(endpoint.method->name(), "Get")) {
      return &endpoint;
    }
  }
  return nullptr;
}

// What the caller may get one by one; `why`: what he is told where he may not.
std::set<std::string> Readable(const Endpoint& get, const std::string& as,
                               const std::set<std::string>& names, absl::Status* why) {
  std::set<std::string> readable;
  const auto request = NewMessage(get.method->input_type());
  for (const std::string& name : names) {
    SetText(request.get(), "name", name);
    const absl::Status status = CallAs(get, as, *request).status();
    if (status.ok()) readable.insert(name);
    if (!status.ok()) *why = status;
  }
  return readable;
}

TEST(SamePredicate, ListsShowWhatSingleReadsShow) {
  const World& world = World::Get();
  world.MakeMore();
  int lists = 0;
  for (const Endpoint& list : Endpoints()) {
    if (!absl::StartsWith(list.method->name(), "List") || RecordsField(list) == nullptr) continue;
    const Endpoint* get = GetterOf(list);
    // Judgements are not read one by one: the subject decides, see OfOneSubject below.
    if (get == nullptr) continue;
    ++lists;
    for (const Probe& probe : world.ProbesOf(list, world.caller(kAll))) {
      const std::set<std::string> all = ListAll(list, kAll, probe.request.get()).names;
      EXPECT_FALSE(all.empty()) << list.text();
      for (const Caller& caller : world.callers()) {
        absl::Status why;
        const std::set<std::string> readable = Readable(*get, caller.as, all, &why);
        SetText(probe.request.get(), "page_token", "");
        const Listed listed = ListAll(list, caller.as, probe.request.get());
        EXPECT_EQ(listed.names, readable) << list.text() << " as " << caller.as;
        EXPECT_EQ(Reason(listed.status), Reason(why)) << list.text() << " as " << caller.as;
      }
    }
  }
  EXPECT_GE(lists, 11);
}

// What belongs to a subject is shown to whom the subject is shown, and to nobody else.
TEST(SamePredicate, OfOneSubjectAllReadsSayTheSame) {
  const World& world = World::Get();
  int compared = 0;
  for (const Endpoint& read : Endpoints()) {
    const bool of_subject =
        read.policy().right() == type::v1::RIGHT_READ && read.policy().collection().empty();
    if (!of_subject) continue;
    for (const Caller& caller : world.callers()) {
      for (const Probe& probe : world.ProbesOf(read, caller)) {
        if (probe.collection == "intakes") continue;  // of which there is no other read
        const Endpoint* get = nullptr;
        for (const Endpoint& endpoint : Endpoints()) {
          const bool gets = absl::StartsWith(endpoint.method->name(), "Get") &&
                            endpoint.service == read.service && !endpoint.writes() &&
                            endpoint.policy().collection() == probe.collection;
          if (gets && get == nullptr) get = &endpoint;
        }
        if (get == nullptr) continue;  // the directory, which all read
        const auto request = NewMessage(get->method->input_type());
        SetText(request.get(), "name", world.NameIn(probe.collection));
        const absl::Status single = CallAs(*get, caller.as, *request).status();
        const absl::Status part = CallAs(read, caller.as, *probe.request).status();
        EXPECT_EQ(Reason(part), Reason(single)) << read.text() << " as " << caller.as;
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 200);
}

reporting::v1::ReportQuery QueryThrough(const std::string& lens) {
  reporting::v1::ReportQuery query;
  query.add_lenses(lens);
  return query;
}

// The rows behind a report, over all pages.
absl::StatusOr<std::set<std::string>> RowsOf(const std::string& as, const std::string& lens) {
  const Endpoint& list = EndpointNamed("ReportService/ListReportRows");
  reporting::v1::ListReportRowsRequest request;
  *request.mutable_query() = QueryThrough(lens);
  request.set_metric("metrics/win-rate");
  request.set_page_size(5);
  std::set<std::string> rows;
  do {
    const auto page = CallAs(list, as, request);
    if (!page.ok()) return page.status();
    const auto& response = static_cast<const reporting::v1::ListReportRowsResponse&>(**page);
    for (const auto& row : response.rows()) rows.insert(row.opportunity());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  return rows;
}

int64_t CountOf(const std::string& as, const std::string& lens, absl::Status* status) {
  reporting::v1::GetWinRateRequest request;
  *request.mutable_query() = QueryThrough(lens);
  const auto answer = CallAs(EndpointNamed("ReportService/GetWinRate"), as, request);
  *status = answer.status();
  if (!answer.ok()) return -1;
  const auto& total = static_cast<const reporting::v1::WinRateReport&>(**answer).total();
  EXPECT_EQ(total.cells_size(), 1);
  if (total.cells().empty()) return 0;
  const auto& cell = total.cells(0);
  return cell.won_count() + cell.lost_count() + cell.undecided_count();
}

TEST(SamePredicate, ReportsCountTheRecordAndDrillDownToWhatMayBeRead) {
  const World& world = World::Get();
  const Endpoint& list = EndpointNamed("OpportunityService/ListOpportunities");
  const auto all_of = [&](const std::string& as) {
    return ListAll(list, as, NewMessage(list.method->input_type()).get());
  };
  const std::set<std::string> all = all_of(kAll).names;
  const auto caught_up = [&] {
    const auto rows = RowsOf(kAll, "settled");
    return rows.ok() && *rows == all;
  };
  EXPECT_TRUE(Eventually(caught_up)) << "the rows of a report are not the opportunities there are";
  for (const Caller& caller : world.callers()) {
    const Listed readable = all_of(caller.as);
    absl::Status counted;
    const int64_t count = CountOf(caller.as, "departments/sales", &counted);
    const bool may_count = caller.has(type::v1::ROLE_AUDITOR) ||
                           (!caller.roles.empty() && !caller.has(type::v1::ROLE_OPERATOR) &&
                            !caller.as.empty() && MayRead(world, caller.department, "reports"));
    EXPECT_EQ(counted.ok(), may_count) << caller.as << counted;
    if (may_count) {
      EXPECT_EQ(count, static_cast<int64_t>(all.size())) << caller.as;
    }
    const auto rows = RowsOf(caller.as, "departments/sales");
    EXPECT_EQ(Reason(rows.status()), Reason(readable.status)) << caller.as << rows.status();
    if (rows.ok()) {
      EXPECT_EQ(*rows, readable.names) << caller.as;
    }
  }
}

// Each part of the customer's view is what its own list says to the same caller.
TEST(SamePredicate, ACustomerShowsWhatItsListsShow) {
  const World& world = World::Get();
  gateway::v1::GetCustomerRequest request;
  request.set_name(world.NameIn("accounts"));
  for (const Caller& caller : world.callers()) {
    const auto answer = CallAs(EndpointNamed("CustomerService/GetCustomer"), caller.as, request);
    if (!answer.ok()) continue;  // the matrix says to whom
    const auto& customer = static_cast<const gateway::v1::Customer&>(**answer);
    const auto reason = [](const google::rpc::Status& status) {
      return Reason(FromRpcStatus(status));
    };
    const auto list = [&](const char* name) {
      const Endpoint& endpoint = EndpointNamed(name);
      const Probe probe = world.FirstProbeOf(endpoint, caller);
      SetText(probe.request.get(), "filter", absl::StrCat("account = \"", request.name(), "\""));
      return ListAll(endpoint, caller.as, probe.request.get());
    };
    const auto expect = [&](const Listed& listed, const auto& records, const auto& part) {
      EXPECT_EQ(reason(part.status()), Reason(listed.status)) << caller.as;
      std::set<std::string> names;
      for (const auto& record : records) names.insert(record.name());
      EXPECT_EQ(names, listed.names) << caller.as;
    };
    expect(list("ContactService/ListContacts"), customer.contacts().contacts(),
           customer.contacts());
    expect(list("RelationshipService/ListRelationships"), customer.relationships().relationships(),
           customer.relationships());
    expect(list("OpportunityService/ListOpportunities"), customer.opportunities().opportunities(),
           customer.opportunities());
    expect(list("CaseService/ListCases"), customer.cases().cases(), customer.cases());
    absl::Status counted;
    CountOf(caller.as, "departments/sales", &counted);
    EXPECT_EQ(reason(customer.numbers().status()), Reason(counted)) << caller.as;
  }
}

}  // namespace
}  // namespace comity::security
