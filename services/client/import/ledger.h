// What became of every row. Thread-safe.
#ifndef COMITY_CLIENT_IMPORT_LEDGER_H_
#define COMITY_CLIENT_IMPORT_LEDGER_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "services/client/import/problem.h"

namespace comity::client {

// Every row counts in exactly one.
struct Tally {
  int64_t taken = 0;        // something was recorded (in a dry run: would be)
  int64_t unchanged = 0;    // the record says all of it already
  int64_t refused = 0;      // a problem names why
  int64_t conflicting = 0;  // it contradicts what the record holds, and is not taken
  int64_t kept = 0;         // values of rows that were not conflicting: people changed them since
  int64_t total() const { return taken + unchanged + refused + conflicting; }
};

class Ledger {
 public:
  Ledger() = default;
  // Every problem and change goes to a CSV file as well: line, column, value, reason, outcome,
  // message. Errors: INVALID_ARGUMENT reason REPORT_UNWRITABLE.
  absl::Status WriteReport(const std::string& path);
  // After the last row. Errors as WriteReport.
  absl::Status CloseReport();

  // `notes`: what stays as it is, as problems with reason KEPT or JUDGEMENT_STANDS. Changes are
  // written to the report with reason CHANGED.
  void Take(const std::vector<Problem>& notes = {}, const std::vector<RecordChange>& changes = {});
  void Leave(const std::vector<Problem>& notes = {});
  // `problems`: at least one.
  void Refuse(const std::vector<Problem>& problems);
  void Conflict(const std::vector<Problem>& problems);
  // Refuses all `rows` of a file, for what some of its cells show.
  void RefuseAll(int64_t rows, const std::vector<Problem>& problems);

  // Of a watched row, how it ended is kept where it was not taken. Watch it before it is written.
  void Watch(int64_t line);
  struct End {
    Problem problem;           // the first
    bool is_conflict = false;  // else it was refused
  };
  // Empty where the row was taken or left, or has not ended.
  std::optional<End> EndOf(int64_t line) const;

  Tally tally() const;
  // Ordered by line; at most kMostProblems are kept.
  std::vector<Problem> problems() const;
  static constexpr size_t kMostProblems = 1000;
  // Ordered by line: of all of them, the first kMostChanges.
  std::vector<RecordChange> changes() const;
  int64_t change_count() const;
  static constexpr size_t kMostChanges = 1000;

 private:
  void Note(const Problem& problem, bool is_conflict) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(const std::vector<Problem>& problems, const char* outcome)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Add(const RecordChange& change) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable absl::Mutex mutex_;
  Tally tally_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<int64_t, std::unique_ptr<End>> watched_ ABSL_GUARDED_BY(mutex_);  // by line
  std::vector<Problem> problems_ ABSL_GUARDED_BY(mutex_);
  std::multimap<int64_t, RecordChange> changes_ ABSL_GUARDED_BY(mutex_);  // by line
  int64_t change_count_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<std::ostream> report_ ABSL_GUARDED_BY(mutex_);
  std::string report_path_;
};

// Adds to a report that is closed what is known of the file as a whole; outcome `noted`. Errors as
// WriteReport.
absl::Status AppendNotes(const std::string& path, const std::vector<Problem>& notes);

// A cell of a CSV row, quoted where it must be.
std::string CsvCell(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_LEDGER_H_
