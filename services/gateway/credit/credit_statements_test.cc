// Credit statements on a real database: drawn by signatures, acknowledged, final, and negated.
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/credit/credit_service.h"
#include "services/gateway/credit/credit_store.h"
#include "services/gateway/credit/credit_terms.h"
#include "services/gateway/credit/draw_credit.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/workflow_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/validate.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/workflow/participant_service.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kOwnSales[] = "departments/sales";
constexpr char kOwnMarketing[] = "departments/marketing";

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

TEST_F(CreditStatementsTest, AStatementSaysWhoGetsWhatAndWhy) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  const v1::CreditStatement statement = Get(name);
  EXPECT_EQ(statement.name(), name);
  EXPECT_EQ(statement.opportunity(), set.opportunity());
  EXPECT_EQ(statement.signature(), set.signature().fact());
  EXPECT_EQ(statement.rule(), "credit-rules/new-business");
  EXPECT_EQ(statement.charter_revision(), 1);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(statement.source_position(), 10);
  EXPECT_THAT(statement.departments(), ElementsAre(kOwnMarketing, kOwnSales));
  EXPECT_EQ(statement.touches_size(), 2);
  EXPECT_TRUE(statement.has_department_comparison());
  EXPECT_EQ(SumsOf(set.opportunity())[kOwnMarketing], 800'040);
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn"));
}

TEST_F(CreditStatementsTest, ASignatureDrawsOne) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  EXPECT_EQ(Drawn(set, 10), name);
  EXPECT_EQ(List("")->statements_size(), 1);
}

TEST_F(CreditStatementsTest, ThePartiesMakeItFinal) {
  const std::string name = Drawn(Signed(10), 10);
  EXPECT_EQ(Acknowledge(name, "sue@support"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "");
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(Acknowledge(name, "mia@marketing"), "");
  const v1::CreditStatement statement = Get(name);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_FINAL);
  ASSERT_EQ(statement.acknowledgements_size(), 2);
  EXPECT_EQ(statement.acknowledgements(0).actor().person(), "persons/sam");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "") << "a second time changes nothing";
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "acknowledged", "acknowledged", "final"));
  EXPECT_EQ(Acknowledge("credit-statements/0190f3a1-1234-7abc-8def-0123456789ab", "sam@sales"),
            "RESOURCE_NOT_FOUND");
}

TEST_F(CreditStatementsTest, ATermThatIsOverMakesItFinalOnce) {
  const std::string name = Drawn(Signed(10), 10);
  CreditTerms terms(runtime_.runtime());
  CreditTerms others(runtime_.runtime());
  terms.RunDue(absl::Now() + absl::Hours(24 * 13));
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_DRAWN);
  terms.RunDue(absl::Now() + absl::Hours(24 * 15));
  others.RunDue(absl::Now() + absl::Hours(24 * 15));
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_FINAL);
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "final"));
}

TEST_F(CreditStatementsTest, AReversalNegatesAndChangesNoLine) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  const v1::CreditStatement before = Get(name);
  const std::string reversal = Reverse(name);
  const v1::CreditStatement after = Get(name);
  EXPECT_EQ(after.state(), v1::CREDIT_STATE_REVERSED);
  ASSERT_EQ(after.lines_size(), before.lines_size());
  for (int i = 0; i < after.lines_size(); ++i) {
    EXPECT_EQ(after.lines(i).SerializeAsString(), before.lines(i).SerializeAsString());
  }
  EXPECT_EQ(Get(reversal).reverses(), name);
  EXPECT_EQ(Get(reversal).reason(), "SIGNATURE_VOIDED");
  EXPECT_EQ(Get(reversal).state(), v1::CREDIT_STATE_FINAL);
  for (const auto& [party, cents] : SumsOf(set.opportunity())) EXPECT_EQ(cents, 0) << party;
  EXPECT_EQ(Reverse(name), "") << "it is reversed already";
  EXPECT_EQ(Reverse(reversal), "CREDIT_STATEMENT_IS_REVERSAL");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "CREDIT_STATEMENT_NOT_OPEN");
  EXPECT_EQ(Drawn(set, 10), "") << "what was taken back is not drawn again";
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "reversed"));
}

TEST_F(CreditStatementsTest, ACorrectedSignatureMakesReversalAndNewLines) {
  lead::v1::TouchSet& set = Signed(10, 12'000);
  const std::string first = Drawn(set, 10);
  const lead::v1::TouchSet as_before = set;
  Sign(&set, 10, 9'000);  // it keeps its place in the journal
  set.mutable_signature()->add_corrects(set.signature().fact());
  set.mutable_signature()->set_fact(set.opportunity() + "/facts/corrected");
  const std::string second = Drawn(set, 30);
  EXPECT_NE(second, first);
  EXPECT_EQ(Get(first).state(), v1::CREDIT_STATE_REVERSED);
  EXPECT_EQ(ReasonFor(first), "SIGNATURE_CORRECTED");
  EXPECT_EQ(Get(second).state(), v1::CREDIT_STATE_DRAWN);
  int64_t sum = 0;
  for (const auto& [party, cents] : SumsOf(set.opportunity())) sum += cents;
  EXPECT_EQ(sum, 900'000);
  EXPECT_EQ(Drawn(as_before, 10), "") << "a late drawing of the earlier one";
  EXPECT_EQ(Get(second).state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(List("state = REVERSED")->statements_size(), 1);
}

TEST_F(CreditStatementsTest, AnotherSignatureNegatesAsVoided) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string first = Drawn(set, 10);
  Sign(&set, 30, 9'000);  // the first one was voided, and its workflow is slower
  Drawn(set, 30);
  EXPECT_EQ(ReasonFor(first), "SIGNATURE_VOIDED");
}

TEST_F(CreditStatementsTest, TooManyTouchesEndTheWorkflowToo) {
  lead::v1::TouchSet& set = Signed(10);
  set.clear_touches();
  set.set_too_many(true);
  const v1::Workflow workflow = Run(Start(set, 10));
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_SUCCEEDED) << workflow.DebugString();
  const v1::CreditStatement statement = Get(workflow.steps(1).record());
  EXPECT_EQ(statement.result(), v1::CREDIT_RESULT_TOO_MANY_TOUCHES);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_THAT(statement.departments(), ElementsAre(kOwnMarketing, kOwnSales));
  EXPECT_EQ(Reverse(statement.name()).substr(0, 18), "credit-statements/");
}

TEST_F(CreditStatementsTest, AsManyTouchesAsThereMayBePassTheEdge) {
  lead::v1::TouchSet& set = Signed(50'000);
  while (set.touches_size() < 1'000) {
    Touch(&set, absl::StrCat("leads/1/facts/", set.touches_size()), kOwnMarketing);
  }
  v1::DrawStatementRequest request;
  *request.mutable_touches() = set;
  EXPECT_TRUE(server::Validate(request).ok()) << server::Validate(request);
  EXPECT_EQ(Get(Drawn(set, 50'000)).touches_size(), 1'000);
}

TEST_F(CreditStatementsTest, EachReadsWhatHeMayReadElsewhere) {
  const std::string name = Drawn(Signed(10), 10);
  const auto set_right = [this](const std::string& collection, bool may) {
    charter::Book& book = *runtime_.runtime()->charters;
    type::v1::Charter document = book.last().charter.document();
    document.set_revision(document.revision() + 1);
    for (auto& access : *document.mutable_access()) {
      const bool is_it = access.department() == kOwnSales && access.collection() == collection;
      if (is_it) access.set_read(may), access.set_read_journal(may);
    }
    book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  };
  set_right("leads", false);
  EXPECT_THAT(Get(name).touches(), IsEmpty());
  EXPECT_FALSE(Get(name).has_department_comparison());
  EXPECT_TRUE(Get(name).has_amount());
  set_right("leads", true);
  set_right("opportunities", false);
  EXPECT_EQ(Get(name).touches_size(), 2);
  EXPECT_FALSE(Get(name).has_amount() || Get(name).lines(0).has_amount());
  const auto listed = List("");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_FALSE(listed->statements(0).has_amount() || listed->statements(0).lines(0).has_amount());
  EXPECT_EQ(listed->statements(0).lines(0).basis_points(), 6'667);
}

TEST_F(CreditStatementsTest, WithoutARuleNothingIsDrawn) {
  charter::Book& book = *runtime_.runtime()->charters;
  type::v1::Charter document = book.last().charter.document();
  document.set_revision(2);
  document.clear_credit_rules();
  book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  lead::v1::TouchSet& set = Signed(10);
  set.set_charter_revision(2);
  EXPECT_EQ(Drawn(set, 10), "");
  EXPECT_EQ(List("")->statements_size(), 0);
}

TEST_F(CreditStatementsTest, ListsLeaveTouchesOutAndGoByPages) {
  const std::string first = Drawn(Signed(10), 10);
  const std::string second = Drawn(Signed(20), 20);
  const auto page = List("", 1);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->statements_size(), 1);
  EXPECT_EQ(page->statements(0).name(), second);
  EXPECT_THAT(page->statements(0).touches(), IsEmpty());
  EXPECT_EQ(page->statements(0).lines_size(), 2);
  EXPECT_FALSE(page->next_page_token().empty());
  EXPECT_EQ(List("state = DRAWN")->statements_size(), 2);
  EXPECT_EQ(List("state = FINAL")->statements_size(), 0);
  EXPECT_EQ(Reason(List("state = LOST").status()), "FILTER_INVALID");
  EXPECT_EQ(Reason(List("amount = 1").status()), Reason(List("nothing = 1").status()));
}

TEST_F(CreditStatementsTest, AWorkflowDrawsOnceWhateverAnswerIsLost) {
  const lead::v1::TouchSet& set = Signed(10);
  std::set<std::string> lost;
  caller_.after = [&lost](const std::string& method) {
    return lost.insert(method).second ? Unavailable("SERVICE_UNAVAILABLE", "its answer is lost")
                                      : absl::OkStatus();
  };
  const v1::Workflow workflow = Run(Start(set, 10));
  EXPECT_EQ(workflow.state(), v1::WORKFLOW_STATE_SUCCEEDED) << workflow.DebugString();
  EXPECT_EQ(lost.size(), 2u);
  ASSERT_EQ(List("")->statements_size(), 1);
  EXPECT_EQ(workflow.steps(1).record(), List("")->statements(0).name());
}

TEST_F(CreditStatementsTest, AVoidedSignatureUndoesIt) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string workflow = Start(set, 10);
  Run(workflow);
  Void(set.opportunity(), 20);
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_EQ(List("")->statements_size(), 2);
  for (const auto& [party, cents] : SumsOf(set.opportunity())) EXPECT_EQ(cents, 0) << party;
}

TEST_F(CreditStatementsTest, ASignatureThatStandsNoMoreDrawsNothing) {
  lead::v1::TouchSet& set = Signed(10);
  const std::string workflow = Start(set, 10);
  set.clear_signature();
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_SUCCEEDED);
  EXPECT_EQ(List("")->statements_size(), 0);
  Void(set.opportunity(), 20);
  EXPECT_EQ(Run(workflow).state(), v1::WORKFLOW_STATE_WITHDRAWN);
  EXPECT_EQ(List("")->statements_size(), 0);
}

}  // namespace
}  // namespace comity::gateway
