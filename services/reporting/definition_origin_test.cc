#include "services/reporting/definition_origin.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/reporting/testing.h"

namespace comity::reporting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kWinRate[] = "metrics/win-rate";

class DefinitionOrigin : public ::testing::Test {
 protected:
  // The next revision, as `edit` makes it.
  void Add(const std::function<void(type::v1::Charter*)>& edit) {
    book_->Put(testing::NextRevision(
        *book_, absl::FromUnixSeconds(book_->last().charter.revision()), edit));
  }
  std::vector<int> OriginsNow(const char* metric = kWinRate) const {
    std::vector<int> numbers;
    for (const auto* origin : OriginsOf(book_->revisions(), book_->last(), metric)) {
      numbers.push_back(origin->charter.revision());
    }
    return numbers;
  }
  static type::v1::MetricDefinition* WinRateIn(type::v1::Charter* document) {
    for (auto& metric : *document->mutable_metrics()) {
      if (metric.name() == kWinRate) return &metric;
    }
    return nullptr;
  }

  std::shared_ptr<charter::Book> book_ = charter::MakeBook(testing::StartingCharter());
};

TEST_F(DefinitionOrigin, IsTheRevisionThatLastChangedItsWords) {
  ASSERT_TRUE(book_->last().charter.provisional());
  EXPECT_THAT(OriginsNow(), ElementsAre(1));
  Add([](auto*) {});
  EXPECT_THAT(OriginsNow(), ElementsAre(2)) << "the first that was signed, words and all";
  Add([](auto* document) {
    document->set_arbiter(document->departments(0));
    document->set_arbiter_term_days(9);
  });
  EXPECT_THAT(OriginsNow(), ElementsAre(2));
  Add([](auto* document) { WinRateIn(document)->set_text("Won of what is decided."); });
  EXPECT_THAT(OriginsNow(), ElementsAre(2, 4)) << "of the question, and of the words";
  Add([](auto* document) { document->set_arbiter_term_days(10); });
  EXPECT_THAT(OriginsNow(), ElementsAre(2, 4)) << "whatever else is agreed on since";
  EXPECT_THAT(OriginsNow("metrics/none"), IsEmpty());
}

TEST_F(DefinitionOrigin, AQuestionThatItCountsIsPartOfIt) {
  Add([](auto*) {});
  Add([](auto* document) {
    const std::string counted = WinRateIn(document)->questions(0);
    testing::AddAnswer("on-hold", testing::QuestionIn(document, counted));
  });
  EXPECT_THAT(OriginsNow(), ElementsAre(2, 3));
  Add([](auto* document) {
    testing::AddAnswer("maybe", testing::QuestionIn(document, "questions/lead-quality"));
  });
  EXPECT_THAT(OriginsNow(), ElementsAre(2, 3)) << "another question";
}

}  // namespace
}  // namespace comity::reporting
