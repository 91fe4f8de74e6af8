#include "services/client/api/schema.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/contact_service.pb.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/customer_service.pb.h"
#include "comity/gateway/v1/directory_service.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/gateway/v1/timeline_service.pb.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "services/client/profile.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Every file with a service, or with what only a workflow answers, by one of its messages: a linker
// drops what nobody names.
const std::vector<const google::protobuf::FileDescriptor*>& ServiceFiles() {
  static const auto* files = new std::vector<const google::protobuf::FileDescriptor*>{
      lead::v1::GetLeadRequest::descriptor()->file(),
      lead::v1::GetOpportunityRequest::descriptor()->file(),
      lead::v1::GetCampaignRequest::descriptor()->file(),
      lead::v1::GetProductRequest::descriptor()->file(),
      account::v1::GetAccountRequest::descriptor()->file(),
      account::v1::GetContactRequest::descriptor()->file(),
      account::v1::GetRelationshipRequest::descriptor()->file(),
      support::v1::GetCaseRequest::descriptor()->file(),
      fact::v1::GetFactRequest::descriptor()->file(),
      judgement::v1::JudgeRequest::descriptor()->file(),
      journal::v1::ListHistoryRequest::descriptor()->file(),
      reporting::v1::GetWinRateRequest::descriptor()->file(),
      gateway::v1::GetCharterRequest::descriptor()->file(),
      gateway::v1::GetCreditOutlookRequest::descriptor()->file(),
      gateway::v1::GetCustomerRequest::descriptor()->file(),
      gateway::v1::GetTimelineRequest::descriptor()->file(),
      gateway::v1::GetWorkflowRequest::descriptor()->file(),
      gateway::v1::ConvertLeadRequest::descriptor()->file(),
      gateway::v1::MoveOwnerRequest::descriptor()->file(),
      gateway::v1::OnboardCustomerResponse::descriptor()->file(),
      gateway::v1::GetDisputeRequest::descriptor()->file(),
      gateway::v1::GetHandoverRequest::descriptor()->file(),
      gateway::v1::GetPersonRequest::descriptor()->file()};
  return *files;
}

std::string Camel(absl::string_view word) {
  std::string name(word);
  if (!name.empty()) name[0] = absl::ascii_toupper(name[0]);
  return name;
}

// The first resource name that the request carries, be it in the first item of a batch.
std::string NameIn(const Message& request) {
  const google::protobuf::Reflection* reflection = request.GetReflection();
  for (const char* field_name : {"name", "parent", "subject"}) {
    const FieldDescriptor* field = request.GetDescriptor()->FindFieldByName(field_name);
    if (field == nullptr || field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    std::string name = reflection->GetString(request, field);
    if (!name.empty()) return name;
  }
  if (const auto* field = request.GetDescriptor()->FindFieldByName("judgement")) {
    return NameIn(reflection->GetMessage(request, field));
  }
  const auto* field = request.GetDescriptor()->FindFieldByName("requests");
  if (field == nullptr || reflection->FieldSize(request, field) == 0) return "";
  return NameIn(reflection->GetRepeatedMessage(request, field, 0));
}

}  // namespace

absl::StatusOr<const MethodDescriptor*> FindMethod(absl::string_view name) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(name, absl::MaxSplits('/', 1));
  for (const auto* file : ServiceFiles()) {
    for (int i = 0; i < file->service_count(); ++i) {
      const ServiceDescriptor* service = file->service(i);
      if (service->full_name() != parts.first && service->name() != parts.first) continue;
      const MethodDescriptor* method = service->FindMethodByName(parts.second);
      if (method != nullptr) return method;
    }
  }
  return MakeError(
      absl::StatusCode::kInvalidArgument, "UNKNOWN_METHOD",
      absl::StrCat("no method `", name, "`: name it like comity.lead.v1.LeadService/GetLead"));
}

const FieldDescriptor* FieldAt(const Descriptor& type, absl::string_view path) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(path, absl::MaxSplits('.', 1));
  const FieldDescriptor* field = type.FindFieldByName(parts.first);
  if (field == nullptr || parts.second.empty() || field->is_map()) return field;
  if (field->message_type() == nullptr) return nullptr;
  if (!field->is_repeated()) return FieldAt(*field->message_type(), parts.second);
  const std::pair<std::string, std::string> rest =
      absl::StrSplit(parts.second, absl::MaxSplits('.', 1));
  int index = 0;
  if (!absl::SimpleAtoi(rest.first, &index) || index < 0 || rest.second.empty()) return nullptr;
  return FieldAt(*field->message_type(), rest.second);
}

std::unique_ptr<Message> New(const Descriptor* type) {
  return std::unique_ptr<Message>(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string Collection::Method(absl::string_view verb) const {
  const bool many = verb == "List" || absl::StartsWith(verb, "Batch");
  return absl::StrCat(service, "/", verb, Camel(many ? plural : singular));
}

const Descriptor* Collection::type() const {
  const std::string package = service.substr(0, service.rfind('.'));
  return DescriptorPool::generated_pool()->FindMessageTypeByName(
      absl::StrCat(package, ".", Camel(singular)));
}

bool Collection::has_chosen_ids() const {
  const auto create = FindMethod(Method("Create"));
  return create.ok() &&
         (*create)->input_type()->FindFieldByName(absl::StrCat(singular, "_id")) != nullptr;
}

const std::vector<Collection>& Collections() {
  static const auto* collections = new std::vector<Collection>{
      {"leads", "lead", "comity.lead.v1.LeadService"},
      {"opportunities", "opportunity", "comity.lead.v1.OpportunityService"},
      {"campaigns", "campaign", "comity.lead.v1.CampaignService"},
      {"products", "product", "comity.lead.v1.ProductService"},
      {"accounts", "account", "comity.account.v1.AccountService"},
      {"contacts", "contact", "comity.account.v1.ContactService"},
      {"relationships", "relationship", "comity.account.v1.RelationshipService"},
      {"cases", "case", "comity.support.v1.CaseService"},
      {"persons", "person", "comity.gateway.v1.DirectoryService"},
      {"teams", "team", "comity.gateway.v1.DirectoryService"},
      {"departments", "department", "comity.gateway.v1.DirectoryService"}};
  return *collections;
}

const Collection* FindCollection(absl::string_view plural) {
  for (const Collection& collection : Collections()) {
    if (collection.plural == plural) return &collection;
  }
  return nullptr;
}

const Collection* FindCollectionBySingular(absl::string_view name) {
  for (const Collection& collection : Collections()) {
    if (collection.singular == name) return &collection;
  }
  return nullptr;
}

std::string ServiceOfCollection(absl::string_view name) {
  const std::string plural(name.substr(0, name.find('/')));
  // What the gateway makes by methods of its own, and journals.
  constexpr const char* kGateways[] = {"handovers", "disputes", "credit-statements",
                                       "charterProposals", "charterDelegations"};
  if (std::find(std::begin(kGateways), std::end(kGateways), plural) != std::end(kGateways)) {
    return "gateway";
  }
  const Collection* collection = FindCollection(plural);
  if (collection == nullptr) return "";
  const std::vector<std::string> parts = absl::StrSplit(collection->service, '.');
  return parts[1];
}

absl::StatusOr<std::string> ServiceFor(const MethodDescriptor& method, const Message& request) {
  // `lead` of comity.lead.v1.
  const std::vector<std::string> parts = absl::StrSplit(method.service()->full_name(), '.');
  const std::string& service = parts[1];
  if (service != "fact" && service != "judgement" && service != "journal") return service;
  const std::string name = NameIn(request);
  const std::string owner = ServiceOfCollection(name);
  if (!owner.empty()) return owner;
  return MakeError(absl::StatusCode::kInvalidArgument, "UNKNOWN_COLLECTION",
                   absl::StrCat("`", name,
                                "` is no name of a record, such as leads/{uuid}: it "
                                "decides which service is asked"));
}

}  // namespace comity::client
