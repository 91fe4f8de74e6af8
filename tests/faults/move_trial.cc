// What one person of a team works on is moved to the other, to and fro.
#include <string>
#include <utility>

#include "comity/gateway/v1/move_owner_service.pb.h"
#include "gtest/gtest.h"
#include "tests/faults/owned.h"
#include "tests/faults/trial.h"
#include "tests/faults/workflow_world.h"

namespace comity::integration {
namespace {

constexpr int kOwned = 11;  // more than a batch of each kind

class MoveTrial final : public Trial {
 public:
  explicit MoveTrial(const Team& team) : team_(team) {}
  void Prepare() override {
    if (OwnedBy(team_, from_) < OwnedBy(team_, to_)) std::swap(from_, to_);
    owned_ = OwnedBy(team_, from_);
    if (owned_ >= kOwned) return;
    MakeOwned(team_, kOwned);
    from_ = team_.one;
    to_ = team_.other;
    owned_ = OwnedBy(team_, from_);
  }
  void Start() override { workflow_ = MoveOwner(team_, from_, to_); }
  std::string Workflow() override { return workflow_; }
  void ExpectDone() override {
    const auto operation = AwaitEnd(workflow_);
    gateway::v1::MoveOwnerResponse moved;
    EXPECT_TRUE(operation.response().UnpackTo(&moved)) << operation.ShortDebugString();
    EXPECT_EQ(moved.moved(), owned_);
    EXPECT_EQ(OwnedBy(team_, from_), 0);
    EXPECT_GE(OwnedBy(team_, to_), owned_);
  }

 private:
  const Team& team_;
  std::string from_ = team_.one;
  std::string to_ = team_.other;
  int owned_ = 0;
  std::string workflow_;
};

}  // namespace

std::unique_ptr<Trial> TryMove(bool of_cases) {
  return std::make_unique<MoveTrial>(of_cases ? SupportTeam() : SalesTeam());
}

}  // namespace comity::integration
