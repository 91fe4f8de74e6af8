#include "services/runtime/directory/apply_entries.h"

#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::directory {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

gateway::v1::Person Ana(type::v1::Role role) {
  gateway::v1::Person ana;
  ana.set_name("persons/ana");
  gateway::v1::Membership* membership = ana.add_memberships();
  membership->set_person("persons/ana");
  membership->set_department("departments/sales");
  membership->add_roles(role);
  return ana;
}

template <typename Record>
void Add(Entries* batch, int64_t position, const Record& record) {
  journal::v1::PositionedEntry* entry = batch->Add();
  entry->set_position(position);
  entry->mutable_entry()->mutable_payload()->PackFrom(record);
}

TEST(ApplyTest, TakesPersonsTeamsAndDepartments) {
  gateway::v1::Team team;
  team.set_name("teams/north");
  gateway::v1::Department sales;
  sales.set_name("departments/sales");
  Entries batch;
  Add(&batch, 4, sales);
  Add(&batch, 5, team);
  Add(&batch, 6, Ana(type::v1::ROLE_MEMBER));
  const auto after = Apply(std::make_shared<const Snapshot>(), batch);
  EXPECT_EQ(after->version, 7);
  EXPECT_TRUE(after->departments.contains("departments/sales"));
  EXPECT_TRUE(after->teams.contains("teams/north"));
  EXPECT_THAT(after->RolesOf("persons/ana", "departments/sales"),
              ElementsAre(type::v1::ROLE_MEMBER));
  EXPECT_THAT(after->RolesOf("persons/ana", "departments/support"), IsEmpty());
}

TEST(ApplyTest, LetsTheLaterRecordStand) {
  Entries batch;
  Add(&batch, 0, Ana(type::v1::ROLE_STEWARD));
  Add(&batch, 1, Ana(type::v1::ROLE_MEMBER));
  const auto after = Apply(std::make_shared<const Snapshot>(), batch);
  EXPECT_THAT(after->RolesOf("persons/ana", "departments/sales"),
              ElementsAre(type::v1::ROLE_MEMBER));
}

TEST(ApplyTest, KeepsTheSnapshotWhenNothingConcernsTheDirectory) {
  Entries batch;
  Add(&batch, 3, type::v1::MethodPolicy());
  const auto before = std::make_shared<const Snapshot>();
  EXPECT_EQ(Apply(before, batch), before);
}

TEST(ApplyTest, LeavesTheEarlierSnapshotAsItWas) {
  Entries batch;
  Add(&batch, 0, Ana(type::v1::ROLE_MEMBER));
  const auto before = std::make_shared<const Snapshot>();
  EXPECT_NE(Apply(before, batch), before);
  EXPECT_FALSE(before->KnowsPerson("persons/ana"));
}

}  // namespace
}  // namespace comity::directory
