// Handovers on a real database: who may do what, one effect of an acceptance whatever is lost on
// the way.
#include "services/gateway/handover/handover_service.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/handover/handover_fixture.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST_F(HandoverServiceTest, OfferedReturnedOfferedAgainAccepted) {
  const std::string lead = NewLead();
  const v1::Handover first = Offered(lead);
  EXPECT_EQ(first.state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(first.from(), "departments/marketing");
  EXPECT_EQ(first.to(), "departments/sales");
  EXPECT_EQ(first.offered_by().person(), "persons/mia");
  EXPECT_EQ(first.offers_before(), 0);
  EXPECT_EQ(first.note(), kOfferSecret);
  EXPECT_EQ(Return(first.name()), "");
  const v1::Handover returned = Get(first.name());
  EXPECT_EQ(returned.state(), v1::HANDOVER_STATE_RETURNED);
  EXPECT_EQ(returned.return_reason(), "incomplete");
  EXPECT_EQ(returned.return_note(), kOfferSecret);
  EXPECT_TRUE(returned.accept_clock().has_stop_time());
  EXPECT_EQ(owners_.Get(lead).department(), "departments/marketing");

  const v1::Handover second = Offered(lead);
  EXPECT_EQ(second.offers_before(), 1);
  Accept(second.name());
  const v1::Handover accepted = Get(second.name());
  EXPECT_EQ(accepted.state(), v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(accepted.answered_by().person(), "persons/ana");
  EXPECT_EQ(accepted.owner(), "persons/ana");
  EXPECT_EQ(accepted.subject_version(), owners_.Get(lead).version());
  EXPECT_TRUE(accepted.has_act_clock());
  EXPECT_EQ(owners_.Get(lead).department(), "departments/sales");
  EXPECT_EQ(owners_.Get(lead).owner(), "persons/ana");
  EXPECT_THAT(TypesOf(first.name()), ElementsAre("offered", "returned"));
  EXPECT_THAT(TypesOf(second.name()), ElementsAre("offered", "acceptance-begun", "accepted"));
  EXPECT_EQ(EntriesOf(second.name())[2].actor().person(), "persons/ana");
}

TEST_F(HandoverServiceTest, OnlyTheResponsibleDepartmentOffers) {
  const std::string lead = NewLead();
  EXPECT_EQ(Reason(Offer(OfferOf(lead), "ana@sales").status()), "AGREEMENT_NOT_OWN");
  owners_.Put(lead, "departments/membership", "");
  const absl::Status foreign = Offer(OfferOf(lead)).status();
  EXPECT_EQ(foreign.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(foreign), "NOT_RESPONSIBLE");
  v1::OfferHandoverRequest request = OfferOf("leads/0190a000-0000-7000-8000-00000000dead");
  EXPECT_EQ(Reason(Offer(request).status()), "RESOURCE_NOT_FOUND");
  request = OfferOf(NewLead());
  request.set_agreement("agreements/nothing");
  EXPECT_EQ(Offer(request).status().code(), absl::StatusCode::kNotFound);
  request = OfferOf(NewLead());
  request.mutable_checklist()->RemoveLast();
  EXPECT_EQ(Reason(Offer(request).status()), "CHECKLIST_INCOMPLETE");
  EXPECT_EQ(List("").handovers_size(), 0);
}

TEST_F(HandoverServiceTest, OneOfferOfARecordIsOpenAtATime) {
  const std::string lead = NewLead();
  const v1::OfferHandoverRequest request = OfferOf(lead);
  const auto first = Offer(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const absl::Status second = Offer(OfferOf(lead)).status();
  EXPECT_EQ(second.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(second), "HANDOVER_OPEN");
  EXPECT_EQ(ErrorValue(second, "name"), first->name());
  // Also to another department.
  v1::OfferHandoverRequest other = OfferOf(lead);
  other.set_agreement("agreements/interested-member");
  other.clear_checklist();
  for (const auto& agreement : call_.charter().document().handovers()) {
    if (agreement.name() != other.agreement()) continue;
    for (const std::string& item : agreement.checklist()) {
      auto* answer = other.add_checklist();
      answer->set_item(item);
      answer->set_answer("yes");
    }
  }
  EXPECT_EQ(Reason(Offer(other).status()), "HANDOVER_OPEN");
  // A repetition is no second offer, even when the record is another department's by then.
  EXPECT_EQ(Offer(request)->name(), first->name());
  Accept(first->name());
  const auto again = Offer(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), first->name());
}

TEST_F(HandoverServiceTest, OnlyTheOtherSideAnswersAndOnlyTheOwnWithdraws) {
  const v1::Handover handover = Offered();
  for (const char* other : {"mia@marketing", "sue@support", "max@management"}) {
    EXPECT_EQ(Reason(BeginAccept(handover.name(), other).status()), "NOT_OWN_DEPARTMENT") << other;
    EXPECT_EQ(Return(handover.name(), other), "NOT_OWN_DEPARTMENT") << other;
  }
  EXPECT_EQ(Withdraw(handover.name(), "ana@sales"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Withdraw(handover.name(), "sue@support"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Return(handover.name(), "ana@sales", "bad-weather"), "RETURN_REASON_UNKNOWN");
  EXPECT_EQ(Reason(BeginAccept(handover.name(), "ana@sales", "persons/mia").status()),
            "OWNER_INVALID");
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(Withdraw(handover.name()), "");
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_WITHDRAWN);
  EXPECT_EQ(Withdraw(handover.name()), "HANDOVER_NOT_OPEN");
  EXPECT_EQ(Return(handover.name()), "HANDOVER_NOT_OPEN");
  EXPECT_EQ(Reason(BeginAccept(handover.name()).status()), "HANDOVER_NOT_OPEN");
  EXPECT_EQ(Withdraw("handovers/0190a000-0000-7000-8000-00000000dead"), "RESOURCE_NOT_FOUND");
}

TEST_F(HandoverServiceTest, WhoAcceptsMayNameAnotherOwner) {
  const v1::Handover handover = Offered();
  const auto workflow = BeginAccept(handover.name(), "ana@sales", "persons/sam");
  ASSERT_TRUE(workflow.ok()) << workflow.status();
  EXPECT_EQ(AwaitEnd(*workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(Get(handover.name()).owner(), "persons/sam");
  EXPECT_EQ(Get(handover.name()).answered_by().person(), "persons/ana");
  EXPECT_EQ(owners_.Get(handover.subject()).owner(), "persons/sam");
}

TEST_F(HandoverServiceTest, TwoAcceptancesHaveOneEffect) {
  const v1::Handover handover = Offered();
  const auto first = BeginAccept(handover.name(), "ana@sales");
  const auto second = BeginAccept(handover.name(), "sam@sales");
  ASSERT_TRUE(first.ok() && second.ok());
  const v1::Workflow one = AwaitEnd(*first);
  const v1::Workflow two = AwaitEnd(*second);
  const bool first_won = one.state() == v1::WORKFLOW_STATE_SUCCEEDED;
  EXPECT_NE(first_won, two.state() == v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(RefusalOf(first_won ? *second : *first), "HANDOVER_NOT_OPEN");
  EXPECT_EQ(owners_.transfers(), 1);
  EXPECT_EQ(owners_.Get(handover.subject()).owner(), first_won ? "persons/ana" : "persons/sam");
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_ACCEPTED);
}

TEST_F(HandoverServiceTest, AReturnThatWasQuickerWins) {
  const v1::Handover handover = Offered();
  const auto workflow = BeginAccept(handover.name());
  ASSERT_TRUE(workflow.ok());
  EXPECT_EQ(Return(handover.name(), "sam@sales"), "");
  EXPECT_EQ(RefusalOf(*workflow), "HANDOVER_NOT_OPEN");
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_RETURNED);
  EXPECT_EQ(owners_.transfers(), 0);
}

TEST_F(HandoverServiceTest, OfAReturnAndAnAcceptanceAtOnceExactlyOneWins) {
  int accepted = 0;
  for (int round = 0; round < 12; ++round) {
    const v1::Handover handover = Offered();
    const auto workflow = BeginAccept(handover.name());
    ASSERT_TRUE(workflow.ok());
    std::string returned;
    std::thread other([&] {
      absl::SleepFor(absl::Microseconds(300 * round));
      returned = Return(handover.name(), "sam@sales");
    });
    runner_.RunDue();
    other.join();
    const bool succeeded = AwaitEnd(*workflow).state() == v1::WORKFLOW_STATE_SUCCEEDED;
    EXPECT_EQ(returned, succeeded ? "HANDOVER_NOT_OPEN" : "");
    EXPECT_EQ(Get(handover.name()).state(),
              succeeded ? v1::HANDOVER_STATE_ACCEPTED : v1::HANDOVER_STATE_RETURNED);
    EXPECT_EQ(owners_.Get(handover.subject()).department(),
              succeeded ? "departments/sales" : "departments/marketing");
    accepted += succeeded ? 1 : 0;
  }
  EXPECT_EQ(owners_.transfers(), accepted);
}

TEST_F(HandoverServiceTest, WhatIsAnotherDepartmentsByNowStaysOffered) {
  const v1::Handover handover = Offered();
  owners_.Put(handover.subject(), "departments/membership", "persons/meg");
  const auto workflow = BeginAccept(handover.name());
  ASSERT_TRUE(workflow.ok());
  EXPECT_EQ(RefusalOf(*workflow), "RESPONSIBILITY_MOVED");
  const v1::Handover now = Get(handover.name());
  EXPECT_EQ(now.state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_FALSE(now.accept_clock().has_stop_time());
  EXPECT_FALSE(now.has_answered_by());
  EXPECT_EQ(owners_.Get(handover.subject()).department(), "departments/membership");
  EXPECT_THAT(TypesOf(handover.name()),
              ElementsAre("offered", "acceptance-begun", "acceptance-undone"));
  EXPECT_EQ(Withdraw(handover.name()), "");
}

// Whoever accepts loses his role between two steps, say.
TEST_F(HandoverServiceTest, WhatCannotBeCompletedIsGivenBack) {
  owners_.before = [](const std::string& method) {
    return absl::StrContains(method, "CompleteAcceptance")
               ? PermissionDenied("ROLE_REQUIRED", "no longer")
               : absl::OkStatus();
  };
  const v1::Handover handover = Offered();
  const auto workflow = BeginAccept(handover.name());
  ASSERT_TRUE(workflow.ok());
  EXPECT_EQ(RefusalOf(*workflow), "ROLE_REQUIRED");
  EXPECT_EQ(owners_.Get(handover.subject()).department(), "departments/marketing");
  EXPECT_EQ(owners_.Get(handover.subject()).owner(), "persons/mia");
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_OFFERED);
}

// Each call of the workflow is lost on its way there, or its answer on the way back.
TEST_F(HandoverServiceTest, EndsWhateverIsLostOnTheWay) {
  for (const bool on_the_way_back : {false, true}) {
    for (const char* lost : {"BeginAcceptance", "TransferResponsibility", "CompleteAcceptance"}) {
      const v1::Handover handover = Offered();
      int left = 2;
      const auto lose = [&](const std::string& method) {
        return absl::StrContains(method, lost) && left-- > 0
                   ? Unavailable("SERVICE_UNAVAILABLE", "lost")
                   : absl::OkStatus();
      };
      (on_the_way_back ? owners_.after : owners_.before) = lose;
      const int transfers = owners_.transfers();
      Accept(handover.name());
      owners_.before = owners_.after = nullptr;
      EXPECT_EQ(owners_.transfers(), transfers + 1) << lost;
      EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_ACCEPTED) << lost;
      EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "acceptance-begun", "accepted"))
          << lost;
    }
  }
}

TEST_F(HandoverServiceTest, ListsBySideStateAndRecord) {
  const v1::Handover first = Offered();
  const v1::Handover second = Offered();
  const v1::Handover third = Offered();
  EXPECT_EQ(Return(second.name()), "");
  const auto names = [this](const std::string& filter) {
    std::vector<std::string> found;
    const v1::ListHandoversResponse list = List(filter);
    for (const auto& handover : list.handovers()) found.push_back(handover.name());
    return found;
  };
  EXPECT_THAT(names(""), ElementsAre(third.name(), second.name(), first.name()));
  EXPECT_THAT(names("state = OFFERED"), ElementsAre(third.name(), first.name()));
  EXPECT_THAT(names("to = departments/sales AND state = RETURNED"), ElementsAre(second.name()));
  EXPECT_THAT(names("from = departments/marketing AND state = OFFERED"),
              ElementsAre(third.name(), first.name()));
  EXPECT_THAT(names("to = departments/support"), ElementsAre());
  EXPECT_THAT(names("from = departments/marketing"),
              ElementsAre(third.name(), second.name(), first.name()));
  EXPECT_THAT(names("subject = " + first.subject()), ElementsAre(first.name()));
  EXPECT_THAT(names("awaits = departments/sales"), ElementsAre(third.name(), first.name()));
  EXPECT_THAT(names("awaits = departments/marketing"), ElementsAre());
  const auto page = List("", 2);
  ASSERT_EQ(page.handovers_size(), 2);
  const auto rest = List("", 2, page.next_page_token());
  ASSERT_EQ(rest.handovers_size(), 1);
  EXPECT_EQ(rest.handovers(0).name(), first.name());
  EXPECT_EQ(rest.next_page_token(), "");
  for (const auto& [filter, reason] :
       {std::pair("owner = persons/ana", "FILTER_FIELD_NOT_SUPPORTED"),
        std::pair("state = LOST", "FILTER_INVALID"),
        std::pair("state = OFFERED OR state = RETURNED", "FILTER_TOO_COMPLEX")}) {
    Call call = runtime_.MakeCall("ana@sales", "test/List");
    v1::ListHandoversRequest request;
    request.set_filter(filter);
    EXPECT_EQ(Reason(service_.ListHandovers(call, request).status()), reason) << filter;
  }
}

// The charter may say otherwise by then, or the record's service be away.
TEST_F(HandoverServiceTest, ARepeatedOfferGetsItsFirstAnswer) {
  const v1::OfferHandoverRequest request = OfferOf(NewLead());
  const auto first = Offer(request);
  ASSERT_TRUE(first.ok()) << first.status();
  owners_.before = [](const std::string&) { return Unavailable("SERVICE_UNAVAILABLE", "away"); };
  const auto away = Offer(request);
  ASSERT_TRUE(away.ok()) << away.status();
  EXPECT_EQ(away->name(), first->name());
  owners_.before = nullptr;
  UseCharterWithout(kTestAgreement);
  EXPECT_EQ(Offer(OfferOf(NewLead())).status().code(), absl::StatusCode::kNotFound);
  const auto again = Offer(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), first->name());
}

TEST_F(HandoverServiceTest, WhatIsOnlyCheckedHasNoEffect) {
  v1::OfferHandoverRequest request = OfferOf(NewLead());
  request.set_validate_only(true);
  EXPECT_TRUE(Offer(request).ok());
  EXPECT_EQ(List("").handovers_size(), 0);
  const v1::Handover handover = Offered();
  Call call = runtime_.MakeCall("ana@sales", "test/Accept");
  v1::AcceptHandoverRequest accept;
  accept.set_name(handover.name());
  accept.set_request_id(testlib::NewRequestId());
  accept.set_validate_only(true);
  EXPECT_TRUE(service_.AcceptHandover(call, accept).ok());
  runner_.RunDue();
  EXPECT_EQ(Get(handover.name()).state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(owners_.transfers(), 0);
}

// How a workflow goes is everybody's to see: what an offer says in words is not.
TEST_F(HandoverServiceTest, TheWorkflowSaysNothingOfTheOffersWords) {
  const v1::Handover handover = Offered();
  const auto workflow = BeginAccept(handover.name());
  ASSERT_TRUE(workflow.ok());
  AwaitEnd(*workflow);
  Call call = runtime_.MakeCall("ana@sales");
  StoredWorkflow stored;
  ASSERT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                COMITY_ASSIGN_OR_RETURN(stored, gateway::GetWorkflow(reader, *workflow));
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(stored.record.SerializeAsString(), Not(HasSubstr(kOfferSecret)));
}

}  // namespace
}  // namespace comity::gateway
