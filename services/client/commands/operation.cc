#include "services/client/commands/operation.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/client/api/retry.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Workflow;
using google::longrunning::Operation;

constexpr int kWaitSeconds = 5;  // of one call: between them the progress line moves

constexpr absl::Duration kPauseWhileAway = absl::Seconds(1);

void ShowProgress(const std::string& text, absl::Duration waited) {
  std::fprintf(stderr, "\r\x1b[K%s, %d s", text.c_str(),
               static_cast<int>(absl::ToInt64Seconds(waited)));
}

// The workflow goes on with another replica, or when the gateway is there again.
void TellThatItIsAway(bool progress, absl::Duration waited, bool* told) {
  constexpr char kAway[] = "the gateway cannot be asked; waiting for it";
  if (progress) {
    ShowProgress(kAway, waited);
  } else if (!*told) {
    std::fprintf(stderr, "%s\n", kAway);
  }
  *told = true;
}

absl::StatusOr<Operation> AskOnce(Context& context, const std::string& name) {
  google::longrunning::WaitOperationRequest request;
  request.set_name(name);
  request.mutable_timeout()->set_seconds(kWaitSeconds);
  return context.caller().Ask<Operation>(context.as(), absl::StrCat(kWorkflows, "WaitOperation"),
                                         request);
}

// Whether it waits for somebody.
absl::Status CheckGoesOn(const Workflow& workflow) {
  if (workflow.state() == gateway::v1::WORKFLOW_STATE_STUCK) {
    return PreconditionFailed(
        "WORKFLOW_STUCK", workflow.name(),
        "it waits for an operator, who mends what its last try was told and resumes it");
  }
  if (workflow.state() == gateway::v1::WORKFLOW_STATE_STOPPED) {
    return PreconditionFailed("WORKFLOW_STOPPED", workflow.name(),
                              "somebody stopped it: comity workflow resume goes on");
  }
  return absl::OkStatus();
}

}  // namespace

std::string StateName(const Workflow& workflow) {
  return ShortEnum(*gateway::v1::WorkflowState_descriptor()->FindValueByNumber(workflow.state()));
}

std::string WhereItStands(const Workflow& workflow) {
  std::string text = StateName(workflow);
  if (!workflow.step().empty()) absl::StrAppend(&text, ", ", workflow.step());
  if (workflow.done() > 0) absl::StrAppend(&text, ", ", FormatCount(workflow.done()), " records");
  if (workflow.attempts() > 0) absl::StrAppend(&text, ", tried ", workflow.attempts(), " times");
  return text;
}

absl::StatusOr<Operation> Await(Context& context, Operation operation) {
  const bool progress = ErrorsAreTerminal() && !context.for_machines();
  const absl::Time start = absl::Now();
  absl::Status status;
  bool is_away = false;
  while (status.ok() && !operation.done()) {
    Workflow workflow;
    operation.metadata().UnpackTo(&workflow);
    status = CheckGoesOn(workflow);
    if (!status.ok()) break;
    if (progress && !is_away) ShowProgress(WhereItStands(workflow), absl::Now() - start);
    auto later = AskOnce(context, operation.name());
    if (IsAway(later.status())) {
      TellThatItIsAway(progress, absl::Now() - start, &is_away);
      absl::SleepFor(kPauseWhileAway);
      continue;
    }
    is_away = false;
    status = later.status();
    if (status.ok()) operation = *std::move(later);
  }
  if (progress) std::fprintf(stderr, "\r\x1b[K");
  if (status.ok()) return operation;
  std::fprintf(stderr, "how it goes on: comity workflow show %s\n", operation.name().c_str());
  return status;
}

}  // namespace comity::client
