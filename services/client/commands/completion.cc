// comity completion: what a shell needs to complete commands and flags.
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/commands/commands.h"

namespace comity::client {
namespace {

// Words that may follow a command: its own commands and flags.
std::string WordsOf(const CLI::App& command) {
  std::vector<std::string> words;
  for (const CLI::App* next : command.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(next->get_name());
  }
  for (const CLI::App* level = &command; level != nullptr; level = level->get_parent()) {
    for (const CLI::Option* option : level->get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
  }
  return absl::StrJoin(words, " ");
}

// One case a command, `'lead list') words='…' ;;`, and the paths of all of them.
void AddCases(const CLI::App& command, const std::string& path, std::string* cases,
              std::vector<std::string>* paths) {
  absl::StrAppend(cases, "    '", path, "') words='", WordsOf(command), "' ;;\n");
  for (const CLI::App* next : command.get_subcommands([](const CLI::App*) { return true; })) {
    paths->push_back(path.empty() ? next->get_name() : absl::StrCat(path, " ", next->get_name()));
    AddCases(*next, std::string(paths->back()), cases, paths);
  }
}

// What is no command is a flag, its value or a name: these may stand anywhere.
std::string BashCompletion(const CLI::App& app) {
  std::string cases;
  std::vector<std::string> paths;
  AddCases(app, "", &cases, &paths);
  return absl::StrCat(R"(_comity() {
  local current=${COMP_WORDS[COMP_CWORD]} path='' word words=''
  for word in "${COMP_WORDS[@]:1:$((COMP_CWORD-1))}"; do
    case "${path:+$path }$word" in
      ')",
                      absl::StrJoin(paths, "'|'"), R"(') path="${path:+$path }$word" ;;
    esac
  done
  case $path in
)",
                      cases, R"(  esac
  case ${COMP_WORDS[COMP_CWORD-1]} in --output|-o) words='table json name' ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _comity comity
)");
}

}  // namespace

void AddCompletionCommand(CLI::App* app, Context* context) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* completion = app->add_subcommand("completion", "Shell completion");
  completion->add_option("shell", *shell, "bash or zsh")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh"}));
  completion->footer(
      "Examples:\n  comity completion bash\n  source <(comity completion bash)\n  source <(comity "
      "completion zsh)\n"
      "Such a line in ~/.bashrc or ~/.zshrc makes it last.");
  completion->callback([=] {
    context->action = [=] {
      const std::string bash = BashCompletion(*app);
      if (*shell == "bash") return context->Print(bash);
      return context->Print(
          absl::StrCat("(( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }\n"
                       "autoload -Uz bashcompinit && bashcompinit\n",
                       bash));
    };
  });
}

}  // namespace comity::client
