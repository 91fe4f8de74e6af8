#include "services/client/commands/commands.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/client/commands/dispute_commands.h"
#include "services/client/output/text.h"
#include "services/client/profile.h"

namespace comity::client {
namespace {

constexpr char kEverywhere[] =
    "Everywhere: --as person@department, -o table|json|name, --profile FILE";
constexpr size_t kMostExamples = 6;

std::vector<CLI::App*> CommandsOf(CLI::App& command) {
  return command.get_subcommands([](CLI::App*) { return true; });
}

std::string PathOf(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name()
                           : absl::StrCat(PathOf(*parent), " ", command.get_name());
}

// Gives a command that only has commands of its own their examples, a few of each in turn, and each
// command the flags that every one has. Returns the command's examples.
std::vector<std::string> FinishHelp(CLI::App& command) {
  std::vector<std::string> examples;
  for (absl::string_view line : absl::StrSplit(command.get_footer(), '\n')) {
    if (absl::StartsWith(line, "  comity ")) examples.emplace_back(line);
  }
  for (CLI::App* next : CommandsOf(command)) {
    const std::vector<std::string> below = FinishHelp(*next);
    if (!below.empty() && command.get_footer().empty() && examples.size() < kMostExamples) {
      examples.push_back(below.front());
    }
  }
  std::string footer = command.get_footer();
  if (footer.empty()) footer = absl::StrCat("Examples:\n", absl::StrJoin(examples, "\n"));
  command.footer(absl::StrCat(footer, "\n", kEverywhere));
  return examples;
}

// One line, as all errors are: what is wrong, what there is, and where examples are.
std::string UsageText(const CLI::App* app, const CLI::Error& error) {
  const CLI::App* command = app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::vector<std::string> unknown = app->remaining(/*recurse=*/true);
  std::string text = unknown.empty() ? error.what() : absl::StrCat("unknown: ", unknown.front());
  std::vector<std::string> names;
  for (const CLI::App* next : command->get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(next->get_name());
  }
  if (!names.empty()) absl::StrAppend(&text, "; there are ", absl::StrJoin(names, ", "));
  return absl::StrCat(
      "comity: ", OneLine(absl::StrCat(text, "; `", PathOf(*command), " --help` has examples")),
      "\n");
}

}  // namespace

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
  AddStartCommands(app, context);
  AddWorkflowCommands(app, context);
  AddHandoverCommands(app, context);
  AddDisputeCommands(app, context);
  AddInboxCommand(app, context);
  AddCreditCommands(app, context);
  AddHistoryCommands(app, context);
  AddTimelineCommand(app, context);
  AddReportCommands(app, context);
  AddDirectoryCommands(app, context);
  AddCharterCommand(app, context);
  AddKeysCommands(app, context);
  AddAdminCommands(app, context);
  AddCallCommand(app, context);
  AddImportCommand(app, context);
  AddExportCommand(app, context);
  AddDemoCommand(app, context);
  AddTokenCommand(app, context);
  AddCompletionCommand(app, context);
  app->footer(
      "Examples:\n  comity lead list --lens sales\n"
      "  comity judge leads/0190… --question lead-quality --answer qualified --reason "
      "need-confirmed\n  comity standing leads/0190…\n  comity customer accounts/0190…\n"
      "  comity report win-rate --by owner --lens all\n  comity watch lead\n"
      "`comity COMMAND --help` has more of each.");
  FinishHelp(*app);
  app->failure_message(UsageText);
}

}  // namespace comity::client
