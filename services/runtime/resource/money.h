// Money between the wire (units and nanos) and SQL (integer minor units): exact, or refused.
#ifndef COMITY_RUNTIME_RESOURCE_MONEY_H_
#define COMITY_RUNTIME_RESOURCE_MONEY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/type/money.pb.h"

namespace comity::resource {

// Digits after the point by ISO 4217: JPY 0, EUR 2, KWD 3, CLF 4; -1 for an unknown currency.
int MinorDigits(absl::string_view currency_code);

// Minor units (cents). INVALID_ARGUMENT reasons: CURRENCY_UNKNOWN, MONEY_INVALID (signs or nanos
// that do not fit together), MONEY_TOO_FINE (finer than the currency's minor unit),
// MONEY_OUT_OF_RANGE.
absl::StatusOr<int64_t> ToMinorUnits(const google::type::Money& money);
// The currency must be a known one.
google::type::Money FromMinorUnits(int64_t minor, absl::string_view currency_code);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_MONEY_H_
