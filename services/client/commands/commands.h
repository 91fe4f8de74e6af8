// Every command, one function each: it adds itself, with its flags, help and examples. The next
// command is one file and one line here and in commands.cc.
#ifndef COMITY_CLIENT_COMMANDS_COMMANDS_H_
#define COMITY_CLIENT_COMMANDS_COMMANDS_H_

#include "CLI/CLI.hpp"
#include "services/client/commands/context.h"

namespace comity::client {

void AddCommands(CLI::App* app, Context* context);

void AddRecordCommands(CLI::App* app, Context* context);  // lead, account, case … list/get/…
void AddJudgementCommands(CLI::App* app, Context* context);
void AddFactCommands(CLI::App* app, Context* context);
void AddCustomerCommand(CLI::App* app, Context* context);
void AddStartCommands(CLI::App* app, Context* context);     // convert, move-owner
void AddWorkflowCommands(CLI::App* app, Context* context);  // list, show, stop, resume
void AddHandoverCommands(CLI::App* app, Context* context);  // offer, accept, return, …
void AddInboxCommand(CLI::App* app, Context* context);
void AddCreditCommands(CLI::App* app, Context* context);
void AddHistoryCommands(CLI::App* app, Context* context);
void AddTimelineCommand(CLI::App* app, Context* context);
void AddReportCommands(CLI::App* app, Context* context);
void AddDirectoryCommands(CLI::App* app, Context* context);
void AddCharterCommand(CLI::App* app, Context* context);
void AddKeysCommands(CLI::App* app, Context* context);
void AddAdminCommands(CLI::App* app, Context* context);
void AddCallCommand(CLI::App* app, Context* context);
void AddImportCommand(CLI::App* app, Context* context);
void AddExportCommand(CLI::App* app, Context* context);
void AddDemoCommand(CLI::App* app, Context* context);
void AddTokenCommand(CLI::App* app, Context* context);
void AddCompletionCommand(CLI::App* app, Context* context);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_COMMANDS_H_
