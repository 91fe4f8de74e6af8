// comity export: records as files that import again.
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/commands/commands.h"
#include "services/client/import/event_exporter.h"
#include "services/client/import/exporter.h"
#include "services/client/import/held.h"
#include "services/client/import/record_id.h"
#include "services/client/import/report_text.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

struct ExportFlags {
  std::string kind;
  std::string lens;
  std::string filter;
  std::string format = "csv";
  std::string out;
  std::string map;
  std::string of;
  std::string as_source;
};

absl::Status WriteMap(const std::string& path, const std::string& map) {
  std::ofstream file(path, std::ios::trunc);
  if (file << map << std::flush) return absl::OkStatus();
  return InvalidField("FILE_UNWRITABLE", path, "the map cannot be written");
}

// One kind of export: its map, and what writes its rows.
struct Exported {
  Collection records;  // that are read
  std::string one;     // what is counted
  std::string many;
  absl::StatusOr<std::string> map;
  std::function<absl::StatusOr<int64_t>(std::ostream*)> write;
};

Exported EventsOf(Context& context, const std::string& kind, const Collection& subjects,
                  const type::v1::Charter& charter, const ExportOptions& options) {
  return {subjects, "row", "rows", EventMap(kind, subjects, charter, options),
          [&context, kind, subjects, options](std::ostream* output) {
            return ExportEvents(context.caller(), context.as(), kind, subjects, options, output);
          }};
}

Exported RecordsOf(Context& context, const Collection& collection, const type::v1::Charter& charter,
                   const ExportOptions& options) {
  return {collection, collection.singular, collection.plural,
          ExportMap(collection, charter, options.lens, options.as_source),
          [&context, collection, charter, options](std::ostream* output) {
            return Export(context.caller(), context.as(), collection, charter, options, output);
          }};
}

// A file of that name stays until the new one is whole.
absl::StatusOr<int64_t> WriteFile(const std::string& path, const Exported& exported) {
  const std::string part = absl::StrCat(path, ".part");
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  absl::StatusOr<int64_t> count = exported.write(&file);
  file.close();
  std::error_code failed;
  if (count.ok()) std::filesystem::rename(part, path, failed);
  if (count.ok() && !failed) return count;
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  if (!count.ok()) return count.status();
  return InvalidField("FILE_UNWRITABLE", path, failed.message());
}

// Whose records are read. INVALID_ARGUMENT USAGE.
absl::StatusOr<Collection> CollectionOf(const ExportFlags& flags) {
  if (IsEventKind(flags.kind)) return SubjectsOf(flags.kind, flags.of);
  if (!flags.of.empty()) return Usage("--of is for what is about records: activities, judgements");
  const Collection* collection = FindCollection(flags.kind);
  if (collection == nullptr) return Usage(absl::StrCat("no records of kind `", flags.kind, "`"));
  return *collection;
}

absl::Status RunExport(Context& context, const ExportFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const Collection collection, CollectionOf(flags));
  if (!flags.as_source.empty()) COMITY_RETURN_IF_ERROR(CheckSource(flags.as_source));
  COMITY_RETURN_IF_ERROR(CheckOtherFile("--map", flags.map, flags.out));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(CheckReadable(context.caller(), context.as(), collection));
  context.caller().set_patience(absl::Minutes(2));
  COMITY_ASSIGN_OR_RETURN(const auto charter,
                          context.caller().Ask<type::v1::Charter>(
                              context.as(), "comity.gateway.v1.CharterService/GetCharter",
                              gateway::v1::GetCharterRequest()));
  const ExportOptions options{flags.lens.empty() ? context.as().department : FullLens(flags.lens),
                              FullFilter(*collection.type(), flags.filter), flags.format == "jsonl",
                              flags.as_source};
  const Exported exported = IsEventKind(flags.kind)
                                ? EventsOf(context, flags.kind, collection, charter, options)
                                : RecordsOf(context, collection, charter, options);
  COMITY_RETURN_IF_ERROR(exported.map.status());
  if (!flags.map.empty()) COMITY_RETURN_IF_ERROR(WriteMap(flags.map, *exported.map));
  if (flags.out.empty()) return exported.write(&std::cout).status();
  COMITY_ASSIGN_OR_RETURN(const int64_t count, WriteFile(flags.out, exported));
  std::fprintf(stderr, "%s\n", Counted(count, exported.one, exported.many).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddExportCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      app->add_subcommand("export", "Writes records as a file that imports again to the same");
  command
      ->add_option("kind", flags->kind,
                   "leads, opportunities, accounts, cases, persons …; case-events, touches, "
                   "activities, judgements")
      ->required();
  command->add_option("--of", flags->of,
                      "Whose activities or judgements: leads, opportunities, accounts, cases");
  command->add_option("--lens", flags->lens, "Whose judgements (default: the acting department's)");
  command->add_option("--filter", flags->filter, "e.g. owner=ana");
  command->add_option("--format", flags->format, "csv (default) or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  command->add_option("--out", flags->out, "The file (default: standard output)");
  command->add_option("--map", flags->map, "Writes the map by which the file imports again");
  command->add_option("--as-source", flags->as_source,
                      "The file makes records of its own when it is imported, here or in another "
                      "suite, known by this source");
  command->footer(
      "Example:\n  comity export opportunities --lens sales --out deals.csv --map deals.yaml\n"
      "  comity import deals.csv --kind opportunities --map deals.yaml\n"
      "  comity export judgements --of leads --out held.csv --map held.yaml\n"
      "What a record shows is written: of histories of facts, what follows from them. What "
      "happened "
      "to cases, touches, activities and the lens's judgements have files of their own, which "
      "import "
      "after the records.");
  command->callback([=] { context->action = [=] { return RunExport(*context, *flags); }; });
}

}  // namespace comity::client
