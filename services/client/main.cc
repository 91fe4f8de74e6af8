// comity: the command line.
#include <cstdio>
#include <cstdlib>

#include "services/client/commands/commands.h"
#include "services/client/output/error_text.h"

int main(int argc, char** argv) {
  setenv("GRPC_VERBOSITY", "NONE", /*overwrite=*/0);  // our own line says what failed
  CLI::App app("Comity: a CRM in which departments keep their own judgements of shared facts.",
               "comity");
  comity::client::Context context;
  comity::client::AddCommands(&app, &context);
  try {  // CLI11 reports by exceptions only
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const absl::Status status = context.action();
  if (!status.ok()) {
    std::fprintf(stderr, "comity: %s\n", comity::client::ErrorText(status).c_str());
  }
  // Threads of gRPC may still be at work: what they use must not be destroyed under them.
  std::fflush(nullptr);
  std::_Exit(comity::client::ExitCode(status));
}
