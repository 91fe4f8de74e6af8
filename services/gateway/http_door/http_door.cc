#include "services/gateway/http_door/http_door.h"

#include <utility>

namespace comity::gateway {

HttpDoor::HttpDoor(HttpOptions options, ChannelTo channel_to, std::unique_ptr<Callers> callers,
                   const DoorLimits& limits, server::Metrics* metrics)
    : log_(metrics),
      calls_(std::move(channel_to), std::move(callers), limits, &log_),
      server_(
          std::move(options), [this](const HttpRequest& head) { return calls_.Preflight(head); },
          [this](HttpRequest request, std::function<void(HttpResponse)> done) {
            calls_.Handle(std::move(request), std::move(done));
          },
          [this](int http_code) { return calls_.Refuse(http_code); }) {}

absl::Status HttpDoor::Start() { return server_.Start(); }

void HttpDoor::Stop() {
  server_.Drain();
  calls_.CancelAll();
  server_.Stop();
}

}  // namespace comity::gateway
