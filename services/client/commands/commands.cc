#include "services/client/commands/commands.h"

#include "services/client/profile.h"

namespace comity::client {

void AddCommands(CLI::App* app, Context* context) {
  app->require_subcommand(1);
  app->fallthrough();  // global flags may stand after the command
  app->add_option("--profile", context->profile_flag,
                  "File that says where the services are (default: COMITY_PROFILE, else "
                  ".comity/profile.json)");
  app->add_option("--as", context->as_flag, "Who acts for which department, e.g. ana@sales");
  app->add_option("--output,-o", context->output,
                  "table, json (the API's own) or name (for scripts)")
      ->check(CLI::IsMember({"table", "json", "name"}));
  AddRecordCommands(app, context);
  AddJudgementCommands(app, context);
  AddFactCommands(app, context);
  AddCustomerCommand(app, context);
  AddHistoryCommands(app, context);
  AddReportCommands(app, context);
  AddDirectoryCommands(app, context);
  AddCharterCommand(app, context);
  AddAdminCommands(app, context);
  AddCallCommand(app, context);
  AddImportCommand(app, context);
  AddExportCommand(app, context);
  AddDemoCommand(app, context);
  AddTokenCommand(app, context);
  AddCompletionCommand(app, context);
}

}  // namespace comity::client
