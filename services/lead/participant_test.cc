// What the lead service owes workflows: what one made is withdrawn only as long as it is nobody
// else's; what is signed is told; what a person works on goes to others.
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/opportunity_service.h"
#include "services/lead/product_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::lead {
namespace {

constexpr char kWorkflow[] = "workflows/0190aaaa-0000-7000-8000-000000000000";

class ParticipantTest : public testing::Test {
 protected:
  // The workload of a workflow's calls, and of those that come through the HTTP/JSON door.
  Call ThroughGateway(const std::string& method) {
    Call call = runtime_.MakeCall("ana@sales", method);
    call.principal.workload = "service/gateway";
    return call;
  }

  v1::Opportunity Create() {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_display_name("Renewal");
    request.mutable_opportunity()->set_owner("persons/ana");
    Call call = ThroughGateway("test/Create");
    const auto made = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.value_or(v1::Opportunity());
  }

  void Rename(const std::string& name) {
    v1::UpdateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_name(name);
    request.mutable_opportunity()->set_display_name("Renewal, larger");
    request.mutable_update_mask()->add_paths("display_name");
    Call call = ThroughGateway("test/Update");
    const auto changed = opportunities_.UpdateOpportunity(call, request);
    ASSERT_TRUE(changed.ok()) << changed.status();
  }

  bool Withdraw(const std::string& name) {
    workflow::v1::WithdrawRecordRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(name);
    request.set_workflow(kWorkflow);
    request.set_reason("signature-voided");
    Call call = ThroughGateway("test/Withdraw");
    call.principal.person.clear();
    call.principal.department.clear();
    const auto response = participant_.WithdrawRecord(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && response->withdrawn();
  }

  bool Stands(const std::string& name) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall("ana@sales");
    const auto read = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() && !read->has_withdraw_time();
  }

  std::vector<fact::v1::Fact> Facts(const std::string& name) {
    fact::v1::ListFactsRequest request;
    request.set_parent(name);
    Call call = runtime_.MakeCall("ana@sales");
    const auto listed = facts_.ListFacts(call, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    if (!listed.ok()) return {};
    return {listed->facts().begin(), listed->facts().end()};
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  ProductService products_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  workflow::ParticipantService participant_{nullptr, Withdrawables(), Subjects()};
};

TEST_F(ParticipantTest, WithdrawsWhatNobodyElseTouched) {
  const v1::Opportunity made = Create();
  EXPECT_TRUE(Withdraw(made.name()));
  EXPECT_FALSE(Stands(made.name()));
  EXPECT_TRUE(Withdraw(made.name())) << "once more: it is withdrawn";
}

TEST_F(ParticipantTest, WhatAPersonChangedThroughTheDoorStays) {
  const v1::Opportunity made = Create();
  Rename(made.name());
  EXPECT_FALSE(Withdraw(made.name()));
  EXPECT_TRUE(Stands(made.name()));
  // Whoever works on it is told.
  const auto facts = Facts(made.name());
  ASSERT_FALSE(facts.empty());
  EXPECT_EQ(facts.back().kind(), fact::v1::FACT_KIND_NOTE);
  EXPECT_EQ(facts.back().reason(), "signature-voided");
  EXPECT_EQ(facts.back().actor().workload(), "service/gateway");
  EXPECT_EQ(facts.back().actor().person(), "");
}

// Batches over both collections, successors in turn.
TEST_F(ParticipantTest, MovesWhatAPersonWorksOn) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.push_back(Create().name());
  workflow::v1::MoveOwnedRequest request;
  request.set_person("persons/ana");
  request.set_department("departments/sales");
  request.add_successors("persons/sam");
  request.add_successors("persons/mia");
  request.set_limit(2);
  request.set_workflow(kWorkflow);
  Call call = runtime_.MakeCall("sam@sales", "test/MoveOwned");
  int batches = 0;
  do {
    request.set_request_id(testlib::NewRequestId());
    const auto batch = participant_.MoveOwned(call, request);
    ASSERT_TRUE(batch.ok()) << batch.status();
    request.set_moved(request.moved() + batch->moved());
    request.set_after(batch->next());
    ++batches;
  } while (!request.after().empty());
  EXPECT_EQ(request.moved(), 5);
  EXPECT_EQ(batches, 3);
  for (size_t i = 0; i < names.size(); ++i) {
    v1::GetOpportunityRequest get;
    get.set_name(names[i]);
    Call read = runtime_.MakeCall("ana@sales");
    EXPECT_EQ(opportunities_.GetOpportunity(read, get)->owner(),
              i % 2 == 0 ? "persons/sam" : "persons/mia");
  }
}

TEST_F(ParticipantTest, AMoveIsBoundToTheStewardsDepartmentAndKnownPersons) {
  workflow::v1::MoveOwnedRequest request;
  request.set_request_id(testlib::NewRequestId());
  request.set_person("persons/ana");
  request.set_department("departments/marketing");
  request.add_successors("persons/nobody");
  request.set_limit(2);
  request.set_workflow(kWorkflow);
  Call call = runtime_.MakeCall("sam@sales", "test/MoveOwned");
  EXPECT_EQ(Reason(participant_.MoveOwned(call, request).status()), "DEPARTMENT_NOT_OWN");
  request.set_department("departments/sales");
  EXPECT_EQ(Reason(participant_.MoveOwned(call, request).status()), "UNKNOWN_PERSON");
  request.set_successors(0, "persons/sam");
  request.set_limit(0);
  EXPECT_EQ(Reason(participant_.MoveOwned(call, request).status()), "BATCH_TOO_LARGE");
}

TEST_F(ParticipantTest, ASignedBriefTellsLinesNotesAndWhatTheBuyerBecomes) {
  const v1::Opportunity made = Create();
  v1::CreateProductRequest product;
  product.set_request_id(testlib::NewRequestId());
  product.mutable_product()->set_display_name("Membership");
  product.mutable_product()->set_buyer_becomes(v1::BUYER_KIND_MEMBER);
  Call call = runtime_.MakeCall("sam@sales", "test/CreateProduct");
  const auto membership = products_.CreateProduct(call, product);
  ASSERT_TRUE(membership.ok()) << membership.status();
  v1::UpdateOpportunityRequest update;
  update.set_request_id(testlib::NewRequestId());
  update.mutable_opportunity()->set_name(made.name());
  v1::OpportunityLine* line = update.mutable_opportunity()->add_lines();
  line->set_product(membership->name());
  line->set_quantity(1);
  update.mutable_update_mask()->add_paths("lines");
  fact::v1::Fact* note = update.add_facts();
  note->set_kind(fact::v1::FACT_KIND_NOTE);
  note->set_summary("in French, please");
  Call change = runtime_.MakeCall("ana@sales", "test/Update");
  ASSERT_TRUE(opportunities_.UpdateOpportunity(change, update).ok());
  v1::GetSignedBriefRequest request;
  request.set_name(made.name());
  Call read = runtime_.MakeCall("ana@sales");
  const auto brief = opportunities_.GetSignedBrief(read, request);
  ASSERT_TRUE(brief.ok()) << brief.status();
  EXPECT_EQ(brief->buyer_becomes(), v1::BUYER_KIND_MEMBER);
  EXPECT_EQ(brief->opportunity().lines(0).product(), membership->name());
  ASSERT_EQ(brief->notes_size(), 1);
  EXPECT_EQ(brief->notes(0).summary(), "in French, please");
}

}  // namespace
}  // namespace comity::lead
