// This service's durable copy of what the gateway's journal tells of open disputes: by it the
// records that are disputed are flagged where they are read.
#ifndef COMITY_RUNTIME_DISPUTE_DISPUTE_COPY_H_
#define COMITY_RUNTIME_DISPUTE_DISPUTE_COPY_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "comity/journal/v1/journal.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/server/call.h"

namespace comity::dispute {

// Has a place of its own in the journal, beside that of the directory: so a release that did not
// know it has left nothing out. Used by one thread.
class DisputeCopy {
 public:
  using Entries = google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry>;

  explicit DisputeCopy(const Runtime* runtime) : runtime_(runtime) {}
  // The next position wanted.
  absl::StatusOr<int64_t> Position();
  // Id of the entry before it; empty where none was kept.
  absl::StatusOr<std::string> LastEntry(int64_t position) const;
  // Stores what `batch` tells of disputes with `next`, in one transaction. Another replica may have
  // stored it already. Batches without disputes are stored with a later one.
  absl::Status Take(const Entries& batch, int64_t next);

 private:
  Call MakeCall() const;

  const Runtime* const runtime_;
  int64_t stored_ = 0;
};

}  // namespace comity::dispute

#endif  // COMITY_RUNTIME_DISPUTE_DISPUTE_COPY_H_
