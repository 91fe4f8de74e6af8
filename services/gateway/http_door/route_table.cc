#include "services/gateway/http_door/route_table.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/type/v1/policy.pb.h"
#include "google/protobuf/descriptor_database.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/server/policy.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

// Packages that stand in several services.
constexpr absl::string_view kShared[] = {"fact", "journal", "judgement", "workflow"};

// `lead` of `comity.lead.v1`.
std::string ServiceOfPackage(const std::string& package) {
  const std::vector<std::string> parts = absl::StrSplit(package, '.');
  return parts.size() == 3 ? parts[1] : "";
}

bool IsShared(absl::string_view name) {
  return std::find(std::begin(kShared), std::end(kShared), name) != std::end(kShared);
}

// Every file that is linked in, e.g. `comity/lead/v1/lead_service.proto`.
std::vector<std::string> LinkedFiles() {
  std::vector<std::string> files;
  google::protobuf::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  return files;
}

std::string NameAtDepth(const Message& message, int depth) {
  const auto* reflection = message.GetReflection();
  for (const char* field_name : {"name", "parent", "subject"}) {
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(field_name);
    if (field == nullptr || field->is_repeated() ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    const std::string value = reflection->GetString(message, field);
    if (!value.empty()) return value;
  }
  if (depth == 0) return "";
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const Message& inner = field->is_repeated() ? reflection->GetRepeatedMessage(message, field, 0)
                                                : reflection->GetMessage(message, field);
    std::string name = NameAtDepth(inner, depth - 1);
    if (!name.empty()) return name;
  }
  return "";
}

}  // namespace

std::string NameIn(const Message& request) { return NameAtDepth(request, 2); }

RouteTable::RouteTable() {
  // Records of the gateway and of reporting that no method with RIGHT_UPDATE writes.
  owners_ = {
      {"persons", "gateway"},           {"departments", "gateway"},        {"teams", "gateway"},
      {"workflows", "gateway"},         {"charterProposals", "gateway"},   {"handovers", "gateway"},
      {"credit-statements", "gateway"}, {"charterDelegations", "gateway"}, {"disputes", "gateway"},
      {"intakes", "reporting"}};
  for (const std::string& name : LinkedFiles()) {
    if (!absl::StartsWith(name, "comity/")) continue;
    const auto* file = google::protobuf::DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->service_count(); ++i) Add(*file->service(i));
  }
}

void RouteTable::Add(const ServiceDescriptor& service) {
  const std::string owner = ServiceOfPackage(service.file()->package());
  if (!IsShared(owner)) services_.insert(owner);
  for (int i = 0; i < service.method_count(); ++i) {
    const MethodDescriptor& method = *service.method(i);
    const auto rule = server::RuleFromDescriptor(method);
    if (rule.ok() && rule->lists_clients) {
      methods_[absl::StrCat("/", service.full_name(), "/", method.name())] = &method;
    }
    const auto& policy = method.options().GetExtension(type::v1::method);
    // What starts a workflow names the right to what it is about, which another service owns.
    const bool starts = method.output_type()->full_name() == "google.longrunning.Operation";
    if (policy.right() == type::v1::RIGHT_UPDATE && !policy.collection().empty() && !starts) {
      owners_.try_emplace(policy.collection(), owner);
    }
  }
}

absl::StatusOr<const MethodDescriptor*> RouteTable::Find(absl::string_view path) const {
  const auto found = methods_.find(path);
  if (found == methods_.end()) {
    return MakeError(absl::StatusCode::kUnimplemented, "METHOD_UNKNOWN",
                     "no such method; call /comity.<service>.v1.<Service>/<Method>");
  }
  if (found->second->client_streaming() || found->second->server_streaming()) {
    return MakeError(absl::StatusCode::kUnimplemented, "STREAM_UNSUPPORTED",
                     "streams are served by gRPC only");
  }
  return found->second;
}

absl::StatusOr<std::string> RouteTable::ServiceOf(const MethodDescriptor& method,
                                                  const Message& request,
                                                  absl::string_view hint) const {
  std::string service = ServiceOfPackage(method.file()->package());
  if (!IsShared(service)) return service;
  const std::string name = NameIn(request);
  if (!name.empty()) {
    std::string owner = OwnerOf(resource::CollectionOf(name));
    if (!owner.empty()) return owner;
    return MakeError(absl::StatusCode::kInvalidArgument, "COLLECTION_UNKNOWN",
                     "no service owns records of this name", {{"name", name}});
  }
  if (services_.contains(hint)) return std::string(hint);
  return MakeError(absl::StatusCode::kInvalidArgument, "SERVICE_AMBIGUOUS",
                   "this method stands in several services and the request names no record: say "
                   "which by the header Comity-Service, e.g. `lead`");
}

std::string RouteTable::OwnerOf(absl::string_view collection) const {
  const auto found = owners_.find(collection);
  return found == owners_.end() ? "" : found->second;
}

std::vector<std::string> RouteTable::paths() const {
  std::vector<std::string> paths;
  for (const auto& [path, method] : methods_) {
    if (!method->client_streaming() && !method->server_streaming()) paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace comity::gateway
