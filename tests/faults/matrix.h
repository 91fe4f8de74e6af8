// The kill matrix by table: every workflow × every step × every call for it × every fault. The
// whole product runs in the long test; the other one takes one fault for each call, in turn.
#ifndef COMITY_TESTS_FAULTS_MATRIX_H_
#define COMITY_TESTS_FAULTS_MATRIX_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/faults/fault.h"
#include "tests/faults/trial.h"

namespace comity::integration {

struct TestedStep {
  const char* name;
  const char* service;
  const char* method;
  // By which it is undone; null: there is nothing to undo.
  const char* undo = nullptr;
  bool only_reads = false;
};

// When it is undone.
enum class Undoing { kWhenRefused, kWhenTakenBack, kNever };

struct TestedWorkflow {
  const char* kind;
  Undoing undoing;
  std::vector<TestedStep> steps;
  std::unique_ptr<Trial> (*make)(const TestedStep& step);
};
const std::vector<TestedWorkflow>& TestedWorkflows();

// What the gateway does for a step: does it; makes void what may have been done, where it does not
// know; undoes what was.
enum class Act { kDo, kVoid, kUndo };

struct Cell {
  const TestedWorkflow* workflow;
  const TestedStep* step;
  Act act;
  const Fault* fault;

  Place place() const;
  // `convert-lead/create-contact/undo/answer-lost`
  std::string name() const;
};

// Every cell that there is.
std::vector<Cell> WholeMatrix();
// One of each workflow, step and act, the faults that are not slow in turn.
std::vector<Cell> ThinnedMatrix();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_MATRIX_H_
