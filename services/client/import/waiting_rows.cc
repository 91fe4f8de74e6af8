#include "services/client/import/waiting_rows.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "services/client/import/in_flight.h"
#include "services/client/import/references.h"
#include "services/client/import/writer.h"

namespace comity::client {
namespace {

constexpr size_t kMostReady = 200;

void MoveTo(std::vector<RowPlan>* rows, std::vector<RowPlan>* more) {
  rows->insert(rows->end(), std::make_move_iterator(more->begin()),
               std::make_move_iterator(more->end()));
  more->clear();
}

}  // namespace

void WaitingRows::Hold(RowPlan row, const std::string& awaited) {
  const size_t bytes = BytesOf(row);
  {
    absl::MutexLock lock(&mutex_);
    if (bytes_ + bytes <= most_bytes_) {
      bytes_ += bytes;
      waiting_[awaited].push_back(std::move(row));
      return;
    }
  }
  row.problems.push_back(
      {row.line, "row", row.id, "TOO_MANY_WAIT",
       absl::StrCat("it names a row that stands later, and the rows that do come to more than ",
                    most_bytes_ >> 20,
                    " MiB: sort the file so that what is named stands first, or import it again")});
  ledger_->Refuse(row.problems);
}

void WaitingRows::Arrive(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  const auto waiting = waiting_.find(id);
  if (waiting == waiting_.end()) return;
  MoveTo(&ready_, &waiting->second);
  waiting_.erase(waiting);
}

std::vector<RowPlan> WaitingRows::TakeReady() {
  absl::MutexLock lock(&mutex_);
  std::vector<RowPlan> rows;
  while (!ready_.empty() && rows.size() < kMostReady) {
    bytes_ -= std::min(bytes_, BytesOf(ready_.back()));
    rows.push_back(std::move(ready_.back()));
    ready_.pop_back();
  }
  std::reverse(rows.begin(), rows.end());
  return rows;
}

void WaitingRows::MakeAllReady() {
  absl::MutexLock lock(&mutex_);
  for (auto& [id, rows] : waiting_) MoveTo(&ready_, &rows);
  waiting_.clear();
}

absl::Status WaitingRows::Finish(const std::function<bool()>& is_interrupted,
                                 const std::function<absl::Status(std::vector<RowPlan>)>& write) {
  // What a row waits for may have arrived before it was held.
  MakeAllReady();
  while (true) {
    std::vector<RowPlan> rows = TakeReady();
    if (rows.empty()) break;
    if (is_interrupted && is_interrupted()) return Interrupted();
    absl::Status status = write(std::move(rows));
    if (!status.ok()) return status;
  }
  RefuseAll();
  return absl::OkStatus();
}

void WaitingRows::RefuseAll() {
  absl::MutexLock lock(&mutex_);
  for (auto& [id, rows] : waiting_) {
    for (RowPlan& row : rows) Refuse(id, std::move(row));
  }
  waiting_.clear();
  bytes_ = 0;
}

void WaitingRows::Refuse(const std::string& awaited, RowPlan row) const {
  for (const Reference& reference : row.references) {
    const bool is_meant = awaited.empty() || reference.id == awaited;
    if (is_meant && reference.collection == own_ && reference.made == nullptr) {
      row.problems.push_back(Missing(row, reference));
    }
  }
  ledger_->Refuse(row.problems);
}

}  // namespace comity::client
