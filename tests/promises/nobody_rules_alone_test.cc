// Promise 3: nobody rules alone. Signed proposals come later; until then nothing changes the
// charter, and a department's own stewards alone say who belongs to it.
#include <string>

#include "absl/strings/match.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "comity/gateway/v1/directory_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using DirectoryStub = gateway::v1::DirectoryService::Stub;

absl::StatusOr<gateway::v1::Membership> SetMembership(const std::string& as,
                                                      const std::string& person,
                                                      const std::string& department,
                                                      type::v1::Role role) {
  gateway::v1::SetMembershipRequest request;
  request.mutable_membership()->set_person(person);
  request.mutable_membership()->set_department(department);
  if (role != type::v1::ROLE_UNSPECIFIED) request.mutable_membership()->add_roles(role);
  request.set_request_id(NewRequestId());
  return Suite::Get().Call(&DirectoryStub::SetMembership, "gateway", as, request);
}

TEST(NobodyRulesAlone, NoMethodChangesTheCharter) {
  const auto* service = gateway::v1::GetCharterRequest::descriptor()->file()->service(0);
  for (int i = 0; i < service->method_count(); ++i) {
    EXPECT_TRUE(absl::StartsWith(service->method(i)->name(), "Get")) << service->method(i)->name();
  }
  const auto charter = Suite::Get().Call(&gateway::v1::CharterService::Stub::GetCharter, "gateway",
                                         "ivo@it", gateway::v1::GetCharterRequest());
  ASSERT_TRUE(charter.ok()) << charter.status();
  EXPECT_TRUE(charter->provisional()) << "no department has signed it";
}

TEST(NobodyRulesAlone, ItChangesNobodyElsesMembership) {
  const auto denied =
      SetMembership("ida@it", "persons/ana", "departments/sales", type::v1::ROLE_STEWARD);
  EXPECT_EQ(denied.status().code(), absl::StatusCode::kPermissionDenied) << denied.status();
}

TEST(NobodyRulesAlone, AMemberMakesNoMembers) {
  const auto denied =
      SetMembership("ana@sales", "persons/ana", "departments/sales", type::v1::ROLE_STEWARD);
  EXPECT_EQ(Reason(denied.status()), "ROLE_REQUIRED") << denied.status();
}

TEST(NobodyRulesAlone, TheLastStewardStays) {
  const auto refused =
      SetMembership("sam@sales", "persons/sam", "departments/sales", type::v1::ROLE_MEMBER);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition) << refused.status();
}

}  // namespace
}  // namespace comity::integration
