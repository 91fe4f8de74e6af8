// Handovers on a real database: who may do what, one effect of an acceptance whatever is lost on
// the way, clocks that note once.
#include "services/gateway/handover/handover_service.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/handover_clocks.h"
#include "services/gateway/handover/handover_store.h"
#include "services/gateway/handover/test_owners.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kAgreement[] = "agreements/qualified-lead";
constexpr char kSecret[] = "Ms Weber at weber@example.org";

class HandoverServiceTest : public testing::Test {
 protected:
  HandoverServiceTest() { owners_.service = &service_; }

  static RunnerOptions FastRunner() {
    RunnerOptions options;
    options.lease = absl::Milliseconds(200);
    options.poll = absl::Milliseconds(20);
    return options;
  }

  // A lead of marketing.
  std::string NewLead() {
    std::string name = resource::MakeName("leads", resource::NewId(absl::Now()));
    owners_.Put(name, "departments/marketing", "persons/mia");
    return name;
  }
  v1::OfferHandoverRequest OfferOf(const std::string& subject) {
    v1::OfferHandoverRequest request;
    request.set_agreement(kAgreement);
    request.set_subject(subject);
    for (const auto& agreement : call_.charter().document().handovers()) {
      if (agreement.name() != kAgreement) continue;
      for (const std::string& item : agreement.checklist()) {
        auto* answer = request.add_checklist();
        answer->set_item(item);
        answer->set_answer(kSecret);
      }
    }
    request.set_note(kSecret);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::Handover> Offer(const v1::OfferHandoverRequest& request,
                                     const std::string& as = "mia@marketing") {
    Call call = runtime_.MakeCall(as, "test/Offer");
    return service_.OfferHandover(call, request);
  }
  v1::Handover Offered(const std::string& subject) {
    const auto handover = Offer(OfferOf(subject));
    EXPECT_TRUE(handover.ok()) << handover.status();
    return handover.value_or(v1::Handover());
  }
  v1::Handover Offered() { return Offered(NewLead()); }

  // Begins an acceptance; nothing runs it yet.
  absl::StatusOr<std::string> BeginAccept(const std::string& name,
                                          const std::string& as = "ana@sales",
                                          const std::string& owner = "") {
    Call call = runtime_.MakeCall(as, "test/Accept");
    v1::AcceptHandoverRequest request;
    request.set_name(name);
    request.set_owner(owner);
    request.set_request_id(testlib::NewRequestId());
    const auto operation = service_.AcceptHandover(call, request);
    if (!operation.ok()) return operation.status();
    return operation->name();
  }
  void Accept(const std::string& name) {
    const auto workflow = BeginAccept(name);
    ASSERT_TRUE(workflow.ok()) << workflow.status();
    EXPECT_EQ(AwaitEnd(*workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED)
        << GetWorkflow(*workflow).DebugString();
  }
  std::string Return(const std::string& name, const std::string& as = "ana@sales",
                     const std::string& reason = "incomplete") {
    Call call = runtime_.MakeCall(as, "test/Return");
    v1::ReturnHandoverRequest request;
    request.set_name(name);
    request.set_reason(reason);
    request.set_note(kSecret);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service_.ReturnHandover(call, request).status());
  }
  std::string Withdraw(const std::string& name, const std::string& as = "mia@marketing") {
    Call call = runtime_.MakeCall(as, "test/Withdraw");
    v1::WithdrawHandoverRequest request;
    request.set_name(name);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service_.WithdrawHandover(call, request).status());
  }
  v1::Handover Get(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales");
    v1::GetHandoverRequest request;
    request.set_name(name);
    const auto handover = service_.GetHandover(call, request);
    EXPECT_TRUE(handover.ok()) << handover.status();
    return handover.value_or(v1::Handover());
  }
  v1::Workflow GetWorkflow(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales");
    StoredWorkflow stored;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(stored, gateway::GetWorkflow(reader, name));
                  return absl::OkStatus();
                }).ok());
    return stored.record.workflow();
  }
  v1::Workflow AwaitEnd(const std::string& name) {
    const absl::Time end = absl::Now() + absl::Seconds(60);
    while (absl::Now() < end) {
      runner_.RunDue();
      v1::Workflow workflow = GetWorkflow(name);
      if (workflow.has_end_time() || workflow.state() == v1::WORKFLOW_STATE_STUCK) return workflow;
      absl::SleepFor(absl::Milliseconds(5));
    }
    ADD_FAILURE() << name << " does not end";
    return {};
  }
  std::string RefusalOf(const std::string& workflow) {
    return Reason(FromRpcStatus(AwaitEnd(workflow).refusal()));
  }
  std::vector<journal::v1::Entry> EntriesOf(const std::string& name) {
    std::vector<journal::v1::Entry> entries;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 500));
                  for (const auto& bytes : stored) {
                    EXPECT_THAT(bytes.body, Not(HasSubstr(kSecret)));
                    EXPECT_TRUE(entries.emplace_back().ParseFromString(bytes.body));
                    EXPECT_EQ(entries.back().version(), static_cast<int64_t>(entries.size()));
                  }
                  return absl::OkStatus();
                }).ok());
    return entries;
  }
  std::vector<std::string> TypesOf(const std::string& name) {
    std::vector<std::string> types;
    for (const auto& entry : EntriesOf(name)) types.push_back(entry.type());
    return types;
  }
  v1::ListHandoversResponse List(const std::string& filter, int page_size = 0,
                                 const std::string& token = "") {
    Call call = runtime_.MakeCall("ana@sales", "test/List");
    v1::ListHandoversRequest request;
    request.set_filter(filter);
    request.set_page_size(page_size);
    request.set_page_token(token);
    const auto list = service_.ListHandovers(call, request);
    EXPECT_TRUE(list.ok()) << list.status();
    return list.value_or(v1::ListHandoversResponse());
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  const Call call_ = runtime_.MakeCall("mia@marketing");
  TestOwners owners_{&runtime_};
  Runner runner_{runtime_.runtime(), {AcceptHandoverWorkflow()}, &owners_, FastRunner()};
  HandoverService service_{nullptr, &runner_, &owners_};
  HandoverClocks clocks_{runtime_.runtime(), &owners_};
};

TEST_F(HandoverServiceTest, OfferedReturnedOfferedAgainAccepted) {
  const std::string lead = NewLead();
  const v1::Handover first = Offered(lead);
  EXPECT_EQ(first.state(), v1::HANDOVER_STATE_OFFERED);
  EXPECT_EQ(first.from(), "departments/marketing");
  EXPECT_EQ(first.to(), "departments/sales");
  EXPECT_EQ(first.offered_by().person(), "persons/mia");
  EXPECT_EQ(first.offers_before(), 0);
  EXPECT_EQ(first.note(), kSecret);
  EXPECT_EQ(Return(first.name()), "");
  const v1::Handover returned = Get(first.name());
  EXPECT_EQ(returned.state(), v1::HANDOVER_STATE_RETURNED);
  EXPECT_EQ(returned.return_reason(), "incomplete");
  EXPECT_EQ(returned.return_note(), kSecret);
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

TEST_F(HandoverServiceTest, WarningAndBreachAreNotedOnceAndStay) {
  const v1::Handover handover = Offered();
  const absl::Time warn = resource::ToTime(handover.accept_clock().warn_time());
  const absl::Time due = resource::ToTime(handover.accept_clock().due_time());
  EXPECT_LT(warn, due);
  clocks_.RunDue(warn - absl::Seconds(1));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered"));
  clocks_.RunDue(warn);
  clocks_.RunDue(warn + absl::Seconds(1));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-warned"));
  clocks_.RunDue(due + absl::Hours(1));
  clocks_.RunDue(due + absl::Hours(2));
  EXPECT_THAT(TypesOf(handover.name()), ElementsAre("offered", "accept-warned", "accept-breached"));
  EXPECT_EQ(resource::ToTime(EntriesOf(handover.name())[2].occur_time()), due);
  EXPECT_EQ(EntriesOf(handover.name())[2].actor().workload(), "service/gateway");
  Accept(handover.name());
  const v1::Handover accepted = Get(handover.name());
  EXPECT_TRUE(accepted.accept_clock().breached());
  EXPECT_EQ(accepted.state(), v1::HANDOVER_STATE_ACCEPTED);
}

TEST_F(HandoverServiceTest, AnAnswerThatIsTooLateNotesTheBreachItself) {
  const v1::Handover handover = Offered();
  Call call = runtime_.MakeCall("ana@sales", "test/Return");
  call.now = resource::ToTime(handover.accept_clock().due_time());
  v1::ReturnHandoverRequest request;
  request.set_name(handover.name());
  request.set_reason("no-need");
  request.set_request_id(testlib::NewRequestId());
  const auto returned = service_.ReturnHandover(call, request);
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_TRUE(returned->accept_clock().breached());
  EXPECT_THAT(TypesOf(handover.name()),
              ElementsAre("offered", "accept-warned", "accept-breached", "returned"));
}

TEST_F(HandoverServiceTest, OfSeveralReplicasOneNotes) {
  std::vector<std::string> names;
  absl::Time due;
  for (int i = 0; i < 10; ++i) {
    const v1::Handover handover = Offered();
    names.push_back(handover.name());
    due = resource::ToTime(handover.accept_clock().due_time());
  }
  std::vector<std::thread> replicas;
  for (int i = 0; i < 4; ++i) {
    replicas.emplace_back([this, due] {
      HandoverClocks clocks(runtime_.runtime(), &owners_);
      clocks.RunDue(due + absl::Seconds(1));
    });
  }
  for (std::thread& replica : replicas) replica.join();
  clocks_.RunDue(due + absl::Seconds(1));
  for (const std::string& name : names) {
    EXPECT_THAT(TypesOf(name), ElementsAre("offered", "accept-warned", "accept-breached"));
  }
}

TEST_F(HandoverServiceTest, TheFirstDeedStopsTheTimeToAct) {
  const v1::Handover offered = Offered();
  Accept(offered.name());
  const v1::Handover handover = Get(offered.name());
  const absl::Time start = resource::ToTime(handover.act_clock().start_time());
  const absl::Time due = resource::ToTime(handover.act_clock().due_time());
  clocks_.RunDue(start + (due - start) / 2);
  EXPECT_FALSE(Get(offered.name()).act_clock().has_stop_time());
  const absl::Time deed = start + absl::Minutes(1);
  owners_.Act(offered.subject(), deed);
  clocks_.RunDue(due + absl::Hours(1));
  const v1::Handover acted = Get(offered.name());
  EXPECT_EQ(resource::ToTime(acted.act_clock().stop_time()), deed);
  EXPECT_FALSE(acted.act_clock().breached());
  EXPECT_THAT(TypesOf(offered.name()), Contains("acted").Times(1));
  EXPECT_THAT(TypesOf(offered.name()), Not(Contains("act-breached")));
}

// Whether somebody acted in time only the record's service can tell.
TEST_F(HandoverServiceTest, NobodyIsBlamedWhileTheServiceIsAway) {
  const v1::Handover offered = Offered();
  Accept(offered.name());
  const absl::Time due = resource::ToTime(Get(offered.name()).act_clock().due_time());
  bool away = true;
  owners_.before = [&](const std::string&) {
    return away ? Unavailable("SERVICE_UNAVAILABLE", "away") : absl::OkStatus();
  };
  clocks_.RunDue(due + absl::Hours(1));
  EXPECT_FALSE(Get(offered.name()).act_clock().breached());
  away = false;
  clocks_.RunDue(due + absl::Hours(2));
  EXPECT_TRUE(Get(offered.name()).act_clock().breached());
  EXPECT_THAT(TypesOf(offered.name()),
              ElementsAre("offered", "acceptance-begun", "accepted", "act-warned", "act-breached"));
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

TEST_F(HandoverServiceTest, WhatIsAcceptedAwaitsADeedUntilThereIsOneOrItsTimeIsOver) {
  const v1::Handover acted = Offered();
  const v1::Handover forgotten = Offered();
  const auto awaiting = [this] { return List("awaits = departments/sales").handovers_size(); };
  Accept(acted.name());
  Accept(forgotten.name());
  EXPECT_EQ(awaiting(), 2);
  const v1::HandoverClock clock = Get(acted.name()).act_clock();
  owners_.Act(acted.subject(), resource::ToTime(clock.start_time()) + absl::Minutes(1));
  clocks_.RunDue(resource::ToTime(clock.warn_time()));
  EXPECT_EQ(awaiting(), 1);
  clocks_.RunDue(resource::ToTime(clock.due_time()) + absl::Hours(1));
  EXPECT_EQ(awaiting(), 0);
}

TEST_F(HandoverServiceTest, EachItemOfABatchIsByItself) {
  const std::string twice = NewLead();
  v1::BatchOfferHandoversRequest offers;
  *offers.add_requests() = OfferOf(NewLead());
  *offers.add_requests() = OfferOf(twice);
  *offers.add_requests() = OfferOf(twice);
  *offers.add_requests() = OfferOf(NewLead());
  offers.mutable_requests(3)->clear_checklist();
  *offers.add_requests() = OfferOf("cats/1");
  Call mia = runtime_.MakeCall("mia@marketing", "test/BatchOffer");
  const auto offered = service_.BatchOfferHandovers(mia, offers);
  ASSERT_TRUE(offered.ok()) << offered.status();
  const auto reason = [](const auto& result) {
    return Reason(FromRpcStatus(result.status().status()));
  };
  ASSERT_EQ(offered->results_size(), 5);
  EXPECT_EQ(reason(offered->results(0)), "");
  EXPECT_EQ(reason(offered->results(1)), "");
  EXPECT_EQ(reason(offered->results(2)), "HANDOVER_OPEN");
  EXPECT_EQ(reason(offered->results(3)), "CHECKLIST_INCOMPLETE");
  EXPECT_EQ(reason(offered->results(4)), "INVALID_NAME");
  EXPECT_FALSE(offered->results(2).has_handover());
  EXPECT_EQ(List("state = OFFERED").handovers_size(), 2);

  v1::BatchAcceptHandoversRequest accepts;
  for (int i = 0; i < 2; ++i) {
    auto* accept = accepts.add_requests();
    accept->set_name(offered->results(i).handover().name());
    accept->set_request_id(testlib::NewRequestId());
  }
  accepts.add_requests()->set_name("handovers/0190a000-0000-7000-8000-00000000dead");
  accepts.mutable_requests(2)->set_request_id(testlib::NewRequestId());
  Call ana = runtime_.MakeCall("ana@sales", "test/BatchAccept");
  const auto accepted = service_.BatchAcceptHandovers(ana, accepts);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(reason(accepted->results(2)), "RESOURCE_NOT_FOUND");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(AwaitEnd(accepted->results(i).operation().name()).state(),
              v1::WORKFLOW_STATE_SUCCEEDED);
  }
  EXPECT_EQ(List("state = ACCEPTED").handovers_size(), 2);
  EXPECT_EQ(owners_.transfers(), 2);
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
  EXPECT_THAT(stored.record.SerializeAsString(), Not(HasSubstr(kSecret)));
}

}  // namespace
}  // namespace comity::gateway
