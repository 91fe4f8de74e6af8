// A clock that nobody sets.
#ifndef COMITY_RUNTIME_SERVER_UPTIME_H_
#define COMITY_RUNTIME_SERVER_UPTIME_H_

#include <ctime>

#include "absl/time/time.h"

namespace comity::server {

// Since the machine was started, its sleep included. For ages that decide something: the time of
// day may be set back meanwhile.
inline absl::Duration Uptime() {
  timespec time = {};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return absl::DurationFromTimespec(time);
}

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_UPTIME_H_
