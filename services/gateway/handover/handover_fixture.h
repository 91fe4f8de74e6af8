// Handovers on a real database, with the services that an acceptance crosses.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_FIXTURE_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_FIXTURE_H_

#include <algorithm>
#include <string>
#include <utility>
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

inline constexpr char kTestAgreement[] = "agreements/qualified-lead";
inline constexpr char kOfferSecret[] = "Ms Weber at weber@example.org";

class HandoverServiceTest : public ::testing::Test {
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
    request.set_agreement(kTestAgreement);
    request.set_subject(subject);
    for (const auto& agreement : call_.charter().document().handovers()) {
      if (agreement.name() != kTestAgreement) continue;
      for (const std::string& item : agreement.checklist()) {
        auto* answer = request.add_checklist();
        answer->set_item(item);
        answer->set_answer(kOfferSecret);
      }
    }
    request.set_note(kOfferSecret);
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
    request.set_note(kOfferSecret);
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
                    EXPECT_THAT(bytes.body, ::testing::Not(::testing::HasSubstr(kOfferSecret)));
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

  // From now on.
  void UseCharterWithout(const std::string& agreement) {
    type::v1::Charter document = call_.charter().document();
    document.set_revision(document.revision() + 1);
    auto* agreements = document.mutable_handovers();
    agreements->erase(std::remove_if(agreements->begin(), agreements->end(),
                                     [&](const auto& each) { return each.name() == agreement; }),
                      agreements->end());
    auto charter = charter::Charter::Make(std::move(document));
    ASSERT_TRUE(charter.ok()) << charter.status();
    runtime_.runtime()->charters->Put({*std::move(charter), "", absl::Now(), {}});
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_, "gateway"};
  const Call call_ = runtime_.MakeCall("mia@marketing");
  TestOwners owners_{&runtime_};
  Runner runner_{runtime_.runtime(), {AcceptHandoverWorkflow()}, &owners_, FastRunner()};
  HandoverService service_{nullptr, &runner_, &owners_};
  HandoverClocks clocks_{runtime_.runtime(), &owners_};
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_FIXTURE_H_
