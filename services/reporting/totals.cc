#include "services/reporting/totals.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

constexpr int32_t kNanos = 1'000'000'000;

// resource::FromMinorUnits for what does not fit 64 bits of minor units.
absl::Status WriteMoney(__int128 minor, const std::string& currency, google::type::Money* money) {
  int32_t per_unit = 1;
  for (int digits = resource::MinorDigits(currency); digits > 0; --digits) per_unit *= 10;
  const __int128 units = minor / per_unit;
  if (units > std::numeric_limits<int64_t>::max() || units < std::numeric_limits<int64_t>::min()) {
    return PreconditionFailed(
        "SUM_OUT_OF_RANGE", "reports",
        absl::StrCat("a sum in ", currency, " passes 9.2·10^18: look for a wrong amount among the ",
                     "largest opportunities, or narrow the report by a filter"));
  }
  money->set_currency_code(currency);
  money->set_units(static_cast<int64_t>(units));
  money->set_nanos(static_cast<int32_t>(minor % per_unit) * (kNanos / per_unit));
  return absl::OkStatus();
}

}  // namespace

void Totals::Add(uint32_t currency, int64_t minor) {
  if (currency == 0) return;
  for (auto& [known, sum] : sums_) {
    if (known == currency) {
      sum += minor;
      return;
    }
  }
  sums_.emplace_back(currency, minor);
}

absl::Status Totals::Write(const State& state,
                           google::protobuf::RepeatedPtrField<google::type::Money>* to) const {
  std::vector<std::pair<std::string, __int128>> ordered;
  for (const auto& [currency, sum] : sums_) {
    ordered.emplace_back(state.strings().text(currency), sum);
  }
  std::sort(ordered.begin(), ordered.end());
  for (const auto& [currency, sum] : ordered) {
    COMITY_RETURN_IF_ERROR(WriteMoney(sum, currency, to->Add()));
  }
  return absl::OkStatus();
}

}  // namespace comity::reporting
