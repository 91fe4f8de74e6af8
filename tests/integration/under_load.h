// Something goes wrong while callers work, and afterwards everything is checked.
#ifndef COMITY_TESTS_INTEGRATION_UNDER_LOAD_H_
#define COMITY_TESTS_INTEGRATION_UNDER_LOAD_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/integration/act.h"
#include "tests/integration/load.h"

namespace comity::integration {

// Lets callers work, does `harm` and mends it while they go on, and lets them work again. Then
// nothing that was acknowledged may be lost or done twice, by all checks of this folder.
void HarmUnderLoad(const std::function<void()>& harm);

// SIGKILL to a service or `mariadb`, and a new start of it.
void KillUnderLoad(const std::string& process);

// The checks alone, after a load.
void ExpectNothingLost(const std::vector<Act>& acts);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_UNDER_LOAD_H_
