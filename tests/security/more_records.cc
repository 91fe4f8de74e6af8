#include <set>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "tests/security/access.h"
#include "tests/security/world.h"

namespace comity::security {

void World::MakeMore() const {
  for (const Endpoint& endpoint : Endpoints()) {
    if (!absl::StartsWith(endpoint.method->name(), "Create")) continue;
    std::set<std::string> departments;
    for (const Caller& caller : callers_) {
      const Probe probe = FirstProbeOf(endpoint, caller);
      if (departments.size() == 2 || departments.contains(caller.department)) continue;
      if (!ExpectedReason(*this, endpoint, caller, probe).empty()) continue;
      departments.insert(caller.department);
      const auto* field = probe.request->GetDescriptor()->FindFieldByName("validate_only");
      probe.request->GetReflection()->SetBool(probe.request.get(), field, false);
      const auto made = CallAs(endpoint, caller.as, *probe.request);
      EXPECT_TRUE(made.ok()) << endpoint.text() << made.status();
    }
  }
}

}  // namespace comity::security
