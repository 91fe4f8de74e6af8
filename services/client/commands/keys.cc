// comity keys new, show: the keys with which stewards sign.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "services/client/charter/charter_file.h"
#include "services/client/charter/steward_key.h"
#include "services/client/commands/commands.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

std::string PathOr(const std::string& path, const Context& context) {
  return path.empty() ? StewardKeyPath(context.profile(), context.as()) : path;
}

// The public part, as the charter's section `keys` has it.
absl::Status PrintEntry(const Context& context, const identity::PrivateKey& key) {
  type::v1::Charter section;
  COMITY_ASSIGN_OR_RETURN(*section.add_keys(), KeyEntry(key, context.as()));
  if (context.output == "json") return context.PrintMessage(section.keys(0));
  return context.Print(CharterYaml(section));
}

absl::Status RunNew(Context& context, const std::string& path) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  const std::string file = PathOr(path, context);
  COMITY_ASSIGN_OR_RETURN(const identity::PrivateKey key, MakeStewardKey(file));
  std::fprintf(stderr, "%s is the key of %s: keep it to yourself. Its entry in the charter:\n",
               file.c_str(), context.as().ToText().c_str());
  return PrintEntry(context, key);
}

absl::Status RunShow(Context& context, const std::string& path) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const identity::PrivateKey key,
                          ReadStewardKey(PathOr(path, context), context.as()));
  return PrintEntry(context, key);
}

}  // namespace

void AddKeysCommands(CLI::App* app, Context* context) {
  CLI::App* keys = app->add_subcommand("keys", "Keys with which stewards sign charter changes");
  keys->require_subcommand(1);
  const auto path = std::make_shared<std::string>();
  CLI::App* make =
      keys->add_subcommand("new", "Makes a key, and says what the charter needs of it");
  make->add_option("--out,--key", *path,
                   "The file (default: keys/PERSON.pem beside the profile, or where it says)");
  make->footer(
      "Examples:\n  comity keys new --as mia@marketing\n  comity keys new --out mia.pem -o json\n"
      "A file that is there already is left as it is. What is printed goes into the `keys` of an "
      "exported charter, and into force by a proposal.");
  make->callback([=] { context->action = [=] { return RunNew(*context, *path); }; });
  CLI::App* show = keys->add_subcommand("show", "The public part of your key");
  show->add_option("--key", *path, "The file (default: as of `keys new`)");
  show->footer("Example:\n  comity keys show --as mia@marketing");
  show->callback([=] { context->action = [=] { return RunShow(*context, *path); }; });
}

}  // namespace comity::client
