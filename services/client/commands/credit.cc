// comity credit: how an opportunity's amount is split between those who worked on it.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/credit_view.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::CreditOutlook;
using gateway::v1::CreditStatement;
using gateway::v1::ListStatementsResponse;

constexpr char kCredit[] = "comity.gateway.v1.CreditService/";

struct CreditFlags {
  std::string name;
  std::vector<std::string> touches;
  std::string filter;
  std::string page_token;
  int page_size = 0;
  bool all = false;
  bool take_back = false;
  bool validate_only = false;
};

std::string ShowStatement(const CreditStatement& statement) {
  return CreditStatementText(statement, TerminalWidth());
}

// What was drawn of it, beside what would be drawn now. Not everybody may read statements.
absl::Status PrintDrawn(Context& context, const std::string& opportunity) {
  gateway::v1::ListStatementsRequest request;
  request.set_filter(absl::StrCat("opportunity = \"", opportunity, "\""));
  const auto drawn = context.caller().Ask<ListStatementsResponse>(
      context.as(), absl::StrCat(kCredit, "ListStatements"), request);
  if (absl::IsPermissionDenied(drawn.status())) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(drawn.status());
  if (drawn->statements().empty()) return absl::OkStatus();
  return context.Print(
      absl::StrCat("\nStatements\n", CreditStatementsText(drawn->statements(), TerminalWidth())));
}

absl::Status RunOutlook(Context& context, const CreditFlags& flags) {
  if (flags.name.empty()) {
    return InvalidField("USAGE", "opportunity", "`comity credit opportunities/…`");
  }
  gateway::v1::GetCreditOutlookRequest request;
  request.set_name(flags.name);
  COMITY_RETURN_IF_ERROR(context.Run<CreditOutlook>(
      absl::StrCat(kCredit, "GetCreditOutlook"), request,
      [](const auto& outlook) { return CreditOutlookText(outlook, TerminalWidth()); }));
  return context.for_machines() ? absl::OkStatus() : PrintDrawn(context, flags.name);
}

absl::Status RunShowStatement(Context& context, const CreditFlags& flags) {
  gateway::v1::GetStatementRequest request;
  request.set_name(flags.name);
  return context.Run<CreditStatement>(absl::StrCat(kCredit, "GetStatement"), request,
                                      ShowStatement);
}

absl::Status RunAcknowledge(Context& context, const CreditFlags& flags) {
  gateway::v1::AcknowledgeStatementRequest request;
  request.set_name(flags.name);
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<CreditStatement>(absl::StrCat(kCredit, "AcknowledgeStatement"), request,
                                      ShowStatement);
}

template <typename Request>
absl::Status SayOfTouches(Context& context, const CreditFlags& flags, const char* method) {
  Request request;
  request.set_name(flags.name);
  request.mutable_touches()->Add(flags.touches.begin(), flags.touches.end());
  request.set_request_id(RandomRequestId());
  request.set_validate_only(flags.validate_only);
  return context.Run<CreditStatement>(absl::StrCat(kCredit, method), request, ShowStatement);
}

absl::Status RunAcceptTouch(Context& context, const CreditFlags& flags) {
  if (flags.take_back) {
    return SayOfTouches<gateway::v1::TakeBackAcceptancesRequest>(context, flags,
                                                                 "TakeBackAcceptances");
  }
  return SayOfTouches<gateway::v1::AcceptLateTouchesRequest>(context, flags, "AcceptLateTouches");
}

absl::Status RunListStatements(Context& context, const CreditFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  gateway::v1::ListStatementsRequest request;
  request.set_filter(flags.filter);
  request.set_page_token(flags.page_token);
  request.set_page_size(flags.page_size == 0 && flags.all ? 500 : flags.page_size);
  COMITY_ASSIGN_OR_RETURN(
      const auto fetched,
      context.FetchList(absl::StrCat(kCredit, "ListStatements"), flags.all, &request));
  const auto& reply = static_cast<const ListStatementsResponse&>(*fetched);
  if (context.for_machines()) return context.PrintMessage(reply);
  COMITY_RETURN_IF_ERROR(context.Print(CreditStatementsText(reply.statements(), TerminalWidth())));
  return context.PrintMore(reply);
}

void AddShowStatement(CLI::App* credit, Context* context) {
  const auto flags = std::make_shared<CreditFlags>();
  CLI::App* show = credit->add_subcommand("show", "A statement that was drawn");
  show->add_option("statement", flags->name, "credit-statements/…")->required();
  show->footer("Example:\n  comity credit show credit-statements/0190…");
  show->callback([=] { context->action = [=] { return RunShowStatement(*context, *flags); }; });
}

void AddAcknowledge(CLI::App* credit, Context* context) {
  const auto flags = std::make_shared<CreditFlags>();
  CLI::App* acknowledge = credit->add_subcommand(
      "acknowledge", "Says for your department that it has nothing against a statement");
  acknowledge->add_option("statement", flags->name, "credit-statements/…")->required();
  acknowledge->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  acknowledge->footer(
      "Example:\n  comity credit acknowledge credit-statements/0190… --as sam@sales\n"
      "A steward's to do. Once all departments of its parties have, or its term is over, it is "
      "final.");
  acknowledge->callback(
      [=] { context->action = [=] { return RunAcknowledge(*context, *flags); }; });
}

void AddAcceptTouch(CLI::App* credit, Context* context) {
  const auto flags = std::make_shared<CreditFlags>();
  CLI::App* accept = credit->add_subcommand(
      "accept-touch", "Says for your department that touches count which were recorded too late");
  accept->add_option("statement", flags->name, "credit-statements/…")->required();
  accept->add_option("facts", flags->touches, "leads/…/facts/…, opportunities/…/facts/…")
      ->required();
  accept->add_flag("--take-back", flags->take_back,
                   "Takes that back, as long as not all have accepted it");
  accept->add_flag("--validate-only", flags->validate_only, "Checks and stores nothing");
  accept->footer(
      "Examples:\n"
      "  comity credit accept-touch credit-statements/0190… leads/0190…/facts/0190… --as "
      "sam@sales\n"
      "  comity credit accept-touch credit-statements/0190… leads/0190…/facts/0190… --take-back\n"
      "A steward's to do, within the term. Once all departments of its parties have accepted the "
      "same one, the statement is drawn anew.");
  accept->callback([=] { context->action = [=] { return RunAcceptTouch(*context, *flags); }; });
}

void AddListStatements(CLI::App* credit, Context* context) {
  const auto flags = std::make_shared<CreditFlags>();
  CLI::App* list = credit->add_subcommand("list", "Statements, the latest first");
  list->add_option("--filter", flags->filter, "By state and opportunity");
  list->add_option("--page-size", flags->page_size, "Entries a page, at most 500 (default 50)");
  list->add_option("--page-token", flags->page_token, "Goes on where an earlier page ended");
  list->add_flag("--all", flags->all, "Every page");
  list->footer(
      "Examples:\n  comity credit list --filter 'state = DRAWN'\n  comity credit list --all");
  list->callback([=] { context->action = [=] { return RunListStatements(*context, *flags); }; });
}

}  // namespace

void AddCreditCommands(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<CreditFlags>();
  CLI::App* credit = app->add_subcommand(
      "credit", "Whose deal it is: the split by the rule, all models, the touches that count");
  credit->add_option("opportunity", flags->name, "opportunities/…");
  AddListStatements(credit, context);
  AddShowStatement(credit, context);
  AddAcknowledge(credit, context);
  AddAcceptTouch(credit, context);
  credit->footer(
      "Examples:\n  comity credit opportunities/0190…\n"
      "  comity credit opportunities/0190… -o json --as mia@marketing\n"
      "  comity credit list --filter 'state = DRAWN'\n"
      "Before the signature: as if it were signed now. The rule is the one that had locked when "
      "the "
      "opportunity was made (`comity charter show`); what is recorded after the signature is shown "
      "and counts only if all parties accept it (`comity credit accept-touch`).");
  credit->callback([=] {
    // Those of its own commands have said what to do.
    if (!credit->get_subcommands().empty()) return;
    context->action = [=] { return RunOutlook(*context, *flags); };
  });
}

}  // namespace comity::client
