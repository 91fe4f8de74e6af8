#include "services/client/import/suggest.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/import/map.h"
#include "services/client/import/plan.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::HasSubstr;

class Rows final : public RowReader {
 public:
  Rows(std::vector<std::string> header, std::vector<std::vector<std::string>> rows)
      : header_(std::move(header)), rows_(std::move(rows)) {}
  const std::vector<std::string>& header() const override { return header_; }
  absl::StatusOr<bool> Next(Row* row) override {
    if (next_ == rows_.size()) return false;
    *row = {static_cast<int64_t>(next_) + 2, rows_[next_], ""};
    ++next_;
    return true;
  }
  int64_t bytes_read() const override { return 0; }

 private:
  const std::vector<std::string> header_;
  const std::vector<std::vector<std::string>> rows_;
  size_t next_ = 0;
};

// The map, which must be one that reads the file.
std::string Suggest(const std::vector<std::string>& header,
                    std::vector<std::vector<std::string>> rows, const std::string& kind = "") {
  Rows reader(header, std::move(rows));
  const auto sample = SampleRows(&reader);
  EXPECT_TRUE(sample.ok());
  const auto yaml = SuggestMap(*sample, kind, "shop");
  EXPECT_TRUE(yaml.ok()) << yaml.status();
  const auto map = ParseMap(*yaml, "m.yaml");
  EXPECT_TRUE(map.ok()) << map.status() << "\n" << *yaml;
  if (map.ok()) {
    EXPECT_TRUE(Planner::Make(&*map, header).ok()) << *yaml;
  }
  return *yaml;
}

TEST(SuggestTest, MapsWhatItKnowsAndKeepsTheRest) {
  const std::string map = Suggest({"Lead Number", "E-mail", "First Name", "Colour: dark?", "#5"},
                                  {{"1", "a@b", "Ana", "red", ""},
                                   {"2", "c@d", "Select", "blue", ""},
                                   {"3", "", "Bo", "red", ""}});
  EXPECT_THAT(map, HasSubstr("kind: leads"));
  EXPECT_THAT(map, HasSubstr("identity: \"Lead Number\""));
  EXPECT_THAT(map, HasSubstr("blank: [\"Select\"]"));
  EXPECT_THAT(map, HasSubstr("email_address: \"E-mail\""));
  EXPECT_THAT(map, HasSubstr("given_name: \"First Name\""));
  EXPECT_THAT(map, HasSubstr("attributes.colour_dark: \"Colour: dark?\"  # blue, red"));
}

TEST(SuggestTest, SaysWhatItDoubts) {
  const std::string map = Suggest({"deal", "amount", "agent"},
                                  {{"a", "10.5", "Ana"}, {"a", "10.5", "Ana"}}, "opportunities");
  EXPECT_THAT(map, HasSubstr("# ? no column tells the rows apart"));
  EXPECT_THAT(map, HasSubstr("amount: {column: \"amount\", currency: USD}  # ?"));
  EXPECT_THAT(map, HasSubstr("owner: {column: \"agent\", name: persons}"));
}

TEST(SuggestTest, AnyTableHasAMap) {
  Suggest({"id"}, {{"1"}, {"2"}});
  Suggest({"id", std::string(2000, 'x'), std::string(2000, 'x') + "y"}, {{"1", "a", "b"}});
}

TEST(SuggestTest, CasesHaveATitle) {
  EXPECT_THAT(Suggest({"no", "status"}, {{"1", "open"}}, "cases"), HasSubstr("title: \"no\""));
}

TEST(SuggestTest, RefusesWhatItCannotSuggest) {
  EXPECT_EQ(Reason(SuggestMap({{{"a"}}, 0, {}}, "persons", "x").status()), "USAGE");
}

}  // namespace
}  // namespace comity::client
