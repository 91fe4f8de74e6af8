// What a timeline makes of disputes and of clocks that stood still: events, their order whatever
// the clocks of services say, and what became of them.
#include <algorithm>
#include <cstdlib>
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/timeline/timeline_fixture.h"
#include "services/gateway/timeline/timeline_rules.h"

namespace comity::gateway::timeline {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

v1::Timeline TellOf(const World& world, Reading reading = {.now = Minute(1000)}) {
  static const auto* const charter = new auto(charter::Charter::FromYamlFile(
      absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml")));
  EXPECT_TRUE(charter->ok()) << charter->status();
  return MakeTimeline(world.told(), **charter, reading);
}

const v1::TimelineEvent* FindEvent(const v1::Timeline& timeline, const std::string& subject,
                                   const std::string& type) {
  for (const auto& event : timeline.events()) {
    if (event.subject() == subject && event.type() == type) return &event;
  }
  return nullptr;
}

// `leads created, disputes opened` …
std::vector<std::string> OrderIn(const v1::Timeline& timeline) {
  std::vector<std::string> types;
  for (const auto& event : timeline.events()) {
    types.push_back(
        absl::StrCat(event.subject().substr(0, event.subject().find('/')), " ", event.type()));
  }
  return types;
}

int MinuteIn(const google::protobuf::Timestamp& time) {
  return static_cast<int>(absl::ToInt64Minutes(resource::ToTime(time) - Minute(0)));
}

v1::DisputeOutcome OutcomeWith(v1::DisputeVerdict verdict, const std::string& answer = "") {
  v1::DisputeOutcome outcome;
  outcome.set_verdict(verdict);
  outcome.set_answer(answer);
  outcome.set_reason("criteria");
  return outcome;
}

void AskArbiter(const std::string& arbiter, int due, v1::Dispute* dispute) {
  dispute->set_state(v1::DISPUTE_STATE_SUBMITTED);
  v1::DisputeHearing* const hearing = dispute->add_hearings();
  hearing->set_arbiter("departments/" + arbiter);
  *hearing->mutable_clock()->mutable_due_time() = resource::FromTime(Minute(due));
}

void DecideAs(const v1::DisputeOutcome& outcome, v1::Dispute* dispute) {
  dispute->set_state(v1::DISPUTE_STATE_DECIDED);
  *dispute->mutable_hearings(dispute->hearings_size() - 1)->mutable_outcome() = outcome;
  *dispute->mutable_outcome() = outcome;
}

void EndAs(v1::DisputeState state, int minute, v1::Dispute* dispute) {
  dispute->set_state(state);
  *dispute->mutable_end_time() = resource::FromTime(Minute(minute));
}

// Sales' judgement is disputed, decided, appealed and decided otherwise; sales judges anew. The
// gateway's clock is `behind` minutes behind that of the lead service.
World Disputed(int behind) {
  World world;
  world.AddRecord("lead", "created", "mia@marketing", 1, LeadOf("sales"));
  const std::string judged =
      world.AddJudgement("lead", kLead, "ana@sales", 10, "lead-quality", "disqualified");
  v1::Dispute dispute = DisputeOf(v1::DISPUTE_KIND_JUDGEMENT, judged, "disqualified");
  dispute.set_question("questions/lead-quality");
  *dispute.mutable_answer_clock()->mutable_due_time() = resource::FromTime(Minute(30));
  world.AddRecord("gateway", "opened", "mia@marketing", 20 - behind, dispute);
  dispute.mutable_answer_clock()->set_breached(true);
  AskArbiter("management", 60, &dispute);
  world.AddRecord("gateway", "answer-breached", "", 30 - behind, dispute);
  world.AddRecord("gateway", "submitted-unanswered", "", 31 - behind, dispute);
  dispute.add_answers()->set_department("departments/sales");
  world.AddRecord("gateway", "answered", "ana@sales", 32 - behind, dispute);
  dispute.mutable_agreement()->set_number(1);
  *dispute.mutable_agreement()->mutable_outcome() =
      OutcomeWith(v1::DISPUTE_VERDICT_PARTLY, "nurture");
  world.AddRecord("gateway", "agreement-offered", "ana@sales", 33 - behind, dispute);
  DecideAs(OutcomeWith(v1::DISPUTE_VERDICT_DISMISSED), &dispute);
  *dispute.mutable_appeal_clock()->mutable_due_time() = resource::FromTime(Minute(70));
  world.AddRecord("gateway", "decided", "max@management", 40 - behind, dispute);
  AskArbiter("it", 90, &dispute);
  dispute.mutable_appeal()->set_reason("overlooked");
  world.AddRecord("gateway", "appealed", "mia@marketing", 50 - behind, dispute);
  DecideAs(OutcomeWith(v1::DISPUTE_VERDICT_UPHELD, "nurture"), &dispute);
  EndAs(v1::DISPUTE_STATE_FINAL, 60 - behind, &dispute);
  dispute.add_remedies()->set_department("departments/sales");
  world.AddRecord("gateway", "decided", "ida@it", 60 - behind, dispute);
  world.AddRecord("gateway", "final", "ida@it", 60 - behind, dispute);
  const std::string anew =
      world.AddJudgement("lead", kLead, "ana@sales", 61, "lead-quality", "nurture");
  dispute.mutable_remedies(0)->set_done_by(anew);
  *dispute.mutable_remedies(0)->mutable_note_time() = resource::FromTime(Minute(62 - behind));
  world.AddRecord("gateway", "fulfilled", "ana@sales", 62 - behind, dispute);
  return world;
}

TEST(TimelineDisputes, EventsTellWhatHappened) {
  const v1::Timeline timeline = TellOf(Disputed(0));
  EXPECT_THAT(
      OrderIn(timeline),
      ElementsAre("leads created", "leads judged", "disputes opened", "disputes answer-breached",
                  "disputes submitted-unanswered", "disputes answered",
                  "disputes agreement-offered", "disputes decided", "disputes appealed",
                  "disputes decided", "disputes final", "leads judged", "disputes fulfilled"));
  const v1::TimelineEvent& opened = *FindEvent(timeline, kDispute, "opened");
  EXPECT_EQ(opened.kind(), v1::TIMELINE_EVENT_KIND_DISPUTE);
  EXPECT_EQ(opened.dispute_kind(), v1::DISPUTE_KIND_JUDGEMENT);
  EXPECT_EQ(opened.record(), timeline.events(1).record());
  EXPECT_EQ(opened.question(), "questions/lead-quality");
  EXPECT_EQ(opened.disputed(), "disqualified");
  EXPECT_EQ(opened.from(), "departments/marketing");
  EXPECT_THAT(opened.others(), ElementsAre("departments/sales"));
  EXPECT_EQ(opened.reason(), "criteria-not-met");
  EXPECT_EQ(MinuteIn(opened.due_time()), 30);
  const v1::TimelineEvent& breached = *FindEvent(timeline, kDispute, "answer-breached");
  EXPECT_EQ(breached.kind(), v1::TIMELINE_EVENT_KIND_CLOCK);
  EXPECT_THAT(breached.others(), ElementsAre("departments/sales"));
  const v1::TimelineEvent& submitted = *FindEvent(timeline, kDispute, "submitted-unanswered");
  EXPECT_EQ(submitted.arbiter(), "departments/management");
  EXPECT_EQ(MinuteIn(submitted.due_time()), 60);
  const v1::TimelineEvent& offered = *FindEvent(timeline, kDispute, "agreement-offered");
  EXPECT_EQ(offered.verdict(), v1::DISPUTE_VERDICT_PARTLY);
  EXPECT_EQ(offered.arbiter(), "");
  const v1::TimelineEvent& decided = *FindEvent(timeline, kDispute, "decided");
  EXPECT_EQ(decided.verdict(), v1::DISPUTE_VERDICT_DISMISSED);
  EXPECT_EQ(decided.arbiter(), "departments/management");
  EXPECT_EQ(MinuteIn(decided.due_time()), 70) << "for an appeal";
  const v1::TimelineEvent& appealed = *FindEvent(timeline, kDispute, "appealed");
  EXPECT_EQ(appealed.reason(), "overlooked");
  EXPECT_EQ(appealed.arbiter(), "departments/it");
  const v1::TimelineEvent& last = *FindEvent(timeline, kDispute, "final");
  EXPECT_EQ(last.verdict(), v1::DISPUTE_VERDICT_UPHELD);
  EXPECT_EQ(last.answer(), "nurture");
  EXPECT_EQ(last.arbiter(), "departments/it");
  EXPECT_THAT(FindEvent(timeline, kDispute, "fulfilled")->deeds(),
              ElementsAre(timeline.events(11).record()));
}

TEST(TimelineDisputes, TheyComeInTheirOrderWhateverTheClocksSay) {
  for (const int behind : {0, 3, 4, -3, 25, -25}) {
    const v1::Timeline timeline = TellOf(Disputed(behind));
    const auto types = OrderIn(timeline);
    ASSERT_EQ(types.size(), 13u);
    const auto place = [&](const char* type) {
      return std::find(types.begin(), types.end(), type) - types.begin();
    };
    const auto last = [&](const char* type) {
      return types.rend() - std::find(types.rbegin(), types.rend(), type) - 1;
    };
    EXPECT_LT(place("leads judged"), place("disputes opened")) << behind;
    EXPECT_LT(place("disputes opened"), last("leads judged")) << behind;
    EXPECT_LT(last("leads judged"), place("disputes fulfilled")) << behind;
    // Where clocks are apart that far, what was done may as well have been done before.
    if (behind > -5) EXPECT_LT(last("disputes decided"), last("leads judged")) << behind;
  }
}

TEST(TimelineDisputes, WhatWasDoneBeforeTheDecisionStandsBeforeIt) {
  World world;
  const std::string judged =
      world.AddJudgement("lead", kLead, "ana@sales", 10, "lead-quality", "disqualified");
  v1::Dispute dispute = DisputeOf(v1::DISPUTE_KIND_JUDGEMENT, judged, "disqualified");
  world.AddRecord("gateway", "opened", "mia@marketing", 20, dispute);
  const std::string anew =
      world.AddJudgement("lead", kLead, "ana@sales", 30, "lead-quality", "nurture");
  AskArbiter("management", 60, &dispute);
  DecideAs(OutcomeWith(v1::DISPUTE_VERDICT_UPHELD), &dispute);
  world.AddRecord("gateway", "decided", "max@management", 40, dispute);
  EndAs(v1::DISPUTE_STATE_FINAL, 50, &dispute);
  dispute.add_remedies()->set_department("departments/sales");
  dispute.mutable_remedies(0)->set_done_by(anew);
  world.AddRecord("gateway", "fulfilled", "ana@sales", 51, dispute);
  EXPECT_THAT(OrderIn(TellOf(world)), ElementsAre("leads judged", "disputes opened", "leads judged",
                                                  "disputes decided", "disputes fulfilled"));
}

// Each is disputed by the gateway's clock before it was there by that of its service.
TEST(TimelineDisputes, FollowWhatTheyAreAbout) {
  struct Row {
    const char* why;
    std::function<v1::Dispute(World*)> tell;
    std::string after;
  };
  const std::vector<Row> table = {
      {"a fact",
       [](World* world) {
         fact::v1::Fact call;
         call.set_kind(fact::v1::FACT_KIND_CALL);
         return DisputeOf(v1::DISPUTE_KIND_FACT,
                          world->AddFact("lead", kLead, "ana@sales", 50, call), "call");
       },
       "leads fact-recorded"},
      {"a return",
       [](World* world) {
         v1::Handover handover = HandoverOf(v1::HANDOVER_STATE_RETURNED);
         world->AddRecord("gateway", "offered", "mia@marketing", 40, handover);
         world->AddRecord("gateway", "returned", "ana@sales", 50, handover);
         return DisputeOf(v1::DISPUTE_KIND_HANDOVER, kHandover, "no-need");
       },
       "handovers returned"},
      {"a statement",
       [](World* world) {
         v1::CreditStatement statement;
         statement.set_name(kStatement);
         world->AddRecord("gateway", "drawn", "", 50, statement);
         return DisputeOf(v1::DISPUTE_KIND_CREDIT_STATEMENT, kStatement, "w-shaped");
       },
       "credit-statements drawn"},
      {"what is settled",
       [](World* world) {
         journal::v1::Entry& settled = world->Add("lead", kLead, "settled", "", 50);
         auto* answer = settled.add_settlements();
         answer->set_subject(kLead);
         answer->set_question("questions/lead-quality");
         answer->set_answer("disqualified");
         v1::Dispute dispute = DisputeOf(v1::DISPUTE_KIND_SETTLEMENT, kLead, "disqualified");
         dispute.set_question("questions/lead-quality");
         return dispute;
       },
       "leads settled"},
      {"what it rests on",
       [](World* world) {
         world->AddJudgement("lead", kLead, "ana@sales", 50, "lead-quality", "nurture");
         v1::Dispute dispute = DisputeOf(v1::DISPUTE_KIND_HANDOVER, kHandover, "no-need");
         dispute.add_evidence()->set_service("lead");
         dispute.mutable_evidence(0)->set_position(1);  // the lead's beginning is at 0
         return dispute;
       },
       "leads judged"},
  };
  for (const Row& row : table) {
    World world;
    world.AddRecord("lead", "created", "mia@marketing", 5, LeadOf("sales"));
    const v1::Dispute dispute = row.tell(&world);
    world.AddRecord("gateway", "opened", "mia@marketing", 20, dispute);
    const auto types = OrderIn(TellOf(world));
    ASSERT_GE(types.size(), 3u) << row.why;
    EXPECT_EQ(types.back(), "disputes opened") << row.why;
    EXPECT_EQ(types[types.size() - 2], row.after) << row.why;
  }
}

// All of it in one change, at the same time: the dispute that ends splits anew, another is
// overtaken. The signature is voided a day later, of which the first reversal knows nothing.
TEST(TimelineDisputes, AStatementIsSplitAnewAfterTheOutcome) {
  constexpr char kDrawn[] = "credit-statements/0190a000-0000-7000-8000-000000000009";
  constexpr char kReversal[] = "credit-statements/0190a000-0000-7000-8000-00000000000a";
  constexpr char kOther[] = "disputes/0190a000-0000-7000-8000-000000000001";
  World world;
  fact::v1::Fact signature;
  signature.set_kind(fact::v1::FACT_KIND_SIGNED);
  const std::string sign = world.AddFact("lead", kLead, "ana@sales", 10, signature);
  v1::CreditStatement statement;
  statement.set_name(kStatement);
  statement.set_signature(sign);
  world.AddRecord("gateway", "drawn", "", 20, statement);
  v1::Dispute dispute = DisputeOf(v1::DISPUTE_KIND_CREDIT_STATEMENT, kStatement, "w-shaped");
  world.AddRecord("gateway", "disputed", "mia@marketing", 30, statement);
  world.AddRecord("gateway", "opened", "mia@marketing", 30, dispute);
  v1::Dispute other = dispute;
  other.set_name(kOther);
  world.AddRecord("gateway", "opened", "sue@support", 35, other);
  EndAs(v1::DISPUTE_STATE_OVERTAKEN, 40, &other);
  world.AddRecord("gateway", "overtaken", "ana@sales", 40, other);
  v1::CreditStatement reversal = statement;
  reversal.set_name(kReversal);
  reversal.set_reverses(kStatement);
  reversal.set_reason("DISPUTE_ENDED");
  world.AddRecord("gateway", "drawn", "ana@sales", 40, reversal);
  v1::CreditStatement drawn = statement;
  drawn.set_name(kDrawn);
  drawn.set_dispute(kDispute);
  world.AddRecord("gateway", "drawn", "ana@sales", 40, drawn);
  world.AddRecord("gateway", "reversed", "ana@sales", 40, statement);
  *dispute.mutable_outcome() = OutcomeWith(v1::DISPUTE_VERDICT_PARTLY);
  dispute.set_statement(kDrawn);
  EndAs(v1::DISPUTE_STATE_AGREED, 40, &dispute);
  world.AddRecord("gateway", "agreed-to", "ana@sales", 40, dispute);
  world.AddRecord("gateway", "agreed", "ana@sales", 40, dispute);
  fact::v1::Fact voided;
  voided.set_kind(fact::v1::FACT_KIND_VOIDED);
  voided.set_voids(sign);
  world.AddFact("lead", kLead, "ana@sales", 90, voided);
  const v1::Timeline timeline = TellOf(world);
  const auto place = [&](const std::string& subject, const std::string& type) {
    for (int i = 0; i < timeline.events_size(); ++i) {
      const auto& event = timeline.events(i);
      if (event.subject() == subject && event.type() == type) return i;
    }
    ADD_FAILURE() << "no " << subject << " " << type;
    return 0;
  };
  EXPECT_LT(place(kDispute, "opened"), place(kStatement, "disputed"));
  EXPECT_LT(place(kDispute, "agreed-to"), place(kStatement, "reversed"));
  EXPECT_LT(place(kDispute, "agreed-to"), place(kDrawn, "drawn"));
  EXPECT_LT(place(kStatement, "reversed"), place(kReversal, "drawn"));
  EXPECT_LT(place(kStatement, "reversed"), place(kOther, "overtaken"));
  EXPECT_EQ(timeline.events(timeline.events_size() - 1).type(), "fact-voided");
  EXPECT_EQ(MinuteIn(timeline.events(place(kReversal, "drawn")).time()), 40);
}

TEST(TimelineDisputes, TellWhatBecameOfThem) {
  const v1::Timeline timeline = TellOf(Disputed(0));
  ASSERT_EQ(timeline.disputes_size(), 1);
  const v1::TimelineDispute& dispute = timeline.disputes(0);
  EXPECT_EQ(dispute.dispute(), kDispute);
  EXPECT_EQ(dispute.subject(), kLead);
  EXPECT_EQ(dispute.state(), v1::DISPUTE_STATE_FINAL);
  EXPECT_EQ(dispute.verdict(), v1::DISPUTE_VERDICT_UPHELD);
  EXPECT_EQ(dispute.arbiter(), "departments/it");
  EXPECT_EQ(MinuteIn(dispute.start_time()), 20);
  EXPECT_EQ(MinuteIn(dispute.end_time()), 60);
  EXPECT_EQ(dispute.began_by(), absl::StrCat(kDispute, "#1"));
  EXPECT_EQ(dispute.ended_by(), FindEvent(timeline, kDispute, "final")->entry_id());
  EXPECT_THAT(dispute.to_act(), IsEmpty());
  // Before the end it is open, and says what was decided so far.
  World world;
  v1::Dispute open = DisputeOf(v1::DISPUTE_KIND_FACT, "leads/1/facts/1", "call");
  world.AddRecord("gateway", "opened", "mia@marketing", 20, open);
  AskArbiter("management", 60, &open);
  DecideAs(OutcomeWith(v1::DISPUTE_VERDICT_UPHELD), &open);
  world.AddRecord("gateway", "decided", "max@management", 30, open);
  v1::Timeline told = TellOf(world);
  EXPECT_FALSE(told.disputes(0).has_end_time());
  EXPECT_EQ(told.disputes(0).ended_by(), "");
  EXPECT_EQ(told.disputes(0).verdict(), v1::DISPUTE_VERDICT_UPHELD);
  EndAs(v1::DISPUTE_STATE_FINAL, 40, &open);
  open.add_remedies()->set_department("departments/sales");
  world.AddRecord("gateway", "final", "", 40, open);
  told = TellOf(world);
  EXPECT_THAT(told.disputes(0).to_act(), ElementsAre("departments/sales"));
}

TEST(TimelineDisputes, PersonsAreLeftOut) {
  const World world = Disputed(0);
  const v1::Timeline blameless =
      TellOf(world, {.now = Minute(1000), .sees_names = false, .reader = "persons/ana"});
  EXPECT_THAT(blameless.DebugString(), Not(HasSubstr("persons/m")));
  EXPECT_THAT(blameless.DebugString(), Not(HasSubstr("persons/ida")));
  EXPECT_EQ(FindEvent(blameless, kDispute, "answered")->person(), "persons/ana");
  EXPECT_EQ(FindEvent(blameless, kDispute, "opened")->department(), "departments/marketing");
}

TEST(TimelinePauses, TableOfNotes) {
  struct Note {
    const char* type;
    int minute;
  };
  struct Row {
    const char* why;
    std::vector<Note> notes;
    int stop;  // 0: it runs
    std::vector<std::string> pauses;
  };
  const std::vector<Row> table = {
      {"none", {{"accept-warned", 15}}, 0, {}},
      {"it stands still", {{"accept-paused", 12}}, 0, {"12-"}},
      {"and goes on", {{"accept-paused", 12}, {"accept-resumed", 18}}, 0, {"12-18"}},
      {"twice",
       {{"accept-paused", 12},
        {"accept-resumed", 14},
        {"accept-breached", 15},
        {"accept-paused", 16}},
       0,
       {"12-14", "16-"}},
      {"answered while the customer was awaited", {{"accept-paused", 12}}, 30, {"12-30"}},
      {"a wait that was voided after an earlier one",
       {{"accept-paused", 12},
        {"accept-resumed", 14},
        {"accept-paused", 16},
        {"accept-resumed", 14}},
       0,
       {"12-14"}},
      {"of the other clock", {{"act-paused", 12}}, 0, {}},
  };
  for (const Row& row : table) {
    World world;
    v1::Handover handover = HandoverOf(v1::HANDOVER_STATE_OFFERED);
    world.AddRecord("gateway", "offered", "mia@marketing", 10, handover);
    if (row.stop > 0) {
      *handover.mutable_accept_clock()->mutable_stop_time() = resource::FromTime(Minute(row.stop));
    }
    handover.mutable_accept_clock()->mutable_paused_for()->set_seconds(60);
    for (const Note& note : row.notes) {
      *world.AddRecord("gateway", note.type, "", 100, handover).mutable_occur_time() =
          resource::FromTime(Minute(note.minute));
    }
    const v1::Timeline timeline = TellOf(world);
    ASSERT_EQ(timeline.clocks_size(), 1) << row.why;
    std::vector<std::string> pauses;
    for (const v1::ClockPause& pause : timeline.clocks(0).pauses()) {
      pauses.push_back(
          absl::StrCat(MinuteIn(pause.start_time()), "-",
                       pause.has_end_time() ? absl::StrCat(MinuteIn(pause.end_time())) : ""));
    }
    EXPECT_EQ(pauses, row.pauses) << row.why;
    EXPECT_EQ(timeline.clocks(0).paused_for().seconds(), 60) << row.why;
  }
}

}  // namespace
}  // namespace comity::gateway::timeline
