// Credit statements on a real database: acknowledged, final, negated, and read.
#include "gmock/gmock.h"
#include "services/gateway/credit/credit_statements_fixture.h"
#include "services/gateway/credit/credit_terms.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(CreditStatementsTest, AStatementSaysWhoGetsWhatAndWhy) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  const v1::CreditStatement statement = Get(name);
  EXPECT_EQ(statement.name(), name);
  EXPECT_EQ(statement.opportunity(), set.opportunity());
  EXPECT_EQ(statement.signature(), set.signature().fact());
  EXPECT_EQ(statement.rule(), "credit-rules/new-business");
  EXPECT_EQ(statement.charter_revision(), 1);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(statement.source_position(), 10);
  EXPECT_THAT(statement.departments(), ElementsAre(kOwnMarketing, kOwnSales));
  EXPECT_EQ(statement.touches_size(), 2);
  EXPECT_TRUE(statement.has_department_comparison());
  EXPECT_EQ(SumsOf(set.opportunity())[kOwnMarketing], 800'040);
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn"));
}

TEST_F(CreditStatementsTest, ThePartiesMakeItFinal) {
  const std::string name = Drawn(Signed(10), 10);
  EXPECT_EQ(Acknowledge(name, "sue@support"), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "");
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_DRAWN);
  EXPECT_EQ(Acknowledge(name, "mia@marketing"), "");
  const v1::CreditStatement statement = Get(name);
  EXPECT_EQ(statement.state(), v1::CREDIT_STATE_FINAL);
  ASSERT_EQ(statement.acknowledgements_size(), 2);
  EXPECT_EQ(statement.acknowledgements(0).actor().person(), "persons/sam");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "") << "a second time changes nothing";
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "acknowledged", "acknowledged", "final"));
  EXPECT_EQ(Acknowledge("credit-statements/0190f3a1-1234-7abc-8def-0123456789ab", "sam@sales"),
            "RESOURCE_NOT_FOUND");
}

TEST_F(CreditStatementsTest, ATermThatIsOverMakesItFinalOnce) {
  const std::string name = Drawn(Signed(10), 10);
  CreditTerms terms(runtime_.runtime());
  CreditTerms others(runtime_.runtime());
  terms.RunDue(absl::Now() + absl::Hours(24 * 13));
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_DRAWN);
  terms.RunDue(absl::Now() + absl::Hours(24 * 15));
  others.RunDue(absl::Now() + absl::Hours(24 * 15));
  EXPECT_EQ(Get(name).state(), v1::CREDIT_STATE_FINAL);
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "final"));
}

TEST_F(CreditStatementsTest, AReversalNegatesAndChangesNoLine) {
  const lead::v1::TouchSet& set = Signed(10);
  const std::string name = Drawn(set, 10);
  const v1::CreditStatement before = Get(name);
  const std::string reversal = Reverse(name);
  const v1::CreditStatement after = Get(name);
  EXPECT_EQ(after.state(), v1::CREDIT_STATE_REVERSED);
  ASSERT_EQ(after.lines_size(), before.lines_size());
  for (int i = 0; i < after.lines_size(); ++i) {
    EXPECT_EQ(after.lines(i).SerializeAsString(), before.lines(i).SerializeAsString());
  }
  EXPECT_EQ(Get(reversal).reverses(), name);
  EXPECT_EQ(Get(reversal).reason(), "SIGNATURE_VOIDED");
  EXPECT_EQ(Get(reversal).state(), v1::CREDIT_STATE_FINAL);
  for (const auto& [party, cents] : SumsOf(set.opportunity())) EXPECT_EQ(cents, 0) << party;
  EXPECT_EQ(Reverse(name), "") << "it is reversed already";
  EXPECT_EQ(Reverse(reversal), "CREDIT_STATEMENT_IS_REVERSAL");
  EXPECT_EQ(Acknowledge(name, "sam@sales"), "CREDIT_STATEMENT_NOT_OPEN");
  EXPECT_EQ(Drawn(set, 10), "") << "what was taken back is not drawn again";
  EXPECT_THAT(EntriesOf(name), ElementsAre("drawn", "reversed"));
}

TEST_F(CreditStatementsTest, EachReadsWhatHeMayReadElsewhere) {
  const std::string name = Drawn(Signed(10), 10);
  const auto set_right = [this](const std::string& collection, bool may) {
    charter::Book& book = *runtime_.runtime()->charters;
    type::v1::Charter document = book.last().charter.document();
    document.set_revision(document.revision() + 1);
    for (auto& access : *document.mutable_access()) {
      const bool is_it = access.department() == kOwnSales && access.collection() == collection;
      if (is_it) access.set_read(may), access.set_read_journal(may);
    }
    book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  };
  set_right("leads", false);
  EXPECT_THAT(Get(name).touches(), IsEmpty());
  EXPECT_FALSE(Get(name).has_department_comparison());
  EXPECT_TRUE(Get(name).has_amount());
  set_right("leads", true);
  set_right("opportunities", false);
  EXPECT_EQ(Get(name).touches_size(), 2);
  EXPECT_FALSE(Get(name).has_amount() || Get(name).lines(0).has_amount());
  const auto listed = List("");
  ASSERT_TRUE(listed.ok()) << listed.status();
  EXPECT_FALSE(listed->statements(0).has_amount() || listed->statements(0).lines(0).has_amount());
  EXPECT_EQ(listed->statements(0).lines(0).basis_points(), 6'667);
}

TEST_F(CreditStatementsTest, ListsLeaveTouchesOutAndGoByPages) {
  const std::string first = Drawn(Signed(10), 10);
  const std::string second = Drawn(Signed(20), 20);
  const auto page = List("", 1);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->statements_size(), 1);
  EXPECT_EQ(page->statements(0).name(), second);
  EXPECT_THAT(page->statements(0).touches(), IsEmpty());
  EXPECT_EQ(page->statements(0).lines_size(), 2);
  EXPECT_FALSE(page->next_page_token().empty());
  EXPECT_EQ(List("state = DRAWN")->statements_size(), 2);
  EXPECT_EQ(List("state = FINAL")->statements_size(), 0);
  EXPECT_EQ(Reason(List("state = LOST").status()), "FILTER_INVALID");
  EXPECT_EQ(Reason(List("amount = 1").status()), Reason(List("nothing = 1").status()));
}

}  // namespace
}  // namespace comity::gateway
