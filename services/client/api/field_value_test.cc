#include "services/client/api/field_value.h"

#include "comity/account/v1/account.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/support/v1/case.pb.h"
#include "gtest/gtest.h"
#include "services/client/api/schema.h"
#include "services/client/output/format.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

TEST(FieldValueTest, TakesWhatPeopleType) {
  lead::v1::Opportunity opportunity;
  ASSERT_TRUE(SetField(&opportunity, "owner", "ana").ok());
  ASSERT_TRUE(SetField(&opportunity, "amount", "1200.50 EUR").ok());
  ASSERT_TRUE(SetField(&opportunity, "expected_close_date", "2026-03-01").ok());
  ASSERT_TRUE(SetField(&opportunity, "open_time", "2026-02-01").ok());
  ASSERT_TRUE(SetField(&opportunity, "attributes.colour", "green").ok());
  ASSERT_TRUE(SetField(&opportunity, "attributes.colour", "blue").ok());
  ASSERT_TRUE(SetField(&opportunity, "external_id.id", "7").ok());
  ASSERT_TRUE(SetField(&opportunity, "lines", R"([{"product":"products/x","quantity":2}])").ok());
  EXPECT_EQ(opportunity.owner(), "persons/ana");
  EXPECT_EQ(Cell(opportunity, "amount"), "1,200.50 EUR");
  EXPECT_EQ(Cell(opportunity, "expected_close_date"), "2026-03-01");
  EXPECT_EQ(Cell(opportunity, "open_time"), "2026-02-01 00:00");
  EXPECT_EQ(opportunity.attributes().at("colour"), "blue");
  EXPECT_EQ(opportunity.attributes().size(), 1u);
  EXPECT_EQ(Cell(opportunity, "external_id.id"), "7");
  EXPECT_EQ(opportunity.lines(0).quantity(), 2);
  ASSERT_TRUE(SetField(&opportunity, "owner", "").ok());
  EXPECT_EQ(opportunity.owner(), "");
}

TEST(FieldValueTest, EnumsByShortName) {
  account::v1::Account account;
  ASSERT_TRUE(SetField(&account, "kind", "organization").ok());
  EXPECT_EQ(account.kind(), account::v1::ACCOUNT_KIND_ORGANIZATION);
  EXPECT_EQ(Cell(account, "kind"), "organization");
  EXPECT_EQ(Reason(SetField(&account, "kind", "club")), "INVALID_VALUE");
}

TEST(FieldValueTest, NamesWhatIsWrong) {
  lead::v1::Opportunity opportunity;
  EXPECT_EQ(Reason(SetField(&opportunity, "colour", "x")), "UNKNOWN_FIELD");
  EXPECT_EQ(Reason(SetField(&opportunity, "owner.x", "x")), "UNKNOWN_FIELD");
  EXPECT_EQ(Reason(SetField(&opportunity, "amount", "12,5 EUR")), "INVALID_VALUE");
  EXPECT_EQ(Reason(SetField(&opportunity, "amount", "12")), "INVALID_VALUE");
  EXPECT_EQ(Reason(SetField(&opportunity, "expected_close_date", "01.03.2026")), "INVALID_VALUE");
  EXPECT_EQ(Reason(SetField(&opportunity, "expected_close_date", "2026-02-30")), "INVALID_VALUE");
  EXPECT_EQ(Reason(SetField(&opportunity, "lines", "{")), "INVALID_VALUE");
}

TEST(FieldValueTest, AValueSetsNoOtherField) {
  for (const char* text : {R"([], "owner": "persons/eve")", R"([]}, {"owner": "persons/eve")",
                           R"([],"displayName":"x")", "[] []", "[]}", "'x'", ""}) {
    lead::v1::Opportunity opportunity;
    opportunity.set_owner("persons/ana");
    EXPECT_EQ(Reason(SetField(&opportunity, "lines", text)), *text == 0 ? "" : "INVALID_VALUE")
        << text;
    EXPECT_EQ(opportunity.owner(), "persons/ana") << text;
    EXPECT_EQ(opportunity.display_name(), "") << text;
  }
}

TEST(FieldValueTest, AnAmountOfAnyLengthIsReadOrRefused) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1.2.3", "1,000", "+1", "1e3", "1 USDX",
                           "1 us", "USD 1", "1.0000000001", "1234567890123456", "1 EUR x"}) {
    EXPECT_EQ(Reason(ParseMoney(text, "USD").status()), "INVALID_VALUE") << text;
  }
  EXPECT_EQ(Reason(ParseMoney(std::string(1 << 20, '9'), "USD").status()), "INVALID_VALUE");
  EXPECT_EQ(Reason(ParseMoney("1." + std::string(1 << 20, '9'), "USD").status()), "INVALID_VALUE");
  for (const char* text : {"7", " 7 ", "7.0", "007", "7USD", "7 USD"}) {
    const auto money = ParseMoney(text, "USD");
    ASSERT_TRUE(money.ok()) << text;
    EXPECT_EQ(money->units(), 7) << text;
  }
}

TEST(FieldValueTest, MoneyIsExact) {
  const auto money = ParseMoney("-0.07", "USD");
  ASSERT_TRUE(money.ok());
  EXPECT_EQ(money->units(), 0);
  EXPECT_EQ(money->nanos(), -70000000);
  EXPECT_EQ(FormatMoney(*money), "-0.07 USD");
  EXPECT_EQ(FormatMoney(*ParseMoney("1200", "JPY")), "1,200 JPY");
  EXPECT_EQ(FormatMoney(*ParseMoney("1200", "KWD")), "1,200.000 KWD");
  EXPECT_FALSE(ParseMoney("1 EUR", "USD").ok());
}

TEST(FieldValueTest, CompletesFilters) {
  const auto& type = *lead::v1::Opportunity::descriptor();
  EXPECT_EQ(FullFilter(type, "owner=ana"), R"(owner = "persons/ana")");
  EXPECT_EQ(FullFilter(type, R"(owner = "persons/ana" AND external_id.source=maven)"),
            R"(owner = "persons/ana" AND external_id.source = "maven")");
  EXPECT_EQ(FullFilter(type, "owner != ana"), "owner != ana");
  EXPECT_EQ(FullFilter(type, ""), "");
  EXPECT_EQ(FullFilter(*support::v1::Case::descriptor(), "state=open AND team=first-line"),
            R"(state = "CASE_STATE_OPEN" AND team = "teams/first-line")");
  EXPECT_EQ(FullLens("sales"), "departments/sales");
  EXPECT_EQ(FullLens("settled"), "settled");
  EXPECT_EQ(FullQuestion("lead-quality"), "questions/lead-quality");
}

TEST(SchemaTest, FindsMethodsAndWhoAnswers) {
  const auto method = FindMethod("comity.judgement.v1.JudgementService/Judge");
  ASSERT_TRUE(method.ok());
  auto request = New((*method)->input_type());
  EXPECT_EQ(Reason(ServiceFor(**method, *request).status()), "UNKNOWN_COLLECTION");
  ASSERT_TRUE(SetField(request.get(), "judgement.subject", "cases/1").ok());
  EXPECT_EQ(*ServiceFor(**method, *request), "support");
  EXPECT_TRUE(FindMethod("LeadService/GetLead").ok());
  EXPECT_EQ(Reason(FindMethod("LeadService/DropLead").status()), "UNKNOWN_METHOD");
}

TEST(SchemaTest, EveryCollectionHasItsMethods) {
  for (const Collection& collection : Collections()) {
    EXPECT_NE(collection.type(), nullptr) << collection.plural;
    EXPECT_TRUE(FindMethod(collection.Method("List")).ok()) << collection.plural;
    EXPECT_TRUE(FindMethod(collection.Method("Get")).ok()) << collection.plural;
  }
}

}  // namespace
}  // namespace comity::client
