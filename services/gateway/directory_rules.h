// Who may change what in the directory. Pure.
#ifndef COMITY_GATEWAY_DIRECTORY_RULES_H_
#define COMITY_GATEWAY_DIRECTORY_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/gateway/v1/directory.pb.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// PERMISSION_DENIED reason NOT_OWN_DEPARTMENT unless the caller acts for `department`.
absl::Status CheckOwnDepartment(const Principal& caller, absl::string_view department);
// The department whose stewards keep the profile. Empty: any steward may say which.
std::string HomeOf(const v1::Person& person);
// PERMISSION_DENIED reason NOT_OWN_DEPARTMENT unless the caller acts for that department.
absl::Status CheckHome(const Principal& caller, const v1::Person& person);
// FAILED_PRECONDITION reason TEAM_OF_OTHERS unless `team` is one of the person's home or of a
// department in which the person has a role.
absl::Status CheckTeam(const v1::Person& person, const v1::Team& team);
// What a steward may set: own department; roles known and said once; operators only in IT, auditors
// only in management. PERMISSION_DENIED reasons NOT_OWN_DEPARTMENT, ROLE_NOT_GIVEN_HERE;
// INVALID_ARGUMENT reason ROLE_INVALID.
absl::Status CheckMembership(const Principal& caller, const v1::Membership& membership);

// FAILED_PRECONDITION reason ROLE_EXCLUSIVE when somebody runs or audits the system and has another
// role as well, in whatever department.
absl::Status CheckRolesExclude(const v1::Person& person);

bool IsSteward(const v1::Person& person, absl::string_view department);
// Sets, replaces or, without roles, ends the membership. False when nothing changes.
bool SetMembership(const v1::Membership& membership, v1::Person* person);
// FAILED_PRECONDITION reason LAST_STEWARD when the department would be left without a steward.
// `others`: its stewards beside this person.
absl::Status CheckStewardRemains(const v1::Person& before, const v1::Person& after,
                                 absl::string_view department, int64_t others);

// INVALID_ARGUMENT reasons OWN_MANAGER, FIELD_REQUIRED (a home is replaced, not taken away).
absl::Status CheckPerson(const v1::Person* before, v1::Person* person);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DIRECTORY_RULES_H_
