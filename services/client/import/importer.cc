#include "services/client/import/importer.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/api/work_queue.h"
#include "services/client/import/in_flight.h"
#include "services/client/import/repetitions.h"
#include "services/client/import/scan.h"
#include "services/client/import/table_reader.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

constexpr size_t kBatchRows = 200;
constexpr size_t kBatchBytes = 4 << 20;
constexpr int64_t kRowsOfProgress = 500;

// Writers side by side; rows about one subject go to the same, one batch after the other.
class Lanes {
 public:
  Lanes(const ImportOptions& options, Writer* writer)
      : writer_(writer),
        in_flight_(options.most_bytes),
        lanes_(static_cast<size_t>(options.writers)) {
    for (Lane& lane : lanes_) lane.queue = std::make_unique<WorkQueue>(1);
  }
  // False once a lane has failed.
  bool Push(RowPlan plan) {
    const std::string& key = plan.subject.empty() ? plan.id : plan.subject;
    Lane& lane = lanes_[absl::HashOf(key) % lanes_.size()];
    const size_t bytes = BytesOf(plan);
    if (!MakeRoom(bytes)) return false;
    lane.batch.push_back(std::move(plan));
    lane.bytes += bytes;
    return (lane.batch.size() < kBatchRows && lane.bytes < kBatchBytes) || Flush(&lane);
  }
  // Waits for all of it. The first failure, if any.
  absl::Status Finish() {
    absl::Status status;
    for (Lane& lane : lanes_) Flush(&lane);
    for (Lane& lane : lanes_) status.Update(lane.queue->Wait());
    return status;
  }

 private:
  struct Lane {
    std::unique_ptr<WorkQueue> queue;
    std::vector<RowPlan> batch;
    size_t bytes = 0;  // of the batch
  };
  // What waits to be sent has to go before there is more room.
  bool MakeRoom(size_t bytes) {
    if (in_flight_.TryTake(bytes)) return true;
    for (Lane& lane : lanes_) {
      if (!Flush(&lane)) return false;
    }
    return in_flight_.Take(bytes);
  }
  bool Flush(Lane* lane) {
    if (lane->batch.empty()) return true;
    auto rows = std::make_shared<std::vector<RowPlan>>(std::move(lane->batch));
    lane->batch.clear();
    const size_t bytes = std::exchange(lane->bytes, 0);
    return lane->queue->Push([this, rows, bytes] {
      absl::Status status = writer_->Write(std::move(*rows));
      in_flight_.Give(bytes);
      if (!status.ok()) in_flight_.Close();  // the lane stops, and what it holds stays
      return status;
    });
  }

  Writer* const writer_;
  InFlight in_flight_;
  std::vector<Lane> lanes_;
};

// What single rows do not tell was told from another file.
absl::Status Changed(int64_t before, int64_t now) {
  return MakeError(absl::StatusCode::kFailedPrecondition, "FILE_CHANGED",
                   absl::StrCat("the file changed while it was read: it had ", before,
                                " rows and has ", now, "; import it again"));
}

class FileImport {
 public:
  FileImport(const WriteContext& context, const Planner& planner, const Scan& scan)
      : context_(context),
        map_(*context.map),
        planner_(planner),
        scan_(scan),
        before_columns_(map_.ColumnsBefore()),
        repetitions_(map_, planner, scan, context.ledger) {}

  absl::Status Run(RowReader* reader, const ImportOptions& options,
                   const std::function<void()>& progress) {
    const auto writer = MakeWriter(context_);
    absl::Status read;
    absl::Status written;
    {
      Lanes lanes(options, writer.get());
      Row row;
      bool at_end = false;
      int64_t count = 0;
      while (true) {
        const absl::StatusOr<bool> more = reader->Next(&row);
        read = options.is_interrupted && options.is_interrupted() ? Interrupted() : more.status();
        at_end = read.ok() && !*more;
        if (!read.ok() || at_end || !Take(row, &lanes)) break;
        if (++count % kRowsOfProgress == 0) progress();
      }
      if (at_end && count != scan_.rows) read = Changed(scan_.rows, count);
      written = lanes.Finish();
    }
    // Also where the file's end cannot be read: the rows before it are whole.
    if (written.ok() && !absl::IsCancelled(read)) written = writer->Finish();
    repetitions_.Settle(written.ok() && !absl::IsCancelled(read));
    return written.ok() ? read : written;
  }

 private:
  using Cells = std::map<std::string, std::string>;

  bool Take(const Row& row, Lanes* lanes) {
    RowContext about;
    const std::string subject = Subject(row);
    const auto before = subject.empty() ? before_.end() : before_.find(HashOfKey(subject));
    if (before != before_.end()) about.before = &before->second;
    if (map_.identity.repeats && row.broken.empty()) {
      about.occurrence = Occurrence(HashOfKey(planner_.KeyOf(row)));
    }
    RowPlan plan = planner_.Plan(row, about);
    if (plan.problems.empty() && repetitions_.Take(row, &plan) && plan.problems.empty()) {
      return true;
    }
    const bool in_order = subject.empty() || !plan.problems.empty() || IsInOrder(subject, &plan);
    if (!subject.empty() && in_order) Remember(row, subject);
    return plan.problems.empty() ? lanes->Push(std::move(plan))
                                 : Refuse(row, std::move(plan), lanes);
  }

  // Where rows make their subjects, the writer is to know whether it was the first that is refused.
  bool Refuse(const Row& row, RowPlan plan, Lanes* lanes) {
    const bool is_whole = row.broken.empty() && row.cells.size() == planner_.width();
    if (map_.subject.make && plan.subject.empty() && is_whole) {
      plan.subject =
          map_.subject.column.empty() ? plan.id : planner_.TextOf(row, map_.subject.column);
    }
    if (!map_.subject.make || plan.subject.empty()) {
      context_.ledger->Refuse(plan.problems);
      return true;
    }
    plan.references.clear();
    return lanes->Push(std::move(plan));
  }

  // Conditions on the row before hold of what happened before.
  bool IsInOrder(const std::string& subject, RowPlan* plan) {
    const std::optional<absl::Time> time = TimeOf(*plan);
    if (!time.has_value()) return true;
    const auto [last, is_first] = last_times_.try_emplace(HashOfKey(subject), *time);
    if (*time < last->second) {
      plan->problems.push_back(
          {plan->line, map_.subject.column, plan->subject, "ROWS_OUT_OF_ORDER",
           "the row is earlier than one above it, and the map looks back: sort the file by time"});
      return false;
    }
    last->second = *time;
    return true;
  }

  static std::optional<absl::Time> TimeOf(const RowPlan& plan) {
    for (const auto& fact : plan.facts) {
      if (fact.has_occur_time()) return resource::ToTime(fact.occur_time());
    }
    for (const auto& judgement : plan.judgements) {
      if (judgement.has_occur_time()) return resource::ToTime(judgement.occur_time());
    }
    return std::nullopt;
  }

  // Most rows stand once: those have no count.
  int64_t Occurrence(uint64_t key) {
    if (seen_.insert(key).second) return 1;
    return ++more_.try_emplace(key, 1).first->second;
  }

  // The subject of a row, where rows look back at those before them.
  std::string Subject(const Row& row) const {
    const bool looks_back = !before_columns_.empty() && !map_.subject.column.empty();
    if (!looks_back || !row.broken.empty()) return "";
    return planner_.TextOf(row, map_.subject.column);
  }

  void Remember(const Row& row, const std::string& subject) {
    Cells& cells = before_[HashOfKey(subject)];
    for (const std::string& column : before_columns_) cells[column] = planner_.TextOf(row, column);
  }

  const WriteContext& context_;
  const ImportMap& map_;
  const Planner& planner_;
  const Scan& scan_;
  const std::set<std::string> before_columns_;
  Repetitions repetitions_;
  absl::flat_hash_map<uint64_t, Cells> before_;           // by subject
  absl::flat_hash_map<uint64_t, absl::Time> last_times_;  // of the same
  absl::flat_hash_set<uint64_t> seen_;                    // where rows may repeat
  absl::flat_hash_map<uint64_t, int64_t> more_;
};

// The charter, where the map has what it rules.
absl::StatusOr<std::unique_ptr<charter::Charter>> ReadCharter(const WriteContext& context) {
  if (context.map->facts.empty() && context.map->judgements.empty()) {
    return std::unique_ptr<charter::Charter>();
  }
  COMITY_ASSIGN_OR_RETURN(auto document,
                          context.caller->Ask<type::v1::Charter>(
                              context.as, "comity.gateway.v1.CharterService/GetCharter",
                              gateway::v1::GetCharterRequest()));
  COMITY_ASSIGN_OR_RETURN(auto charter, charter::Charter::Make(std::move(document)));
  return std::make_unique<charter::Charter>(std::move(charter));
}

// `end` names its place as `line 3`.
Problem CutNote(const absl::Status& end) {
  Problem note;
  const std::string place = ErrorValue(end, "field");
  (void)absl::SimpleAtoi(absl::StripPrefix(place, "line "), &note.line);
  note.reason = "FILE_CUT";
  note.message =
      "the file cannot be read from here on, and how many rows follow is not known: they are in no "
      "count";
  return note;
}

}  // namespace

absl::StatusOr<ImportReport> Import(const ImportOptions& options, WriteContext context) {
  const char delimiter = options.delimiter != 0 ? options.delimiter : context.map->delimiter;
  COMITY_ASSIGN_OR_RETURN(const auto first, TableReader::Open(options.path, delimiter));
  COMITY_ASSIGN_OR_RETURN(Planner planner, Planner::Make(context.map, first->header()));
  Ledger ledger;
  context.ledger = &ledger;
  context.is_interrupted = options.is_interrupted;
  if (!options.report.empty()) COMITY_RETURN_IF_ERROR(ledger.WriteReport(options.report));
  const Scan scan = ScanRows(*context.map, planner, first.get());
  ImportReport report;
  report.unread_columns = planner.unread_columns();
  report.notes = scan.dates.notes;
  report.rows = scan.rows;
  report.is_cut = !scan.end.ok();
  if (report.is_cut) report.notes.push_back(CutNote(scan.end));
  planner.SetOrders(scan.dates.orders);
  if (!scan.dates.problems.empty()) {
    ledger.RefuseAll(scan.rows, scan.dates.problems);
    report.stopped = scan.end;
  } else {
    COMITY_ASSIGN_OR_RETURN(const auto charter, ReadCharter(context));
    context.charter = charter.get();
    COMITY_ASSIGN_OR_RETURN(const auto second, TableReader::Open(options.path, delimiter));
    const auto progress = [&] {
      if (!options.progress || scan.rows == 0) return;
      const Tally tally = ledger.tally();
      options.progress(static_cast<double>(tally.total()) / static_cast<double>(scan.rows), tally);
    };
    report.stopped = FileImport(context, planner, scan).Run(second.get(), options, progress);
  }
  COMITY_RETURN_IF_ERROR(ledger.CloseReport());
  report.tally = ledger.tally();
  report.not_reached = std::max<int64_t>(0, report.rows - report.tally.total());
  report.problems = ledger.problems();
  report.changes = ledger.changes();
  report.change_count = ledger.change_count();
  return report;
}

}  // namespace comity::client
