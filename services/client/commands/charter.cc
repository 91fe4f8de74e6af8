// comity charter show, export, diff, log: what words mean, and what they meant.
#include <cstdio>
#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/charter/charter_file.h"
#include "services/client/charter/charter_text.h"
#include "services/client/charter/diff.h"
#include "services/client/commands/charter_commands.h"
#include "services/client/commands/commands.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using type::v1::Charter;

struct CharterFlags {
  int revision = 0;
  std::string output;
  std::string out;
  std::string from;
  std::string to;
};

std::string ExportText(const Charter& document) {
  return absl::StrCat("# Revision ", document.revision(),
                      " of the charter. Edit it, and propose what you made of it:\n"
                      "#   comity charter propose FILE --title …\n",
                      CharterYaml(document));
}

absl::Status RunShow(Context& context, const CharterFlags& flags) {
  if (flags.output == "json" || flags.output == "name") context.output = flags.output;
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const Charter document, FetchRevision(context, flags.revision));
  if (flags.output == "yaml") return context.Print(CharterYaml(document));
  return context.for_machines() ? context.PrintMessage(document)
                                : context.Print(ShowCharter(document, TerminalWidth()));
}

absl::Status RunExport(Context& context, const CharterFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const Charter document, FetchRevision(context, flags.revision));
  if (context.for_machines()) return context.PrintMessage(document);
  if (flags.out.empty()) return context.Print(ExportText(document));
  std::ofstream file(flags.out, std::ios::trunc);
  if (!(file << ExportText(document) << std::flush)) {
    return InvalidField("FILE_UNWRITABLE", flags.out, "the file cannot be written");
  }
  std::fprintf(stderr, "revision %d is in %s\n", document.revision(), flags.out.c_str());
  return absl::OkStatus();
}

// A side of a comparison: a revision's number, a proposal's name, or a file.
absl::StatusOr<Charter> FetchSide(Context& context, const std::string& side) {
  int revision = 0;
  if (absl::SimpleAtoi(side, &revision)) return FetchRevision(context, revision);
  if (!absl::StartsWith(side, "charterProposals/")) return ReadCharterFile(side);
  COMITY_ASSIGN_OR_RETURN(const Review review, FetchReview(context, side));
  return review.body.document();
}

// What a side is compared with where no other is named: a proposal and a file with what they
// change, a revision with the one in force.
absl::StatusOr<std::pair<Charter, Charter>> FetchWithBase(Context& context,
                                                          const std::string& side) {
  std::pair<Charter, Charter> both;
  int revision = 0;
  COMITY_ASSIGN_OR_RETURN(both.second, FetchSide(context, side));
  if (absl::SimpleAtoi(side, &revision)) {
    both.first = std::move(both.second);
    COMITY_ASSIGN_OR_RETURN(both.second, FetchRevision(context, 0));
    return both;
  }
  const bool is_proposal = absl::StartsWith(side, "charterProposals/");
  COMITY_ASSIGN_OR_RETURN(both.first,
                          FetchRevision(context, both.second.revision() - (is_proposal ? 1 : 0)));
  return both;
}

absl::StatusOr<std::pair<Charter, Charter>> FetchSides(Context& context,
                                                       const CharterFlags& flags) {
  if (flags.to.empty()) return FetchWithBase(context, flags.from);
  std::pair<Charter, Charter> both;
  COMITY_ASSIGN_OR_RETURN(both.first, FetchSide(context, flags.from));
  COMITY_ASSIGN_OR_RETURN(both.second, FetchSide(context, flags.to));
  return both;
}

absl::Status RunDiff(Context& context, const CharterFlags& flags) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const auto sides, FetchSides(context, flags));
  const std::vector<Change> changes = Differences(sides.first, sides.second);
  if (context.for_machines()) return context.Print(DifferencesJson(changes));
  return context.Print(changes.empty() ? "No word differs.\n" : ShowDifferences(changes));
}

absl::Status RunLog(Context& context) {
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_ASSIGN_OR_RETURN(const auto revisions, FetchRevisions(context));
  if (context.for_machines()) return context.PrintMessage(revisions);
  COMITY_ASSIGN_OR_RETURN(const Charter first, FetchRevision(context, 1));
  return context.Print(ShowRevisions(revisions, first.departments_size()));
}

void AddShow(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<CharterFlags>();
  CLI::App* show = charter->add_subcommand(
      "show", "Questions, answers, metrics, agreements, access and who signs");
  show->add_option("revision", flags->revision, "Its number (default: the one in force)");
  show->add_option("--output,-o", flags->output, "text (default), yaml or json")
      ->check(CLI::IsMember({"text", "table", "yaml", "json", "name"}));
  show->footer("Examples:\n  comity charter show\n  comity charter show 1 --output yaml");
  show->callback([=] { context->action = [=] { return RunShow(*context, *flags); }; });
}

void AddExport(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<CharterFlags>();
  CLI::App* command =
      charter->add_subcommand("export", "The charter as a file to be edited and proposed");
  command->add_option("revision", flags->revision, "Its number (default: the one in force)");
  command->add_option("--out", flags->out, "The file (default: standard output)");
  command->footer(
      "Examples:\n  comity charter export > charter.yaml\n  comity charter export 1 --out "
      "first.yaml\n`comity charter diff charter.yaml` shows what an edited one would change.");
  command->callback([=] { context->action = [=] { return RunExport(*context, *flags); }; });
}

void AddDiff(CLI::App* charter, Context* context) {
  const auto flags = std::make_shared<CharterFlags>();
  CLI::App* diff = charter->add_subcommand(
      "diff", "What one says otherwise than another, by section: what was, what is to be");
  diff->add_option("from", flags->from, "A revision, charterProposals/… or a file")->required();
  diff->add_option("to", flags->to,
                   "The other one (default: of a revision the one in force; a proposal or file is "
                   "compared with what it changes)");
  diff->footer(
      "Examples:\n  comity charter diff 1 2\n  comity charter diff charterProposals/0190…\n"
      "  comity charter diff charter.yaml");
  diff->callback([=] { context->action = [=] { return RunDiff(*context, *flags); }; });
}

void AddLog(CLI::App* charter, Context* context) {
  CLI::App* log = charter->add_subcommand(
      "log", "All revisions: which is in force, since when, and who has signed it");
  log->footer("Example:\n  comity charter log");
  log->callback([=] { context->action = [=] { return RunLog(*context); }; });
}

}  // namespace

void AddCharterCommand(CLI::App* app, Context* context) {
  CLI::App* charter = app->add_subcommand("charter", "The agreement between the departments");
  charter->require_subcommand(1);
  AddShow(charter, context);
  AddExport(charter, context);
  AddDiff(charter, context);
  AddLog(charter, context);
  AddProposalCommands(charter, context);
  AddSignCommand(charter, context);
  AddDelegationCommands(charter, context);
}

}  // namespace comity::client
