// Who may change what in the directory. Pure.
#ifndef COMITY_GATEWAY_DIRECTORY_RULES_H_
#define COMITY_GATEWAY_DIRECTORY_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/gateway/v1/directory.pb.h"
#include "services/runtime/server/call.h"

namespace comity::gateway {

// PERMISSION_DENIED reason NOT_OWN_DEPARTMENT unless the caller acts for `department`.
absl::Status CheckOwnDepartment(const Principal& caller, absl::string_view department);
// PERMISSION_DENIED reason NOT_OWN_DEPARTMENT unless `person` belongs to the caller's department.
absl::Status CheckBelongs(const Principal& caller, const v1::Person& person);
// What a steward may set: own department; roles known and said once; operators only in IT, auditors
// only in management. PERMISSION_DENIED reasons NOT_OWN_DEPARTMENT, ROLE_NOT_GIVEN_HERE;
// INVALID_ARGUMENT reason ROLE_INVALID.
absl::Status CheckMembership(const Principal& caller, const v1::Membership& membership);

bool IsSteward(const v1::Person& person, absl::string_view department);
// Sets, replaces or, without roles, ends the membership. False when nothing changes.
bool SetMembership(const v1::Membership& membership, v1::Person* person);
// FAILED_PRECONDITION reason LAST_STEWARD when the department would be left without a steward.
// `others`: its stewards beside this person.
absl::Status CheckStewardRemains(const v1::Person& before, const v1::Person& after,
                                 absl::string_view department, int64_t others);

// INVALID_ARGUMENT reason OWN_MANAGER.
absl::Status CheckPerson(const v1::Person* before, v1::Person* person);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DIRECTORY_RULES_H_
