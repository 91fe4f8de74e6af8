#include "services/reporting/totals.h"

#include <limits>

#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using Moneys = google::protobuf::RepeatedPtrField<google::type::Money>;

constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

// A state that knows currencies.
State WithCurrencies() {
  State state(testing::StartingBook());
  Effects effects = testing::Intake(1);
  for (const char* currency : {"KWD", "EUR", "JPY"}) {
    effects.opportunities.push_back(testing::Opportunity(1, 1, "persons/ana"));
    effects.opportunities.back().amount.currency = currency;
  }
  state.Apply(effects);
  return state;
}

TEST(Totals, CarryBeyond64BitsOfMinorUnits) {
  const State state = WithCurrencies();
  Totals totals;
  for (int i = 0; i < 100; ++i) totals.Add(state.strings().Find("EUR"), kMost);
  Moneys moneys;
  ASSERT_TRUE(totals.Write(state, &moneys).ok());
  ASSERT_EQ(moneys.size(), 1);
  EXPECT_EQ(moneys[0].units(), kMost);
  EXPECT_EQ(moneys[0].nanos(), 0);
}

TEST(Totals, AreExactBelowZeroAndInOrderOfCurrency) {
  const State state = WithCurrencies();
  Totals totals;
  totals.Add(state.strings().Find("KWD"), -1234);
  totals.Add(state.strings().Find("EUR"), -kMost);
  totals.Add(state.strings().Find("EUR"), -kMost);
  totals.Add(0, 17);
  Moneys moneys;
  ASSERT_TRUE(totals.Write(state, &moneys).ok());
  ASSERT_EQ(moneys.size(), 2);
  EXPECT_EQ(moneys[0].currency_code(), "EUR");
  EXPECT_EQ(moneys[0].units(), -184'467'440'737'095'516);
  EXPECT_EQ(moneys[0].nanos(), -140'000'000);
  EXPECT_EQ(moneys[1].units(), -1);
  EXPECT_EQ(moneys[1].nanos(), -234'000'000);
}

TEST(Totals, RefuseWhatTheWireCannotHold) {
  const State state = WithCurrencies();
  Totals totals;
  totals.Add(state.strings().Find("JPY"), kMost);
  Moneys moneys;
  EXPECT_TRUE(totals.Write(state, &moneys).ok());
  totals.Add(state.strings().Find("JPY"), 1);
  EXPECT_EQ(Reason(totals.Write(state, &moneys)), "SUM_OUT_OF_RANGE");
}

}  // namespace
}  // namespace comity::reporting
