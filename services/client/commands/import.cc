// comity import: files that others made.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "services/client/commands/commands.h"
#include "services/client/import/dialect.h"
#include "services/client/import/held.h"
#include "services/client/import/importer.h"
#include "services/client/import/plan.h"
#include "services/client/import/report_text.h"
#include "services/client/import/suggest.h"
#include "services/client/import/table_reader.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/terminal.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kMostShown = 20;

constexpr int kInterruptedExit = 130;  // as shells have it

volatile std::sig_atomic_t interrupted = 0;

// Of what a signal's handler may call.
template <size_t size>
void Tell(const char (&text)[size]) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, size - 1);
}

// The first Ctrl-C asks to stop, the second one ends the program.
void OnCtrlC(int) {
  if (interrupted != 0) {
    Tell("\nended: the same import again tells what was taken, and takes the rest\n");
    _exit(kInterruptedExit);
  }
  interrupted = 1;
  Tell("\nfinishing what is under way; Ctrl-C again ends at once\n");
}

std::function<bool()> StopByCtrlC() {
  std::signal(SIGINT, OnCtrlC);
  return [] { return interrupted != 0; };
}

struct ImportFlags {
  std::string file;
  std::string kind;
  std::string map;
  std::string delimiter;
  std::string report;
  int writers = 8;
  bool dry_run = false;
  bool overrule = false;
  bool suggest = false;
};

void ShowProgress(double share, const Tally& tally, absl::Duration took) {
  const absl::Duration left = share > 0 ? took * ((1 - share) / share) : absl::ZeroDuration();
  std::fprintf(stderr, "\r%s rows ▕%-s▏ %s rows/s, %s left ", FormatCount(tally.total()).c_str(),
               Bar(share, 30).c_str(), FormatCount(RowsPerSecond(tally, took)).c_str(),
               SpanText(left).c_str());
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
  nlohmann::json changes = nlohmann::json::array();
  for (const RecordChange& change : report.changes) {
    changes.push_back({{"line", change.line},
                       {"record", change.record},
                       {"field", change.field},
                       {"before", change.before},
                       {"after", change.after}});
  }
  std::vector<std::string> notes;
  for (const Problem& note : report.notes) notes.push_back(note.ToText());
  const nlohmann::json summary = {{"taken", report.tally.taken},
                                  {"unchanged", report.tally.unchanged},
                                  {"refused", report.tally.refused},
                                  {"conflicting", report.tally.conflicting},
                                  {"kept", report.tally.kept},
                                  {"rows", report.rows},
                                  {"notReached", report.not_reached},
                                  {"unreadColumns", report.unread_columns},
                                  {"notes", notes},
                                  {"changes", changes},
                                  {"changeCount", report.change_count},
                                  {"problems", problems}};
  // In ASCII alone: nothing of a file steers the terminal.
  return summary.dump(1, ' ', true, nlohmann::json::error_handler_t::replace) + "\n";
}

absl::StatusOr<char> DelimiterOf(const std::string& text) {
  if (text.empty()) return '\0';
  if (text == "tab" || text == "\\t") return '\t';
  if (text.size() == 1 && kDelimiters.find(text[0]) != absl::string_view::npos) return text[0];
  return Usage("--delimiter is `,`, `;`, `tab` or `|`");
}

absl::Status CheckFlags(const Context& context, const ImportFlags& flags, const ImportMap& map) {
  if (!flags.kind.empty() && flags.kind != map.kind) {
    return Usage(absl::StrCat("the map is for ", map.kind, ", not for ", flags.kind));
  }
  if (!map.department.empty() && map.department != context.as().department) {
    return Usage(absl::StrCat("this map speaks for ", map.department, ", and ",
                              context.as().ToText(), " does not: name somebody of it by --as"));
  }
  return absl::OkStatus();
}

void PrintForPeople(const ImportReport& report) {
  if (!report.unread_columns.empty()) {
    std::fprintf(stderr, "columns that the map does not read: %s\n",
                 OneLine(absl::StrJoin(report.unread_columns, ", ")).c_str());
  }
  for (const Problem& note : report.notes) std::fprintf(stderr, "%s\n", note.ToText().c_str());
  for (const std::string& line : ProblemLines(report.problems, kMostShown)) {
    std::fprintf(stderr, "  %s\n", line.c_str());
  }
}

std::string SourceOf(const std::string& stem) {
  const std::string slug = Slug(stem);
  return slug.empty() ? "file" : slug;
}

// Prints a first map for the file; nothing is asked of a service.
absl::Status RunSuggest(Context& context, const ImportFlags& flags, char delimiter) {
  COMITY_ASSIGN_OR_RETURN(const auto table, TableReader::Open(flags.file, delimiter));
  COMITY_ASSIGN_OR_RETURN(const FileSample sample, SampleRows(table.get()));
  const std::string stem = std::filesystem::path(flags.file).stem().stem().string();
  COMITY_ASSIGN_OR_RETURN(const std::string map, SuggestMap(sample, flags.kind, SourceOf(stem)));
  return context.Print(map);
}

absl::Status RunImport(Context& context, const ImportFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const char delimiter, DelimiterOf(flags.delimiter));
  if (flags.suggest) return RunSuggest(context, flags, delimiter);
  if (flags.map.empty()) return Usage("--map names what the columns mean; --suggest writes one");
  COMITY_RETURN_IF_ERROR(CheckOtherFile("--report", flags.report, flags.file));
  COMITY_RETURN_IF_ERROR(CheckOtherFile("--report", flags.report, flags.map));
  COMITY_ASSIGN_OR_RETURN(const ImportMap map, ReadMap(flags.map));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(CheckFlags(context, flags, map));
  COMITY_RETURN_IF_ERROR(CheckReadable(context.caller(), context.as(), map.collection));
  context.caller().set_patience(absl::Minutes(2));
  ImportOptions options;
  options.path = flags.file;
  options.delimiter = delimiter;
  options.writers = flags.writers;
  options.report = flags.report;
  options.is_interrupted = StopByCtrlC();
  const absl::Time start = absl::Now();
  const bool progress = ErrorsAreTerminal() && !context.for_machines();
  if (progress) {
    options.progress = [start](double share, const Tally& tally) {
      ShowProgress(share, tally, absl::Now() - start);
    };
  }
  WriteContext write;
  write.caller = &context.caller();
  write.as = context.as();
  write.map = &map;
  write.dry_run = flags.dry_run;
  write.overrule = flags.overrule;
  const auto report = Import(options, write);
  if (progress) std::fprintf(stderr, "\r\x1b[K");
  if (!report.ok()) return report.status();
  if (!flags.report.empty()) {
    COMITY_RETURN_IF_ERROR(AppendNotes(flags.report, report->notes));
  }
  if (!context.for_machines()) {
    PrintForPeople(*report);
    if (flags.dry_run) {
      COMITY_RETURN_IF_ERROR(context.Print(ChangesText(*report, kMostShown, TerminalWidth())));
    }
  }
  COMITY_RETURN_IF_ERROR(context.Print(
      context.for_machines() ? JsonSummary(*report)
                             : SummaryText(*report, flags.dry_run, absl::Now() - start)));
  return Verdict(*report, flags.dry_run);
}

}  // namespace

void AddImportCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App* import =
      app->add_subcommand("import", "Takes records, facts and judgements from files of others");
  import->add_option("file", flags->file, "CSV with a header, or JSON lines; may be gzip")
      ->required();
  import->add_option("--kind", flags->kind,
                     "accounts, contacts, leads, opportunities, cases, case-events, touches, "
                     "activities, judgements, products, persons …");
  import->add_option("--map", flags->map, "What the columns mean: a YAML file");
  import->add_flag("--suggest", flags->suggest,
                   "Prints a first map for the file, with its doubts as comments");
  import->add_option("--delimiter", flags->delimiter,
                     "Between cells: `,`, `;`, `tab` or `|` (default: told from the file)");
  import->add_option(
      "--report", flags->report,
      "Writes every problem and change to this CSV file: line, column, value, reason");
  import->add_option("--writers", flags->writers, "Batches at a time (default 8)")
      ->check(CLI::Range(1, 64));
  import->add_flag("--dry-run", flags->dry_run, "Checks everything, stores nothing");
  import->add_flag("--overrule", flags->overrule,
                   "What contradicts the record is corrected, where facts and judgements can be");
  import->footer(
      "Example:\n  comity import accounts.csv --kind accounts --map maven-accounts.yaml --dry-run\n"
      "A repeated import finds its rows unchanged, and what people changed on a record since stays "
      "(--report shows it). Every row ends as taken, unchanged, refused or conflicting.\n"
      "--dry-run shows what rows would change, the first 20; --output json the first 1,000 of "
      "`changeCount`, --report all.");
  const auto run = [=] { return RunImport(*context, *flags); };
  import->callback([=] { context->action = run;
});
}  // namespace comity::client

}  // namespace comity::client
