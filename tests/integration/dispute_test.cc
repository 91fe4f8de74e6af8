// comity dispute and comity credit against a real suite: a judgement and a credit statement are
// disputed, answered, decided, appealed and agreed upon; a late touch is accepted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Dispute;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

Dispute Does(const std::string& arguments) {
  return ComityJson<Dispute>(absl::StrCat("dispute ", arguments));
}

// Sales holds a lead disqualified: the judgement.
std::string JudgedLead() {
  const auto lead = CreateLead("mia@marketing");
  EXPECT_TRUE(lead.ok()) << lead.status();
  if (!lead.ok()) return "";
  const auto judgement = Judge("ana@sales", lead->name(), "lead-quality", "disqualified");
  EXPECT_TRUE(judgement.ok()) << judgement.status();
  return judgement.ok() ? judgement->name() : "";
}

Dispute Opened(const std::string& about) {
  return Does(absl::StrCat("open ", about,
                           " --reason criteria-not-met --note 'They have a need' "
                           "--evidence 'lead:0:the first entry' --as mia@marketing"));
}

// Services learn of disputes from the gateway's journal, a moment later.
bool Shows(const std::string& command, const std::string& text) {
  return Eventually([&] { return Comity(command).find(text) != std::string::npos; });
}

// A statement of what sales has signed.
std::string Statement(std::string* opportunity) {
  *opportunity = CreateOpportunity("sam@sales", CreateAccount("sam@sales"));
  EXPECT_TRUE(RecordFact("sam@sales", *opportunity, fact::v1::FACT_KIND_SIGNED).ok());
  std::string name;
  EXPECT_TRUE(Eventually([&] {
    const auto list = ComityJson<gateway::v1::ListStatementsResponse>(
        absl::StrCat("credit list --filter 'opportunity = \"", *opportunity, "\"'"));
    if (!list.statements().empty()) name = list.statements(0).name();
    return !name.empty();
  }));
  return name;
}

TEST(ClientDispute, AJudgementIsAppealedAndJudgedAnewByItsOwnDepartment) {
  const std::string judgement = JudgedLead();
  const std::string lead = judgement.substr(0, judgement.find("/judgements/"));
  const std::string name = Opened(judgement).name();
  EXPECT_THAT(
      TryComity(absl::StrCat("dispute open ", judgement, " -r again --as mia@marketing")).errors,
      AllOf(HasSubstr("DISPUTE_OPEN"), HasSubstr(name)));
  EXPECT_THAT(
      Comity("inbox --as ana@sales"),
      AllOf(ContainsRegex("dispute to be answered .*" + name), HasSubstr("comity dispute answer")));
  const std::string flag = absl::StrCat("in dispute: ", lead, " by ", name);
  EXPECT_TRUE(Shows("lead get " + lead, flag));
  EXPECT_TRUE(Shows("lead list --order-by 'create_time desc' --as mia@marketing", flag));
  Comity(absl::StrCat("dispute answer ", name, " --note 'They said no' --as ana@sales"));
  EXPECT_THAT(Comity("inbox --as max@management"),
              ContainsRegex("dispute to be decided .*" + name));
  const std::string decide = absl::StrCat("dispute decide ", name, " --reason criteria ");
  EXPECT_THAT(TryComity(decide + "--verdict upheld --as ana@sales").errors,
              HasSubstr("ROLE_REQUIRED"));
  EXPECT_THAT(TryComity(decide + "--verdict upheld --as sam@sales").errors,
              HasSubstr("NOT_ARBITER"));
  Comity(decide + "--verdict dismissed --as max@management");
  EXPECT_THAT(Comity("inbox --as mia@marketing"),
              ContainsRegex("dispute may be appealed .*" + name));
  Comity(absl::StrCat("dispute appeal ", name, " --reason overlooked --as mia@marketing"));
  EXPECT_THAT(Comity(decide + "--verdict upheld --answer nurture --as ida@it"),
              AllOf(HasSubstr(": final\n"), HasSubstr("upheld, to be nurture"),
                    HasSubstr("sales has yet to act on it")));
  EXPECT_TRUE(Eventually(
      [&] { return ComityJson<lead::v1::Lead>("lead get " + lead).open_disputes().empty(); }));

  // Nobody changes another's judgement.
  EXPECT_THAT(Comity("inbox --as ana@sales"), ContainsRegex("dispute to act on .*" + name));
  EXPECT_THAT(TryComity(absl::StrCat("dispute fulfil ", name, " --as ana@sales")).errors,
              HasSubstr("DISPUTE_NOT_FULFILLED"));
  const auto anew = Judge("ana@sales", lead, "lead-quality", "nurture");
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_THAT(Comity(absl::StrCat("dispute fulfil ", name, " --as ana@sales")),
              HasSubstr("sales has acted: " + anew->name()));
  EXPECT_THAT(Comity("inbox --as ana@sales"), Not(HasSubstr(name)));
  EXPECT_THAT(Comity(absl::StrCat("history ", name, " --as max@management")),
              AllOf(HasSubstr("appealed"), HasSubstr("fulfilled")));

  const std::string later = Opened(JudgedLead()).name();
  EXPECT_THAT(Comity(absl::StrCat("dispute show ", later, " --as sue@support")),
              AllOf(HasSubstr("precedent " + name), HasSubstr("lead 0: the first entry")));
  Comity(absl::StrCat("dispute withdraw ", later, " --as mia@marketing"));
  EXPECT_THAT(Comity("dispute list --filter 'open = false AND kind = JUDGEMENT'"),
              AllOf(ContainsRegex(name + " .*final"), ContainsRegex(later + " .*withdrawn")));
}

TEST(ClientDispute, AStatementIsSplitAnewByAgreement) {
  std::string opportunity;
  const std::string statement = Statement(&opportunity);
  const Dispute opened = Opened(statement);
  EXPECT_EQ(opened.amount().units(), 1000);
  EXPECT_TRUE(Shows("opportunity get " + opportunity,
                    absl::StrCat("in dispute: ", opportunity, " by ", opened.name())));
  EXPECT_TRUE(Shows("report win-rate --lens sales", "IN DISPUTE"));
  EXPECT_TRUE(Shows("report win-rate --lens sales --rows", opened.name()));
  EXPECT_THAT(Comity("credit list"), ContainsRegex(statement + " .*disputed"));
  EXPECT_THAT(Comity("dispute show " + opened.name()), HasSubstr("in dispute: 1,000.00 EUR"));
  EXPECT_THAT(Comity(absl::StrCat("dispute show ", opened.name(), " --as ida@it")),
              Not(HasSubstr("EUR")))
      << "IT reads no opportunities";
  EXPECT_THAT(TryComity(absl::StrCat("dispute agree ", opened.name(),
                                     " --verdict partly -r shared --split sales=7000 --as "
                                     "sam@sales"))
                  .errors,
              HasSubstr("SPLIT_INVALID"));
  Comity(absl::StrCat("dispute agree ", opened.name(),
                      " --verdict partly -r shared --split sales=7000 --split marketing=3000 --as "
                      "sam@sales"));
  const Dispute agreed =
      Does(absl::StrCat("agree ", opened.name(), " --number 1 --as mia@marketing"));
  EXPECT_EQ(agreed.state(), gateway::v1::DISPUTE_STATE_AGREED);
  EXPECT_THAT(Comity("credit show " + agreed.statement()),
              AllOf(HasSubstr("700.00 EUR"), HasSubstr("300.00 EUR"), HasSubstr("final")));
  EXPECT_THAT(Comity(absl::StrCat("credit show ", statement)), HasSubstr("reversed"));
}

// Sales has called in time and told of it too late; marketing gains nothing by it, and accepts it
// too.
TEST(ClientCredit, ALateTouchCountsOnceAllHaveAcceptedIt) {
  std::string opportunity;
  const std::string statement = Statement(&opportunity);
  const std::string day =
      absl::FormatTime("%Y-%m-%d", absl::Now() - absl::Hours(48), absl::UTCTimeZone());
  const std::string call =
      ComityJson<fact::v1::Fact>(absl::StrCat("fact record ", opportunity,
                                              " --kind call --occurred ", day, " --as sam@sales"))
          .name();
  const std::string accept = absl::StrCat("credit accept-touch ", statement, " ", call, " --as ");
  EXPECT_THAT(TryComity(accept + "ana@sales").errors, HasSubstr("ROLE_REQUIRED"));
  EXPECT_THAT(
      Comity(accept + "sam@sales"),
      HasSubstr(absl::StrCat("late touch ", call, ": accepted by sales, not by marketing")));
  EXPECT_THAT(Comity("inbox --as mia@marketing"),
              ContainsRegex("to accept late touches .*" + statement));
  Comity(absl::StrCat(accept, "sam@sales --take-back"));
  EXPECT_THAT(Comity("inbox --as mia@marketing"), Not(HasSubstr("to accept late touches")));
  Comity(accept + "mia@marketing");
  EXPECT_THAT(Comity(accept + "sam@sales"),
              AllOf(Not(HasSubstr(statement)), HasSubstr("yes: late, and all have accepted it")));
  EXPECT_THAT(Comity("credit show " + statement), HasSubstr("reversed"));
  EXPECT_THAT(Comity("credit " + opportunity), HasSubstr("yes: late, and all have accepted it"));
}

}  // namespace
}  // namespace comity::integration
