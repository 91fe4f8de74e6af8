// comity demo play: the story, played on a real suite by everybody's own commands and keys.
#ifndef COMITY_CLIENT_COMMANDS_DEMO_PLAY_H_
#define COMITY_CLIENT_COMMANDS_DEMO_PLAY_H_

#include "CLI/CLI.hpp"
#include "services/client/commands/context.h"

namespace comity::client {

void AddPlayCommand(CLI::App* demo, Context* context);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_DEMO_PLAY_H_
