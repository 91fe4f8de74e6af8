#include "services/runtime/server/policy.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/identity/spiffe.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

constexpr int kLongestTimeoutMs = 24 * 60 * 60 * 1000;

absl::Status Invalid(absl::string_view method, absl::string_view why) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_INVALID",
                   absl::StrCat(method, " ", why));
}

bool Writes(const google::protobuf::MethodDescriptor& method) {
  return method.options().idempotency_level() != google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

absl::Status CheckRoles(const MethodRule& rule, bool writes) {
  for (int role : rule.policy.roles()) {
    if (!type::v1::Role_IsValid(role) || role == type::v1::ROLE_UNSPECIFIED) {
      return Invalid(rule.name, absl::StrCat("lists the unknown role ", role));
    }
    if (role == type::v1::ROLE_AUDITOR && writes) {
      return Invalid(rule.name, "writes and admits auditors");
    }
  }
  return absl::OkStatus();
}

// Without a person the workload alone decides: then the policy says by name which, and it is no
// client, whose certificate many persons share. Rights are those of a department.
absl::Status CheckWithoutPerson(const MethodRule& rule) {
  if (!rule.policy.roles().empty()) return absl::OkStatus();
  if (rule.policy.workloads().empty()) {
    return Invalid(rule.name, "lists neither roles nor workloads");
  }
  for (const std::string& pattern : rule.workloads) {
    if (!absl::StartsWith(pattern, "service/")) {
      return Invalid(rule.name, absl::StrCat("lists no roles and lets ", pattern, " call"));
    }
  }
  if (rule.policy.right() == type::v1::RIGHT_UNSPECIFIED) return absl::OkStatus();
  return Invalid(rule.name, "states a right and lists no roles");
}

absl::Status CheckRest(const MethodRule& rule) {
  for (const std::string& pattern : rule.workloads) {
    if (!identity::IsWorkloadPattern(pattern)) {
      return Invalid(rule.name, absl::StrCat("lists the malformed workload `", pattern, "`"));
    }
  }
  if (rule.policy.timeout_ms() <= 0 || rule.policy.timeout_ms() > kLongestTimeoutMs) {
    return Invalid(rule.name, "states no timeout_ms between 1 and a day");
  }
  const type::v1::Right right = rule.policy.right();
  const bool owned = right == type::v1::RIGHT_JUDGE || right == type::v1::RIGHT_RECORD;
  if (rule.policy.on_behalf() && (owned || rule.policy.roles().empty())) {
    return Invalid(rule.name, "is what only a person does, and lets others do it on his behalf");
  }
  if (!type::v1::Right_IsValid(rule.policy.right()) ||
      !type::v1::AdmissionClass_IsValid(rule.policy.admission())) {
    return Invalid(rule.name, "states an unknown right or admission class");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MethodRule> RuleFromDescriptor(const google::protobuf::MethodDescriptor& method) {
  MethodRule rule;
  rule.name = absl::StrCat(method.service()->full_name(), "/", method.name());
  if (!method.options().HasExtension(type::v1::method)) {
    return Invalid(rule.name, "has no (comity.type.v1.method) option");
  }
  rule.policy = method.options().GetExtension(type::v1::method);
  rule.workloads.assign(rule.policy.workloads().begin(), rule.policy.workloads().end());
  if (rule.workloads.empty()) rule.workloads = {"client/*", "service/gateway"};
  rule.lists_services =
      std::find(rule.workloads.begin(), rule.workloads.end(), "service/*") != rule.workloads.end();
  rule.lists_clients =
      std::any_of(rule.workloads.begin(), rule.workloads.end(),
                  [](const std::string& pattern) { return absl::StartsWith(pattern, "client/"); });
  rule.timeout = absl::Milliseconds(rule.policy.timeout_ms());
  rule.request = method.input_type();
  COMITY_RETURN_IF_ERROR(CheckRoles(rule, Writes(method)));
  COMITY_RETURN_IF_ERROR(CheckRest(rule));
  COMITY_RETURN_IF_ERROR(CheckWithoutPerson(rule));
  return rule;
}

absl::StatusOr<Policies> Policies::Make(const std::vector<std::string>& services,
                                        const google::protobuf::DescriptorPool& pool) {
  Policies policies;
  std::vector<std::string> faults;
  for (const std::string& name : services) {
    if (absl::StartsWith(name, "grpc.")) continue;
    const auto* service = pool.FindServiceByName(name);
    if (service == nullptr) faults.push_back(absl::StrCat(name, " has no descriptor"));
    for (int i = 0; service != nullptr && i < service->method_count(); ++i) {
      absl::StatusOr<MethodRule> rule = RuleFromDescriptor(*service->method(i));
      if (!rule.ok()) {
        faults.emplace_back(rule.status().message());
        continue;
      }
      const std::string method = rule->name;
      policies.rules_[method] = std::make_unique<const MethodRule>(*std::move(rule));
    }
  }
  if (!faults.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, "POLICY_INVALID",
                     absl::StrJoin(faults, "; "));
  }
  return policies;
}

const MethodRule* Policies::Find(absl::string_view method) const {
  const auto found = rules_.find(method);
  return found == rules_.end() ? nullptr : found->second.get();
}

std::vector<std::string> Policies::methods() const {
  std::vector<std::string> names;
  for (const auto& [name, rule] : rules_) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace comity::server
