// Each workflow has ended, and what it made stands or is withdrawn.
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/faults/evidence.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;

// What several workflows rely on stays as long as one of them does: it has checks of its own.
bool IsShared(const std::string& record) {
  return absl::StartsWith(record, "accounts/") || absl::StartsWith(record, "relationships/");
}

// Nothing was made beside what a workflow knows, and nothing by two.
void CheckMade(const Evidence& evidence, const std::map<std::string, std::set<std::string>>& named,
               Problems* problems) {
  for (const std::string& record : evidence.made) {
    const auto found = named.find(record);
    const size_t makers = found == named.end() ? 0 : found->second.size();
    if (makers != 1 && !(makers == 0 && evidence.withdrawn.contains(record))) {
      problems->push_back(absl::StrCat(record, " was made by ", makers, " workflows"));
    }
  }
}

}  // namespace

void CheckEnded(const Evidence& evidence, Problems* problems) {
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED) continue;
    if (workflow.state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN) continue;
    problems->push_back(
        absl::StrCat(workflow.name(), " has not ended: ", workflow.ShortDebugString()));
  }
}

// What a workflow's steps say they made, and what is to be seen of it.
void CheckEffects(const Evidence& evidence, Problems* problems) {
  std::map<std::string, std::set<std::string>> named;  // record, and the workflows that name it
  for (const Workflow& workflow : evidence.workflows) {
    const bool stands = workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED;
    for (const auto& step : workflow.steps()) {
      // Nobody but workflows touches what they make here; accounts and relationships they share.
      if (step.undoes() && step.has_error() && !IsShared(step.record())) {
        problems->push_back(absl::StrCat(step.record(), " stays"));
      }
    }
    for (const auto& step : workflow.steps()) {
      const std::string& record = step.record();
      if (record.empty()) continue;
      named[record].insert(workflow.name());
      if (!evidence.made.contains(record))
        problems->push_back(absl::StrCat(record, " is in no journal"));
      const bool is_withdrawn = evidence.withdrawn.contains(record);
      if (stands && is_withdrawn) {
        problems->push_back(absl::StrCat(record, " of ", workflow.name(), " is withdrawn"));
      }
      if (!stands && !is_withdrawn && !IsShared(record)) {
        problems->push_back(
            absl::StrCat(record, " of ", workflow.name(), " stands though it was withdrawn"));
      }
    }
  }
  CheckMade(evidence, named, problems);
}

}  // namespace comity::integration
