// comity convert; comity workflow list, show, resume.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
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
using google::longrunning::Operation;

constexpr char kWorkflows[] = "comity.gateway.v1.WorkflowService/";
constexpr int kWaitSeconds = 5;  // of one call: between them the progress line moves

struct ConvertFlags {
  std::string lead;
  std::string account;
  std::string display_name;
  std::string amount;
  bool no_wait = false;
  bool validate_only = false;
};

struct WorkflowFlags {
  std::string name;
  std::string filter;
  int page_size = 0;
};

std::string StateName(const Workflow& workflow) {
  return ShortEnum(*gateway::v1::WorkflowState_descriptor()->FindValueByNumber(workflow.state()));
}

std::string WhereItStands(const Workflow& workflow) {
  std::string text = StateName(workflow);
  if (!workflow.step().empty()) absl::StrAppend(&text, ", ", workflow.step());
  if (workflow.attempts() > 0) absl::StrAppend(&text, ", tried ", workflow.attempts(), " times");
  return text;
}

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
  std::string text = table.Render(TerminalWidth());
  if (!reply.next_page_token().empty()) absl::StrAppend(&text, "There is more: --page-size …\n");
  return text;
}

void ShowProgress(const Workflow& workflow, absl::Duration waited) {
  std::fprintf(stderr, "\r\x1b[K%s, %d s", WhereItStands(workflow).c_str(),
               static_cast<int>(absl::ToInt64Seconds(waited)));
}

absl::Status Stuck(const Workflow& workflow) {
  return PreconditionFailed(
      "WORKFLOW_STUCK", workflow.name(),
      "it waits for an operator, who mends what its last try was told and resumes it");
}

// Waits for the end of an operation, with a line of progress. Whoever stops waiting stops nothing.
absl::StatusOr<Operation> Await(Context& context, Operation operation) {
  const bool progress = ErrorsAreTerminal() && !context.for_machines();
  const absl::Time start = absl::Now();
  absl::Status status;
  while (status.ok() && !operation.done()) {
    Workflow workflow;
    operation.metadata().UnpackTo(&workflow);
    if (workflow.state() == gateway::v1::WORKFLOW_STATE_STUCK) {
      status = Stuck(workflow);
      break;
    }
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

std::string ShowConversion(const gateway::v1::ConvertLeadResponse& made) {
  return absl::StrCat(
      "lead         ", made.lead(), "\naccount      ", made.account(),
      made.account_made() ? " (new)" : "", "\n",
      made.contact().empty() ? "" : absl::StrCat("contact      ", made.contact(), "\n"),
      "opportunity  ", made.opportunity(), "\n");
}

absl::Status PrintConversion(Context& context, const Operation& operation) {
  if (operation.has_error()) return FromRpcStatus(operation.error());
  gateway::v1::ConvertLeadResponse made;
  if (!operation.response().UnpackTo(&made)) {
    return context.Print(absl::StrCat(operation.name(), "\n"));  // it has not ended
  }
  if (context.output == "name") return context.Print(absl::StrCat(made.opportunity(), "\n"));
  return context.for_machines() ? context.PrintMessage(made) : context.Print(ShowConversion(made));
}

absl::Status RunConvert(Context& context, const ConvertFlags& flags) {
  gateway::v1::ConvertLeadRequest request;
  request.set_lead(flags.lead);
  request.set_account(flags.account);
  request.set_display_name(flags.display_name);
  if (!flags.amount.empty()) COMITY_RETURN_IF_ERROR(SetField(&request, "amount", flags.amount));
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(
      Operation operation,
      context.caller().Ask<Operation>(
          context.as(), "comity.gateway.v1.LeadConversionService/ConvertLead", request));
  if (!flags.no_wait && !flags.validate_only) {
    COMITY_ASSIGN_OR_RETURN(operation, Await(context, std::move(operation)));
  }
  return PrintConversion(context, operation);
}

void AddConvert(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<ConvertFlags>();
  CLI::App* convert =
      app->add_subcommand("convert", "Makes a lead an opportunity, with account and contact");
  convert->add_option("lead", flags->lead, "leads/…")->required();
  convert->add_option("--account", flags->account,
                      "Of this account (default: that with the lead's domain, or a new one)");
  convert->add_option("--display-name", flags->display_name, "What the opportunity is called");
  convert->add_option("--amount", flags->amount, "What it is worth, e.g. '12000 EUR'");
  convert->add_flag("--no-wait", flags->no_wait, "Returns at once, with the workflow's name");
  convert->add_flag("--validate-only", flags->validate_only, "Checks and starts nothing");
  convert->footer(
      "Example:\n  comity convert leads/0190… --amount '12000 EUR' --as ana@sales\n"
      "The lead stays, with its source and touches. `comity workflow show` says how far it is.");
  convert->callback([=] { context->action = [=] { return RunConvert(*context, *flags); }; });
}

void AddWorkflow(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<WorkflowFlags>();
  CLI::App* workflow = app->add_subcommand(
      "workflow", "Sequences of steps across departments: what runs, what waits");
  workflow->require_subcommand(1);
  CLI::App* list = workflow->add_subcommand("list", "Workflows, the latest first");
  list->add_option("--filter", flags->filter, "By state, kind and subject, e.g. 'state = STUCK'");
  list->add_option("--page-size", flags->page_size, "At most 500");
  list->footer("Example:\n  comity workflow list --filter 'state = STUCK' --as ida@it");
  list->callback([=] {
    context->action = [=] {
      gateway::v1::ListWorkflowsRequest request;
      request.set_filter(flags->filter);
      request.set_page_size(flags->page_size);
      return context->Run<gateway::v1::ListWorkflowsResponse>(
          absl::StrCat(kWorkflows, "ListWorkflows"), request, ShowWorkflows);
    };
  });
  CLI::App* show = workflow->add_subcommand("show", "One workflow, step by step");
  show->add_option("workflow", flags->name, "workflows/…")->required();
  show->footer("Example:\n  comity workflow show workflows/0190…");
  show->callback([=] {
    context->action = [=] {
      gateway::v1::GetWorkflowRequest request;
      request.set_name(flags->name);
      return context->Run<Workflow>(absl::StrCat(kWorkflows, "GetWorkflow"), request, ShowWorkflow);
    };
  });
  CLI::App* resume = workflow->add_subcommand("resume", "Goes on with one that is stuck");
  resume->add_option("workflow", flags->name, "workflows/…")->required();
  resume->footer("Example:\n  comity workflow resume workflows/0190… --as ivo@it");
  resume->callback([=] {
    context->action = [=] {
      gateway::v1::ResumeWorkflowRequest request;
      request.set_name(flags->name);
      request.set_request_id(RandomRequestId());
      return context->Run<Workflow>(absl::StrCat(kWorkflows, "ResumeWorkflow"), request,
                                    ShowWorkflow);
    };
  });
}

}  // namespace

void AddWorkflowCommands(CLI::App* app, Context* context) {
  AddConvert(app, context);
  AddWorkflow(app, context);
}

}  // namespace comity::client
