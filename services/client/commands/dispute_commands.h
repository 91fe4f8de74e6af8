// comity dispute.
#ifndef COMITY_CLIENT_COMMANDS_DISPUTE_COMMANDS_H_
#define COMITY_CLIENT_COMMANDS_DISPUTE_COMMANDS_H_

#include "services/client/commands/commands.h"

namespace comity::client {

void AddDisputeCommands(CLI::App* app, Context* context);  // open, answer, agree, decide, …

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_DISPUTE_COMMANDS_H_
