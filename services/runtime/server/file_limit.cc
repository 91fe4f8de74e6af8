#include "services/runtime/server/file_limit.h"

#include <sys/resource.h>

#include <algorithm>
#include <limits>

namespace comity::server {

int64_t RaiseFileLimit() {
  rlimit limit = {};
  getrlimit(RLIMIT_NOFILE, &limit);
  rlimit raised = limit;
  raised.rlim_cur = raised.rlim_max;
  const rlim_t holds = setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
  return static_cast<int64_t>(std::min<rlim_t>(holds, std::numeric_limits<int64_t>::max()));
}

}  // namespace comity::server
