// The kill matrix: every workflow, every step, every point, every victim; after each workflow (in
// the whole one after each step) an independent checker looks at everything. COMITY_CELL repeats
// the cells whose names begin so, e.g. convert-lead/create-contact/undo/answer-lost.
#include "tests/faults/matrix.h"

#include <cctype>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/gateway_facts.h"
#include "tests/faults/workflow_check.h"
#include "tests/faults/workflow_world.h"
#include "tests/integration/command.h"
#include "tests/integration/failpoints.h"
#include "tests/integration/report_check.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

#ifdef COMITY_WHOLE_MATRIX
constexpr bool kWhole = true;
#else
constexpr bool kWhole = false;
#endif

using ::testing::Contains;
using ::testing::ElementsAreArray;

std::vector<Cell> AskedMatrix() {
  return kWhole || !Environment("COMITY_CELL", "").empty() ? WholeMatrix() : ThinnedMatrix();
}

bool IsAsked(const Cell& cell) {
  return absl::StartsWith(cell.name(), Environment("COMITY_CELL", ""));
}

// What each test takes: a workflow, or a step of it.
std::vector<std::string> Groups() {
  std::vector<std::string> groups;
  for (const Cell& cell : AskedMatrix()) {
    const std::string group =
        absl::StrCat(cell.workflow->kind, "/", kWhole ? absl::StrCat(cell.step->name, "/") : "");
    if (groups.empty() || groups.back() != group) groups.push_back(group);
  }
  return groups;
}

void AwaitStuck(const std::string& workflow) {
  EXPECT_TRUE(Eventually([&] {
    return GetWorkflow(workflow).state() == gateway::v1::WORKFLOW_STATE_STUCK;
  })) << GetWorkflow(workflow).ShortDebugString();
}

// The fault while somebody else does the deed, who waits where the gateway is away.
template <typename Deed>
void Suffer(const Cell& cell, Deed deed) {
  cell.fault->arm(cell.place());
  std::thread other(deed);
  cell.fault->happens(cell.place());
  other.join();
}

void Do(const Cell& cell) {
  const auto trial = cell.workflow->make(*cell.step);
  trial->Prepare();
  Suffer(cell, [&] { trial->Start(); });
  trial->ExpectDone();
}

// The step is refused: it is made void, what was done before it is undone. Where a step before it
// is to be undone, the last one is refused.
void UndoRefused(const Cell& cell) {
  const TestedStep& refused = cell.act == Act::kVoid ? *cell.step : cell.workflow->steps.back();
  const auto trial = cell.workflow->make(*cell.step);
  trial->Prepare();
  RefuseStep(refused.service, refused.method);
  Suffer(cell, [&] { trial->Start(); });
  trial->ExpectUndone();
  trial->Start();
  trial->ExpectDone();
}

// Nobody waits for it: what is refused is stuck, and undone when it is taken back, like what was
// done.
void UndoTakenBack(const Cell& cell) {
  const auto trial = cell.workflow->make(*cell.step);
  trial->Prepare();
  if (cell.act == Act::kVoid) RefuseStep(cell.step->service, cell.step->method);
  trial->Start();
  if (cell.act == Act::kVoid) {
    AwaitStuck(trial->Workflow());
  } else {
    trial->ExpectDone();
  }
  Suffer(cell, [&] { trial->TakeBack(); });
  trial->ExpectUndone();
}

void TryCell(const Cell& cell) {
  SCOPED_TRACE(absl::StrCat("COMITY_CELL=", cell.name()));
  if (cell.act == Act::kDo) {
    Do(cell);
  } else if (cell.workflow->undoing == Undoing::kWhenRefused) {
    UndoRefused(cell);
  } else {
    UndoTakenBack(cell);
  }
}

class KillMatrix : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    UseFailpoints();
    Suite::Get();
  }
  void TearDown() override {
    ExpectAllSound();
    if (kWhole) ExpectRebuildChangesNothing();
  }
};

TEST_P(KillMatrix, EndsWithEachEffectOnceOrWithdrawn) {
  for (const Cell& cell : AskedMatrix()) {
    if (!absl::StartsWith(cell.name(), GetParam()) || !IsAsked(cell)) continue;
    TryCell(cell);
    // What comes after a cell that went wrong tells nothing.
    if (HasFailure()) return;
  }
}

// The first try of a step arrives when it was undone already, or, of what is not undone, when it
// was done again: it has no effect.
TEST_P(KillMatrix, ALateFirstAttemptHasNoEffect) {
  for (const TestedWorkflow& workflow : TestedWorkflows()) {
    for (const TestedStep& step : workflow.steps) {
      const std::string name = absl::StrCat(workflow.kind, "/", step.name, "/late");
      if (!absl::StartsWith(name, GetParam())) continue;
      if (!absl::StartsWith(name, Environment("COMITY_CELL", ""))) continue;
      SCOPED_TRACE(absl::StrCat("COMITY_CELL=", name));
      const auto trial = workflow.make(step);
      trial->Prepare();
      RefuseStep(step.service, step.method, /*late=*/true);
      trial->Start();
      if (workflow.undoing != Undoing::kWhenRefused) AwaitStuck(trial->Workflow());
      if (workflow.undoing == Undoing::kNever) {
        Resume(trial->Workflow());
        trial->ExpectDone();
      } else {
        trial->TakeBack();
        trial->ExpectUndone();
      }
      const std::string answer = ArriveLate(step.method);
      if (workflow.undoing == Undoing::kNever) {
        EXPECT_EQ(answer, "OK") << "as it was answered when it was done";
      } else if (!step.only_reads) {
        EXPECT_EQ(answer, "REQUEST_VOIDED");
      }
      if (workflow.undoing == Undoing::kWhenRefused) {
        trial->Start();
        trial->ExpectDone();
      }
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Of, KillMatrix, ::testing::ValuesIn(Groups()), [](const auto& info) {
  std::string name = info.param;
  for (char& letter : name) letter = std::isalnum(letter) != 0 ? letter : '_';
  return name;
});

std::vector<std::string> NamesOf(const gateway::Definition& definition) {
  std::vector<std::string> names;
  for (const gateway::Step& step : definition.steps) names.push_back(step.name);
  return names;
}

TEST(MatrixTable, HasEveryStepOfEveryWorkflow) {
  std::map<std::string, std::vector<std::string>> tested;
  for (const TestedWorkflow& workflow : TestedWorkflows()) {
    for (const TestedStep& step : workflow.steps) tested[workflow.kind].push_back(step.name);
  }
  size_t known = 0;
  for (const gateway::Definition& definition : gateway::GatewayWorkflows()) {
    EXPECT_THAT(tested[definition.kind], ElementsAreArray(NamesOf(definition))) << definition.kind;
    ++known;
  }
  EXPECT_EQ(TestedWorkflows().size(), known);
}

// Also the thinned one has every step, each of its calls, and every fault that is not slow.
TEST(MatrixTable, LeavesNoStepAndNoVictimOut) {
  std::set<std::string> calls;
  for (const Cell& cell : WholeMatrix()) calls.insert(cell.place().before);
  std::set<std::string> thinned_calls;
  std::set<std::string> thinned_faults;
  for (const Cell& cell : ThinnedMatrix()) {
    thinned_calls.insert(cell.place().before);
    thinned_faults.insert(cell.fault->name);
  }
  EXPECT_EQ(thinned_calls, calls);
  for (const Fault& fault : Faults()) {
    if (!fault.is_slow) EXPECT_THAT(thinned_faults, Contains(fault.name));
  }
  std::printf("%zu cells, %zu of them in the thinned matrix\n", WholeMatrix().size(),
              ThinnedMatrix().size());
}

}  // namespace
}  // namespace comity::integration
