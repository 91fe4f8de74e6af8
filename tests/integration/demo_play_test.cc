// comity demo play against a real suite with the demonstration's charter: what the story says is
// what the record holds afterwards, and it can be played again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/account/v1/account.pb.h"
#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/timeline_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "nlohmann/json.hpp"
#include "services/client/demo/story.h"
#include "tests/integration/command.h"
#include "tests/integration/proposals.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::CreditStatement;
using gateway::v1::Dispute;
using gateway::v1::Handover;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// The suite asks for it when it starts, at first use.
const bool kIsDemonstration = setenv("COMITY_SUITE_DEMONSTRATION", "yes", /*overwrite=*/1) == 0;

struct Played {
  std::map<std::string, std::string> outputs;  // of steps by id; of repeated ones, together
  std::vector<std::string> ids;
  std::map<std::string, std::string> names;  // all that were learned
};

Played Play() {
  Played played;
  EXPECT_TRUE(kIsDemonstration);
  const Outcome outcome = TryComity("demo play --pace fast --output json");
  EXPECT_EQ(outcome.code, 0) << outcome.errors;
  for (absl::string_view line : absl::StrSplit(outcome.output, '\n', absl::SkipEmpty())) {
    const auto step = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    EXPECT_TRUE(step.is_object()) << line;
    if (!step.is_object()) continue;
    const std::string id = step["id"];
    if (played.ids.empty() || played.ids.back() != id) played.ids.push_back(id);
    played.outputs[id] += step["output"];
    EXPECT_THAT(std::string(step["command"]), HasSubstr(" --as "));
    played.names = step["names"];
  }
  return played;
}

std::vector<std::string> StepsOfStory() {
  std::vector<std::string> ids;
  for (const client::StoryAct& act : client::TellStory()) {
    for (const client::StoryStep& step : act.steps) ids.push_back(step.id);
  }
  return ids;
}

Handover ShowHandover(const std::string& name) {
  return ComityJson<Handover>(absl::StrCat("handover show ", name, " --as max@management"));
}

void CheckJudgements(const std::string& lead) {
  const auto all = ComityJson<judgement::v1::ListJudgementsResponse>("judgements " + lead);
  std::vector<std::string> said;
  for (const auto& judgement : all.judgements()) {
    said.push_back(
        absl::StrCat(judgement.department(), " ", judgement.answer(), " ", judgement.reason()));
  }
  EXPECT_THAT(said, testing::UnorderedElementsAre("departments/marketing qualified need-confirmed",
                                                  "departments/sales disqualified no-budget",
                                                  "departments/sales qualified budget-confirmed"));
}

void CheckHandovers(const Played& played) {
  const Handover first = ShowHandover(played.names.at("first"));
  EXPECT_EQ(first.state(), gateway::v1::HANDOVER_STATE_RETURNED);
  EXPECT_EQ(first.return_reason(), "incomplete");
  const Handover second = ShowHandover(played.names.at("second"));
  EXPECT_EQ(second.state(), gateway::v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(second.offers_before(), 1);
  EXPECT_FALSE(second.accept_clock().breached());
  EXPECT_FALSE(second.act_clock().breached());
  const std::string& lead = played.names.at("lead");
  EXPECT_EQ(ComityJson<lead::v1::Lead>("lead get " + lead).responsible_department(),
            "departments/sales");
  const Handover onboarding = ShowHandover(played.names.at("onboarding"));
  EXPECT_EQ(onboarding.state(), gateway::v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(onboarding.subject(), played.names.at("account"));
  EXPECT_EQ(ComityJson<account::v1::Account>("account get " + played.names.at("account"))
                .responsible_department(),
            "departments/support");
}

void CheckEscalation(const Played& played) {
  const Handover offer = ShowHandover(played.names.at("offer"));
  EXPECT_EQ(offer.agreement(), client::kStoryAgreement);
  EXPECT_EQ(offer.state(), gateway::v1::HANDOVER_STATE_RETURNED);
  EXPECT_EQ(offer.return_reason(), "too-late");
  EXPECT_TRUE(offer.accept_clock().warned());
  EXPECT_TRUE(offer.accept_clock().breached());
  EXPECT_TRUE(offer.accept_clock().escalated());
  EXPECT_EQ(offer.escalate_to(), "departments/management");
  EXPECT_THAT(played.outputs.at("escalation-seen"), HasSubstr(offer.name()));
  EXPECT_THAT(played.outputs.at("timeline"), AllOf(HasSubstr("breached"), HasSubstr("escalated")));
  const auto timeline = ComityJson<gateway::v1::Timeline>(
      absl::StrCat("timeline ", played.names.at("late"), " --as max@management"));
  ASSERT_EQ(timeline.clocks_size(), 1);
  EXPECT_EQ(timeline.clocks(0).notes_size(), 3) << timeline.clocks(0).DebugString();
}

// What sales refused is not in force; what all signed is.
void CheckCharter(const Played& played, const std::string& days) {
  EXPECT_EQ(played.names.at("days"), days);
  EXPECT_THAT(played.outputs.at("previewed"), HasSubstr("by opportunity-outcome"));
  EXPECT_THAT(played.outputs.at("previewed-again"), HasSubstr("none would be settled otherwise"));
  EXPECT_THAT(played.outputs.at("refused"), HasSubstr("sales (does not agree)"));
  const auto proposal = GetProposal(played.names.at("proposal"));
  EXPECT_EQ(proposal.state(), gateway::v1::CHARTER_PROPOSAL_STATE_ENACTED);
  std::set<std::string> signers;
  for (const auto& signature : proposal.signatures()) {
    EXPECT_TRUE(signers.insert(signature.department()).second);
  }
  EXPECT_EQ(signers, std::set<std::string>(proposal.affected().begin(), proposal.affected().end()));
  EXPECT_TRUE(signers.contains("departments/sales"));
  EXPECT_EQ(proposal.refusals_size(), 0) << "sales has signed";
  const auto charter = CharterInForce();
  EXPECT_EQ(absl::StrCat(charter.revision()), played.names.at("next"));
  EXPECT_EQ(charter.revision(), proposal.base_revision() + 1);
  for (const auto& question : charter.questions()) {
    if (question.name() != "questions/opportunity-outcome") continue;
    EXPECT_EQ(question.decider(), "departments/sales");
    for (const auto& answer : question.answers()) {
      if (answer.id() == "lost") {
        EXPECT_THAT(answer.criteria(), HasSubstr(absl::StrCat(days, " days")));
      }
    }
  }
}

void CheckCredit(const Played& played) {
  const auto dispute =
      ComityJson<Dispute>(absl::StrCat("dispute show ", played.names.at("dispute")));
  EXPECT_EQ(dispute.state(), gateway::v1::DISPUTE_STATE_FINAL);
  EXPECT_EQ(dispute.about(), played.names.at("statement"));
  ASSERT_EQ(dispute.evidence_size(), 1);
  EXPECT_EQ(absl::StrCat(dispute.evidence(0).position()), played.names.at("position"));
  EXPECT_EQ(dispute.answers_size(), 1);
  ASSERT_EQ(dispute.hearings_size(), 2);
  EXPECT_EQ(dispute.hearings(0).arbiter(), "departments/management");
  EXPECT_EQ(dispute.hearings(0).outcome().verdict(), gateway::v1::DISPUTE_VERDICT_UPHELD);
  EXPECT_EQ(dispute.hearings(1).arbiter(), "departments/it");
  EXPECT_TRUE(dispute.hearings(1).appeal());
  EXPECT_EQ(dispute.outcome().verdict(), gateway::v1::DISPUTE_VERDICT_PARTLY);
  EXPECT_EQ(dispute.statement(), played.names.at("anew"));

  const auto first =
      ComityJson<CreditStatement>(absl::StrCat("credit show ", played.names.at("statement")));
  EXPECT_EQ(first.state(), gateway::v1::CREDIT_STATE_REVERSED);
  const auto anew =
      ComityJson<CreditStatement>(absl::StrCat("credit show ", played.names.at("anew")));
  EXPECT_EQ(anew.state(), gateway::v1::CREDIT_STATE_FINAL);
  EXPECT_EQ(anew.dispute(), dispute.name());
  std::map<std::string, int64_t> euros;
  for (const auto& line : anew.lines()) euros[line.party()] = line.amount().units();
  EXPECT_EQ(euros, (std::map<std::string, int64_t>{{"departments/marketing", 26400},
                                                   {"departments/sales", 21600}}));
  const auto all = ComityJson<gateway::v1::ListStatementsResponse>(absl::StrCat(
      "credit list --filter 'opportunity = \"", played.names.at("opportunity"), "\"'"));
  EXPECT_EQ(all.statements_size(), 3) << "one, its reversal, and one by the decision";
}

void Check(const Played& played, const std::string& days) {
  EXPECT_THAT(played.ids, testing::ElementsAreArray(StepsOfStory()));
  ASSERT_EQ(played.ids.size(), StepsOfStory().size());
  EXPECT_THAT(played.outputs.at("standing-disagrees"),
              AllOf(HasSubstr("marketing"), HasSubstr("settled: `disqualified`")));
  EXPECT_THAT(played.outputs.at("standing-agrees"),
              AllOf(HasSubstr("settled: `qualified`"),
                    HasSubstr("By charter revision " + played.names.at("next"))));
  CheckJudgements(played.names.at("lead"));
  CheckHandovers(played);
  CheckEscalation(played);
  CheckCharter(played, days);
  CheckCredit(played);
}

// What management holds lost and sales does not.
void LoseSomething() {
  const std::string opportunity = CreateOpportunity("sam@sales", CreateAccount("sam@sales"));
  const auto judged = Judge("max@management", opportunity, "opportunity-outcome", "lost");
  EXPECT_TRUE(judged.ok()) << judged.status();
  EXPECT_TRUE(Eventually([&] {
    return TryComity(
               "report win-rate --lens management --filter outcome=lost --rows --as "
               "max@management")
               .output.find(opportunity) != std::string::npos;
  }));
}

// The second play takes back the word that the first one changed.
TEST(DemoPlay, TheRecordHoldsWhatTheStoryTellsTwice) {
  LoseSomething();
  const Played first = Play();
  Check(first, "sixty");
  if (HasFatalFailure() || first.ids.empty()) return;
  const Played second = Play();
  Check(second, "ninety");
  for (const char* name : {"lead", "late", "opportunity", "proposal", "dispute", "account"}) {
    EXPECT_NE(first.names.at(name), second.names.at(name)) << name;
  }
  EXPECT_EQ(first.names.at("next"), second.names.at("base"));
  EXPECT_THAT(Comity("charter diff 1"), HasSubstr("No word differs."));
  EXPECT_THAT(Suite::Get().Mishaps(), ElementsAre());
}

TEST(DemoPlay, SaysWhatItLacks) {
  const Outcome names = TryComity("demo play -o name");
  EXPECT_EQ(names.code, 2);
  const Outcome unasked = TryComity("demo play --pause </dev/null");
  EXPECT_EQ(unasked.code, 2);
  EXPECT_THAT(unasked.errors, HasSubstr("--pause"));
  const std::string key = Suite::Get().KeyOf("meg");
  EXPECT_EQ(RunShell(absl::StrCat("mv ", key, " ", key, ".away")).code, 0);
  const Outcome without = TryComity("demo play --pace fast");
  EXPECT_EQ(RunShell(absl::StrCat("mv ", key, ".away ", key)).code, 0);
  EXPECT_EQ(without.code, 1);
  EXPECT_THAT(without.errors, AllOf(HasSubstr("FAILED_PRECONDITION NOT_A_DEMONSTRATION"),
                                    HasSubstr("KEY_MISSING")));
  EXPECT_THAT(without.output, Not(HasSubstr("$ comity"))) << "nothing was begun";
}

}  // namespace
}  // namespace comity::integration
