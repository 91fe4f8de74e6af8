#include "services/gateway/convert_lead.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/contact_service.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

const v1::ConvertLeadRequest& Input(const StepContext& context) {
  return static_cast<const v1::ConvertLeadRequest&>(context.input);
}
const v1::ConvertLeadData& Data(const StepContext& context) {
  return static_cast<const v1::ConvertLeadData&>(context.data);
}
v1::ConvertLeadData* Data(Message* data) { return static_cast<v1::ConvertLeadData*>(data); }

std::string PersonName(const v1::ConvertLeadData& lead) {
  if (lead.given_name().empty() || lead.family_name().empty()) {
    return absl::StrCat(lead.given_name(), lead.family_name());
  }
  return absl::StrCat(lead.given_name(), " ", lead.family_name());
}

bool IsPerson(const v1::ConvertLeadData& lead) {
  return !PersonName(lead).empty() || !lead.email_address().empty();
}

// What a party is called, as well as the lead says it.
std::string PartyName(const v1::ConvertLeadData& lead) {
  if (!lead.organization().empty()) return lead.organization();
  if (!PersonName(lead).empty()) return PersonName(lead);
  if (!lead.domain().empty()) return lead.domain();
  return lead.email_address().empty() ? lead.external_id() : lead.email_address();
}

// `example.org` of `https://example.org:443/contact`, as people fill in forms.
std::string DomainIn(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  const size_t scheme = text.find("://");
  if (scheme != absl::string_view::npos) text.remove_prefix(scheme + 3);
  return std::string(text.substr(0, text.find_first_of("/:?#")));
}

StepCall ClaimLead(const StepContext& context) {
  lead::v1::BeginConversionRequest request;
  request.set_name(Input(context).lead());
  request.set_workflow(context.workflow);
  return MakeCall("lead", "comity.lead.v1.LeadService/BeginConversion", request);
}

void TakeLead(const Message& reply, Message* data) {
  const auto& lead = static_cast<const lead::v1::Lead&>(reply);
  v1::ConvertLeadData& known = *Data(data);
  known.set_given_name(lead.given_name());
  known.set_family_name(lead.family_name());
  known.set_email_address(lead.email_address());
  known.set_phone_number(lead.phone_number());
  known.set_job_title(lead.job_title());
  known.set_organization(lead.organization());
  known.set_domain(DomainIn(lead.domain()));
  known.set_external_id(lead.external_id().id());
  known.set_country(lead.country());
  known.set_owner(lead.owner());
  known.mutable_made()->set_lead(lead.name());
}

StepCall ReleaseLead(const StepContext& context) {
  lead::v1::ReleaseConversionRequest request;
  request.set_name(Input(context).lead());
  request.set_workflow(context.workflow);
  return MakeCall("lead", "comity.lead.v1.LeadService/ReleaseConversion", request);
}

// The opportunity stays: the lead became it, and is not converted again.
StepCall KeepLeadConverted(const StepContext& context) {
  const v1::ConvertLeadResponse& made = Data(context).made();
  lead::v1::ReleaseConversionRequest request;
  request.set_name(Input(context).lead());
  request.set_workflow(context.workflow);
  request.set_account(made.account());
  request.set_contact(made.contact());
  request.set_opportunity(made.opportunity());
  return MakeCall("lead", "comity.lead.v1.LeadService/ReleaseConversion", request);
}

// The account that was named, if it stands; else the one with the lead's domain, or a new one.
StepCall FindAccount(const StepContext& context) {
  account::v1::EnsureAccountRequest request;
  request.set_workflow(context.workflow);
  account::v1::Account& account = *request.mutable_account();
  account.set_name(Input(context).account());
  const v1::ConvertLeadData& lead = Data(context);
  account.set_kind(lead.organization().empty() && lead.domain().empty()
                       ? account::v1::ACCOUNT_KIND_PERSON
                       : account::v1::ACCOUNT_KIND_ORGANIZATION);
  account.set_display_name(PartyName(lead));
  account.set_domain(lead.domain());
  account.set_country(lead.country());
  account.set_owner(lead.owner());
  return MakeCall("account", "comity.account.v1.AccountService/EnsureAccount", request);
}

void TakeAccount(const Message& reply, Message* data) {
  const auto& ensured = static_cast<const account::v1::EnsureAccountResponse&>(reply);
  v1::ConvertLeadResponse& made = *Data(data)->mutable_made();
  made.set_account(ensured.account().name());
  made.set_account_made(ensured.made());
}

std::string MadeAccount(const Message& reply) {
  const auto& ensured = static_cast<const account::v1::EnsureAccountResponse&>(reply);
  return ensured.made() ? ensured.account().name() : "";
}

StepCall ReleaseAccount(const StepContext& context) {
  account::v1::ReleaseAccountRequest request;
  request.set_name(Data(context).made().account());
  request.set_workflow(context.workflow);
  return MakeCall("account", "comity.account.v1.AccountService/ReleaseAccount", request);
}

StepCall CreateContact(const StepContext& context) {
  const v1::ConvertLeadData& lead = Data(context);
  if (!IsPerson(lead)) return {};
  account::v1::CreateContactRequest request;
  account::v1::Contact& contact = *request.mutable_contact();
  contact.set_account(lead.made().account());
  contact.set_given_name(lead.given_name());
  contact.set_family_name(lead.family_name());
  contact.set_email_address(lead.email_address());
  contact.set_phone_number(lead.phone_number());
  contact.set_job_title(lead.job_title());
  return MakeCall("account", "comity.account.v1.ContactService/CreateContact", request);
}

std::string NameOfContact(const Message& reply) {
  return static_cast<const account::v1::Contact&>(reply).name();
}

StepCall CreateOpportunity(const StepContext& context) {
  const v1::ConvertLeadData& lead = Data(context);
  const v1::ConvertLeadRequest& input = Input(context);
  lead::v1::CreateOpportunityRequest request;
  lead::v1::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name(input.display_name().empty() ? PartyName(lead)
                                                            : input.display_name());
  opportunity.set_account(lead.made().account());
  opportunity.set_contact(lead.made().contact());
  opportunity.set_lead(input.lead());
  opportunity.set_owner(lead.owner());
  if (input.has_amount()) *opportunity.mutable_amount() = input.amount();
  return MakeCall("lead", "comity.lead.v1.OpportunityService/CreateOpportunity", request);
}

std::string NameOfOpportunity(const Message& reply) {
  return static_cast<const lead::v1::Opportunity&>(reply).name();
}

StepCall CompleteLead(const StepContext& context) {
  const v1::ConvertLeadResponse& made = Data(context).made();
  lead::v1::CompleteConversionRequest request;
  request.set_name(made.lead());
  request.set_workflow(context.workflow);
  request.set_account(made.account());
  request.set_contact(made.contact());
  request.set_opportunity(made.opportunity());
  return MakeCall("lead", "comity.lead.v1.LeadService/CompleteConversion", request);
}

std::unique_ptr<Message> MakeData() { return std::make_unique<v1::ConvertLeadData>(); }

}  // namespace

Definition ConvertLeadWorkflow() {
  Definition definition;
  definition.kind = "convert-lead";
  definition.make_data = MakeData;
  definition.steps = {
      {.name = "claim-lead",
       .call = ClaimLead,
       .take = TakeLead,
       .undo = ReleaseLead,
       .keep = KeepLeadConverted},
      {.name = "find-account",
       .call = FindAccount,
       .take = TakeAccount,
       .made = MadeAccount,
       .undo = ReleaseAccount},
      {.name = "create-contact",
       .call = CreateContact,
       .take = [](const Message& reply,
                  Message* data) { Data(data)->mutable_made()->set_contact(NameOfContact(reply)); },
       .made = NameOfContact},
      {.name = "create-opportunity",
       .call = CreateOpportunity,
       .take =
           [](const Message& reply, Message* data) {
             Data(data)->mutable_made()->set_opportunity(NameOfOpportunity(reply));
           },
       .made = NameOfOpportunity,
       .keeps_earlier = true},
      {.name = "complete-lead", .call = CompleteLead}};
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    return std::make_unique<v1::ConvertLeadResponse>(Data(context).made());
  };
  return definition;
}

}  // namespace comity::gateway
