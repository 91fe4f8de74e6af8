#include "services/gateway/directory_rules.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

// Roles that look across departments are given by one department only.
absl::string_view OnlyGivenBy(int role) {
  if (role == type::v1::ROLE_OPERATOR) return "departments/it";
  if (role == type::v1::ROLE_AUDITOR) return "departments/management";
  return "";
}

absl::Status CheckRole(const v1::Membership& membership, int role) {
  if (role == type::v1::ROLE_UNSPECIFIED || !type::v1::Role_IsValid(role)) {
    return InvalidField("ROLE_INVALID", "membership.roles", "is one of the roles of policy.proto");
  }
  const absl::string_view giver = OnlyGivenBy(role);
  if (giver.empty() || giver == membership.department()) return absl::OkStatus();
  return PermissionDenied(
      "ROLE_NOT_GIVEN_HERE",
      absl::StrCat(type::v1::Role_Name(role), " is given by the stewards of ", giver, " only"));
}

}  // namespace

absl::Status CheckOwnDepartment(const Principal& caller, absl::string_view department) {
  if (department == caller.department) return absl::OkStatus();
  return PermissionDenied("NOT_OWN_DEPARTMENT",
                          absl::StrCat("you act for ", caller.department,
                                       ": only stewards of the department itself may do this"));
}

std::string HomeOf(const v1::Person& person) {
  if (!person.home().empty() || person.memberships().empty()) return person.home();
  return person.memberships(0).department();
}

absl::Status CheckHome(const Principal& caller, const v1::Person& person) {
  const std::string home = HomeOf(person);
  if (home.empty() || home == caller.department) return absl::OkStatus();
  return PermissionDenied("NOT_OWN_DEPARTMENT",
                          absl::StrCat(person.name(), " is at home in ", home,
                                       ": its stewards keep the profile, or name another home"));
}

absl::Status CheckTeam(const v1::Person& person, const v1::Team& team) {
  if (team.department() == HomeOf(person)) return absl::OkStatus();
  for (const v1::Membership& membership : person.memberships()) {
    if (membership.department() == team.department()) return absl::OkStatus();
  }
  return PreconditionFailed(
      "TEAM_OF_OTHERS", team.name(),
      absl::StrCat(team.name(), " is a team of ", team.department(), ", to which ", person.name(),
                   " does not belong: choose another team, or a role there first"));
}

absl::Status CheckRolesExclude(const v1::Person& person) {
  int roles = 0;
  bool alone = false;
  for (const v1::Membership& membership : person.memberships()) {
    roles += membership.roles_size();
    for (const int role : membership.roles()) {
      alone |= role == type::v1::ROLE_OPERATOR || role == type::v1::ROLE_AUDITOR;
    }
  }
  if (!alone || roles == 1) return absl::OkStatus();
  return PreconditionFailed("ROLE_EXCLUSIVE", person.name(),
                            "an operator or auditor has no other role, in any department: end the "
                            "other ones first, or name another person");
}

absl::Status CheckMembership(const Principal& caller, const v1::Membership& membership) {
  COMITY_RETURN_IF_ERROR(CheckOwnDepartment(caller, membership.department()));
  std::set<int> seen;
  for (const int role : membership.roles()) {
    COMITY_RETURN_IF_ERROR(CheckRole(membership, role));
    if (!seen.insert(role).second) {
      return InvalidField("ROLE_INVALID", "membership.roles", "names each role once");
    }
  }
  return absl::OkStatus();
}

bool IsSteward(const v1::Person& person, absl::string_view department) {
  for (const v1::Membership& membership : person.memberships()) {
    const auto& roles = membership.roles();
    if (membership.department() == department &&
        std::find(roles.begin(), roles.end(), type::v1::ROLE_STEWARD) != roles.end()) {
      return true;
    }
  }
  return false;
}

bool SetMembership(const v1::Membership& membership, v1::Person* person) {
  auto* all = person->mutable_memberships();
  const auto found = std::find_if(all->begin(), all->end(), [&](const v1::Membership& one) {
    return one.department() == membership.department();
  });
  if (found == all->end()) {
    if (membership.roles().empty()) return false;
    *all->Add() = membership;
    return true;
  }
  if (google::protobuf::util::MessageDifferencer::Equals(*found, membership)) return false;
  if (membership.roles().empty()) {
    all->erase(found);
  } else {
    *found = membership;
  }
  return true;
}

absl::Status CheckStewardRemains(const v1::Person& before, const v1::Person& after,
                                 absl::string_view department, int64_t others) {
  if (!IsSteward(before, department) || IsSteward(after, department) || others > 0) {
    return absl::OkStatus();
  }
  return PreconditionFailed(
      "LAST_STEWARD", after.name(),
      absl::StrCat("the last steward of ", department, " stays until another one is named"));
}

absl::Status CheckPerson(const v1::Person* before, v1::Person* person) {
  if (before != nullptr && !before->home().empty() && person->home().empty()) {
    return InvalidField("FIELD_REQUIRED", "person.home", "name the department that takes over");
  }
  person->set_home(HomeOf(*person));
  if (person->manager().empty() || person->manager() != person->name()) return absl::OkStatus();
  return InvalidField("OWN_MANAGER", "person.manager", "is another person");
}

}  // namespace comity::gateway
