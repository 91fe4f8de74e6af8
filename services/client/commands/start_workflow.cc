// comity convert, comity move-owner: commands that start a workflow.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/commands/operation.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using google::longrunning::Operation;

struct ConvertFlags {
  std::string lead;
  std::string account;
  std::string display_name;
  std::string amount;
  bool no_wait = false;
  bool validate_only = false;
};

struct MoveFlags {
  std::string person;
  std::vector<std::string> successors;
  bool no_wait = false;
  bool validate_only = false;
};

std::string ShowConversion(const gateway::v1::ConvertLeadResponse& made) {
  return absl::StrCat(
      "lead         ", made.lead(), "\naccount      ", made.account(),
      made.account_made() ? " (new)" : "", "\n",
      made.contact().empty() ? "" : absl::StrCat("contact      ", made.contact(), "\n"),
      "opportunity  ", made.opportunity(), "\n");
}

// One that has not ended: by its name, which leads to it.
absl::Status PrintBegun(const Context& context, const Operation& operation) {
  if (context.for_machines()) return context.PrintMessage(operation);
  return context.Print(absl::StrCat(operation.name(), "\n"));
}

// Of a request that was only checked: there is no workflow, and no name of one.
// `what`: that was checked, and when the rest is.
absl::Status PrintChecked(const Context& context, absl::string_view what) {
  if (context.for_machines()) return context.PrintMessage(Operation());
  return context.Print(absl::StrCat("checked: ", what, "; nothing was started\n"));
}

absl::Status PrintConversion(Context& context, const Operation& operation) {
  if (operation.has_error()) return FromRpcStatus(operation.error());
  gateway::v1::ConvertLeadResponse made;
  if (!operation.response().UnpackTo(&made)) return PrintBegun(context, operation);
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
  if (flags.validate_only) {
    return PrintChecked(context,
                        "the request's form, and that you may make it; whether the lead and the "
                        "account are there and free is seen only when it runs");
  }
  if (!flags.no_wait) {
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

std::string Person(const std::string& text) {
  return absl::StrContains(text, '/') ? text : absl::StrCat("persons/", text);
}

absl::Status PrintMove(Context& context, const Operation& operation) {
  if (operation.has_error()) return FromRpcStatus(operation.error());
  gateway::v1::MoveOwnerResponse made;
  if (!operation.response().UnpackTo(&made)) return PrintBegun(context, operation);
  if (context.for_machines()) return context.PrintMessage(made);
  return context.Print(absl::StrCat(
      "moved ", FormatCount(made.moved()), " records",
      made.kept() == 0
          ? ""
          : absl::StrCat("; ", FormatCount(made.kept()),
                         " keep their owner: their course has ended, or no department is "
                         "responsible for them"),
      "\n"));
}

absl::Status RunMove(Context& context, const MoveFlags& flags) {
  gateway::v1::MoveOwnerRequest request;
  request.set_person(Person(flags.person));
  for (const std::string& successor : flags.successors) {
    request.add_successors(Person(successor));
  }
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(
      Operation operation,
      context.caller().Ask<Operation>(context.as(), "comity.gateway.v1.MoveOwnerService/MoveOwner",
                                      request));
  if (flags.validate_only) {
    return PrintChecked(context,
                        "the person, who takes the records, and that you may move them; each "
                        "record is looked at only when it runs");
  }
  if (!flags.no_wait) {
    COMITY_ASSIGN_OR_RETURN(operation, Await(context, std::move(operation)));
  }
  return PrintMove(context, operation);
}

void AddMoveOwner(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<MoveFlags>();
  CLI::App* move =
      app->add_subcommand("move-owner", "Gives what a person works on to others of the department");
  move->add_option("person", flags->person, "Who leaves, e.g. persons/ana or ana")->required();
  move->add_option("--to", flags->successors, "Who takes the records, in turn: several by `,`")
      ->required()
      ->delimiter(',');
  move->add_flag("--no-wait", flags->no_wait, "Returns at once, with the workflow's name");
  move->add_flag("--validate-only", flags->validate_only, "Checks and starts nothing");
  move->footer(
      "Example:\n  comity move-owner ana --to carla-farkas,kenji-zimmer --as sam@sales\n"
      "By a steward, for the records that his department is responsible for. Each keeps its "
      "history: "
      "the change is a fact. `comity workflow stop` stops it between two batches.");
  move->callback([=] { context->action = [=] { return RunMove(*context, *flags); }; });
}

}  // namespace

void AddStartCommands(CLI::App* app, Context* context) {
  AddConvert(app, context);
  AddMoveOwner(app, context);
}

}  // namespace comity::client
