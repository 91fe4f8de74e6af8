// comity import: files that others made.
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "services/client/commands/commands.h"
#include "services/client/import/importer.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kMostShown = 20;

struct ImportFlags {
  std::string file;
  std::string kind;
  std::string map;
  char delimiter = ',';
  int writers = 8;
  bool dry_run = false;
};

void ShowProgress(double share, const Tally& tally) {
  std::fprintf(stderr, "\r%s rows ▕%-s▏ ", FormatCount(tally.total()).c_str(),
               Bar(share, 30).c_str());
}

void PrintProblems(const ImportReport& report) {
  for (size_t i = 0; i < report.problems.size() && i < kMostShown; ++i) {
    std::fprintf(stderr, "  %s\n", report.problems[i].ToText().c_str());
  }
  if (report.problems.size() > kMostShown) {
    std::fprintf(stderr, "  … and %zu more\n", report.problems.size() - kMostShown);
  }
}

std::string Summary(const ImportReport& report, const ImportFlags& flags, absl::Duration took) {
  const Tally& tally = report.tally;
  const double seconds = absl::ToDoubleSeconds(took);
  return absl::StrCat(flags.dry_run ? "dry run, nothing is stored: " : "", "taken ",
                      FormatCount(tally.taken), ", unchanged ", FormatCount(tally.unchanged),
                      ", refused ", FormatCount(tally.refused), "; ", FormatCount(tally.total()),
                      " rows in ", absl::FormatDuration(absl::Trunc(took, absl::Milliseconds(10))),
                      " (",
                      FormatCount(static_cast<int64_t>(static_cast<double>(tally.total()) /
                                                       std::max(seconds, 0.001))),
                      " rows/s)\n");
}

std::string JsonSummary(const ImportReport& report) {
  nlohmann::json problems = nlohmann::json::array();
  for (const Problem& problem : report.problems) {
    problems.push_back({{"line", problem.line},
                        {"column", problem.column},
                        {"value", problem.value},
                        {"reason", problem.reason},
                        {"message", problem.message}});
  }
  const nlohmann::json summary = {{"taken", report.tally.taken},
                                  {"unchanged", report.tally.unchanged},
                                  {"refused", report.tally.refused},
                                  {"rows", report.tally.total()},
                                  {"unreadColumns", report.unread_columns},
                                  {"problems", problems}};
  return summary.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

absl::Status CheckFlags(const Context& context, const ImportFlags& flags, const ImportMap& map) {
  if (!flags.kind.empty() && flags.kind != map.collection.plural) {
    return Usage(absl::StrCat("the map is for ", map.collection.plural, ", not for ", flags.kind));
  }
  if (!map.department.empty() && map.department != context.as().department) {
    return Usage(absl::StrCat("this map speaks for ", map.department, ", and ",
                              context.as().ToText(), " does not: name somebody of it by --as"));
  }
  return absl::OkStatus();
}

absl::Status RunImport(Context& context, const ImportFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const ImportMap map, ReadMap(flags.map));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(CheckFlags(context, flags, map));
  context.caller().set_patience(absl::Minutes(2));
  ImportOptions options{flags.file, flags.delimiter, flags.writers, nullptr};
  const bool progress = ErrorsAreTerminal() && !context.for_machines();
  if (progress) options.progress = ShowProgress;
  const absl::Time start = absl::Now();
  const auto report =
      Import(options, {&context.caller(), context.as(), &map, nullptr, flags.dry_run});
  if (progress) std::fprintf(stderr, "\r\x1b[K");
  if (!report.ok()) return report.status();
  if (!report->unread_columns.empty() && !context.for_machines()) {
    std::fprintf(stderr, "columns that the map does not read: %s\n",
                 absl::StrJoin(report->unread_columns, ", ").c_str());
  }
  if (!context.for_machines()) PrintProblems(*report);
  COMITY_RETURN_IF_ERROR(context.Print(context.for_machines()
                                           ? JsonSummary(*report)
                                           : Summary(*report, flags, absl::Now() - start)));
  if (report->tally.refused == 0) return absl::OkStatus();
  return MakeError(absl::StatusCode::kFailedPrecondition, "ROWS_REFUSED",
                   absl::StrCat(report->tally.refused,
                                " rows were refused: mend them and import the file again; what was "
                                "taken stays and counts as unchanged"));
}

}  // namespace

void AddImportCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App* import = app->add_subcommand("import", "Takes records, facts and judgements from CSV");
  import->add_option("file", flags->file, "The CSV file, with a header")->required();
  import->add_option("--kind", flags->kind, "accounts, opportunities, products, persons, leads …");
  import->add_option("--map", flags->map, "What the columns mean: a YAML file")->required();
  import->add_option("--delimiter", flags->delimiter, "Between cells (default ,)");
  import->add_option("--writers", flags->writers, "Batches at a time (default 8)")
      ->check(CLI::Range(1, 64));
  import->add_flag("--dry-run", flags->dry_run, "Checks everything, stores nothing");
  import->footer(
      "Example:\n  comity import accounts.csv --kind accounts --map maven-accounts.yaml --dry-run\n"
      "A repeated import changes nothing. Every row ends as taken, unchanged or refused.");
  import->callback([=] { context->action = [=] { return RunImport(*context, *flags);
};
}  // namespace comity::client
);
}

}  // namespace comity::client
