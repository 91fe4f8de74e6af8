// All intakes: takes batches of the followed journals in, one after the other, and shows the record
// as it stood at any of them. Thread-safe. No gRPC.
#ifndef COMITY_REPORTING_LEDGER_H_
#define COMITY_REPORTING_LEDGER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "services/reporting/effects.h"
#include "services/reporting/past_states.h"
#include "services/reporting/rebuild.h"
#include "services/reporting/report_store.h"
#include "services/reporting/single_flight.h"
#include "services/reporting/state.h"
#include "services/runtime/server/call.h"

namespace comity::reporting {

using ReadState = std::function<absl::Status(const State&)>;

class Ledger {
 public:
  explicit Ledger(const Runtime* runtime);
  ~Ledger();  // Stop()
  // Ends what runs on threads of its own.
  void Stop();

  // Brings the state in memory to where the tables are, and says where to go on in the journal of
  // `source`. For FollowOptions::position.
  absl::StatusOr<int64_t> Position(const std::string& source);
  // Id of the entry before `position` where it is the last one of `source` that was taken in, and
  // was noted; else empty. For FollowOptions::last_entry.
  absl::StatusOr<std::string> LastEntry(const std::string& source, int64_t position);
  // Takes one batch in: intake, effects, journal entry and head in one transaction; then the state
  // in memory. For FollowOptions::apply. ABORTED CONCURRENT_CHANGE when the batch does not follow
  // on what is in, or another process was faster: ask for the position again. A long batch becomes
  // several intakes.
  absl::Status Take(const std::string& source, const Batch& batch);

  // Whether the state was loaded.
  bool loaded() const;
  // The last intake and the generation, as in memory.
  Head head() const;
  // The last intake. Where another revision of the charter has come into force since, that is taken
  // in first, as an intake without entries: so one number names the record and the words by which
  // it is read, also where nothing else happens. Errors: UNAVAILABLE NOT_READY; those of storage.
  absl::StatusOr<Head> Newest(absl::Time now, absl::Time deadline);
  // Runs `read` on the state of a moment. The present is read in place, and intakes wait; the past
  // is replayed from the tables, whatever becomes of the call, and kept for the next readers.
  // Errors: OUT_OF_RANGE AS_OF_NOT_REACHED; UNAVAILABLE NOT_READY before the state was loaded,
  // CHARTER_NOT_READY while another replica knows a later revision of the charter than this one;
  // those of Newest, PastStates::Get (PAST_NOT_READY), of storage and of `read`.
  absl::Status Read(Call& call, const Moment& moment, const ReadState& read);
  // Keeps a copy of the present as the past it will soon be, if it still is at `as_of`: for
  // readers of several pages.
  void Keep(int64_t as_of);

  // Computes all effects again from the journals into a new generation, and switches to it. Reads
  // and intakes go on meanwhile, and it goes on when the call ends: the same request joins it, or
  // gets its result. One at a time over all replicas. A `trial` replays all and switches nothing.
  // Errors: FAILED_PRECONDITION REBUILD_RUNS, for another request, and for one that cannot wait any
  // longer; UNAVAILABLE NOT_READY; those of `entries` and of storage.
  absl::StatusOr<v1::RebuildReportingResponse> Rebuild(Call& call, const std::string& request_id,
                                                       const ReadEntries& entries,
                                                       bool trial = false);

 private:
  Call OwnCall(const char* method, absl::Time deadline) const;
  absl::Status CatchUp(Call& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(intake_mutex_);
  absl::Status CatchUpOnce(Call& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(intake_mutex_);
  // Applies the intakes that lead from the state to `to`.
  absl::Status Load(Call& call, const Head& to, State* state) const;
  absl::Status Store(Call& call, const Effects& effects)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(intake_mutex_);
  absl::Status TakeIn(const std::string& source, const Batch& batch, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(intake_mutex_);
  // The intake that comes next, of a batch that follows on what is in, if it has entries.
  absl::StatusOr<v1::Intake> NextIntake(const std::string& source, const Batch& batch,
                                        absl::Time now) const;
  absl::Status TakeRevisionIn(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(intake_mutex_);
  // The last intake, and the revision of the charter that was in force then.
  struct Present {
    Head head;
    int revision = 0;
  };
  absl::StatusOr<Present> present() const;
  // False when `moment` is not the present, which then is in `present`.
  absl::StatusOr<bool> ReadPresent(const Moment& moment, const ReadState& read, Present* present);
  absl::Status StartRebuild(std::function<void()> task);
  absl::StatusOr<std::shared_ptr<const v1::RebuildReportingResponse>> RunRebuild(
      const ReadEntries& entries, const Principal& asker,
      const v1::RebuildReportingRequest& request);
  // Claims a generation, and journals for whom.
  absl::StatusOr<int64_t> Claim(const Principal& asker,
                                const v1::RebuildReportingRequest& request) const;
  absl::Status Refresh();  // CatchUp
  absl::Status Replay(const Head& to, State* state);
  absl::Status SwitchTo(reporting::Rebuild* rebuild);

  const Runtime* const runtime_;
  std::atomic<bool> stopping_{false};
  absl::Mutex intake_mutex_ ABSL_ACQUIRED_BEFORE(state_mutex_);  // one intake at a time
  mutable absl::Mutex state_mutex_;
  std::unique_ptr<State> state_ ABSL_GUARDED_BY(state_mutex_);  // null until loaded
  int64_t generation_ ABSL_GUARDED_BY(state_mutex_) = 0;
  PastStates past_;
  std::atomic<bool> rebuilds_now_{false};
  std::atomic<int64_t> rebuild_at_{0};                   // intake
  SingleFlight<v1::RebuildReportingResponse> rebuilds_;  // by request
  server::WorkerPool rebuilder_;                         // ends before all that it uses
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_LEDGER_H_
