// Lists on a real database: pages, filters, orders, working lists, and what a deep page costs.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/lead/lead_store.h"
#include "services/lead/opportunity_service.h"
#include "services/runtime/dispute/open_dispute_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::lead {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testlib::NewRequestId;

class ListTest : public testing::Test {
 protected:
  Call As(const std::string& who) { return runtime_.MakeCall(who, "test/List"); }

  // A lead of that family name; returns its name.
  std::string CreateLead(const std::string& family_name, const std::string& owner = "",
                         const std::string& source = "") {
    v1::CreateLeadRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_lead()->set_family_name(family_name);
    request.mutable_lead()->set_owner(owner);
    request.mutable_lead()->set_source(source);
    if (family_name[0] == 'x') {
      request.mutable_lead()->mutable_external_id()->set_source(source);
      request.mutable_lead()->mutable_external_id()->set_id(family_name);
    }
    Call call = As("ana@sales");
    const auto lead = leads_.CreateLead(call, request);
    EXPECT_TRUE(lead.ok()) << lead.status();
    return lead.ok() ? lead->name() : "";
  }

  absl::StatusOr<v1::ListLeadsResponse> List(const v1::ListLeadsRequest& request,
                                             const std::string& who = "ana@sales") {
    Call call = As(who);
    return leads_.ListLeads(call, request);
  }

  // Family names of all pages.
  std::vector<std::string> All(v1::ListLeadsRequest request, const std::string& who = "ana@sales") {
    std::vector<std::string> names;
    do {
      const auto page = List(request, who);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_TRUE(request.page_size() == 0 || page->leads_size() <= request.page_size());
      for (const v1::Lead& lead : page->leads()) names.push_back(lead.family_name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }
  std::vector<std::string> Filtered(const std::string& filter, bool show_all = false) {
    v1::ListLeadsRequest request;
    request.set_filter(filter);
    request.set_show_all(show_all);
    request.set_page_size(2);
    return All(request);
  }

  void SetListed(const std::string& name, const std::string& department, bool listed) {
    Call call = As("ana@sales");
    v1::Lead reply;
    EXPECT_TRUE(storage::TransactInto(
                    call, {},
                    [&](storage::Transaction& tx) {
                      return resource::SetListed(tx, LeadResource(), name, department, listed);
                    },
                    &reply)
                    .ok());
  }

  std::string ReasonOf(const v1::ListLeadsRequest& request, const std::string& who = "ana@sales") {
    return Reason(List(request, who).status());
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  LeadService leads_{nullptr};
  OpportunityService opportunities_{nullptr};
};

TEST_F(ListTest, WhatIsDisputedIsFlagged) {
  const std::string lead = CreateLead("disputed");
  const std::string other = CreateLead("other");
  const auto name = [] { return resource::MakeName("disputes", resource::NewId(absl::Now())); };
  const std::vector<std::string> disputes = {name(), name()};
  Call call = As("ana@sales");
  v1::Lead reply;
  const auto put = [&](storage::Transaction& tx) -> absl::Status {
    for (const std::string& each : disputes) {
      gateway::v1::Dispute dispute;
      dispute.set_name(each);
      dispute.set_subject(lead);
      const absl::Status status = dispute::PutDispute(tx, dispute);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  };
  ASSERT_TRUE(storage::TransactInto(call, {}, put, &reply).ok());
  for (const char* as : {"ana@sales", "mia@marketing", "aud@management"}) {
    const auto page = List({}, as);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->leads_size(), 2);
    EXPECT_THAT(page->leads(0).open_disputes(), ElementsAreArray(disputes)) << as;
    EXPECT_THAT(page->leads(1).open_disputes(), IsEmpty()) << as;
    Call get = As(as);
    v1::GetLeadRequest request;
    request.set_name(lead);
    EXPECT_THAT(leads_.GetLead(get, request)->open_disputes(), ElementsAreArray(disputes)) << as;
    request.set_name(other);
    EXPECT_THAT(leads_.GetLead(get, request)->open_disputes(), IsEmpty()) << as;
  }
  // Who may not read disputes is told of none; a service by itself needs no flags; nobody sets
  // them.
  const std::shared_ptr<charter::Book> charters = runtime_.runtime()->charters;
  type::v1::Charter document = charters->last().charter.document();
  auto* const access = document.mutable_access();
  access->erase(std::remove_if(access->begin(), access->end(),
                               [](const auto& entry) { return entry.collection() == "disputes"; }),
                access->end());
  runtime_.runtime()->charters = charter::MakeBook(charter::Charter::Make(document).value());
  EXPECT_THAT(List({})->leads(0).open_disputes(), IsEmpty());
  EXPECT_THAT(List({}, "aud@management")->leads(0).open_disputes(), ElementsAreArray(disputes));
  runtime_.runtime()->charters = charters;
  Call workload = As("ana@sales");
  workload.principal = {};
  workload.principal.workload = "service/gateway";
  EXPECT_THAT(leads_.ListLeads(workload, {})->leads(0).open_disputes(), IsEmpty());
  v1::UpdateLeadRequest update;
  update.set_request_id(NewRequestId());
  update.mutable_lead()->set_name(other);
  update.mutable_lead()->set_country("Austria");
  update.mutable_lead()->add_open_disputes(disputes[0]);
  Call change = As("ana@sales");
  ASSERT_TRUE(leads_.UpdateLead(change, update).ok());
  EXPECT_THAT(List({})->leads(1).open_disputes(), IsEmpty());
}

TEST_F(ListTest, PagesHoldEveryRecordOnceInOrder) {
  EXPECT_THAT(All({}), IsEmpty());
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) {
    names.push_back(absl::StrCat("n", i));
    CreateLead(names.back());
  }
  v1::ListLeadsRequest request;
  EXPECT_THAT(All(request), ElementsAreArray(names));
  for (const int size : {1, 3, 7, 8}) {
    request.set_page_size(size);
    EXPECT_THAT(All(request), ElementsAreArray(names)) << size;
  }
  std::reverse(names.begin(), names.end());
  request.set_order_by("create_time desc");
  for (const int size : {2, 7}) {
    request.set_page_size(size);
    EXPECT_THAT(All(request), ElementsAreArray(names)) << size;
    EXPECT_THAT(All(request, "max@management"), ElementsAreArray(names)) << size;
  }
}

TEST_F(ListTest, FiltersByDeclaredFields) {
  CreateLead("a", "persons/ana", "fair");
  CreateLead("b", "persons/sam", "fair");
  CreateLead("c", "persons/ana", "web");
  CreateLead("x1", "persons/sam", "maven");
  CreateLead("x2", "", "maven");
  for (const bool show_all : {false, true}) {
    EXPECT_THAT(Filtered("owner = persons/ana", show_all), ElementsAre("a", "c"));
    EXPECT_THAT(Filtered("owner = \"\"", show_all), ElementsAre("x2"));
    EXPECT_THAT(Filtered("owner = persons/ana AND source = fair", show_all), ElementsAre("a"));
    EXPECT_THAT(Filtered("owner = persons/ana OR owner = persons/sam", show_all),
                ElementsAre("a", "b", "c", "x1"));
    EXPECT_THAT(Filtered("source = fair OR owner = persons/ana", show_all),
                ElementsAre("a", "b", "c"));
    EXPECT_THAT(Filtered("owner = persons/ana AND owner = persons/sam", show_all), IsEmpty());
    EXPECT_THAT(Filtered("responsible_department = departments/sales AND source = web", show_all),
                ElementsAre("c"));
    EXPECT_THAT(Filtered("external_id.source = maven", show_all), ElementsAre("x1", "x2"));
    EXPECT_THAT(Filtered("external_id.id = x2", show_all), ElementsAre("x2"));
    EXPECT_THAT(Filtered("external_id.source = maven AND external_id.id = x1", show_all),
                ElementsAre("x1"));
    EXPECT_THAT(Filtered("external_id.source = other AND external_id.id = x1", show_all),
                IsEmpty());
    EXPECT_THAT(
        Filtered("external_id.source = maven AND (external_id.id = x2 OR external_id.id = x1 OR "
                 "external_id.id = x3)",
                 show_all),
        ElementsAre("x1", "x2"));
    EXPECT_THAT(
        Filtered("external_id.id = x2 OR (external_id.id = x1 AND owner = persons/ana)", show_all),
        ElementsAre("x2"));
    EXPECT_THAT(
        Filtered("external_id.id = x2 OR external_id.id = x1 OR owner = persons/ana", show_all),
        ElementsAre("a", "c", "x1", "x2"));
    EXPECT_THAT(Filtered("owner = \"' OR 1=1 --\"", show_all), IsEmpty());
  }
}

TEST_F(ListTest, PagesThroughExternalIds) {
  for (const char* name : {"x1", "x2", "x3"}) CreateLead(name, "persons/sam", "maven");
  v1::ListLeadsRequest request;
  request.set_filter("external_id.id = x3 OR external_id.id = x1 OR external_id.id = x2");
  request.set_page_size(2);
  const auto first = List(request);
  ASSERT_EQ(first->leads_size(), 2);
  EXPECT_EQ(first->leads(1).family_name(), "x2");
  request.set_page_token(first->next_page_token());
  ASSERT_EQ(List(request)->leads_size(), 1);
  EXPECT_EQ(List(request)->leads(0).family_name(), "x3");
}

TEST_F(ListTest, RefusesWhatIsNotDeclared) {
  v1::ListLeadsRequest request;
  request.set_filter("family_name = Muster");
  EXPECT_EQ(ReasonOf(request), "FILTER_FIELD_NOT_SUPPORTED");
  request.set_filter("owner != persons/ana");
  EXPECT_EQ(ReasonOf(request), "FILTER_OPERATOR_NOT_SUPPORTED");
  request.set_filter("owner =");
  EXPECT_EQ(ReasonOf(request), "FILTER_INVALID");
  request.clear_filter();
  request.set_order_by("owner");
  EXPECT_EQ(ReasonOf(request), "ORDER_NOT_SUPPORTED");
  request.clear_order_by();
  request.set_page_size(-1);
  EXPECT_EQ(ReasonOf(request), "PAGE_SIZE_OUT_OF_RANGE");
  request.clear_page_size();
  request.set_lens("departments/nothing");
  EXPECT_EQ(ReasonOf(request), "UNKNOWN_LENS");
}

TEST_F(ListTest, ATokenGoesOnWithItsOwnQueryOnly) {
  for (const char* name : {"a", "b", "c"}) CreateLead(name);
  v1::ListLeadsRequest request;
  request.set_page_size(1);
  request.set_page_token(List(request)->next_page_token());
  ASSERT_NE(request.page_token(), "");
  EXPECT_EQ(List(request)->leads(0).family_name(), "b");
  EXPECT_EQ(ReasonOf(request, "sam@sales"), "PAGE_TOKEN_INVALID");
  v1::ListLeadsRequest other = request;
  other.set_filter("source = web");
  EXPECT_EQ(ReasonOf(other), "PAGE_TOKEN_INVALID");
  other = request;
  other.set_show_all(true);
  EXPECT_EQ(ReasonOf(other), "PAGE_TOKEN_INVALID");
  other = request;
  other.mutable_page_token()->at(3) ^= 1;
  EXPECT_EQ(ReasonOf(other), "PAGE_TOKEN_INVALID");
}

TEST_F(ListTest, AWorkingListIsADepartmentsOwn) {
  const std::string a = CreateLead("a", "persons/ana");
  const std::string b = CreateLead("b", "persons/ana");
  CreateLead("c", "persons/ana");
  SetListed(b, "departments/sales", false);
  v1::ListLeadsRequest request;
  request.set_page_size(1);
  EXPECT_THAT(All(request), ElementsAre("a", "c"));
  EXPECT_THAT(Filtered("owner = persons/ana"), ElementsAre("a", "c"));
  EXPECT_THAT(Filtered("owner = persons/ana", true), ElementsAre("a", "b", "c"));
  EXPECT_THAT(All(request, "mia@marketing"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(All(request, "max@management"), ElementsAre("a", "b", "c"));
  request.set_lens("departments/sales");
  EXPECT_THAT(All(request, "max@management"), ElementsAre("a", "c"));
  request.set_lens("settled");
  EXPECT_THAT(All(request), ElementsAre("a", "b", "c"));
  request.clear_lens();
  SetListed(b, "departments/sales", true);
  EXPECT_THAT(All(request), ElementsAre("a", "b", "c"));
  SetListed(a, "departments/new", false);  // a list that did not exist when the lead was made
  SetListed(a, "departments/new", true);
}

TEST_F(ListTest, AWorkingListFollowsTheRecordsKeys) {
  const std::string name = CreateLead("a", "persons/ana", "web");
  v1::UpdateLeadRequest update;
  update.set_request_id(NewRequestId());
  update.mutable_lead()->set_name(name);
  update.mutable_lead()->set_source("fair");
  Call call = As("ana@sales");
  ASSERT_TRUE(leads_.UpdateLead(call, update).ok());
  EXPECT_THAT(Filtered("source = web"), IsEmpty());
  EXPECT_THAT(Filtered("source = fair"), ElementsAre("a"));
}

// Opportunities by expected close date: with ties and with none, which sort first.
class OrderTest : public ListTest {
 protected:
  void Fill() {
    for (const int day : {0, 5, 3, 5, 0, 4, 5, 3, 0}) {
      v1::CreateOpportunityRequest request;
      request.set_request_id(NewRequestId());
      const std::string name = absl::StrCat(day, "-", expected_.size());
      request.mutable_opportunity()->set_display_name(name);
      request.mutable_opportunity()->set_owner(expected_.size() % 2 == 0 ? "persons/ana"
                                                                         : "persons/sam");
      if (day != 0) {
        auto* date = request.mutable_opportunity()->mutable_expected_close_date();
        date->set_year(2024);
        date->set_month(6);
        date->set_day(day);
      }
      expected_.push_back(name);
      Call call = As("ana@sales");
      const auto created = opportunities_.CreateOpportunity(call, request);
      ASSERT_TRUE(created.ok()) << created.status();
    }
    std::sort(expected_.begin(), expected_.end());
  }

  std::vector<std::string> Ordered(const std::string& order, int size, bool show_all,
                                   const std::string& filter = "") {
    v1::ListOpportunitiesRequest request;
    request.set_order_by(order);
    request.set_page_size(size);
    request.set_show_all(show_all);
    request.set_filter(filter);
    std::vector<std::string> names;
    do {
      Call call = As("ana@sales");
      const auto page = opportunities_.ListOpportunities(call, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      for (const auto& found : page->opportunities()) names.push_back(found.display_name());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return names;
  }

  std::vector<std::string> expected_;
};

TEST_F(OrderTest, PagesGoOnThroughTiesAndMissingKeys) {
  Fill();
  const std::vector<std::string> reversed(expected_.rbegin(), expected_.rend());
  for (const bool show_all : {false, true}) {
    for (const int size : {1, 2, 3, 4, 9}) {
      EXPECT_THAT(Ordered("expected_close_date", size, show_all), ElementsAreArray(expected_));
      EXPECT_THAT(Ordered("expected_close_date desc", size, show_all), ElementsAreArray(reversed));
    }
    std::vector<std::string> anas;
    for (const std::string& name : expected_) {
      if ((name.back() - '0') % 2 == 0) anas.push_back(name);
    }
    EXPECT_THAT(Ordered("expected_close_date", 2, show_all, "owner = persons/ana"),
                ElementsAreArray(anas));
    EXPECT_THAT(
        Ordered("expected_close_date", 2, show_all, "owner = persons/ana OR owner = persons/sam"),
        ElementsAreArray(expected_));
    EXPECT_THAT(Ordered("expected_close_date", 2, show_all,
                        "owner = persons/ana AND responsible_department = departments/sales"),
                ElementsAreArray(anas));
    EXPECT_THAT(Ordered("expected_close_date", 2, show_all,
                        "account = accounts/0190f3a1-1234-7abc-8def-0123456789ab"),
                IsEmpty());
  }
}

TEST_F(OrderTest, RefusesAnOrderThatHasNoIndexWithTheFilter) {
  v1::ListOpportunitiesRequest request;
  request.set_order_by("expected_close_date");
  request.set_filter("responsible_department = departments/sales");
  Call call = As("ana@sales");
  EXPECT_EQ(Reason(opportunities_.ListOpportunities(call, request).status()),
            "ORDER_NOT_SUPPORTED");
  request.set_order_by("");
  EXPECT_TRUE(opportunities_.ListOpportunities(call, request).ok());
  request.set_filter("external_id.id = \"\"");
  EXPECT_EQ(Reason(opportunities_.ListOpportunities(call, request).status()), "FILTER_INVALID");
}

// What the database reads for a page, by its own count.
class DeepPageTest : public ListTest {
 protected:
  static constexpr int kPages = 1000;
  static constexpr int kPageSize = 5;

  void Fill() {
    Call call = As("ana@sales");
    call.deadline = absl::Now() + absl::Seconds(100);
    for (int from = 0; from < kPages * kPageSize + 10; from += 500) {
      v1::Lead reply;
      ASSERT_TRUE(storage::TransactInto(
                      call, {},
                      [&](storage::Transaction& tx) { return InsertLeads(tx, call, 500); }, &reply)
                      .ok());
    }
  }

  static absl::Status InsertLeads(storage::Transaction& tx, const Call& call, int count) {
    for (int i = 0; i < count; ++i) {
      v1::Lead lead;
      lead.set_name(resource::MakeName("leads", resource::NewId(call.now)));
      lead.set_family_name("n");
      lead.set_owner("persons/ana");
      lead.mutable_create_time()->set_seconds(1);
      lead.mutable_update_time()->set_seconds(1);
      COMITY_RETURN_IF_ERROR(resource::InsertRecord(tx, call, LeadResource(), lead));
    }
    return absl::OkStatus();
  }

  // Rows that this session's statements have read so far. One thread borrows one session.
  int64_t RowsRead() {
    int64_t rows_read = 0;
    Call call = As("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(
                      const auto rows,
                      reader.Query("SHOW SESSION STATUS LIKE 'Handler_read%'", {}));
                  while (rows->Next()) rows_read += std::stoll(rows->Bytes(1));
                  return absl::OkStatus();
                }).ok());
    return rows_read;
  }

  int64_t CostOf(const v1::ListLeadsRequest& request) {
    const int64_t count = RowsRead();
    const int64_t before = RowsRead();
    const int64_t counting = before - count;  // what counting itself reads
    const auto reply = List(request);
    EXPECT_TRUE(reply.ok()) << reply.status();
    EXPECT_EQ(reply->leads_size(), kPageSize);
    return RowsRead() - before - counting;
  }

  // Rows read for page 1, and for the thousandth: reached in large steps, for a token goes on with
  // another page size.
  std::pair<int64_t, int64_t> Costs(v1::ListLeadsRequest request) {
    request.set_page_size(kPageSize);
    const int64_t first = CostOf(request);
    for (int left = (kPages - 1) * kPageSize; left > 0; left -= request.page_size()) {
      request.set_page_size(std::min(left, 500));
      const auto reply = List(request);
      EXPECT_TRUE(reply.ok()) << reply.status();
      if (!reply.ok()) break;
      request.set_page_token(reply->next_page_token());
    }
    request.set_page_size(kPageSize);
    return {first, CostOf(request)};
  }
};

TEST_F(DeepPageTest, PageThousandReadsNoMoreThanPageOne) {
  Fill();
  std::map<std::string, v1::ListLeadsRequest> requests;
  requests["working list"];
  requests["working list, by owner"].set_filter("owner = persons/ana");
  requests["working list, newest first"].set_order_by("create_time desc");
  requests["all"].set_show_all(true);
  requests["all, by owner"].set_show_all(true);
  requests["all, by owner"].set_filter("owner = persons/ana");
  for (const auto& [what, request] : requests) {
    const auto [first, thousandth] = Costs(request);
    EXPECT_GT(first, 0) << what;
    EXPECT_LE(first, 60) << what;
    EXPECT_LE(thousandth, first + 10) << what;
  }
}

}  // namespace
}  // namespace comity::lead
