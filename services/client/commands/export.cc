// comity export: records as files that import again.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/field_value.h"
#include "services/client/commands/commands.h"
#include "services/client/import/exporter.h"
#include "services/client/import/held.h"
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
};

absl::Status WriteMap(const std::string& path, const std::string& map) {
  std::ofstream file(path, std::ios::trunc);
  if (file << map << std::flush) return absl::OkStatus();
  return InvalidField("FILE_UNWRITABLE", path, "the map cannot be written");
}

absl::Status RunExport(Context& context, const ExportFlags& flags) {
  const Collection* collection = FindCollection(flags.kind);
  if (collection == nullptr) return Usage(absl::StrCat("no records of kind `", flags.kind, "`"));
  COMITY_RETURN_IF_ERROR(CheckOtherFile("--map", flags.map, flags.out));
  COMITY_RETURN_IF_ERROR(context.Connect());
  COMITY_RETURN_IF_ERROR(CheckReadable(context.caller(), context.as(), *collection));
  context.caller().set_patience(absl::Minutes(2));
  COMITY_ASSIGN_OR_RETURN(const auto charter,
                          context.caller().Ask<type::v1::Charter>(
                              context.as(), "comity.gateway.v1.CharterService/GetCharter",
                              gateway::v1::GetCharterRequest()));
  const std::string lens = flags.lens.empty() ? context.as().department : FullLens(flags.lens);
  if (!flags.map.empty()) {
    COMITY_RETURN_IF_ERROR(WriteMap(flags.map, ExportMap(*collection, charter, lens)));
  }
  const ExportOptions options{lens, FullFilter(*collection->type(), flags.filter),
                              flags.format == "jsonl"};
  if (flags.out.empty()) {
    return Export(context.caller(), context.as(), *collection, charter, options, &std::cout)
        .status();
  }
  // A file of that name stays until the new one is whole.
  const std::string part = absl::StrCat(flags.out, ".part");
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  const absl::StatusOr<int64_t> exported =
      Export(context.caller(), context.as(), *collection, charter, options, &file);
  file.close();
  std::error_code failed;
  if (exported.ok()) std::filesystem::rename(part, flags.out, failed);
  if (!exported.ok() || failed) {
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    if (!exported.ok()) return exported.status();
    return InvalidField("FILE_UNWRITABLE", flags.out, failed.message());
  }
  std::fprintf(stderr, "%s\n",
               Counted(*exported, collection->singular, collection->plural).c_str());
  return absl::OkStatus();
}

}  // namespace

void AddExportCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App* command =
      app->add_subcommand("export", "Writes records as a file that imports again to the same");
  command->add_option("kind", flags->kind, "leads, opportunities, accounts, cases, persons …")
      ->required();
  command->add_option("--lens", flags->lens, "Whose judgements (default: the acting department's)");
  command->add_option("--filter", flags->filter, "e.g. owner=ana");
  command->add_option("--format", flags->format, "csv (default) or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}));
  command->add_option("--out", flags->out, "The file (default: standard output)");
  command->add_option("--map", flags->map, "Writes the map by which the file imports again");
  command->footer(
      "Example:\n  comity export opportunities --lens sales --out deals.csv --map deals.yaml\n"
      "  comity import deals.csv --kind opportunities --map deals.yaml\n"
      "What a record shows is written: of histories of facts, what follows from them.");
  command->callback([=] { context->action = [=] { return RunExport(*context, *flags); }; });
}

}  // namespace comity::client
