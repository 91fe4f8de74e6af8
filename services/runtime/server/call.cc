#include "services/runtime/server/call.h"

#include <algorithm>

namespace comity {

bool Principal::HasRole(type::v1::Role role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

type::v1::Actor Call::actor() const {
  type::v1::Actor actor;
  actor.set_person(principal.person);
  actor.set_department(principal.department);
  actor.set_workload(principal.workload);
  return actor;
}

}  // namespace comity
