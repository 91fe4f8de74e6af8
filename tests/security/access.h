// Who may do what, said a second time: from the method's policy, the charter's access table and the
// directory, and from nothing that the services decide with.
#ifndef COMITY_TESTS_SECURITY_ACCESS_H_
#define COMITY_TESTS_SECURITY_ACCESS_H_

#include <string>

#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {

// For whom a method is, where the access table does not say it: the department that has started
// what it is about or is offered it, or that of whoever speaks. Empty: the record says it.
std::string DepartmentOf(const Endpoint& endpoint, const Caller& as);
// The reason for which the call must be refused; empty where it must succeed. Fails the test where
// nothing says who may call the method.
std::string ExpectedReason(const World& world, const Endpoint& endpoint, const Caller& caller,
                           const Probe& probe);
// Whether the department may read the collection's records.
bool MayRead(const World& world, const std::string& department, const std::string& collection);
// Whether the reason says something about the record: then an absent one is NOT_FOUND instead.
bool DependsOnRecord(const std::string& reason);

}  // namespace comity::security

#endif  // COMITY_TESTS_SECURITY_ACCESS_H_
