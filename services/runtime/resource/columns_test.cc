#include "services/runtime/resource/columns.h"

#include "comity/account/v1/account.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::resource {
namespace {

using google::protobuf::util::MessageDifferencer;
using lead::v1::Opportunity;
using storage::Value;

// One row of given values.
class OneRow final : public storage::Rows {
 public:
  explicit OneRow(std::vector<Value> values) : values_(std::move(values)) {}
  bool Next() override { return true; }
  bool IsNull(int column) const override {
    return std::holds_alternative<std::monostate>(values_[column]);
  }
  int64_t Int(int column) const override {
    return IsNull(column) ? 0 : std::get<int64_t>(values_[column]);
  }
  std::string Bytes(int column) const override {
    return IsNull(column) ? "" : std::get<std::string>(values_[column]);
  }

 private:
  std::vector<Value> values_;
};

BoundColumn Of(const Column& column) {
  return Bind(column, "opportunity", Opportunity::descriptor());
}

std::vector<Value> Values(const Column& column, const google::protobuf::Message& record) {
  std::vector<Value> values;
  const BoundColumn bound = Bind(column, "record", record.GetDescriptor());
  EXPECT_TRUE(ToValues(bound, record, &values).ok());
  EXPECT_EQ(values.size(), SqlNames(bound).size());
  return values;
}

std::string ReasonOf(const Column& column, const Opportunity& record) {
  std::vector<Value> values;
  return Reason(ToValues(Of(column), record, &values));
}

// What the record is after a way through SQL.
template <typename R>
void ExpectRoundTrip(const Column& column, const R& record) {
  R back;
  int index = 0;
  const std::vector<Value> values = Values(column, record);
  ASSERT_TRUE(FromRow(Bind(column, "record", R::descriptor()), OneRow(values), &index, &back).ok());
  EXPECT_EQ(index, static_cast<int>(values.size()));
  EXPECT_TRUE(MessageDifferencer::Equals(record, back)) << record.DebugString() << "came back as\n"
                                                        << back.DebugString();
}

const Column kAmount = {"amount", "amount", ColumnType::kMoney};
const Column kClose = {"expected_close_date", "expected_close_date", ColumnType::kDate};
const Column kOpen = {"open_time", "open_time", ColumnType::kTimestamp};
const Column kAccount = {"account", "account", ColumnType::kReference, "accounts"};
const Column kLines = {"lines", "lines", ColumnType::kMessage};
const Column kAttributes = {"attributes", "attributes", ColumnType::kAttributes};
const Column kName = {"display_name", "display_name"};
const Column kExternal = {"external_id", "external_id.id"};

TEST(Columns, RoundTripEveryType) {
  Opportunity record;
  record.mutable_amount()->set_currency_code("KWD");
  record.mutable_amount()->set_units(-7);
  record.mutable_amount()->set_nanos(-125'000'000);
  ExpectRoundTrip(kAmount, record);
  record.Clear();
  record.mutable_expected_close_date()->set_year(2024);
  record.mutable_expected_close_date()->set_month(2);
  record.mutable_expected_close_date()->set_day(29);
  ExpectRoundTrip(kClose, record);
  record.Clear();
  record.mutable_open_time()->set_seconds(-3);
  record.mutable_open_time()->set_nanos(999'999'000);
  ExpectRoundTrip(kOpen, record);
  record.Clear();
  record.set_account(MakeName("accounts", NewId(absl::Now())));
  ExpectRoundTrip(kAccount, record);
  record.Clear();
  record.add_lines()->set_product("products/a");
  record.add_lines()->set_quantity(3);
  ExpectRoundTrip(kLines, record);
  record.Clear();
  (*record.mutable_attributes())["b"] = "\"x\" \\ caf\xc3\xa9";
  (*record.mutable_attributes())["a"] = "";
  ExpectRoundTrip(kAttributes, record);
  record.Clear();
  record.set_display_name(std::string("a\0b", 3));
  ExpectRoundTrip(kName, record);
  record.Clear();
  record.mutable_external_id()->set_id("7");
  ExpectRoundTrip(kExternal, record);
  account::v1::Account account;
  account.set_kind(account::v1::ACCOUNT_KIND_HOUSEHOLD);
  ExpectRoundTrip({"kind", "kind", ColumnType::kInt}, account);
}

TEST(Columns, RoundTripWhatIsNotSet) {
  const Opportunity empty;
  for (const Column& column :
       {kAmount, kClose, kOpen, kAccount, kLines, kAttributes, kName, kExternal}) {
    ExpectRoundTrip(column, empty);
  }
  EXPECT_TRUE(std::holds_alternative<std::monostate>(Values(kAmount, empty)[0]));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(Values(kAccount, empty)[0]));
  EXPECT_EQ(std::get<std::string>(Values(kName, empty)[0]), "");
}

TEST(Columns, WriteWhatSqlCompares) {
  Opportunity record;
  record.mutable_expected_close_date()->set_year(987);
  record.mutable_expected_close_date()->set_month(12);
  record.mutable_expected_close_date()->set_day(1);
  EXPECT_EQ(std::get<int64_t>(Values(kClose, record)[0]), 9871201);
  record.mutable_open_time()->set_seconds(2);
  record.mutable_open_time()->set_nanos(3'000);
  EXPECT_EQ(std::get<int64_t>(Values(kOpen, record)[0]), 2'000'003);
  record.mutable_amount()->set_currency_code("JPY");
  record.mutable_amount()->set_units(5);
  EXPECT_EQ(std::get<int64_t>(Values(kAmount, record)[0]), 5);
  EXPECT_EQ(std::get<std::string>(Values(kAmount, record)[1]), "JPY");
}

TEST(Columns, RefuseByTheFieldsPath) {
  Opportunity record;
  record.mutable_expected_close_date()->set_year(2023);
  record.mutable_expected_close_date()->set_month(2);
  EXPECT_EQ(ReasonOf(kClose, record), "DATE_INVALID");
  record.mutable_expected_close_date()->set_day(29);
  EXPECT_EQ(ReasonOf(kClose, record), "DATE_INVALID");
  record.mutable_open_time()->set_nanos(-1);
  EXPECT_EQ(ReasonOf(kOpen, record), "TIMESTAMP_INVALID");
  record.set_account("leads/0190f3a1-1234-7abc-8def-0123456789ab");
  EXPECT_EQ(ReasonOf(kAccount, record), "INVALID_NAME");
  record.mutable_amount()->set_currency_code("EUR");
  record.mutable_amount()->set_nanos(1);
  EXPECT_EQ(ReasonOf(kAmount, record), "MONEY_TOO_FINE");
}

TEST(Columns, ReadValuesOfFilters) {
  EXPECT_EQ(std::get<std::string>(*ToFilterValue(Of(kName), "x")), "x");
  EXPECT_TRUE(std::holds_alternative<std::monostate>(*ToFilterValue(Of(kAccount), "")));
  EXPECT_EQ(Reason(ToFilterValue(Of(kAccount), "persons/ana").status()), "FILTER_INVALID");
  const BoundColumn kind =
      Bind({"kind", "kind", ColumnType::kInt}, "account", account::v1::Account::descriptor());
  EXPECT_EQ(std::get<int64_t>(*ToFilterValue(kind, "ACCOUNT_KIND_PERSON")), 3);
  EXPECT_EQ(Reason(ToFilterValue(kind, "person").status()), "FILTER_INVALID");
}

TEST(ColumnsDeathTest, AColumnWithoutFieldIsADefect) {
  EXPECT_DEATH(Of({"nothing", "nothing"}), "no field opportunity.nothing");
}

}  // namespace
}  // namespace comity::resource
