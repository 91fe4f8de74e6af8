#include "services/gateway/http_door/door_log.h"

#include <utility>

#include "absl/time/clock.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {

void DoorLog::Refused(const absl::Status& status, std::string method, std::string trace_id,
                      absl::Time came) const {
  server::RequestLine line;
  line.time = came;
  line.service = "gateway";
  line.method = std::move(method);
  line.code = status.code();
  line.reason = Reason(status);
  line.duration = absl::Now() - came;
  line.workload = "http";  // no certificate came with it
  line.trace_id = std::move(trace_id);
  if (metrics_ != nullptr) metrics_->CountRefused(line.reason);
  server::WriteLine(line);
}

}  // namespace comity::gateway
