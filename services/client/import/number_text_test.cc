#include "services/client/import/number_text.h"

#include "gtest/gtest.h"

namespace comity::client {
namespace {

TEST(NumberTextTest, ReadsWhatIsWrittenWithACommaOrAPoint) {
  for (const char* text : {"1234,5", "1.234,5", "1 234,5", "1'234,5", "1\u202f234,5"}) {
    EXPECT_EQ(PlainNumber(text, ',').value_or(""), "1234.5") << text;
  }
  for (const char* text : {"1234.5", "1,234.5", "1 234.5", "1\u2019234.5"}) {
    EXPECT_EQ(PlainNumber(text, '.').value_or(""), "1234.5") << text;
  }
  EXPECT_EQ(PlainNumber("-12.345.678", ',').value_or(""), "-12345678");
  EXPECT_EQ(PlainNumber("0,05", ',').value_or(""), "0.05");
  EXPECT_EQ(PlainNumber("1.000", ',').value_or(""), "1000");
  EXPECT_EQ(PlainNumber("1.000", '.').value_or(""), "1.000");
}

TEST(NumberTextTest, WhatCouldBeAnotherNumberIsNone) {
  for (const char* text : {"", "-", "0.125", "0.500", ",5", "5,", "1.23,4", "1234.567,8",
                           "1.234 567,8", "1,2,3", "1..234", ".234", "12a", "1 ,5", "--1"}) {
    EXPECT_FALSE(PlainNumber(text, ',').has_value()) << text;
  }
  EXPECT_FALSE(PlainNumber("1.234,5", '.').has_value());
}

TEST(NumberTextTest, AGroupOfThreeIsAThousandToSomeAndDecimalsToOthers) {
  for (const char* text : {"1.000", "-12.345", "1.000.000", "1,000"}) {
    EXPECT_TRUE(IsGroupedOrNot(text)) << text;
  }
  for (const char* text : {"1000", "1.00", "1.0000", "0.125", "1000.125", "1.234,50", "1.000 "}) {
    EXPECT_FALSE(IsGroupedOrNot(text)) << text;
  }
}

TEST(NumberTextTest, ACurrencyStandsBeforeOrBehind) {
  for (const char* text : {"1.234,50 €", "1.234,50€", "€ 1.234,50", "€1.234,50", "1.234,50 EUR",
                           "EUR 1.234,50", "1.234,50\u00a0€", "€\u202f1.234,50"}) {
    EXPECT_EQ(SplitCurrency(text).number, "1.234,50") << text;
    EXPECT_EQ(SplitCurrency(text).currency, "EUR") << text;
  }
  EXPECT_EQ(SplitCurrency("-5 £").number, "-5");
  EXPECT_EQ(SplitCurrency("-5 £").currency, "GBP");
  for (const char* text : {"", "5", "$ 5", "5 $", "5 eur", "5 XYZ", "EUR"}) {
    EXPECT_EQ(SplitCurrency(text).number, text);
    EXPECT_EQ(SplitCurrency(text).currency, "") << text;
  }
}

}  // namespace
}  // namespace comity::client
