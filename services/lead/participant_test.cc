// What the lead service owes workflows: what one made is withdrawn only as long as it is nobody
// else's; what is signed is told; what a person works on goes to others.
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/opportunity_service.h"
#include "services/lead/product_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/resource/columns.h"
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

  v1::Opportunity Create(const std::string& owner = "persons/ana",
                         const std::string& as = "ana@sales") {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_display_name("Renewal");
    request.mutable_opportunity()->set_owner(owner);
    Call call = runtime_.MakeCall(as, "test/Create");
    call.principal.workload = "service/gateway";
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

  std::string OwnerOf(const std::string& name) {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall("ana@sales");
    const auto read = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? read->owner() : "";
  }

  // Of what max works on, for the department of `as`.
  workflow::v1::MoveOwnedRequest MoveTo(const std::string& successor, const std::string& as) {
    workflow::v1::MoveOwnedRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_person("persons/max");
    request.set_department(runtime_.MakeCall(as).principal.department);
    request.add_successors(successor);
    request.set_limit(100);
    request.set_workflow(kWorkflow);
    return request;
  }
  workflow::v1::MoveOwnedResponse Move(const std::string& successor, const std::string& as) {
    Call call = runtime_.MakeCall(as, "test/MoveOwned");
    const auto moved = participant_.MoveOwned(call, MoveTo(successor, as));
    EXPECT_TRUE(moved.ok()) << moved.status();
    return moved.value_or(workflow::v1::MoveOwnedResponse());
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
  for (int i = 0; i < 5; ++i) names.push_back(Create("persons/max").name());
  workflow::v1::MoveOwnedRequest request;
  request.set_person("persons/max");
  request.set_department("departments/sales");
  request.add_successors("persons/sam");
  request.add_successors("persons/ana");
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
    EXPECT_EQ(OwnerOf(names[i]), i % 2 == 0 ? "persons/sam" : "persons/ana");
  }
}

TEST_F(ParticipantTest, AMoveTakesWhatTheDepartmentIsResponsibleForAndNoOthers) {
  const std::string ours = Create("persons/max", "mia@marketing").name();
  const std::string theirs = Create("persons/max", "ana@sales").name();
  // The charter lets marketing record no change of owner in opportunities: inside it work passes.
  const auto moved = Move("persons/mia", "mia@marketing");
  EXPECT_EQ(moved.moved(), 1);
  EXPECT_EQ(moved.kept(), 0);
  EXPECT_EQ(OwnerOf(ours), "persons/mia");
  EXPECT_EQ(OwnerOf(theirs), "persons/max") << "it is sales that is responsible";
}

TEST_F(ParticipantTest, WhatNoneIsResponsibleForIsMovedAsTheCharterSays) {
  const std::string name = Create("persons/max").name();
  Call admin = runtime_.MakeCall("ana@sales", "test/None");
  google::protobuf::Empty none;
  ASSERT_TRUE(
      storage::TransactInto(
          admin, {},
          [](storage::Transaction& tx) {
            return tx.Execute("UPDATE opportunities SET responsible_department = ''", {}).status();
          },
          &none)
          .ok());
  const auto marketing = Move("persons/mia", "mia@marketing");
  EXPECT_EQ(marketing.moved(), 0);
  EXPECT_EQ(marketing.kept(), 1) << "it is told, not left out silently";
  EXPECT_EQ(Move("persons/sam", "sam@sales").moved(), 1);
  EXPECT_EQ(OwnerOf(name), "persons/sam");
}

// As the clock of another replica, or of whoever recorded it, would make it.
TEST_F(ParticipantTest, AMoveHoldsThoughTheLastChangeOfOwnerLiesAhead) {
  const std::string name = Create("persons/ana").name();
  fact::v1::RecordFactRequest ahead;
  ahead.set_request_id(testlib::NewRequestId());
  ahead.set_parent(name);
  ahead.mutable_fact()->set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  ahead.mutable_fact()->set_owner("persons/max");
  Call call = runtime_.MakeCall("ana@sales", "test/Record");
  *ahead.mutable_fact()->mutable_occur_time() = resource::FromTime(call.now + absl::Seconds(50));
  ASSERT_TRUE(facts_.RecordFact(call, ahead).ok());
  ASSERT_EQ(OwnerOf(name), "persons/max");
  EXPECT_EQ(Move("persons/sam", "sam@sales").moved(), 1);
  EXPECT_EQ(OwnerOf(name), "persons/sam");
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
  request.set_successors(0, "persons/mia");
  EXPECT_EQ(Reason(participant_.MoveOwned(call, request).status()), "SUCCESSOR_INVALID");
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
