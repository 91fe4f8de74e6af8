// Follows another service's journal from a durable position, applying each batch and the new
// position in one transaction. Restarts where it was.
#ifndef COMITY_RUNTIME_JOURNAL_FOLLOWER_H_
#define COMITY_RUNTIME_JOURNAL_FOLLOWER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/journal/v1/journal.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/runtime/server/serve.h"

namespace comity::journal {

// A moment at which everything that the source's journal held was applied.
struct Complete {
  absl::Time time = absl::InfinitePast();  // by this process's clock; InfinitePast: not seen yet
  int64_t position = 0;                    // how many entries that were
};

struct FollowOptions {
  std::string source;   // the service whose journal is followed
  std::string service;  // that follows, for the log
  // Where to go on; called at start and after each failure.
  std::function<absl::StatusOr<int64_t>()> position;
  // Id of the entry before that position, as it was kept when it was applied; empty where it was
  // not. May be null. The source must still hold that entry there.
  std::function<absl::StatusOr<std::string>(int64_t position)> last_entry;
  // Applies a batch and makes `next` (the position after its last entry) durable, atomically.
  std::function<absl::Status(const google::protobuf::RepeatedPtrField<v1::PositionedEntry>& batch,
                             int64_t next)>
      apply;
  // Told of each moment at which everything was applied, see Complete, as server::Uptime(); may be
  // null.
  std::function<void(absl::Duration)> completed;
};

// Follows over gRPC (WatchJournal) on its own thread; reconnects with bounded backoff. Ready() once
// it has caught up with the size seen at its first connection, or when `apply`'d state exists and
// the source is away (a restarted service serves with its own copy).
//
// A source that was restored from an older backup has lost entries that were applied here, and
// gives their positions to others: to go on would skip those. Then the follower logs DATA_LOSS
// JOURNAL_SHRUNK, is not Ready, and looks again until the source holds what was applied. Where the
// lost entries are gone for good, the service must forget what it took in and follow from the
// start: reporting with an empty database, a copy of the directory without its row in
// followed_positions (its records are then dropped with the first batch).
class Follower final : public server::Background {
 public:
  Follower(std::shared_ptr<grpc::Channel> channel, FollowOptions options);
  ~Follower() override;
  absl::Status Start() override;
  bool Ready() const override;
  void Stop() override;
  // Entries of the source that are known and not applied yet.
  int64_t behind() const;
  // The last such moment that it saw: about a second ago where the source is quiet; long ago where
  // it is away, or brings more than is applied.
  Complete complete() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comity::journal

#endif  // COMITY_RUNTIME_JOURNAL_FOLLOWER_H_
