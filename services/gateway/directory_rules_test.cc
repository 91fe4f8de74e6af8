#include "services/gateway/directory_rules.h"

#include <initializer_list>

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using namespace type::v1;  // NOLINT(google-build-using-namespace): the roles

v1::Membership Of(const std::string& department, std::initializer_list<Role> roles) {
  v1::Membership membership;
  membership.set_department("departments/" + department);
  membership.set_person("persons/ana");
  for (const Role role : roles) membership.add_roles(role);
  return membership;
}

v1::Person Ana(std::initializer_list<v1::Membership> memberships) {
  v1::Person ana;
  ana.set_name("persons/ana");
  for (const v1::Membership& membership : memberships) *ana.add_memberships() = membership;
  return ana;
}

Principal ActingFor(const std::string& department) {
  Principal caller;
  caller.person = "persons/sam";
  caller.department = "departments/" + department;
  return caller;
}

TEST(CheckMembershipTest, OnlyTheOwnDepartments) {
  EXPECT_TRUE(CheckMembership(ActingFor("sales"), Of("sales", {ROLE_MEMBER})).ok());
  EXPECT_EQ(Reason(CheckMembership(ActingFor("it"), Of("sales", {ROLE_MEMBER}))),
            "NOT_OWN_DEPARTMENT");
}

TEST(CheckMembershipTest, OperatorsComeFromItAndAuditorsFromManagement) {
  EXPECT_TRUE(CheckMembership(ActingFor("it"), Of("it", {ROLE_OPERATOR})).ok());
  EXPECT_TRUE(CheckMembership(ActingFor("management"), Of("management", {ROLE_AUDITOR})).ok());
  for (const Role role : {ROLE_OPERATOR, ROLE_AUDITOR}) {
    const absl::Status status = CheckMembership(ActingFor("sales"), Of("sales", {role}));
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(Reason(status), "ROLE_NOT_GIVEN_HERE");
  }
  EXPECT_EQ(Reason(CheckMembership(ActingFor("it"), Of("it", {ROLE_AUDITOR}))),
            "ROLE_NOT_GIVEN_HERE");
}

TEST(CheckMembershipTest, RolesAreKnownAndSaidOnce) {
  for (const auto& roles : {std::initializer_list<Role>{ROLE_UNSPECIFIED},
                            std::initializer_list<Role>{static_cast<Role>(99)},
                            std::initializer_list<Role>{ROLE_MEMBER, ROLE_MEMBER}}) {
    EXPECT_EQ(Reason(CheckMembership(ActingFor("sales"), Of("sales", roles))), "ROLE_INVALID");
  }
}

TEST(HomeTest, IsWhatIsSaidElseTheFirstMembership) {
  v1::Person ana = Ana({Of("support", {ROLE_MEMBER}), Of("sales", {ROLE_MEMBER})});
  EXPECT_EQ(HomeOf(ana), "departments/support");
  EXPECT_TRUE(CheckHome(ActingFor("support"), ana).ok());
  EXPECT_EQ(Reason(CheckHome(ActingFor("sales"), ana)), "NOT_OWN_DEPARTMENT");
  ana.set_home("departments/sales");
  EXPECT_TRUE(CheckHome(ActingFor("sales"), ana).ok());
  EXPECT_EQ(Reason(CheckHome(ActingFor("support"), ana)), "NOT_OWN_DEPARTMENT");
  EXPECT_TRUE(CheckHome(ActingFor("it"), v1::Person()).ok());
}

TEST(RolesTest, OperatorAndAuditorStandAlone) {
  for (const Role role : {ROLE_OPERATOR, ROLE_AUDITOR}) {
    EXPECT_TRUE(CheckRolesExclude(Ana({Of("it", {role})})).ok());
    for (const Role other : {ROLE_MEMBER, ROLE_STEWARD, ROLE_OPERATOR, ROLE_AUDITOR}) {
      if (other != role) {
        EXPECT_EQ(Reason(CheckRolesExclude(Ana({Of("it", {role, other})}))), "ROLE_EXCLUSIVE");
      }
      EXPECT_EQ(Reason(CheckRolesExclude(Ana({Of("sales", {other}), Of("it", {role})}))),
                "ROLE_EXCLUSIVE");
    }
  }
  EXPECT_TRUE(
      CheckRolesExclude(Ana({Of("it", {ROLE_MEMBER, ROLE_STEWARD}), Of("sales", {ROLE_MEMBER})}))
          .ok());
}

TEST(SetMembershipTest, AddsReplacesAndEnds) {
  v1::Person ana = Ana({Of("support", {ROLE_MEMBER})});
  EXPECT_TRUE(SetMembership(Of("sales", {ROLE_MEMBER}), &ana));
  EXPECT_EQ(ana.memberships_size(), 2);
  EXPECT_FALSE(SetMembership(Of("sales", {ROLE_MEMBER}), &ana));
  EXPECT_TRUE(SetMembership(Of("sales", {ROLE_STEWARD}), &ana));
  EXPECT_TRUE(IsSteward(ana, "departments/sales"));
  EXPECT_FALSE(IsSteward(ana, "departments/support"));
  EXPECT_TRUE(SetMembership(Of("sales", {}), &ana));
  EXPECT_FALSE(SetMembership(Of("sales", {}), &ana));
  ASSERT_EQ(ana.memberships_size(), 1);
  EXPECT_EQ(ana.memberships(0).department(), "departments/support");
}

TEST(CheckStewardRemainsTest, TheLastOneStays) {
  const v1::Person steward = Ana({Of("sales", {ROLE_MEMBER, ROLE_STEWARD})});
  const v1::Person member = Ana({Of("sales", {ROLE_MEMBER})});
  const auto check = [](const v1::Person& before, const v1::Person& after, int64_t others) {
    return Reason(CheckStewardRemains(before, after, "departments/sales", others));
  };
  EXPECT_EQ(check(steward, member, 0), "LAST_STEWARD");
  EXPECT_EQ(check(steward, Ana({}), 0), "LAST_STEWARD");
  EXPECT_EQ(check(steward, member, 1), "");
  EXPECT_EQ(check(member, Ana({}), 0), "");
  EXPECT_EQ(check(steward, steward, 0), "");
}

TEST(CheckHomeTest, OnlyTheHomeKeepsTheProfile) {
  v1::Person ana = Ana({Of("sales", {ROLE_MEMBER}), Of("it", {ROLE_MEMBER})});
  ana.set_home("departments/sales");
  EXPECT_TRUE(CheckHome(ActingFor("sales"), ana).ok());
  EXPECT_EQ(Reason(CheckHome(ActingFor("it"), ana)), "NOT_OWN_DEPARTMENT");
}

TEST(CheckTeamTest, OfADepartmentThePersonBelongsTo) {
  v1::Person ana = Ana({Of("sales", {ROLE_MEMBER})});
  ana.set_home("departments/sales");
  v1::Team team;
  team.set_department("departments/sales");
  EXPECT_TRUE(CheckTeam(ana, team).ok());
  team.set_department("departments/marketing");
  EXPECT_EQ(Reason(CheckTeam(ana, team)), "TEAM_OF_OTHERS");
}

TEST(CheckRolesExcludeTest, WhoRunsOrAuditsDoesNothingElse) {
  EXPECT_TRUE(CheckRolesExclude(Ana({Of("it", {ROLE_OPERATOR})})).ok());
  EXPECT_EQ(Reason(CheckRolesExclude(Ana({Of("it", {ROLE_OPERATOR, ROLE_STEWARD})}))),
            "ROLE_EXCLUSIVE");
  EXPECT_EQ(Reason(CheckRolesExclude(
                Ana({Of("management", {ROLE_AUDITOR}), Of("sales", {ROLE_MEMBER})}))),
            "ROLE_EXCLUSIVE");
}

TEST(CheckPersonTest, NobodyManagesHimself) {
  v1::Person ana = Ana({});
  ana.set_manager("persons/sam");
  EXPECT_TRUE(CheckPerson(nullptr, &ana).ok());
  ana.set_manager("persons/ana");
  EXPECT_EQ(Reason(CheckPerson(nullptr, &ana)), "OWN_MANAGER");
}

}  // namespace
}  // namespace comity::gateway
