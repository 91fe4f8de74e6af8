// The SQL of reporting: intakes, the head, and the rows of their effects.
#ifndef COMITY_REPORTING_REPORT_STORE_H_
#define COMITY_REPORTING_REPORT_STORE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "services/reporting/effects.h"
#include "services/runtime/storage/transact.h"

namespace comity::reporting {

// How far the tables are, and which generation of effect rows is in use.
struct Head {
  int64_t generation = 1;
  int64_t number = 0;  // of the last intake
};

absl::StatusOr<Head> ReadHead(storage::Reader& reader);
// Moves the head. ABORTED CONCURRENT_CHANGE when it is no longer at `from`: another process was
// faster.
absl::Status MoveHead(storage::Transaction& tx, const Head& from, const Head& to);

// The entry before `position` of a source's journal, as 16 bytes, where it was the last one taken
// in; else empty.
absl::StatusOr<std::string> ReadLastEntry(storage::Reader& reader, const std::string& source,
                                          int64_t position);
// Notes it. `entry`: 16 bytes.
absl::Status PutLastEntry(storage::Transaction& tx, const std::string& source, int64_t position,
                          const std::string& entry);
// `record_time` in microseconds.
absl::Status InsertIntake(storage::Transaction& tx, const v1::Intake& intake, int64_t record_time);
// Intakes after `after` up to `last`, in order, at most `limit`.
absl::StatusOr<std::vector<v1::Intake>> ListIntakes(storage::Reader& reader, int64_t after,
                                                    int64_t last, int limit);

// The effect rows of some intakes.
absl::Status InsertEffects(storage::Transaction& tx, int64_t generation,
                           absl::Span<const Effects> effects);
// The effects of `intakes`, which follow on each other, without facts about cases.
absl::StatusOr<std::vector<Effects>> ReadEffects(storage::Reader& reader, int64_t generation,
                                                 const std::vector<v1::Intake>& intakes);
// Hands over the facts about cases of all intakes up to `last`, in order. Errors as ReplayEffects.
absl::Status ReadCaseFacts(storage::Reader& reader, int64_t generation, int64_t last,
                           const std::function<void(const CaseFactRow&)>& take);
// Hands over the effects of all intakes after `after` up to `last`, in order, until `take` fails.
// ABORTED CONCURRENT_CHANGE when the generation is no longer in use: its rows are being deleted,
// and what was not handed over may be gone.
absl::Status ReplayEffects(storage::Reader& reader, int64_t generation, int64_t after, int64_t last,
                           const std::function<absl::Status(const Effects&)>& take);

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_REPORT_STORE_H_
