// comity token: for programs that call the HTTP door themselves, such as curl.
#include "absl/strings/str_cat.h"
#include "services/client/commands/commands.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

absl::Status PrintToken(Context& context) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const std::string token, context.caller().Token(context.as()));
  return context.Print(absl::StrCat(token, "\n"));
}

}  // namespace

void AddTokenCommand(CLI::App* app, Context* context) {
  CLI::App* token = app->add_subcommand("token", "Prints a fresh token, for curl and others");
  token->footer(absl::StrCat("It is good for ", absl::ToInt64Minutes(identity::kTokenLifetime),
                             " minutes and lets whoever has it act as you.\nExamples:\n"
                             "  comity token --as ana@sales\n"
                             "  curl --cacert .comity/pki/ca.crt -H \"Authorization: Bearer "
                             "$(comity token --as ana@sales)\" "
                             "-H 'Content-Type: application/json' -d '{}' "
                             "https://localhost:7180/comity.lead.v1.LeadService/ListLeads"));
  token->callback([=] { context->action = [=] { return PrintToken(*context); }; });
}

}  // namespace comity::client
