// What tests of credit statements stand on: a real database, the gateway's handlers and workflow,
// and touches that the lead service would tell.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_STATEMENTS_FIXTURE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_STATEMENTS_FIXTURE_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_service.h"
#include "services/gateway/credit/credit_store.h"
#include "services/gateway/credit/draw_credit.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {

inline constexpr char kOwnSales[] = "departments/sales";
inline constexpr char kOwnMarketing[] = "departments/marketing";

// The lead service, in memory, and the gateway's handlers.
class TestCreditCaller final : public StepCaller {
 public:
  using MessagePtr = std::unique_ptr<google::protobuf::Message>;
  TestCreditCaller(testlib::TestRuntime* runtime, CreditService* service)
      : runtime_(runtime), service_(service) {}

  // What happens after a call of a workflow is done; OK lets its answer pass.
  std::function<absl::Status(const std::string& method)> after;
  std::map<std::string, lead::v1::TouchSet> sets;  // by opportunity

  absl::StatusOr<MessagePtr> Call(const StepCall& step, const type::v1::Actor& actor) override {
    comity::Call call = runtime_->MakeCall("nobody@nowhere", step.method);
    call.principal.person = actor.person();
    call.principal.department = actor.department();
    call.principal.workload = "service/gateway";
    auto reply = Answer(step, call);
    if (after) {
      if (absl::Status status = after(step.method); !status.ok()) return status;
    }
    return reply;
  }

 private:
  template <typename Reply>
  static absl::StatusOr<MessagePtr> Made(const absl::StatusOr<Reply>& reply) {
    if (!reply.ok()) return reply.status();
    return std::make_unique<Reply>(*reply);
  }
  absl::StatusOr<MessagePtr> Answer(const StepCall& step, comity::Call& call) {
    const google::protobuf::Message& request = *step.request;
    if (absl::EndsWith(step.method, "/GetTouches")) {
      const auto& name = static_cast<const lead::v1::GetTouchesRequest&>(request).name();
      return std::make_unique<lead::v1::TouchSet>(sets[name]);
    }
    if (absl::EndsWith(step.method, "/DrawStatement")) {
      return Made(
          service_->DrawStatement(call, static_cast<const v1::DrawStatementRequest&>(request)));
    }
    if (absl::EndsWith(step.method, "/ReverseStatement")) {
      return Made(service_->ReverseStatement(
          call, static_cast<const v1::ReverseStatementRequest&>(request)));
    }
    workflow::ParticipantService participant(nullptr, {}, {});
    return Made(participant.VoidRequest(
        call, static_cast<const workflow::v1::VoidRequestRequest&>(request)));
  }

  testlib::TestRuntime* const runtime_;
  CreditService* const service_;
};

class CreditStatementsTest : public testing::Test {
 protected:
  static RunnerOptions FastRunner() {
    RunnerOptions options;
    options.lease = absl::Milliseconds(100);
    return options;
  }
  // One that marketing's lead became and sales has made, signed at `position` of lead's journal.
  lead::v1::TouchSet& Signed(int64_t position, int64_t euros = 12'000) {
    const std::string name = resource::MakeName("opportunities", resource::NewId(absl::Now()));
    lead::v1::TouchSet& set = caller_.sets[name];
    set.set_opportunity(name);
    set.set_responsible_department(kOwnSales);
    set.set_charter_revision(1);
    Touch(&set, "leads/1", kOwnMarketing).set_lead_creation(true);
    Touch(&set, name + "/facts/1", kOwnSales).set_opportunity_creation(true);
    Sign(&set, position, euros);
    return set;
  }
  static void Sign(lead::v1::TouchSet* set, int64_t position, int64_t euros) {
    *set->mutable_amount() = resource::FromMinorUnits(euros * 100, "EUR");
    set->mutable_signature()->set_fact(absl::StrCat(set->opportunity(), "/facts/s", position));
    *set->mutable_signature()->mutable_sign_time() = resource::FromTime(absl::Now());
    set->mutable_signature()->set_position(position);
  }
  static lead::v1::Touch& Touch(lead::v1::TouchSet* set, const std::string& name,
                                const std::string& department) {
    lead::v1::Touch& touch = *set->add_touches();
    touch.set_name(name);
    touch.mutable_actor()->set_department(department);
    *touch.mutable_occur_time() =
        resource::FromTime(absl::Now() - absl::Hours(1) + set->touches_size() * absl::Seconds(1));
    *touch.mutable_record_time() = touch.occur_time();
    touch.set_position(set->touches_size());
    touch.set_charter_revision(1);
    return touch;
  }

  absl::StatusOr<std::string> Draw(const lead::v1::TouchSet& set, int64_t position) {
    Call call = runtime_.MakeCall("ana@sales", "test/Draw");
    v1::DrawStatementRequest request;
    *request.mutable_touches() = set;
    request.set_position(position);
    request.set_request_id(testlib::NewRequestId());
    COMITY_ASSIGN_OR_RETURN(const auto response, service_.DrawStatement(call, request));
    return response.statement();
  }
  std::string Drawn(const lead::v1::TouchSet& set, int64_t position) {
    const auto name = Draw(set, position);
    EXPECT_TRUE(name.ok()) << name.status();
    return name.value_or("");
  }
  std::string Reverse(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales", "test/Reverse");
    v1::ReverseStatementRequest request;
    request.set_name(name);
    request.set_reason("SIGNATURE_VOIDED");
    request.set_request_id(testlib::NewRequestId());
    const auto response = service_.ReverseStatement(call, request);
    return response.ok() ? response->reversal() : Reason(response.status());
  }
  std::string Acknowledge(const std::string& name, const std::string& as) {
    Call call = runtime_.MakeCall(as, "test/Acknowledge");
    v1::AcknowledgeStatementRequest request;
    request.set_name(name);
    request.set_request_id(testlib::NewRequestId());
    return Reason(service_.AcknowledgeStatement(call, request).status());
  }
  v1::CreditStatement Get(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales", "test/Get");
    v1::GetStatementRequest request;
    request.set_name(name);
    const auto statement = service_.GetStatement(call, request);
    EXPECT_TRUE(statement.ok()) << statement.status();
    return statement.value_or(v1::CreditStatement());
  }
  absl::StatusOr<v1::ListStatementsResponse> List(const std::string& filter, int size = 0) {
    Call call = runtime_.MakeCall("ana@sales", "test/List");
    v1::ListStatementsRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    return service_.ListStatements(call, request);
  }
  // Why it was negated.
  std::string ReasonFor(const std::string& name) {
    const auto all = List("");
    EXPECT_TRUE(all.ok()) << all.status();
    for (const auto& statement : all->statements()) {
      if (statement.reverses() == name) return statement.reason();
    }
    return "";
  }
  // What all statements of an opportunity give each party together, in cents.
  std::map<std::string, int64_t> SumsOf(const std::string& opportunity) {
    std::map<std::string, int64_t> sums;
    const auto all = List(absl::StrCat("opportunity = \"", opportunity, "\""));
    EXPECT_TRUE(all.ok()) << all.status();
    for (const auto& statement : all->statements()) {
      for (const auto& line : statement.lines()) {
        sums[line.party()] += *resource::ToMinorUnits(line.amount());
      }
    }
    return sums;
  }
  std::vector<std::string> EntriesOf(const std::string& name) {
    std::vector<std::string> types;
    Call call = runtime_.MakeCall("ana@sales", "test/History");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto history,
                                          journal::ReadHistory(reader, name, 0, 100));
                  for (const auto& stored : history) {
                    journal::v1::Entry entry;
                    EXPECT_TRUE(entry.ParseFromString(stored.body));
                    v1::CreditStatement told;
                    EXPECT_TRUE(entry.payload().UnpackTo(&told));
                    EXPECT_FALSE(told.has_amount());
                    types.push_back(entry.type());
                  }
                  return absl::OkStatus();
                }).ok());
    return types;
  }

  // Starts the workflow of a signature, as its follower does.
  std::string Start(const lead::v1::TouchSet& set, int64_t position) {
    Call call = runtime_.MakeCall("ana@sales", "test/Start");
    v1::DrawCreditInput input;
    input.set_opportunity(set.opportunity());
    input.set_signature(set.signature().fact());
    input.set_position(position);
    std::string name;
    google::protobuf::Any none;
    EXPECT_TRUE(storage::TransactInto(
                    call, {},
                    [&](storage::Transaction& tx) -> absl::Status {
                      COMITY_ASSIGN_OR_RETURN(
                          name, StartWorkflow(tx, call.now, *runner_.Find(kDrawCredit),
                                              {set.opportunity(),
                                               call.actor(),
                                               input,
                                               {set.signature().fact(), position}}));
                      return absl::OkStatus();
                    },
                    &none)
                    .ok());
    return name;
  }
  void Void(const std::string& opportunity, int64_t position) {
    Call call = runtime_.MakeCall("ana@sales", "test/Void");
    google::protobuf::Any none;
    EXPECT_TRUE(storage::TransactInto(
                    call, {},
                    [&](storage::Transaction& tx) {
                      return AskToWithdraw(tx, kDrawCredit, opportunity, position,
                                           "SIGNATURE_VOIDED");
                    },
                    &none)
                    .ok());
  }
  v1::Workflow Run(const std::string& name) {
    StoredWorkflow stored;
    for (int i = 0; i < 100; ++i) {
      runner_.RunDue();
      Call call = runtime_.MakeCall("ana@sales", "test/GetWorkflow");
      EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                    COMITY_ASSIGN_OR_RETURN(stored, GetWorkflow(reader, name));
                    return absl::OkStatus();
                  }).ok());
      const auto& workflow = stored.record.workflow();
      const bool is_asked = !stored.asked.empty();
      const auto wanted = is_asked ? v1::WORKFLOW_STATE_WITHDRAWN : v1::WORKFLOW_STATE_SUCCEEDED;
      if (workflow.state() == wanted) break;
      absl::SleepFor(absl::Milliseconds(30));
    }
    return stored.record.workflow();
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  CreditService service_{nullptr, nullptr};
  TestCreditCaller caller_{&runtime_, &service_};
  Runner runner_{runtime_.runtime(), {DrawCreditWorkflow()}, &caller_, FastRunner()};
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_STATEMENTS_FIXTURE_H_
