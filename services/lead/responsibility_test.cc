// How responsibility for a lead passes on: by an agreement of the charter, where the record is
// still whose it was, told by its history.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::lead {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHandover[] = "handovers/0190aaaa-0000-7000-8000-000000000000";
constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";

class ResponsibilityTest : public testing::Test {
 protected:
  // A lead of marketing, on which mia works.
  std::string Create() {
    v1::CreateLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_lead()->set_family_name("Muster");
    request.mutable_lead()->set_owner("persons/mia");
    Call call = runtime_.MakeCall("mia@marketing", "test/Create");
    const auto made = leads_.CreateLead(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->name() : "";
  }
  v1::Lead Get(const std::string& name) {
    v1::GetLeadRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall("ana@sales");
    const auto lead = leads_.GetLead(call, request);
    EXPECT_TRUE(lead.ok()) << lead.status();
    return lead.value_or(v1::Lead());
  }
  std::vector<std::string> LeadsOf(const std::string& department) {
    v1::ListLeadsRequest request;
    request.set_filter("responsible_department = " + department);
    Call call = runtime_.MakeCall("ana@sales", "test/List");
    const auto list = leads_.ListLeads(call, request);
    EXPECT_TRUE(list.ok()) << list.status();
    std::vector<std::string> names;
    if (!list.ok()) return names;
    for (const auto& lead : list->leads()) names.push_back(lead.name());
    return names;
  }

  workflow::v1::TransferResponsibilityRequest TransferOf(const std::string& name) {
    workflow::v1::TransferResponsibilityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(name);
    workflow::v1::ResponsibilityChange& change = *request.mutable_change();
    change.set_handover(kHandover);
    change.set_agreement("agreements/qualified-lead");
    change.set_from(kMarketing);
    change.set_to(kSales);
    change.set_owner("persons/ana");
    request.set_charter_revision(1);
    return request;
  }
  absl::StatusOr<workflow::v1::Responsibility> Transfer(
      const workflow::v1::TransferResponsibilityRequest& request,
      const std::string& as = "ana@sales") {
    Call call = runtime_.MakeCall(as, "test/Transfer");
    call.principal.workload = "service/gateway";
    return participant_.TransferResponsibility(call, request);
  }
  bool Restore(const workflow::v1::TransferResponsibilityRequest& done, int64_t version) {
    workflow::v1::RestoreResponsibilityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(done.name());
    *request.mutable_change() = done.change();
    request.set_version(version);
    request.set_former_owner("persons/mia");
    Call call = runtime_.MakeCall("nobody@nowhere", "test/Restore");
    call.principal.person.clear();
    call.principal.department.clear();
    call.principal.workload = "service/gateway";
    const auto response = participant_.RestoreResponsibility(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() && response->withdrawn();
  }
  workflow::v1::Responsibility Ask(const std::string& name, const std::string& acting = "",
                                   int64_t after = 0) {
    workflow::v1::GetResponsibilityRequest request;
    request.set_name(name);
    request.set_acting(acting);
    request.set_after_version(after);
    Call call = runtime_.MakeCall("nobody@nowhere");
    const auto said = participant_.GetResponsibility(call, request);
    EXPECT_TRUE(said.ok()) << said.status();
    return said.value_or(workflow::v1::Responsibility());
  }
  bool HasActed(const std::string& name, int64_t after) {
    return Ask(name, kSales, after).has_act_time();
  }
  // The fact's name.
  std::string Record(const std::string& name, const std::string& as, fact::v1::FactKind kind,
                     const std::string& owner = "", const std::string& corrects = "") {
    fact::v1::RecordFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_parent(name);
    request.mutable_fact()->set_kind(kind);
    request.mutable_fact()->set_owner(owner);
    request.mutable_fact()->set_corrects(corrects);
    if (!corrects.empty()) request.mutable_fact()->set_reason("mistaken");
    Call call = runtime_.MakeCall(as, "test/Record");
    const auto recorded = facts_.RecordFact(call, request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
    return recorded.ok() ? recorded->name() : "";
  }
  void Void(const std::string& fact, const std::string& as) {
    fact::v1::VoidFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(fact);
    request.set_reason("never happened");
    Call call = runtime_.MakeCall(as, "test/Void");
    const auto voided = facts_.VoidFact(call, request);
    EXPECT_TRUE(voided.ok()) << voided.status();
  }
  std::vector<journal::v1::Entry> HistoryOf(const std::string& name) {
    std::vector<journal::v1::Entry> entries;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 500));
                  for (const auto& bytes : stored) {
                    EXPECT_TRUE(entries.emplace_back().ParseFromString(bytes.body));
                  }
                  return absl::OkStatus();
                }).ok());
    return entries;
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  LeadService leads_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  workflow::ParticipantService participant_{nullptr, Withdrawables(), Subjects()};
};

TEST_F(ResponsibilityTest, PassesToWhoAcceptedAndTheHistoryTells) {
  const std::string name = Create();
  const auto said = Transfer(TransferOf(name));
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_EQ(said->department(), kSales);
  EXPECT_EQ(said->former_owner(), "persons/mia");
  const v1::Lead lead = Get(name);
  EXPECT_EQ(lead.responsible_department(), kSales);
  EXPECT_EQ(lead.owner(), "persons/ana");
  EXPECT_THAT(LeadsOf(kSales), ElementsAre(name));
  EXPECT_THAT(LeadsOf(kMarketing), IsEmpty());

  const auto history = HistoryOf(name);
  ASSERT_EQ(history.size(), 3u);
  EXPECT_EQ(history[1].type(), "responsibility-changed");
  EXPECT_EQ(history[1].actor().person(), "persons/ana");
  EXPECT_EQ(history[1].actor().workload(), "service/gateway");
  workflow::v1::ResponsibilityChange change;
  ASSERT_TRUE(history[1].payload().UnpackTo(&change));
  EXPECT_EQ(change.handover(), kHandover);
  EXPECT_EQ(change.from(), kMarketing);
  v1::Lead record;
  ASSERT_TRUE(history[1].record().UnpackTo(&record));
  EXPECT_EQ(record.responsible_department(), kSales);
  EXPECT_EQ(history[2].type(), "fact-recorded");
  EXPECT_EQ(history[2].version(), said->version());
}

TEST_F(ResponsibilityTest, TheNewOwnerHoldsThoughTheLastChangeOfOwnerLiesAhead) {
  const std::string name = Create();
  fact::v1::RecordFactRequest ahead;
  ahead.set_request_id(testlib::NewRequestId());
  ahead.set_parent(name);
  ahead.mutable_fact()->set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  ahead.mutable_fact()->set_owner("persons/max");
  Call call = runtime_.MakeCall("mia@marketing", "test/Record");
  *ahead.mutable_fact()->mutable_occur_time() = resource::FromTime(call.now + absl::Seconds(50));
  ASSERT_TRUE(facts_.RecordFact(call, ahead).ok());
  ASSERT_EQ(Get(name).owner(), "persons/max");
  ASSERT_TRUE(Transfer(TransferOf(name)).ok());
  EXPECT_EQ(Get(name).owner(), "persons/ana");
}

TEST_F(ResponsibilityTest, PassesOnceAndOnlyFromWhomItIs) {
  const std::string name = Create();
  const auto request = TransferOf(name);
  const auto first = Transfer(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const auto again = Transfer(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version(), first->version());
  EXPECT_EQ(HistoryOf(name).size(), 3u);
  const absl::Status moved = Transfer(TransferOf(name)).status();
  EXPECT_EQ(moved.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(moved), "RESPONSIBILITY_MOVED");
}

TEST_F(ResponsibilityTest, WithoutAnAgreementOfTheCharterNothingPasses) {
  const std::string name = Create();
  EXPECT_EQ(Reason(Transfer(TransferOf(name), "sue@support").status()), "DEPARTMENT_NOT_OWN");
  auto request = TransferOf(name);
  request.mutable_change()->set_agreement("agreements/made-up");
  EXPECT_EQ(Reason(Transfer(request).status()), "HANDOVER_NOT_AGREED");
  request = TransferOf(name);
  request.mutable_change()->set_from("departments/support");
  EXPECT_EQ(Reason(Transfer(request).status()), "HANDOVER_NOT_AGREED");
  request = TransferOf("opportunities/0190aaaa-0000-7000-8000-000000000000");
  EXPECT_EQ(Reason(Transfer(request).status()), "HANDOVER_NOT_AGREED");
  request = TransferOf(name);
  request.set_charter_revision(2);
  const absl::Status behind = Transfer(request).status();
  EXPECT_EQ(behind.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Reason(behind), "CHARTER_BEHIND");
  request = TransferOf(name);
  request.mutable_change()->set_owner("persons/nobody");
  EXPECT_EQ(Reason(Transfer(request).status()), "UNKNOWN_PERSON");
  EXPECT_EQ(Reason(Transfer(TransferOf("products/a")).status()), "NOT_HANDED_OVER");
  EXPECT_EQ(Reason(Transfer(TransferOf("leads/0190aaaa-0000-7000-8000-00000000dead")).status()),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Get(name).responsible_department(), kMarketing);
  EXPECT_EQ(HistoryOf(name).size(), 1u);
}

TEST_F(ResponsibilityTest, NoUpdateGivesARecordToAnotherDepartment) {
  v1::UpdateLeadRequest request;
  request.set_request_id(testlib::NewRequestId());
  request.mutable_lead()->set_name(Create());
  request.mutable_lead()->set_responsible_department(kSales);
  request.mutable_update_mask()->add_paths("responsible_department");
  Call call = runtime_.MakeCall("mia@marketing", "test/Update");
  EXPECT_EQ(Reason(leads_.UpdateLead(call, request).status()), "HANDOVER_REQUIRED");
}

TEST_F(ResponsibilityTest, IsGivenBackWhereNobodyHasHandedItOn) {
  const std::string name = Create();
  const auto request = TransferOf(name);
  const auto said = Transfer(request);
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_TRUE(Restore(request, said->version()));
  EXPECT_EQ(Get(name).responsible_department(), kMarketing);
  EXPECT_EQ(Get(name).owner(), "persons/mia");
  EXPECT_EQ(HistoryOf(name)[3].type(), "responsibility-restored");
  EXPECT_FALSE(Restore(request, said->version())) << "it is marketing's already";

  const auto second = Transfer(TransferOf(name));
  ASSERT_TRUE(second.ok()) << second.status();
  // The first one's undoing comes too late: it was handed over anew since.
  EXPECT_FALSE(Restore(request, said->version()));
  EXPECT_EQ(Get(name).responsible_department(), kSales);
}

TEST_F(ResponsibilityTest, TellsWhenADepartmentFirstActed) {
  const std::string name = Create();
  Record(name, "ana@sales", fact::v1::FACT_KIND_CALL);  // before it was theirs
  const auto said = Transfer(TransferOf(name));
  ASSERT_TRUE(said.ok()) << said.status();
  const auto acted = [&] { return HasActed(name, said->version()); };
  EXPECT_FALSE(acted());
  // Neither who works on it inside the department, nor what others do.
  Record(name, "sam@sales", fact::v1::FACT_KIND_OWNER_CHANGED, "persons/sam");
  Record(name, "mia@marketing", fact::v1::FACT_KIND_MAIL);
  EXPECT_FALSE(acted());
  Record(name, "sam@sales", fact::v1::FACT_KIND_CALL);
  Record(name, "sam@sales", fact::v1::FACT_KIND_NOTE);
  ASSERT_TRUE(acted());
  const auto history = HistoryOf(name);
  EXPECT_EQ(resource::ToMicros(Ask(name, kSales, said->version()).act_time()),
            resource::ToMicros(history[history.size() - 2].record_time()));
  EXPECT_EQ(Ask(name).department(), kSales);
  EXPECT_EQ(Ask(name).owner(), "persons/sam");
  EXPECT_FALSE(Ask(name).has_act_time());
}

// Also where it was corrected before, and whoever recorded it.
TEST_F(ResponsibilityTest, WhatIsVoidIsNoDeed) {
  const std::string name = Create();
  const auto said = Transfer(TransferOf(name));
  ASSERT_TRUE(said.ok()) << said.status();
  const std::string call = Record(name, "ana@sales", fact::v1::FACT_KIND_CALL);
  EXPECT_TRUE(HasActed(name, said->version()));
  const std::string corrected =
      Record(name, "ana@sales", fact::v1::FACT_KIND_CALL, "", /*corrects=*/call);
  EXPECT_TRUE(HasActed(name, said->version())) << "a correction takes no deed away";
  Void(corrected, "ana@sales");
  EXPECT_FALSE(HasActed(name, said->version()));
  const std::string mail = Record(name, "sam@sales", fact::v1::FACT_KIND_MAIL);
  ASSERT_TRUE(HasActed(name, said->version()));
  const auto history = HistoryOf(name);
  EXPECT_EQ(resource::ToMicros(Ask(name, kSales, said->version()).act_time()),
            resource::ToMicros(history.back().record_time()));
  Void(mail, "sam@sales");
  EXPECT_FALSE(HasActed(name, said->version()));
}

TEST_F(ResponsibilityTest, TellsWhenItWaitedForTheCustomer) {
  const std::string lead = Create();
  EXPECT_EQ(Ask(lead).waits_size(), 0);
  Record(lead, "mia@marketing", fact::v1::FACT_KIND_CALL);
  const std::string first = Record(lead, "mia@marketing", fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER);
  ASSERT_EQ(Ask(lead).waits_size(), 1);
  EXPECT_TRUE(Ask(lead).waits(0).has_start_time());
  EXPECT_FALSE(Ask(lead).waits(0).has_end_time());
  Record(lead, "ana@sales", fact::v1::FACT_KIND_NOTE);
  EXPECT_FALSE(Ask(lead).waits(0).has_end_time());
  Record(lead, "ana@sales", fact::v1::FACT_KIND_MAIL);
  EXPECT_TRUE(Ask(lead).waits(0).has_end_time());
  const int64_t version = Ask(lead).version();
  Record(lead, "ana@sales", fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER);
  EXPECT_EQ(Ask(lead).waits_size(), 2);
  EXPECT_FALSE(HasActed(lead, version)) << "to wait is no deed";
  Void(first, "mia@marketing");
  EXPECT_EQ(Ask(lead).waits_size(), 1);
}

TEST_F(ResponsibilityTest, AHandoverThatWasTakenBackIsNoDeed) {
  const std::string name = Create();
  const auto request = TransferOf(name);
  const auto said = Transfer(request);
  ASSERT_TRUE(said.ok()) << said.status();
  EXPECT_TRUE(Ask(name, kMarketing).has_act_time()) << "it has handed it on";
  EXPECT_TRUE(Restore(request, said->version()));
  EXPECT_FALSE(Ask(name, kMarketing).has_act_time());
}

}  // namespace
}  // namespace comity::lead
