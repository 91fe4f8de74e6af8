#include "services/runtime/resource/money.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

// Active codes of ISO 4217 that are money, in order, each list by its minor digits.
constexpr absl::string_view kNoDigits[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                           "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                           "VND", "VUV", "XAF", "XOF", "XPF"};
constexpr absl::string_view kTwoDigits[] = {
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT",
    "BGN", "BMD", "BND", "BOB", "BOV", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF",
    "CHE", "CHF", "CHW", "CNY", "COP", "COU", "CRC", "CUP", "CVE", "CZK", "DKK", "DOP", "DZD",
    "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GTQ", "GYD",
    "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IRR", "JMD", "KES", "KGS", "KHR", "KPW",
    "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT",
    "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MXV", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK",
    "NPR", "NZD", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR",
    "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC", "SYP",
    "SZL", "THB", "TJS", "TMT", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "USD", "USN", "UYU",
    "UZS", "VED", "VES", "WST", "XCD", "XCG", "YER", "ZAR", "ZMW", "ZWG", "ZWL"};
constexpr absl::string_view kThreeDigits[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
constexpr absl::string_view kFourDigits[] = {"CLF", "UYW"};

constexpr int64_t kNanos = 1'000'000'000;

int64_t PowerOfTen(int exponent) {
  int64_t power = 1;
  while (exponent-- > 0) power *= 10;
  return power;
}

template <typename List>
bool Has(const List& list, absl::string_view code) {
  return std::binary_search(std::begin(list), std::end(list), code);
}

absl::Status Refuse(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kInvalidArgument, reason, message);
}

}  // namespace

int MinorDigits(absl::string_view currency_code) {
  if (Has(kTwoDigits, currency_code)) return 2;
  if (Has(kNoDigits, currency_code)) return 0;
  if (Has(kThreeDigits, currency_code)) return 3;
  if (Has(kFourDigits, currency_code)) return 4;
  return -1;
}

absl::StatusOr<int64_t> ToMinorUnits(const google::type::Money& money) {
  const int digits = MinorDigits(money.currency_code());
  if (digits < 0) {
    return Refuse("CURRENCY_UNKNOWN", "the currency is an ISO 4217 code such as EUR");
  }
  const int64_t nanos = money.nanos();
  if (nanos <= -kNanos || nanos >= kNanos || (money.units() > 0 && nanos < 0) ||
      (money.units() < 0 && nanos > 0)) {
    return Refuse("MONEY_INVALID", "nanos are below one unit and have the sign of units");
  }
  const int64_t nanos_per_minor = kNanos / PowerOfTen(digits);
  if (nanos % nanos_per_minor != 0) {
    return Refuse("MONEY_TOO_FINE",
                  absl::StrCat(money.currency_code(), " has ", digits, " digits after the point"));
  }
  int64_t minor = 0;
  if (__builtin_mul_overflow(money.units(), PowerOfTen(digits), &minor) ||
      __builtin_add_overflow(minor, nanos / nanos_per_minor, &minor)) {
    return Refuse("MONEY_OUT_OF_RANGE", "the amount does not fit 64 bits of minor units");
  }
  return minor;
}

google::type::Money FromMinorUnits(int64_t minor, absl::string_view currency_code) {
  const int64_t per_unit = PowerOfTen(std::max(0, MinorDigits(currency_code)));
  google::type::Money money;
  money.set_currency_code(std::string(currency_code));
  money.set_units(minor / per_unit);
  money.set_nanos(static_cast<int32_t>(minor % per_unit * (kNanos / per_unit)));
  return money;
}

}  // namespace comity::resource
