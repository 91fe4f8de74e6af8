// Makes the records of the world.
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "google/api/field_behavior.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/access.h"
#include "tests/security/fields.h"
#include "tests/security/kinds.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using google::protobuf::Descriptor;
using integration::Eventually;
using integration::NewRequestId;

constexpr char kMarketer[] = "mia@marketing";

}  // namespace

// Whether what it must name is there.
bool World::CanFill(const Descriptor& type) const {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (RefersTo(field).empty() || !Behaves(field, google::api::REQUIRED)) continue;
    if (!records_.contains(RefersTo(field).Get(0))) return false;
  }
  return true;
}

void World::MakeRecords() {
  records_["departments"] = kHome;
  for (int pass = 0; pass < 3; ++pass) {
    for (const Endpoint& endpoint : Endpoints()) {
      const FieldDescriptor* field = RecordField(*endpoint.method->input_type());
      if (!absl::StartsWith(endpoint.method->name(), "Create") || field == nullptr) continue;
      const std::string collection = CollectionOfType(endpoint.method->output_type());
      if (records_.contains(collection) || !CanFill(*field->message_type())) continue;
      const absl::Status made = MakeRecord(endpoint, collection);
      // What it names may be made by a later method: the last pass must succeed.
      EXPECT_TRUE(pass < 2 || made.ok()) << endpoint.text() << made;
    }
  }
  MakeWorkflow();
  MakeHandover();
  MakeDelegation();
  MakeCreditStatement();
  MakeDisputes();
  AwaitIntake();
}

absl::Status World::MakeRecord(const Endpoint& endpoint, const std::string& collection) {
  absl::StatusOr<std::unique_ptr<Message>> made;
  // Campaigns are marketing's, cases support's, all else is sales' to make.
  for (const char* as : {kSteward, kMarketer, "sue@support"}) {
    const auto request = NewMessage(endpoint.method->input_type());
    Fill(request.get(), caller(as), collection);
    // A new team is known to the other services a moment later.
    Eventually(
        [&] {
          SetText(request.get(), "request_id", NewRequestId());
          made = CallAs(endpoint, as, *request);
          return made.ok() || !absl::StartsWith(Reason(made.status()), "UNKNOWN_");
        },
        absl::Seconds(10));
    if (made.ok()) records_[collection] = GetText(**made, "name");
    if (made.ok() || Reason(made.status()) != "RIGHT_REQUIRED") break;
  }
  return made.status();
}

// One of the kind that can be stopped; what has ended stays as it is.
void World::MakeWorkflow() {
  gateway::v1::MoveOwnerRequest leaving = MoveOfSales();
  leaving.set_request_id(NewRequestId());
  const auto operation = CallAs(EndpointNamed("MoveOwnerService/MoveOwner"), kSteward, leaving);
  EXPECT_TRUE(operation.ok()) << operation.status();
  if (operation.ok()) records_["workflows"] = GetText(**operation, "name");
}

// Marketing offers a lead to sales, and has another one that it may offer.
void World::MakeHandover() {
  const Endpoint& create = EndpointNamed("LeadService/CreateLead");
  for (std::string* lead : {&records_["offered"], &records_["to be offered"]}) {
    const auto request = NewMessage(create.method->input_type());
    Fill(request.get(), caller(kMarketer), "leads");
    const auto made = CallAs(create, kMarketer, *request);
    EXPECT_TRUE(made.ok()) << made.status();
    if (made.ok()) *lead = GetText(**made, "name");
  }
  gateway::v1::OfferHandoverRequest offer;
  Fill(&offer, caller(kMarketer), "leads");
  offer.set_subject(records_["offered"]);
  const auto handover = CallAs(EndpointNamed("HandoverService/OfferHandover"), kMarketer, offer);
  EXPECT_TRUE(handover.ok()) << handover.status();
  if (handover.ok()) records_["handovers"] = GetText(**handover, "name");
}

// Sam lets another person of sales sign.
void World::MakeDelegation() {
  gateway::v1::DelegateSignatureRequest request;
  delegation_ = NewDelegation();
  *request.mutable_signed_delegation() = delegation_;
  request.set_request_id(NewRequestId());
  const auto made = CallAs(EndpointNamed("CharterService/DelegateSignature"), kSteward, request);
  EXPECT_TRUE(made.ok()) << made.status();
  if (made.ok()) records_["charterDelegations"] = GetText(**made, "name");
}

// Sales signs an opportunity: its workflow draws the statement. It tells of a call too late.
void World::MakeCreditStatement() {
  const Endpoint& create = EndpointNamed("OpportunityService/CreateOpportunity");
  lead::v1::CreateOpportunityRequest opportunity;
  opportunity.set_request_id(integration::NewRequestId());
  opportunity.mutable_opportunity()->set_display_name("Signed");
  opportunity.mutable_opportunity()->mutable_amount()->set_currency_code("EUR");
  opportunity.mutable_opportunity()->mutable_amount()->set_units(100);
  const auto made = CallAs(create, kSteward, opportunity);
  ASSERT_TRUE(made.ok()) << made.status();
  const absl::Time before = absl::Now();
  const Endpoint record{"lead", EndpointNamed("FactService/RecordFact").method};
  fact::v1::RecordFactRequest signature;
  signature.set_request_id(integration::NewRequestId());
  signature.set_parent(GetText(**made, "name"));
  signature.mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
  const auto recorded = CallAs(record, kSteward, signature);
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  gateway::v1::ListStatementsRequest list;
  list.set_filter(absl::StrCat("opportunity = \"", signature.parent(), "\""));
  EXPECT_TRUE(integration::Eventually([&] {
    const auto page = CallAs(EndpointNamed("CreditService/ListStatements"), kSteward, list);
    if (!page.ok()) return false;
    const auto& drawn = static_cast<const gateway::v1::ListStatementsResponse&>(**page);
    if (drawn.statements().empty()) return false;
    records_["credit-statements"] = drawn.statements(0).name();
    return true;
  }));
  // A call of which nobody has told in time.
  fact::v1::RecordFactRequest call = signature;
  call.set_request_id(integration::NewRequestId());
  call.mutable_fact()->set_kind(fact::v1::FACT_KIND_CALL);
  *call.mutable_fact()->mutable_occur_time() = resource::FromTime(before);
  const auto late = CallAs(record, kSteward, call);
  ASSERT_TRUE(late.ok()) << late.status();
  records_["late touches"] = GetText(**late, "name");
}

void World::AwaitIntake() {
  journal::v1::ReadJournalRequest first;
  first.set_page_size(2);  // before it, that the service has started
  const Endpoint reporting{"reporting", EndpointNamed("JournalService/ReadJournal").method};
  Eventually([&] {
    const auto page = CallAs(reporting, "max@management", first);
    if (!page.ok()) return false;
    const auto& entries = static_cast<const journal::v1::ReadJournalResponse&>(**page).entries();
    for (const auto& positioned : entries) {
      const std::string& subject = positioned.entry().subject();
      if (absl::StartsWith(subject, "intakes/")) records_["intakes"] = subject;
    }
    return records_.contains("intakes");
  });
}

void World::MakeFactsAndJudgements() {
  for (const Endpoint& endpoint : Endpoints()) {
    const bool records = endpoint.method->name() == "RecordFact";
    if (!records && endpoint.method->name() != "Judge") continue;
    for (const std::string& collection : CollectionsFor(endpoint)) {
      const Caller& by = caller(collection == "cases" ? "sue@support" : kSteward);
      Probe probe = ProbeOf(endpoint, by, collection);
      probe.request->GetReflection()->SetBool(
          probe.request.get(), probe.request->GetDescriptor()->FindFieldByName("validate_only"),
          false);
      const auto made = CallAs(endpoint, by.as, *probe.request);
      EXPECT_TRUE(made.ok()) << endpoint.text() << made.status();
      if (!made.ok()) continue;
      (records ? facts_ : judgements_)[collection] = GetText(**made, "name");
      if (!records) judged_by_[collection] = by.department;
    }
  }
}

void World::MakeMore() const {
  for (const Endpoint& endpoint : Endpoints()) {
    if (!absl::StartsWith(endpoint.method->name(), "Create")) continue;
    std::set<std::string> departments;
    for (const Caller& caller : callers_) {
      const Probe probe = FirstProbeOf(endpoint, caller);
      if (departments.size() == 2 || departments.contains(caller.department)) continue;
      if (!ExpectedReason(*this, endpoint, caller, probe).empty()) continue;
      departments.insert(caller.department);
      const auto* field = probe.request->GetDescriptor()->FindFieldByName("validate_only");
      probe.request->GetReflection()->SetBool(probe.request.get(), field, false);
      const auto made = CallAs(endpoint, caller.as, *probe.request);
      EXPECT_TRUE(made.ok()) << endpoint.text() << made.status();
    }
  }
}

}  // namespace comity::security
