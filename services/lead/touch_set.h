// Reads the touches of an opportunity.
#ifndef COMITY_LEAD_TOUCH_SET_H_
#define COMITY_LEAD_TOUCH_SET_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/lead/v1/touch.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::lead {

// The touches of an opportunity, as the proto says. NOT_FOUND.
absl::StatusOr<v1::TouchSet> ReadTouchSet(storage::Reader& reader, const std::string& opportunity);

}  // namespace comity::lead

#endif  // COMITY_LEAD_TOUCH_SET_H_
