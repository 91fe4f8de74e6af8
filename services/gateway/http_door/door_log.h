// Lines and counts of what the door answers itself: services write those of the calls that reach
// them.
#ifndef COMITY_GATEWAY_HTTP_DOOR_DOOR_LOG_H_
#define COMITY_GATEWAY_HTTP_DOOR_DOOR_LOG_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/runtime/server/metrics.h"

namespace comity::gateway {

class DoorLog {
 public:
  // `metrics` may be null.
  explicit DoorLog(server::Metrics* metrics) : metrics_(metrics) {}
  // `method`: as in policies; empty where the request named none. `trace_id` may be empty.
  void Refused(const absl::Status& status, std::string method, std::string trace_id,
               absl::Time came) const;

 private:
  server::Metrics* const metrics_;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HTTP_DOOR_DOOR_LOG_H_
