// What callers see of an internal error: a generic text and an id, which the log has with the
// cause.
#ifndef COMITY_RUNTIME_SERVER_HIDE_H_
#define COMITY_RUNTIME_SERVER_HIDE_H_

#include <string>

#include "absl/status/status.h"
#include "comity/type/v1/batch.pb.h"
#include "services/runtime/server/call.h"

namespace comity::server {

struct Shown {
  absl::Status status;   // for the caller
  std::string error_id;  // of an internal error; else empty
  std::string detail;    // its cause, for the log only
};
Shown HideInternal(const absl::Status& status);

// How one item of a batch ended, for its result. An internal error is hidden and logged.
type::v1::ItemStatus ItemStatusOf(const Call& call, const absl::Status& status);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_HIDE_H_
