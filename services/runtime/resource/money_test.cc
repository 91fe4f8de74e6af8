#include "services/runtime/resource/money.h"

#include <cstdint>
#include <limits>

#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

google::type::Money Make(const char* currency, int64_t units, int32_t nanos) {
  google::type::Money money;
  money.set_currency_code(currency);
  money.set_units(units);
  money.set_nanos(nanos);
  return money;
}

TEST(MinorDigits, FollowIso4217) {
  EXPECT_EQ(MinorDigits("JPY"), 0);
  EXPECT_EQ(MinorDigits("EUR"), 2);
  EXPECT_EQ(MinorDigits("ZWL"), 2);
  EXPECT_EQ(MinorDigits("AED"), 2);
  EXPECT_EQ(MinorDigits("KWD"), 3);
  EXPECT_EQ(MinorDigits("CLF"), 4);
  EXPECT_EQ(MinorDigits("eur"), -1);
  EXPECT_EQ(MinorDigits(""), -1);
}

TEST(Money, RoundTripsExactly) {
  for (const char* currency : {"JPY", "EUR", "KWD", "CLF"}) {
    for (int64_t minor :
         {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{99}, int64_t{-12345},
          std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
      const absl::StatusOr<int64_t> back = ToMinorUnits(FromMinorUnits(minor, currency));
      ASSERT_TRUE(back.ok()) << currency << " " << minor;
      EXPECT_EQ(*back, minor) << currency;
    }
  }
  EXPECT_EQ(*ToMinorUnits(Make("EUR", 19, 990'000'000)), 1999);
  EXPECT_EQ(*ToMinorUnits(Make("EUR", 0, -10'000'000)), -1);
}

TEST(Money, RefusesWhatIsFinerThanTheCurrency) {
  EXPECT_EQ(Reason(ToMinorUnits(Make("EUR", 1, 5'000'000)).status()), "MONEY_TOO_FINE");
  EXPECT_EQ(Reason(ToMinorUnits(Make("JPY", 1, 500'000'000)).status()), "MONEY_TOO_FINE");
  EXPECT_TRUE(ToMinorUnits(Make("KWD", 1, 5'000'000)).ok());
  EXPECT_EQ(Reason(ToMinorUnits(Make("KWD", 1, 500'000)).status()), "MONEY_TOO_FINE");
}

TEST(Money, RefusesWhatIsNoMoney) {
  EXPECT_EQ(Reason(ToMinorUnits(Make("", 1, 0)).status()), "CURRENCY_UNKNOWN");
  EXPECT_EQ(Reason(ToMinorUnits(Make("XYZ", 1, 0)).status()), "CURRENCY_UNKNOWN");
  EXPECT_EQ(Reason(ToMinorUnits(Make("EUR", 1, -10'000'000)).status()), "MONEY_INVALID");
  EXPECT_EQ(Reason(ToMinorUnits(Make("EUR", -1, 10'000'000)).status()), "MONEY_INVALID");
  EXPECT_EQ(Reason(ToMinorUnits(Make("EUR", 1, 1'000'000'000)).status()), "MONEY_INVALID");
  EXPECT_EQ(Reason(ToMinorUnits(Make("EUR", std::numeric_limits<int64_t>::max(), 0)).status()),
            "MONEY_OUT_OF_RANGE");
}

}  // namespace
}  // namespace comity::resource
