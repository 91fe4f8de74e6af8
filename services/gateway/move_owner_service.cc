#include "services/gateway/move_owner_service.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// Whether he works, or last worked, for the acting department.
absl::Status CheckOurs(const Call& call, const std::string& person) {
  const auto directory = call.runtime->directory->snapshot();
  const auto& known = directory->persons.at(person);
  const std::string& department = call.principal.department;
  const bool is_member = std::any_of(
      known.memberships().begin(), known.memberships().end(),
      [&](const v1::Membership& membership) { return membership.department() == department; });
  if (is_member || known.home() == department) return absl::OkStatus();
  return PermissionDenied("NOT_OWN_DEPARTMENT",
                          absl::StrCat(person, " works for others: their stewards move it"));
}

absl::Status CheckSuccessor(const Call& call, const v1::MoveOwnerRequest& request,
                            const std::string& successor) {
  const auto directory = call.runtime->directory->snapshot();
  const std::string& department = call.principal.department;
  if (successor == request.person()) {
    return InvalidField("SUCCESSOR_INVALID", "successors", "somebody else than the person");
  }
  if (directory->RolesOf(successor, department).empty()) {
    return InvalidField("SUCCESSOR_INVALID", "successors",
                        absl::StrCat(successor, " is no member of ", department));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<google::longrunning::Operation> MoveOwnerService::MoveOwner(
    Call& call, const v1::MoveOwnerRequest& request) {
  if (!call.runtime->directory->snapshot()->KnowsPerson(request.person())) {
    return InvalidField("UNKNOWN_PERSON", "person",
                        absl::StrCat("the directory knows no ", request.person()));
  }
  COMITY_RETURN_IF_ERROR(CheckOurs(call, request.person()));
  if (request.successors().empty()) {
    return InvalidField("FIELD_REQUIRED", "successors", "name who takes the records");
  }
  for (const std::string& successor : request.successors()) {
    COMITY_RETURN_IF_ERROR(CheckSuccessor(call, request, successor));
  }
  return starter_.Start(call, "move-owner", request.person(), request);
}

}  // namespace comity::gateway
