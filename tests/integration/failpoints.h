// How tests bring a process of the suite down at a point; see services/runtime/server/failpoint.h.
#ifndef COMITY_TESTS_INTEGRATION_FAILPOINTS_H_
#define COMITY_TESTS_INTEGRATION_FAILPOINTS_H_

#include <string>

namespace comity::integration {

// The variable by which processes find their failpoints; before the suite starts.
void UseFailpoints();
// The next time `service` comes to `point`, it does `action`.
void SetFailpoint(const std::string& service, const std::string& point, const std::string& action);
bool WasHit(const std::string& service);
// Beside that one: the next call of that method that a workflow's step makes is not sent, and taken
// for refused; `late`: it is sent when ArriveLate says so.
void RefuseStep(const std::string& service, const std::string& method, bool late = false);
// Lets the call of a step that was late arrive: the reason of its answer, or `OK`.
std::string ArriveLate(const std::string& method);
// Waits until `service` was killed at its point, and starts it again.
void AwaitKilled(const std::string& service);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_FAILPOINTS_H_
