#include "services/client/import/importer.h"

#include <filesystem>
#include <fstream>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "services/client/api/work_queue.h"
#include "services/client/import/csv_reader.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kBatchRows = 200;

// Identities that the file has shown. A row that stands twice counts once.
class SeenRows {
 public:
  enum class Seen { kNever, kTheSame, kDifferent };
  Seen See(const std::string& id, const Row& row, int64_t* earlier_line) {
    const size_t content = absl::HashOf(row.cells);
    const auto [entry, inserted] = rows_.try_emplace(absl::HashOf(id), row.line, content);
    *earlier_line = entry->second.first;
    if (inserted) return Seen::kNever;
    return entry->second.second == content ? Seen::kTheSame : Seen::kDifferent;
  }

 private:
  absl::flat_hash_map<size_t, std::pair<int64_t, size_t>> rows_;
};

class FileImport {
 public:
  FileImport(const ImportOptions& options, const WriteContext& context, const Planner& planner,
             Writer& writer)
      : options_(options), context_(context), planner_(planner), writer_(writer) {}

  absl::Status Run(CsvReader& reader) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(options_.path, ignored);
    WorkQueue queue(options_.writers);
    Row row;
    while (true) {
      COMITY_ASSIGN_OR_RETURN(const bool more, reader.Next(&row));
      if (more) Take(row);
      if ((!more && !batch_.empty()) || batch_.size() >= kBatchRows) {
        if (!Flush(queue)) break;
        if (options_.progress && size > 0) {
          options_.progress(static_cast<double>(reader.bytes_read()) / static_cast<double>(size),
                            context_.ledger->tally());
        }
      }
      if (!more) break;
    }
    return queue.Wait();
  }

 private:
  void Take(const Row& row) {
    RowPlan plan = planner_.Plan(row);
    if (!plan.problems.empty()) return context_.ledger->Refuse(plan.problems);
    int64_t earlier = 0;
    switch (seen_.See(plan.id, row, &earlier)) {
      case SeenRows::Seen::kNever:
        batch_.push_back(std::move(plan));
        return;
      case SeenRows::Seen::kTheSame:
        return context_.ledger->Leave();
      case SeenRows::Seen::kDifferent:
        return context_.ledger->Refuse(
            {{row.line, context_.map->identity, plan.id, "DUPLICATE_IN_FILE",
              absl::StrCat("line ", earlier, " says otherwise")}});
    }
  }

  bool Flush(WorkQueue& queue) {
    auto rows = std::make_shared<std::vector<RowPlan>>(std::move(batch_));
    batch_.clear();
    return queue.Push([this, rows] { return writer_.Write(std::move(*rows)); });
  }

  const ImportOptions& options_;
  const WriteContext& context_;
  const Planner& planner_;
  Writer& writer_;
  SeenRows seen_;
  std::vector<RowPlan> batch_;
};

}  // namespace

absl::StatusOr<ImportReport> Import(const ImportOptions& options, WriteContext context) {
  std::ifstream file(options.path, std::ios::binary);
  if (!file) return InvalidField("FILE_UNREADABLE", options.path, "the file cannot be read");
  COMITY_ASSIGN_OR_RETURN(const auto reader, CsvReader::Make(&file, options.delimiter));
  COMITY_ASSIGN_OR_RETURN(const Planner planner, Planner::Make(context.map, reader->header()));
  Ledger ledger;
  context.ledger = &ledger;
  const auto writer = MakeWriter(context);
  COMITY_RETURN_IF_ERROR(writer->Prepare());
  COMITY_RETURN_IF_ERROR(FileImport(options, context, planner, *writer).Run(*reader));
  COMITY_RETURN_IF_ERROR(writer->Finish());
  return ImportReport{ledger.tally(), ledger.problems(), planner.unread_columns()};
}

}  // namespace comity::client
