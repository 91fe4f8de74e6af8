// The HTTP/JSON door: server TLS without a client certificate, a person's token on every call, the
// Connect protocol's unary form for every unary method of every service.
#ifndef COMITY_GATEWAY_HTTP_DOOR_HTTP_DOOR_H_
#define COMITY_GATEWAY_HTTP_DOOR_HTTP_DOOR_H_

#include <memory>

#include "services/gateway/http_door/connect_calls.h"
#include "services/gateway/http_door/http_server.h"
#include "services/runtime/server/serve.h"

namespace comity::gateway {

class HttpDoor final : public server::Background {
 public:
  // `metrics` may be null.
  HttpDoor(HttpOptions options, ChannelTo channel_to, std::unique_ptr<Callers> callers,
           const DoorLimits& limits = {}, server::Metrics* metrics = nullptr);

  absl::Status Start() override;
  void Stop() override;
  int port() const { return server_.port(); }

 private:
  const DoorLog log_;
  ConnectCalls calls_;
  HttpServer server_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_HTTP_DOOR_H_
