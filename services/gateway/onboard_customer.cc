#include "services/gateway/onboard_customer.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/support/v1/case_service.pb.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

const v1::OnboardCustomerInput& CustomerInput(const StepContext& context) {
  return static_cast<const v1::OnboardCustomerInput&>(context.input);
}
const v1::OnboardCustomerData& CustomerData(const StepContext& context) {
  return static_cast<const v1::OnboardCustomerData&>(context.data);
}
v1::OnboardCustomerResponse* Made(Message* data) {
  return static_cast<v1::OnboardCustomerData*>(data)->mutable_made();
}

account::v1::RelationshipKind KindOf(lead::v1::BuyerKind buyer) {
  switch (buyer) {
    case lead::v1::BUYER_KIND_MEMBER:
      return account::v1::RELATIONSHIP_KIND_MEMBER;
    case lead::v1::BUYER_KIND_CLIENT:
      return account::v1::RELATIONSHIP_KIND_CLIENT;
    default:
      return account::v1::RELATIONSHIP_KIND_CUSTOMER;
  }
}

google::type::Date DateOf(const google::protobuf::Timestamp& time) {
  const absl::CivilDay day =
      absl::ToCivilDay(absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
  google::type::Date date;
  date.set_year(static_cast<int32_t>(day.year()));
  date.set_month(day.month());
  date.set_day(day.day());
  return date;
}

StepCall ReadOpportunity(const StepContext& context) {
  lead::v1::GetSignedBriefRequest request;
  request.set_name(CustomerInput(context).opportunity());
  return MakeCall("lead", "comity.lead.v1.OpportunityService/GetSignedBrief", request);
}

void TakeBrief(const Message& reply, Message* data) {
  const auto& brief = static_cast<const lead::v1::SignedBrief&>(reply);
  *static_cast<v1::OnboardCustomerData*>(data)->mutable_brief() = brief;
  Made(data)->set_opportunity(brief.opportunity().name());
  Made(data)->set_account(brief.opportunity().account());
}

StepCall EnsureRelationship(const StepContext& context) {
  const lead::v1::SignedBrief& brief = CustomerData(context).brief();
  if (brief.opportunity().account().empty()) return {};
  account::v1::EnsureRelationshipRequest request;
  request.set_workflow(context.workflow);
  account::v1::Relationship& relationship = *request.mutable_relationship();
  relationship.set_account(brief.opportunity().account());
  relationship.set_kind(KindOf(brief.buyer_becomes()));
  if (brief.opportunity().has_sign_time()) {
    *relationship.mutable_start_date() = DateOf(brief.opportunity().sign_time());
  }
  return MakeCall("account", "comity.account.v1.RelationshipService/EnsureRelationship", request);
}

void TakeRelationship(const Message& reply, Message* data) {
  const auto& ensured = static_cast<const account::v1::EnsureRelationshipResponse&>(reply);
  Made(data)->set_relationship(ensured.relationship().name());
  Made(data)->set_relationship_made(ensured.made());
}

std::string MadeRelationship(const Message& reply) {
  const auto& ensured = static_cast<const account::v1::EnsureRelationshipResponse&>(reply);
  return ensured.made() ? ensured.relationship().name() : "";
}

StepCall ReleaseRelationship(const StepContext& context) {
  account::v1::ReleaseRelationshipRequest request;
  request.set_name(CustomerData(context).made().relationship());
  request.set_workflow(context.workflow);
  return MakeCall("account", "comity.account.v1.RelationshipService/ReleaseRelationship", request);
}

std::string TitleOf(const lead::v1::Opportunity& opportunity) {
  return absl::StrCat("Onboarding: ", opportunity.display_name().empty()
                                          ? opportunity.name()
                                          : opportunity.display_name());
}

StepCall OpenCase(const StepContext& context) {
  const lead::v1::SignedBrief& brief = CustomerData(context).brief();
  const lead::v1::Opportunity& opportunity = brief.opportunity();
  support::v1::OpenOnboardingCaseRequest request;
  request.set_title(TitleOf(opportunity));
  request.set_account(opportunity.account());
  request.set_contact(opportunity.contact());
  support::v1::Onboarding& onboarding = *request.mutable_onboarding();
  onboarding.set_opportunity(opportunity.name());
  if (opportunity.has_sign_time()) *onboarding.mutable_sign_time() = opportunity.sign_time();
  for (const lead::v1::OpportunityLine& line : opportunity.lines()) {
    support::v1::SignedLine& signed_line = *onboarding.add_lines();
    signed_line.set_product(line.product());
    signed_line.set_quantity(line.quantity());
    if (line.has_unit_price()) *signed_line.mutable_unit_price() = line.unit_price();
  }
  for (const fact::v1::Fact& fact : brief.notes()) {
    support::v1::SignedNote& note = *onboarding.add_notes();
    note.set_text(fact.summary());
    *note.mutable_actor() = fact.actor();
    *note.mutable_occur_time() = fact.occur_time();
  }
  return MakeCall("support", "comity.support.v1.CaseService/OpenOnboardingCase", request);
}

std::string NameOfCase(const Message& reply) {
  return static_cast<const support::v1::Case&>(reply).name();
}

// Of what was signed, what the offer says.
lead::v1::Opportunity SaleOf(const lead::v1::Opportunity& opportunity) {
  lead::v1::Opportunity sale;
  sale.set_name(opportunity.name());
  sale.set_contact(opportunity.contact());
  *sale.mutable_lines() = opportunity.lines();
  return sale;
}

StepCall OfferCustomer(const StepContext& context) {
  const lead::v1::Opportunity& opportunity = CustomerData(context).brief().opportunity();
  if (opportunity.account().empty()) return {};
  v1::OfferCustomerRequest request;
  request.set_account(opportunity.account());
  *request.mutable_opportunity() = SaleOf(opportunity);
  request.set_workflow(context.workflow);
  return MakeCall("gateway", "comity.gateway.v1.HandoverService/OfferCustomer", request);
}

void TakeOffer(const Message& reply, Message* data) {
  const auto& offered = static_cast<const v1::OfferCustomerResponse&>(reply);
  Made(data)->set_handover(offered.handover());
  Made(data)->set_why_no_handover(offered.why_not());
}

std::string NameOfOffer(const Message& reply) {
  return static_cast<const v1::OfferCustomerResponse&>(reply).handover();
}

StepCall TakeBackOffer(const StepContext& context) {
  const std::string& handover = CustomerData(context).made().handover();
  if (handover.empty()) return {};
  v1::TakeBackOfferRequest request;
  request.set_name(handover);
  return MakeCall("gateway", "comity.gateway.v1.HandoverService/TakeBackOffer", request);
}

std::unique_ptr<Message> MakeCustomerData() { return std::make_unique<v1::OnboardCustomerData>(); }

}  // namespace

Definition OnboardCustomerWorkflow() {
  Definition definition;
  definition.kind = kOnboardCustomer;
  definition.revision = 2;  // since it ends in an offer
  definition.is_unattended = true;
  definition.make_data = MakeCustomerData;
  definition.steps = {{.name = "read-opportunity", .call = ReadOpportunity, .take = TakeBrief},
                      {.name = "ensure-relationship",
                       .call = EnsureRelationship,
                       .take = TakeRelationship,
                       .made = MadeRelationship,
                       .undo = ReleaseRelationship},
                      {.name = "open-case",
                       .call = OpenCase,
                       .take = [](const Message& reply,
                                  Message* data) { Made(data)->set_case_(NameOfCase(reply)); },
                       .made = NameOfCase},
                      {.name = "offer-customer",
                       .call = OfferCustomer,
                       .take = TakeOffer,
                       .made = NameOfOffer,
                       .undo = TakeBackOffer}};
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::OnboardCustomerResponse>(CustomerData(context).made());
  };
  return definition;
}

}  // namespace comity::gateway
