#include "services/reporting/known_values.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::reporting {
namespace {

using ::testing::HasSubstr;

class KnownValues : public ::testing::Test {
 protected:
  KnownValues() : state_(testing::StartingBook()) {
    Effects effects = testing::Intake(1);
    effects.named = {{0, "persons/ana", "Ana", "teams/east", "Central", "persons/max"},
                     {0, "products/p1", "GTX Basic"}};
    effects.opportunities = {testing::Opportunity(1, 100, "persons/once")};
    effects.opportunities[0].lines = {{"products/p2", 1}};
    state_.Apply(effects);
    directory_.persons["persons/new"].set_name("persons/new");
    directory_.teams["teams/new"].set_name("teams/new");
  }

  absl::Status Filter(v1::Dimension dimension, const std::string& value) const {
    v1::ReportQuery query;
    auto* filter = query.add_filters();
    filter->set_dimension(dimension);
    filter->add_values(value);
    return CheckFilters({&state_, &directory_}, query);
  }

  State state_;
  directory::Snapshot directory_;
};

TEST_F(KnownValues, AreTakenWithAndWithoutRows) {
  for (const auto& [dimension, value] : std::vector<std::pair<v1::Dimension, std::string>>{
           {v1::DIMENSION_OWNER, "persons/ana"},
           {v1::DIMENSION_OWNER, "persons/once"},  // owned once, and in no directory
           {v1::DIMENSION_OWNER, "persons/new"},   // in the directory, and not followed yet
           {v1::DIMENSION_OWNER, ""},
           {v1::DIMENSION_MANAGER, "persons/max"},
           {v1::DIMENSION_TEAM, "teams/east"},
           {v1::DIMENSION_TEAM, "teams/new"},
           {v1::DIMENSION_PRODUCT, "products/p1"},
           {v1::DIMENSION_PRODUCT, "products/p2"},
           {v1::DIMENSION_STAGE, "negotiation"},
           {v1::DIMENSION_OUTCOME, "won"},
           {v1::DIMENSION_OUTCOME, ""},
           {v1::DIMENSION_MONTH, "2030-01"},
           {v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", testing::Id(7))},
           {v1::DIMENSION_OFFICE, "Nowhere"},
           {v1::DIMENSION_SECTOR, "none"}}) {
    EXPECT_TRUE(Filter(dimension, value).ok()) << value;
  }
}

TEST_F(KnownValues, OthersAreRefusedByName) {
  for (const auto& [dimension, value] :
       std::vector<std::pair<v1::Dimension, std::string>>{{v1::DIMENSION_OWNER, "persons/anaa"},
                                                          {v1::DIMENSION_OWNER, "ana"},
                                                          {v1::DIMENSION_OWNER, "teams/east"},
                                                          {v1::DIMENSION_MANAGER, "Central"},
                                                          {v1::DIMENSION_TEAM, "persons/ana"},
                                                          {v1::DIMENSION_PRODUCT, "GTX Basic"},
                                                          {v1::DIMENSION_STAGE, "won"},
                                                          {v1::DIMENSION_OUTCOME, "undecided"},
                                                          {v1::DIMENSION_MONTH, "2017-13"},
                                                          {v1::DIMENSION_MONTH, "March"},
                                                          {v1::DIMENSION_ACCOUNT, "Acme"}}) {
    EXPECT_EQ(Reason(Filter(dimension, value)), "UNKNOWN_VALUE") << value;
  }
}

TEST_F(KnownValues, TheErrorSaysWhatIsKnown) {
  const auto text = [&](v1::Dimension dimension, const std::string& value) {
    return std::string(Filter(dimension, value).message());
  };
  EXPECT_THAT(text(v1::DIMENSION_OUTCOME, "undecided"), HasSubstr("known: won, lost"));
  EXPECT_THAT(text(v1::DIMENSION_OWNER, "ana"), HasSubstr("known: persons/ana (Ana), "));
  EXPECT_THAT(text(v1::DIMENSION_PRODUCT, "gtx basic"),
              HasSubstr("known: products/p1 (GTX Basic)"));
}

TEST_F(KnownValues, KeysAreCheckedByTheirDimension) {
  v1::ReportQuery query;
  query.add_group_by(v1::DIMENSION_OFFICE);
  query.add_group_by(v1::DIMENSION_OWNER);
  const Known known = {&state_, &directory_};
  EXPECT_TRUE(CheckKeys(known, query, {"Central", "persons/ana"}).ok());
  EXPECT_TRUE(CheckKeys(known, query, {}).ok());
  EXPECT_EQ(Reason(CheckKeys(known, query, {"Central", "Ana"})), "UNKNOWN_VALUE");
}

}  // namespace
}  // namespace comity::reporting
