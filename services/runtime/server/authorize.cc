#include "services/runtime/server/authorize.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/runtime/identity/spiffe.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

using type::v1::MethodPolicy;

// `member` of ROLE_MEMBER.
std::string RoleName(int role) {
  return absl::AsciiStrToLower(
      absl::StripPrefix(type::v1::Role_Name(static_cast<type::v1::Role>(role)), "ROLE_"));
}

absl::Status Refuse(const Principal& principal, absl::string_view verb,
                    absl::string_view collection) {
  return PermissionDenied("RIGHT_REQUIRED", absl::StrCat("the charter gives ", principal.department,
                                                         " no right to ", verb, " ", collection));
}

// The field of the request that says which collection the right is needed for.
absl::StatusOr<std::string> CollectionFor(const MethodRule& rule,
                                          const google::protobuf::Message& request) {
  if (!rule.policy.collection().empty()) return rule.policy.collection();
  for (const char* name : {"name", "parent", "subject"}) {
    const auto* field = request.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr || field->is_repeated() ||
        field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    std::string collection =
        resource::CollectionOf(request.GetReflection()->GetString(request, field));
    if (!collection.empty()) return collection;
    return InvalidField("INVALID_NAME", name, "a resource name such as `leads/{uuid}`");
  }
  return Internal(absl::StrCat(rule.name, " states a right and no collection"));
}

// A journal holds whole records of every collection of its service.
absl::Status CheckJournal(const Principal& principal, const charter::Charter& charter,
                          const std::vector<std::string>& owned) {
  for (const std::string& collection : owned) {
    if (!charter.MayReadJournal(principal.department, collection) ||
        !charter.MayRead(principal.department, collection)) {
      return Refuse(principal, "read records and journal of", collection);
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWorkload(const MethodRule& rule, const std::string& workload) {
  for (const std::string& pattern : rule.workloads) {
    if (identity::WorkloadMatches(workload, pattern)) return absl::OkStatus();
  }
  return PermissionDenied("WORKLOAD_NOT_ALLOWED",
                          absl::StrCat("the workload ", workload, " may not call ", rule.name));
}

absl::Status CheckOnBehalf(const MethodRule& rule, const std::string& workload,
                           const std::string& asserted) {
  if (asserted.empty()) {
    if (rule.lists_clients) return absl::OkStatus();
    return PermissionDenied("WORKLOAD_NOT_ALLOWED",
                            absl::StrCat("persons may not call ", rule.name));
  }
  if (asserted == workload && rule.policy.on_behalf()) return absl::OkStatus();
  return PermissionDenied(
      "ON_BEHALF_NOT_ALLOWED",
      absl::StrCat(workload, " may not call ", rule.name, " on behalf of a person"));
}

bool MayLackPerson(const MethodRule& rule, const std::string& workload) {
  if (rule.policy.roles().empty()) return true;
  return rule.lists_services && identity::WorkloadMatches(workload, "service/*");
}

absl::Status CheckRole(const MethodRule& rule, const Principal& principal) {
  if (rule.policy.roles().empty()) return absl::OkStatus();
  std::vector<std::string> wanted;
  for (int role : rule.policy.roles()) {
    if (principal.HasRole(static_cast<type::v1::Role>(role))) return absl::OkStatus();
    wanted.push_back(RoleName(role));
  }
  return PermissionDenied("ROLE_REQUIRED",
                          absl::StrCat(rule.name, " needs one of these roles in ",
                                       principal.department, ": ", absl::StrJoin(wanted, ", ")));
}

absl::Status CheckRight(const MethodRule& rule, const Principal& principal,
                        const charter::Charter& charter, const std::vector<std::string>& owned,
                        const google::protobuf::Message& request) {
  const type::v1::Right right = rule.policy.right();
  const bool reads = right == type::v1::RIGHT_READ || right == type::v1::RIGHT_READ_JOURNAL;
  if (reads && principal.HasRole(type::v1::ROLE_AUDITOR)) return absl::OkStatus();
  if (right == type::v1::RIGHT_READ_JOURNAL) return CheckJournal(principal, charter, owned);
  if (right != type::v1::RIGHT_READ && right != type::v1::RIGHT_UPDATE) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const std::string collection, CollectionFor(rule, request));
  if (right == type::v1::RIGHT_READ) {
    return charter.MayRead(principal.department, collection)
               ? absl::OkStatus()
               : Refuse(principal, "read", collection);
  }
  return charter.MayUpdate(principal.department, collection)
             ? absl::OkStatus()
             : Refuse(principal, "create and update", collection);
}

}  // namespace comity::server
