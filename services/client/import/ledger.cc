#include "services/client/import/ledger.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr char kHeader[] = "line,column,value,reason,outcome,message\n";

absl::Status Unwritable(const std::string& path) {
  return InvalidField("REPORT_UNWRITABLE", path, "the report cannot be written");
}

std::string ReportLine(const Problem& problem, absl::string_view outcome) {
  return absl::StrCat(problem.line, ",", CsvCell(problem.column), ",", CsvCell(problem.value), ",",
                      problem.reason, ",", outcome, ",", CsvCell(problem.message), "\n");
}

}  // namespace

std::string CsvCell(absl::string_view text) {
  const bool edges =
      !text.empty() && (absl::ascii_isspace(text.front()) || absl::ascii_isspace(text.back()));
  if (!edges && text.find_first_of(",;|\t\"\r\n") == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::StrCat("\"", absl::StrReplaceAll(text, {{"\"", "\"\""}}), "\"");
}

absl::Status AppendNotes(const std::string& path, const std::vector<Problem>& notes) {
  if (notes.empty()) return absl::OkStatus();
  std::ofstream report(path, std::ios::app);
  for (const Problem& note : notes) report << ReportLine(note, "noted");
  return report.flush() ? absl::OkStatus() : Unwritable(path);
}

absl::Status Ledger::WriteReport(const std::string& path) {
  auto report = std::make_unique<std::ofstream>(path, std::ios::trunc);
  *report << kHeader;
  if (!report->flush()) return Unwritable(path);
  absl::MutexLock lock(&mutex_);
  report_ = std::move(report);
  report_path_ = path;
  return absl::OkStatus();
}

absl::Status Ledger::CloseReport() {
  absl::MutexLock lock(&mutex_);
  if (report_ == nullptr) return absl::OkStatus();
  const bool written = static_cast<bool>(report_->flush());
  report_ = nullptr;
  return written ? absl::OkStatus() : Unwritable(report_path_);
}

void Ledger::Add(const std::vector<Problem>& problems, const char* outcome) {
  for (const Problem& problem : problems) {
    if (report_ != nullptr) *report_ << ReportLine(problem, outcome);
    if (problem.reason == "KEPT") ++tally_.kept;
    const bool is_note = problem.reason == "KEPT" || problem.reason == "JUDGEMENT_STANDS";
    if (!is_note && problems_.size() < kMostProblems) problems_.push_back(problem);
  }
}

void Ledger::Add(const RecordChange& change) {
  if (report_ != nullptr) {
    const Problem line = {change.line, change.field, change.after, "CHANGED",
                          absl::StrCat("was `", change.before, "`")};
    *report_ << ReportLine(line, "taken");
  }
  ++change_count_;
  // Rows end in any order.
  changes_.emplace(change.line, change);
  if (changes_.size() > kMostChanges) changes_.erase(std::prev(changes_.end()));
}

void Ledger::Take(const std::vector<Problem>& notes, const std::vector<RecordChange>& changes) {
  absl::MutexLock lock(&mutex_);
  ++tally_.taken;
  Add(notes, "taken");
  for (const RecordChange& change : changes) Add(change);
}

void Ledger::Leave(const std::vector<Problem>& notes) {
  absl::MutexLock lock(&mutex_);
  ++tally_.unchanged;
  Add(notes, "unchanged");
}

void Ledger::Refuse(const std::vector<Problem>& problems) {
  absl::MutexLock lock(&mutex_);
  ++tally_.refused;
  Note(problems.front(), false);
  Add(problems, "refused");
}

void Ledger::Conflict(const std::vector<Problem>& problems) {
  absl::MutexLock lock(&mutex_);
  ++tally_.conflicting;
  Note(problems.front(), true);
  Add(problems, "conflicting");
}

void Ledger::Watch(int64_t line) {
  absl::MutexLock lock(&mutex_);
  watched_.try_emplace(line);
}

void Ledger::Note(const Problem& problem, bool is_conflict) {
  const auto watched = watched_.find(problem.line);
  if (watched != watched_.end()) watched->second = std::make_unique<End>(End{problem, is_conflict});
}

std::optional<Ledger::End> Ledger::EndOf(int64_t line) const {
  absl::MutexLock lock(&mutex_);
  const auto watched = watched_.find(line);
  if (watched == watched_.end() || watched->second == nullptr) return std::nullopt;
  return *watched->second;
}

void Ledger::RefuseAll(int64_t rows, const std::vector<Problem>& problems) {
  absl::MutexLock lock(&mutex_);
  tally_.refused += rows;
  Add(problems, "refused");
}

Tally Ledger::tally() const {
  absl::MutexLock lock(&mutex_);
  return tally_;
}

std::vector<RecordChange> Ledger::changes() const {
  absl::MutexLock lock(&mutex_);
  std::vector<RecordChange> changes;
  for (const auto& [line, change] : changes_) changes.push_back(change);
  return changes;
}

int64_t Ledger::change_count() const {
  absl::MutexLock lock(&mutex_);
  return change_count_;
}

std::vector<Problem> Ledger::problems() const {
  absl::MutexLock lock(&mutex_);
  std::vector<Problem> problems = problems_;
  std::stable_sort(problems.begin(), problems.end(),
                   [](const Problem& a, const Problem& b) { return a.line < b.line; });
  return problems;
}

}  // namespace comity::client
