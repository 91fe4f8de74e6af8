#include "services/runtime/directory/directory_follower.h"

#include <utility>

#include "services/runtime/directory/directory_copy.h"
#include "services/runtime/directory/own_journal_follower.h"
#include "services/runtime/journal/follower.h"
#include "services/runtime/server/uptime.h"

namespace comity::directory {
namespace {

constexpr char kSource[] = "gateway";

// The follower of another service's journal with the copy that it feeds. A copy that the source has
// not confirmed lately serves nobody: not after a restart, and not while the source is away.
class RemoteFollower final : public server::Background {
 public:
  explicit RemoteFollower(const server::Parts& parts)
      : directory_(parts.directory),
        copy_(parts.runtime, parts.directory, kSource),
        follower_(parts.channels->To(kSource), Options(parts.runtime->service)) {}
  absl::Status Start() override { return follower_.Start(); }
  bool Ready() const override { return directory_->CheckFresh(server::Uptime()).ok(); }
  void Stop() override { follower_.Stop(); }

 private:
  journal::FollowOptions Options(const std::string& service) {
    journal::FollowOptions options;
    options.source = kSource;
    options.service = service;
    options.position = [this] { return copy_.Load(); };
    options.last_entry = [this](int64_t) -> absl::StatusOr<std::string> {
      return copy_.last_entry();
    };
    options.apply = [this](const Entries& batch, int64_t next) { return copy_.Take(batch, next); };
    options.completed = [this](absl::Duration at) { copy_.Confirm(at); };
    return options;
  }

  const Directory* const directory_;
  DirectoryCopy copy_;
  journal::Follower follower_;
};

}  // namespace

std::unique_ptr<server::Background> MakeDirectoryFollower(const server::Parts& parts) {
  if (parts.runtime->service != kSource) return std::make_unique<RemoteFollower>(parts);
  return std::make_unique<OwnJournalFollower>(
      parts.runtime, parts.directory, DirectoryCopy(parts.runtime, parts.directory, kSource));
}

}  // namespace comity::directory
