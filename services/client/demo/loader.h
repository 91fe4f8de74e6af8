// Sends the demonstration company to a suite, through the API only, as the persons concerned.
#ifndef COMITY_CLIENT_DEMO_LOADER_H_
#define COMITY_CLIENT_DEMO_LOADER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/client/api/caller.h"
#include "services/client/demo/company.h"

namespace comity::client {

struct LoadOptions {
  uint64_t seed = 1;
  double scale = 1.0;
  int writers = 12;  // identities at work at a time
  absl::Time now;    // the company's history ends on this day, if it is loaded for the first time
  std::function<void(const std::string& label, int64_t done, int64_t total)> progress;
};

struct LoadResult {
  bool already_loaded = false;
  int64_t records = 0;  // records, facts and judgements sent
};

// What was sent before is not made again: requests have the same ids each time, and a finished
// load is marked on the first product. Errors: those of the services, the first one;
// FAILED_PRECONDITION reasons DEMO_SCALE_DIFFERS, DEMO_TOO_OLD (of an interrupted load).
absl::StatusOr<LoadResult> LoadCompany(Caller& caller, const LoadOptions& options);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_LOADER_H_
