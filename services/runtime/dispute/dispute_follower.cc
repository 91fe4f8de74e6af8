#include "services/runtime/dispute/dispute_follower.h"

#include <algorithm>
#include <utility>

#include "services/runtime/dispute/dispute_copy.h"
#include "services/runtime/journal/follower.h"

namespace comity::dispute {
namespace {

constexpr char kGateway[] = "gateway";
constexpr const char* kDisputed[] = {"accounts", "cases", "leads", "opportunities"};

class DisputeFollower final : public server::Background {
 public:
  explicit DisputeFollower(const server::Parts& parts)
      : copy_(parts.runtime),
        follower_(parts.channels->To(kGateway), FollowFor(parts.runtime->service)) {}
  absl::Status Start() override { return follower_.Start(); }
  void Stop() override { follower_.Stop(); }

 private:
  journal::FollowOptions FollowFor(const std::string& service) {
    journal::FollowOptions options;
    options.source = kGateway;
    options.service = service;
    options.position = [this] { return copy_.Position(); };
    options.last_entry = [this](int64_t position) { return copy_.LastEntry(position); };
    options.apply = [this](const DisputeCopy::Entries& batch, int64_t next) {
      return copy_.Take(batch, next);
    };
    return options;
  }

  DisputeCopy copy_;
  journal::Follower follower_;
};

}  // namespace

bool CanBeDisputed(const std::vector<std::string>& collections) {
  return std::any_of(collections.begin(), collections.end(), [](const std::string& collection) {
    return std::find(std::begin(kDisputed), std::end(kDisputed), collection) != std::end(kDisputed);
  });
}

std::unique_ptr<server::Background> MakeDisputeFollower(const server::Parts& parts) {
  return std::make_unique<DisputeFollower>(parts);
}

}  // namespace comity::dispute
