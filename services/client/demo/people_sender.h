// Sends teams and people to the directory, as the stewards of their departments.
#ifndef COMITY_CLIENT_DEMO_PEOPLE_SENDER_H_
#define COMITY_CLIENT_DEMO_PEOPLE_SENDER_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "services/client/api/caller.h"
#include "services/client/demo/company.h"

namespace comity::client {

// Whoever is there already stays; `request_id` gives the id of the request that a text stands for.
absl::Status SendPeople(Caller& caller, const Company& company,
                        const std::function<std::string(absl::string_view)>& request_id,
                        const std::function<void(int64_t done, int64_t total)>& progress);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_PEOPLE_SENDER_H_
