// comity workflow list, show, stop, resume, undo.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/commands/operation.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::Workflow;

struct WorkflowFlags {
  std::string name;
  std::string filter;
  std::string page_token;
  int page_size = 0;
  bool all = false;
};

const char* OutcomeOf(const gateway::v1::WorkflowStep& step) {
  if (step.undoes()) return step.has_error() ? "stays: in use" : "undone";
  return step.has_error() ? "refused" : "done";
}

std::string ShowWorkflow(const Workflow& workflow) {
  std::string text =
      absl::StrCat(workflow.name(), ": ", workflow.kind(), " of ", workflow.subject(), " by ",
                   ShowActor(workflow.actor()), ", begun ", FormatTime(workflow.create_time()),
                   ": ", WhereItStands(workflow), "\n");
  if (workflow.has_refusal()) {
    absl::StrAppend(&text, "refused: ", ErrorText(FromRpcStatus(workflow.refusal())), "\n");
  }
  if (workflow.has_last_error()) {
    absl::StrAppend(&text, "last try: ", ErrorText(FromRpcStatus(workflow.last_error())), "\n");
  }
  Table table({{"STEP"}, {"OUTCOME"}, {"RECORD", false, true}, {"TRIES", true}, {"ENDED"}});
  for (const auto& step : workflow.steps()) {
    table.AddRow({step.step(), OutcomeOf(step), step.record(), absl::StrCat(step.attempts()),
                  FormatTime(step.end_time())});
  }
  return absl::StrCat(text, table.Render(TerminalWidth()));
}

std::string ShowWorkflows(const gateway::v1::ListWorkflowsResponse& reply) {
  Table table(
      {{"NAME", false, true}, {"KIND"}, {"SUBJECT"}, {"STATE"}, {"STEP"}, {"BY"}, {"BEGUN"}});
  for (const Workflow& workflow : reply.workflows()) {
    table.AddRow({workflow.name(), workflow.kind(), workflow.subject(), StateName(workflow),
                  workflow.step(), ShowActor(workflow.actor()),
                  FormatTime(workflow.create_time())});
  }
  return table.Render(TerminalWidth());
}

absl::Status RunList(Context& context, const WorkflowFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListWorkflowsRequest request;
  request.set_filter(flags.filter);
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kWorkflows, "ListWorkflows"), flags.all, &request));
  const auto& reply = static_cast<const gateway::v1::ListWorkflowsResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(ShowWorkflows(reply)));
  return context.PrintMore(reply);
}

absl::Status RunShow(Context& context, const WorkflowFlags& flags) {
  gateway::v1::GetWorkflowRequest request;
  request.set_name(flags.name);
  return context.Run<Workflow>(absl::StrCat(kWorkflows, "GetWorkflow"), request, ShowWorkflow);
}

enum class Asked { kStop, kResume, kUndo };

// Why one that has not ended was not given up; empty where it was.
std::string WhyNotGivenUp(const Workflow& workflow) {
  switch (workflow.state()) {
    case gateway::v1::WORKFLOW_STATE_RUNNING:
      return "it is under way, and ends by itself: only one that is stuck is given up";
    case gateway::v1::WORKFLOW_STATE_STOPPED:
      return "somebody stopped it, and what it did stays: comity workflow resume goes on";
    case gateway::v1::WORKFLOW_STATE_STUCK:
      return "it is being undone already, and is stuck in that: comity workflow resume goes on";
    case gateway::v1::WORKFLOW_STATE_COMPENSATING:
      if (Reason(FromRpcStatus(workflow.refusal())) == "GIVEN_UP") return "";
      return "it is being undone already";
    default:
      return "";
  }
}

// Why what was asked changed nothing; empty where it may have.
std::string WhyNothingWasDone(const Workflow& workflow, Asked asked) {
  switch (workflow.state()) {
    case gateway::v1::WORKFLOW_STATE_SUCCEEDED:
    case gateway::v1::WORKFLOW_STATE_WITHDRAWN:
      return absl::StrCat("it has ended (", StateName(workflow), ", ",
                          FormatTime(workflow.end_time()), ")");
    case gateway::v1::WORKFLOW_STATE_STUCK:
    case gateway::v1::WORKFLOW_STATE_STOPPED:
      if (asked == Asked::kStop)
        return absl::StrCat("it stands already (", StateName(workflow), ")");
      break;
    default:
      break;
  }
  return asked == Asked::kUndo ? WhyNotGivenUp(workflow) : "";
}

// `Request` asks it to stop or to go on. A repetition is no error, but nothing that is silent.
template <typename Request>
absl::Status RunAsk(Context& context, const WorkflowFlags& flags, absl::string_view method,
                    Asked asked) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  Request request;
  request.set_name(flags.name);
  request.set_request_id(RandomRequestId());
  COMITY_ASSIGN_OR_RETURN(
      const auto workflow,
      context.caller().Ask<Workflow>(context.as(), absl::StrCat(kWorkflows, method), request));
  const std::string why = WhyNothingWasDone(workflow, asked);
  if (!why.empty()) {
    std::fprintf(stderr, "comity: %s: %s; nothing was done\n", workflow.name().c_str(),
                 why.c_str());
  }
  return context.for_machines() ? context.PrintMessage(workflow)
                                : context.Print(ShowWorkflow(workflow));
}

void AddList(CLI::App* workflow, Context* context, const std::shared_ptr<WorkflowFlags>& flags) {
  CLI::App* list = workflow->add_subcommand("list", "Workflows, the latest first");
  list->add_option("--filter", flags->filter, "By state, kind and subject, e.g. 'state = STUCK'");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  list->footer(
      "Examples:\n  comity workflow list --filter 'state = STUCK' --as ida@it\n"
      "  comity workflow list --filter 'kind = onboard-customer' --all -o json\n"
      "Filters: state, kind, subject; combined by AND.");
  list->callback([=] { context->action = [=] { return RunList(*context, *flags); }; });
}

}  // namespace

void AddWorkflowCommands(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<WorkflowFlags>();
  CLI::App* workflow = app->add_subcommand(
      "workflow", "Sequences of steps across departments: what runs, what waits");
  workflow->require_subcommand(1);
  AddList(workflow, context, flags);
  CLI::App* show = workflow->add_subcommand("show", "One workflow, step by step");
  show->add_option("workflow", flags->name, "workflows/…")->required();
  show->footer("Example:\n  comity workflow show workflows/0190…");
  show->callback([=] { context->action = [=] { return RunShow(*context, *flags); }; });
  CLI::App* stop = workflow->add_subcommand("stop", "Stops a move of owners before its next batch");
  stop->add_option("workflow", flags->name, "workflows/…")->required();
  stop->footer(
      "Example:\n  comity workflow stop workflows/0190… --as sam@sales\n"
      "Other kinds are not stopped: each of their steps is done or undone, and then they end.");
  stop->callback([=] {
    context->action = [=] {
      return RunAsk<gateway::v1::StopWorkflowRequest>(*context, *flags, "StopWorkflow",
                                                      Asked::kStop);
    };
  });
  CLI::App* resume =
      workflow->add_subcommand("resume", "Goes on with one that is stuck or stopped");
  resume->add_option("workflow", flags->name, "workflows/…")->required();
  resume->footer("Example:\n  comity workflow resume workflows/0190… --as ivo@it");
  resume->callback([=] {
    context->action = [=] {
      return RunAsk<gateway::v1::ResumeWorkflowRequest>(*context, *flags, "ResumeWorkflow",
                                                        Asked::kResume);
    };
  });
  CLI::App* undo =
      workflow->add_subcommand("undo", "Gives up one that is stuck: undoes what it did");
  undo->add_option("workflow", flags->name, "workflows/…")->required();
  undo->footer("Example:\n  comity workflow undo workflows/0190… --as sam@sales");
  undo->callback([=] {
    context->action = [=] {
      return RunAsk<gateway::v1::UndoWorkflowRequest>(*context, *flags, "UndoWorkflow",
                                                      Asked::kUndo);
    };
  });
}

}  // namespace comity::client
