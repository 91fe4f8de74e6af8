// Who is responsible, by random courses: offers, acceptances (also disturbed ones), returns,
// withdrawals, work that passes inside a department, and calls that come too late. The engine with
// the handlers and stores of the gateway and of the lead service, without a network between. An
// oracle says who holds each record; the services, the record's journal and its timeline must say
// the same, at every position.
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/handover/accept_handover.h"
#include "services/gateway/handover/handover_service.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/runtime/testlib/rounds.h"
#include "tests/faults/lead_and_gateway.h"

namespace comity::gateway {
namespace {

constexpr unsigned kSeed = 20261128;
constexpr char kSales[] = "departments/sales";
constexpr char kMarketing[] = "departments/marketing";
constexpr char kSupport[] = "departments/support";

// Who speaks for a department.
const std::string& SpeakerOf(const std::string& department) {
  static const auto* const speakers = new std::map<std::string, std::string>{
      {kSales, "ana@sales"}, {kMarketing, "mia@marketing"}, {kSupport, "sue@support"}};
  return speakers->at(department);
}
std::string PersonOf(const std::string& department) {
  const std::string& speaker = SpeakerOf(department);
  return absl::StrCat("persons/", speaker.substr(0, speaker.find('@')));
}

// A record as the oracle knows it.
struct Held {
  std::string name;
  std::vector<std::string> holders;  // in turn; the last one holds it
  std::string offer;                 // open; empty: none
  std::string offered_by;
  std::string offered_to;
  std::vector<std::string> handovers;  // all that were offered
  // The passings that succeeded, as a call that takes them back names them.
  std::vector<workflow::v1::RestoreResponsibilityRequest> passings;
  bool last_stands = false;  // nobody has taken the last passing back

  const std::string& holder() const { return holders.back(); }
};

class ResponsibilityCourseTest : public testing::Test {
 protected:
  ResponsibilityCourseTest() {
    services_.handovers = &handovers_;
    // All pass to all, in a circle and back.
    type::v1::Charter document = gateway_.MakeCall("ana@sales").charter().document();
    document.set_revision(document.revision() + 1);
    for (const auto& [from, to] : Ways()) {
      type::v1::HandoverAgreement agreement = document.handovers(0);
      agreement.set_name(AgreementOf(from, to));
      agreement.set_from(from);
      agreement.set_to(to);
      *document.add_handovers() = agreement;
    }
    type::v1::Access* reads = document.add_access();
    reads->set_department(kSupport);
    reads->set_collection("leads");
    reads->set_read(true);
    for (testlib::TestRuntime* runtime : {&gateway_, &lead_}) {
      auto charter = charter::Charter::Make(document);
      EXPECT_TRUE(charter.ok()) << charter.status();
      runtime->runtime()->charters->Put({*std::move(charter), "", absl::Now(), {}});
    }
  }

  static std::vector<std::pair<std::string, std::string>> Ways() {
    return {{kMarketing, kSales}, {kSales, kMarketing}, {kSales, kSupport}, {kSupport, kMarketing}};
  }
  static std::string AgreementOf(const std::string& from, const std::string& to) {
    return absl::StrCat("agreements/", from.substr(12), "-to-", to.substr(12));
  }
  int Below(int end) { return static_cast<int>(random_() % end); }
  template <typename Items>
  auto OneOf(const Items& items) {
    return items[Below(static_cast<int>(items.size()))];
  }

  Held NewLead() {
    lead::v1::CreateLeadRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_lead()->set_family_name("Muster");
    request.mutable_lead()->set_owner(PersonOf(kMarketing));
    Call call = lead_.MakeCall("mia@marketing", "test/Create");
    const auto made = leads_.CreateLead(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    Held held;
    held.name = made.ok() ? made->name() : "";
    held.holders = {kMarketing};
    return held;
  }

  void Step(Held* held) {
    switch (Below(10)) {
      case 0:
      case 1:
      case 2:
        return Offer(held);
      case 3:
      case 4:
      case 5:
        return Accept(held);
      case 6:
        return Below(2) == 0 ? Return(held) : Withdraw(held);
      case 7:
        return Below(2) == 0 ? ChangeOwner(*held) : MoveOwned(*held);
      case 8:
        return PassByAnother(held);
      default:
        return TakeBackLate(held);
    }
  }

  // By the department of the agreement, whether it holds the record or not.
  void Offer(Held* held) {
    const auto [from, to] = OneOf(Ways());
    v1::OfferHandoverRequest request;
    request.set_agreement(AgreementOf(from, to));
    request.set_subject(held->name);
    request.set_request_id(testlib::NewRequestId());
    Call call = gateway_.MakeCall(SpeakerOf(from), "test/Offer");
    for (const std::string& item : call.charter().document().handovers(0).checklist()) {
      auto* answer = request.add_checklist();
      answer->set_item(item);
      answer->set_answer("as they said");
    }
    const auto offered = handovers_.OfferHandover(call, request);
    EXPECT_EQ(offered.ok(), held->offer.empty() && held->holder() == from) << offered.status();
    if (!offered.ok()) return;
    held->offer = offered->name();
    held->offered_by = from;
    held->offered_to = to;
    held->handovers.push_back(offered->name());
  }
  template <typename Request>
  static Request On(const std::string& handover) {
    Request request;
    request.set_name(handover);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  // What goes wrong on the way, once: nothing, a call or its answer is lost, or the end is refused.
  bool Trouble() {
    static constexpr const char* kCalls[] = {"/BeginAcceptance", "/TransferResponsibility",
                                             "/CompleteAcceptance"};
    const int kind = Below(6);
    if (kind > 2) return false;
    const std::string hit = kind == 2 ? "/CompleteAcceptance" : kCalls[Below(3)];
    const auto left = std::make_shared<int>(1);
    const auto trouble = [=](const std::string& method) {
      if (!absl::EndsWith(method, hit) || --*left < 0) return absl::OkStatus();
      return kind == 2 ? PermissionDenied("ROLE_REQUIRED", "no longer")
                       : Unavailable("SERVICE_UNAVAILABLE", "lost");
    };
    (kind == 1 ? services_.after : services_.before) = trouble;
    return kind == 2;
  }
  void Accept(Held* held) {
    if (held->offer.empty()) return;
    Call call = gateway_.MakeCall(SpeakerOf(held->offered_to), "test/Accept");
    const auto operation =
        handovers_.AcceptHandover(call, On<v1::AcceptHandoverRequest>(held->offer));
    ASSERT_TRUE(operation.ok()) << operation.status();
    const bool end_is_refused = Trouble();
    const v1::Workflow workflow = AwaitEnd(operation->name());
    services_.before = services_.after = nullptr;
    const bool may_pass = held->holder() == held->offered_by;
    EXPECT_EQ(workflow.state(), may_pass && !end_is_refused ? v1::WORKFLOW_STATE_SUCCEEDED
                                                            : v1::WORKFLOW_STATE_WITHDRAWN)
        << workflow.DebugString();
    if (!may_pass) return;  // it is offered as before
    held->holders.push_back(held->offered_to);
    if (end_is_refused) {
      held->holders.push_back(held->offered_by);
      held->last_stands = false;
      return;
    }
    const v1::Handover handover = Get(held->offer);
    EXPECT_EQ(handover.state(), v1::HANDOVER_STATE_ACCEPTED);
    workflow::v1::RestoreResponsibilityRequest& back = held->passings.emplace_back();
    back.set_name(held->name);
    back.mutable_change()->set_handover(handover.name());
    back.mutable_change()->set_agreement(handover.agreement());
    back.mutable_change()->set_from(handover.from());
    back.mutable_change()->set_to(handover.to());
    back.set_version(handover.subject_version());
    back.set_former_owner(PersonOf(handover.from()));
    held->last_stands = true;
    held->offer.clear();
  }
  void Return(Held* held) {
    if (held->offer.empty()) return;
    auto request = On<v1::ReturnHandoverRequest>(held->offer);
    request.set_reason("incomplete");
    Call call = gateway_.MakeCall(SpeakerOf(held->offered_to), "test/Return");
    const auto returned = handovers_.ReturnHandover(call, request);
    EXPECT_TRUE(returned.ok()) << returned.status();
    held->offer.clear();
  }
  void Withdraw(Held* held) {
    if (held->offer.empty()) return;
    Call call = gateway_.MakeCall(SpeakerOf(held->offered_by), "test/Withdraw");
    const auto withdrawn =
        handovers_.WithdrawHandover(call, On<v1::WithdrawHandoverRequest>(held->offer));
    EXPECT_TRUE(withdrawn.ok()) << withdrawn.status();
    held->offer.clear();
  }
  // Whoever works on it, also of another department, is no matter of responsibility.
  void ChangeOwner(const Held& held) {
    fact::v1::RecordFactRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_parent(held.name);
    request.mutable_fact()->set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
    request.mutable_fact()->set_owner(PersonOf(Below(2) == 0 ? kSales : kMarketing));
    Call call = lead_.MakeCall(SpeakerOf(Below(2) == 0 ? kSales : kMarketing), "test/Record");
    const auto recorded = facts_.RecordFact(call, request);
    EXPECT_TRUE(recorded.ok()) << recorded.status();
  }
  void MoveOwned(const Held& held) {
    workflow::v1::MoveOwnedRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_person(PersonOf(held.holder()));
    request.set_department(kSales);
    request.add_successors("persons/sam");
    request.set_limit(100);
    request.set_workflow("workflows/0190aaaa-0000-7000-8000-000000000000");
    Call call = lead_.MakeCall("sam@sales", "test/MoveOwned");
    call.principal.workload = "service/gateway";
    const auto moved = services_.of_lead.MoveOwned(call, request);
    EXPECT_TRUE(moved.ok()) << moved.status();
  }
  // Another acceptance, of which this gateway's table knows nothing: it was restored from a backup,
  // say.
  void PassByAnother(Held* held) {
    const auto [from, to] = OneOf(Ways());
    workflow::v1::TransferResponsibilityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.set_name(held->name);
    request.set_charter_revision(lead_.MakeCall("ana@sales").charter().revision());
    workflow::v1::ResponsibilityChange& change = *request.mutable_change();
    change.set_handover(resource::MakeName("handovers", resource::NewId(absl::Now())));
    change.set_agreement(AgreementOf(from, to));
    change.set_from(from);
    change.set_to(to);
    change.set_owner(PersonOf(to));
    Call call = lead_.MakeCall(SpeakerOf(to), "test/Transfer");
    call.principal.workload = "service/gateway";
    const auto passed = services_.of_lead.TransferResponsibility(call, request);
    EXPECT_EQ(Reason(passed.status()), held->holder() == from ? "" : "RESPONSIBILITY_MOVED");
    if (!passed.ok()) return;
    held->holders.push_back(to);
    workflow::v1::RestoreResponsibilityRequest& back = held->passings.emplace_back();
    back.set_name(held->name);
    *back.mutable_change() = change;
    back.set_version(passed->version());
    back.set_former_owner(passed->former_owner());
    held->last_stands = true;
  }
  // What takes a passing back, whenever it comes: it moves nothing that has moved on.
  void TakeBackLate(Held* held) {
    if (held->passings.empty()) return;
    const bool is_last = Below(2) == 0;
    workflow::v1::RestoreResponsibilityRequest request =
        is_last ? held->passings.back() : OneOf(held->passings);
    const bool may = held->last_stands && request.version() == held->passings.back().version();
    request.set_request_id(testlib::NewRequestId());
    Call call = lead_.MakeCall("nobody@nowhere", "test/Restore");
    call.principal.person.clear();
    call.principal.department.clear();
    call.principal.workload = "service/gateway";
    const auto restored = services_.of_lead.RestoreResponsibility(call, request);
    ASSERT_TRUE(restored.ok()) << restored.status();
    EXPECT_EQ(restored->withdrawn(), may);
    if (!may) return;
    held->holders.push_back(request.change().from());
    held->last_stands = false;
  }

  v1::Handover Get(const std::string& name) {
    Call call = gateway_.MakeCall("ana@sales", "test/Get");
    v1::GetHandoverRequest request;
    request.set_name(name);
    const auto handover = handovers_.GetHandover(call, request);
    EXPECT_TRUE(handover.ok()) << handover.status();
    return handover.value_or(v1::Handover());
  }
  v1::Workflow AwaitEnd(const std::string& name) {
    const absl::Time end = absl::Now() + absl::Seconds(60);
    while (absl::Now() < end) {
      runner_.RunDue();
      Call call = gateway_.MakeCall("ana@sales");
      StoredWorkflow stored;
      EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                    COMITY_ASSIGN_OR_RETURN(stored, GetWorkflow(reader, name));
                    return absl::OkStatus();
                  }).ok());
      const v1::Workflow& workflow = stored.record.workflow();
      if (workflow.has_end_time() || workflow.state() == v1::WORKFLOW_STATE_STUCK) return workflow;
      absl::SleepFor(absl::Milliseconds(5));
    }
    ADD_FAILURE() << name << " does not end";
    return {};
  }

  // What the service says now.
  void CheckNow(const Held& held) {
    workflow::v1::GetResponsibilityRequest request;
    request.set_name(held.name);
    Call call = lead_.MakeCall("nobody@nowhere");
    const auto said = services_.of_lead.GetResponsibility(call, request);
    ASSERT_TRUE(said.ok()) << said.status();
    EXPECT_EQ(said->department(), held.holder());
  }
  std::vector<timeline::Told> JournalOf(testlib::TestRuntime* runtime, const std::string& service,
                                        const std::string& name) {
    std::vector<timeline::Told> told;
    Call call = runtime->MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  told.clear();
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 1000));
                  for (const auto& bytes : stored) {
                    timeline::Told& each = told.emplace_back();
                    each.service = service;
                    each.positioned.set_position(bytes.position);
                    if (!each.positioned.mutable_entry()->ParseFromString(bytes.body)) {
                      return Internal("no entry");
                    }
                  }
                  return absl::OkStatus();
                }).ok());
    return told;
  }
  // By the changes alone: whoever had it no longer has, and whoever takes it had it not. And by the
  // record that each entry carries. Both must name the same one, and no entry two.
  void CheckJournal(const Held& held, const std::vector<timeline::Told>& told) {
    std::set<std::string> have;
    std::vector<std::string> in_turn;
    for (const timeline::Told& each : told) {
      const journal::v1::Entry& entry = each.entry();
      workflow::v1::ResponsibilityChange change;
      lead::v1::Lead record;
      if (entry.type() == "created") {
        ASSERT_TRUE(entry.payload().UnpackTo(&record));
        have.insert(record.responsible_department());
      } else if (entry.payload().UnpackTo(&change)) {
        const bool is_back = entry.type() == "responsibility-restored";
        EXPECT_EQ(have.erase(is_back ? change.to() : change.from()), 1U)
            << entry.ShortDebugString();
        have.insert(is_back ? change.from() : change.to());
      }
      ASSERT_EQ(have.size(), 1U) << "version " << entry.version();
      if (in_turn.empty() || in_turn.back() != *have.begin()) in_turn.push_back(*have.begin());
      if (entry.has_record() && entry.record().UnpackTo(&record)) {
        EXPECT_EQ(record.responsible_department(), *have.begin()) << "version " << entry.version();
      }
    }
    EXPECT_EQ(in_turn, held.holders);
  }
  // The stretches of its timeline.
  void CheckTimeline(const Held& held, std::vector<timeline::Told> told) {
    for (const std::string& handover : held.handovers) {
      for (timeline::Told& each : JournalOf(&gateway_, "gateway", handover)) {
        told.push_back(std::move(each));
      }
    }
    std::shuffle(told.begin(), told.end(), random_);
    const Call call = gateway_.MakeCall("ana@sales");
    timeline::Reading reading;
    reading.now = absl::Now();
    const v1::Timeline timeline = timeline::MakeTimeline(told, call.charter(), reading);
    std::vector<std::string> in_turn;
    for (const auto& stretch : timeline.stretches()) {
      EXPECT_EQ(stretch.subject(), held.name);
      EXPECT_EQ(stretch.has_end_time(), &stretch != &*timeline.stretches().rbegin());
      in_turn.push_back(stretch.department());
    }
    EXPECT_EQ(in_turn, held.holders);
  }

  std::mt19937 random_{kSeed};
  testlib::Database gateway_database_{GatewayMigrations()};
  testlib::Database lead_database_{lead::LeadMigrations()};
  testlib::TestRuntime gateway_{&gateway_database_, "gateway"};
  testlib::TestRuntime lead_{&lead_database_, "lead"};
  LeadAndGateway services_{&gateway_, &lead_};
  Runner runner_{gateway_.runtime(), {AcceptHandoverWorkflow()}, &services_, FastRunner()};
  HandoverService handovers_{nullptr, &runner_, &services_};
  lead::LeadService leads_{nullptr};
  fact::FactService facts_{nullptr, lead::Subjects()};

 private:
  static RunnerOptions FastRunner() {
    RunnerOptions options;
    options.lease = absl::Milliseconds(200);
    options.poll = absl::Milliseconds(20);
    return options;
  }
};

TEST_F(ResponsibilityCourseTest, ARecordHasOneHolderAtEveryPosition) {
  size_t passings = 0;
  for (int round = 0; round < testlib::Rounds(3); ++round) {
    std::vector<Held> all;
    for (int i = 0; i < 3; ++i) all.push_back(NewLead());
    for (int step = 0; step < 60 && !HasFailure(); ++step) {
      Held& held = all[Below(static_cast<int>(all.size()))];
      Step(&held);
      CheckNow(held);
    }
    for (const Held& held : all) {
      const auto told = JournalOf(&lead_, "lead", held.name);
      CheckJournal(held, told);
      CheckTimeline(held, told);
      passings += held.passings.size();
    }
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(passings, 8U) << "a course in which nothing passes proves nothing";
}

}  // namespace
}  // namespace comity::gateway
