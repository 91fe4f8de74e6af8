// A rebuild: the same intakes again, from the journals into a generation of their own.
#ifndef COMITY_REPORTING_REBUILD_H_
#define COMITY_REPORTING_REBUILD_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/reporting/effects.h"
#include "services/reporting/state.h"
#include "services/runtime/server/call.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {

// Reads entries of a source's journal, [from, to), in order and without gaps.
using ReadEntries =
    std::function<absl::StatusOr<Batch>(const std::string& source, int64_t from, int64_t to)>;

// The entries of intakes, read ahead by pages: the intakes of a source follow on each other.
class ReadAhead {
 public:
  explicit ReadAhead(ReadEntries read) : read_(std::move(read)) {}
  // How far the intakes that come next go, in each source.
  void Expect(const std::vector<v1::Intake>& intakes);
  absl::StatusOr<Batch> EntriesOf(const v1::Intake& intake);

 private:
  struct Window {
    int64_t from = 0;  // position of the first entry
    Batch entries;
    int64_t expected = 0;  // where reading ahead ends
  };
  const ReadEntries read_;
  std::map<std::string, Window> windows_;
};

// One rebuild, by one thread, under a claim (rebuild_store.h) on its generation.
class Rebuild {
 public:
  // `make_call`: a call of the service's own for each step. A step fails when `go_on` does.
  Rebuild(std::function<Call()> make_call, ReadEntries entries, int64_t generation,
          const charter::Book* book, std::function<absl::Status(int64_t at)> go_on);

  // Replays the intakes after the last one that was replayed, up to `last`: many to a transaction.
  // Errors: those of storage and of reading entries; ABORTED CONCURRENT_CHANGE when the claim was
  // lost.
  absl::Status ReplayTo(int64_t last);
  // Runs a transaction that needs the claim, and renews it.
  absl::Status Transact(const std::function<absl::Status(storage::Transaction&)>& body);

  int64_t generation() const { return generation_; }
  std::unique_ptr<State> ReleaseState() { return std::move(state_); }
  const v1::RebuildReportingResponse& response() const { return response_; }

 private:
  absl::StatusOr<std::vector<v1::Intake>> NextIntakes(int64_t last);
  absl::Status Add(v1::Intake intake);
  absl::Status Write();

  const std::function<Call()> make_call_;
  const int64_t generation_;
  const std::function<absl::Status(int64_t)> go_on_;
  ReadAhead entries_;
  std::unique_ptr<State> state_;
  std::vector<Effects> pending_;
  size_t pending_rows_ = 0;
  int64_t pending_entries_ = 0;
  v1::RebuildReportingResponse response_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REBUILD_H_
