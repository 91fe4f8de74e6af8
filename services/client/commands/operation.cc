#include "services/client/commands/operation.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Workflow;
using google::longrunning::Operation;

constexpr int kWaitSeconds = 5;  // of one call: between them the progress line moves

void ShowProgress(const Workflow& workflow, absl::Duration waited) {
  std::fprintf(stderr, "\r\x1b[K%s, %d s", WhereItStands(workflow).c_str(),
               static_cast<int>(absl::ToInt64Seconds(waited)));
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
  while (status.ok() && !operation.done()) {
    Workflow workflow;
    operation.metadata().UnpackTo(&workflow);
    status = CheckGoesOn(workflow);
    if (!status.ok()) break;
    if (progress) ShowProgress(workflow, absl::Now() - start);
    google::longrunning::WaitOperationRequest request;
    request.set_name(operation.name());
    request.mutable_timeout()->set_seconds(kWaitSeconds);
    auto later = context.caller().Ask<Operation>(
        context.as(), absl::StrCat(kWorkflows, "WaitOperation"), request);
    status = later.status();
    if (status.ok()) operation = *std::move(later);
  }
  if (progress) std::fprintf(stderr, "\r\x1b[K");
  if (status.ok()) return operation;
  std::fprintf(stderr, "how it goes on: comity workflow show %s\n", operation.name().c_str());
  return status;
}

}  // namespace comity::client
