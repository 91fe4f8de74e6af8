// What a timeline makes of entries: causes across journals, who was responsible, disagreements,
// clocks, promises, and whose names it tells.
#include "services/gateway/timeline/timeline_rules.h"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/timeline/parts.h"
#include "services/gateway/timeline/related.h"
#include "services/gateway/timeline/timeline_fixture.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway::timeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const charter::Charter& StartingCharter() {
  static const auto* const charter = new auto(charter::Charter::FromYamlFile(
      absl::StrCat(std::getenv("COMITY_SOURCE_DIR"), "/config/charter.yaml")));
  EXPECT_TRUE(charter->ok()) << charter->status();
  return **charter;
}

v1::Timeline Read(const World& world, Reading reading = {.now = Minute(1000)}) {
  return MakeTimeline(world.told(), StartingCharter(), reading);
}

// `lead created`, `handover offered` …
std::vector<std::string> TypesOf(const v1::Timeline& timeline) {
  std::vector<std::string> types;
  for (const auto& event : timeline.events()) {
    types.push_back(
        absl::StrCat(event.subject().substr(0, event.subject().find('/')), " ", event.type()));
  }
  return types;
}

int MinuteOf(const google::protobuf::Timestamp& time) {
  return static_cast<int>(absl::ToInt64Minutes(resource::ToTime(time) - Minute(0)));
}

// `marketing 0-30`, `sales 30-`.
template <typename Span>
std::string SpanText(const std::string& what, const Span& span) {
  return absl::StrCat(what, " ", MinuteOf(span.start_time()), "-",
                      span.has_end_time() ? absl::StrCat(MinuteOf(span.end_time())) : "");
}
std::string Short(const std::string& name) { return name.substr(name.find('/') + 1); }
std::vector<std::string> StretchesOf(const v1::Timeline& timeline) {
  std::vector<std::string> spans;
  for (const auto& span : timeline.stretches()) {
    spans.push_back(SpanText(Short(span.department()), span));
  }
  return spans;
}
std::vector<std::string> GapsOf(const v1::Timeline& timeline) {
  std::vector<std::string> spans;
  for (const auto& span : timeline.gaps()) {
    const bool has_department = span.kind() == v1::RESPONSIBILITY_GAP_KIND_NOBODY_AT_WORK;
    spans.push_back(SpanText(has_department ? Short(span.department()) : "nobody", span));
  }
  return spans;
}
// `sales disqualified, marketing qualified 2-5: disqualified (sales)`.
std::vector<std::string> DisagreementsOf(const v1::Timeline& timeline) {
  std::vector<std::string> spans;
  for (const auto& span : timeline.disagreements()) {
    std::string held;
    for (const auto& answer : span.held()) {
      absl::StrAppend(&held, held.empty() ? "" : ", ", Short(answer.department()), " ",
                      answer.answer());
    }
    spans.push_back(absl::StrCat(SpanText(held, span), ": ", span.settled_answer(), " (",
                                 Short(span.settled_by()), ")"));
  }
  return spans;
}

// A lead that marketing offers, sales accepts late; the clock of the gateway is `behind` minutes
// behind that of the lead service.
World HandedOver(int behind) {
  World world;
  world.AddRecord("lead", "created", "mia@marketing", 5, LeadOf("marketing"));
  v1::Handover handover = HandoverOf(v1::HANDOVER_STATE_OFFERED);
  world.AddRecord("gateway", "offered", "mia@marketing", 10 - behind, handover);
  handover.mutable_accept_clock()->set_breached(true);
  world.AddRecord("gateway", "accept-breached", "", 20 - behind, handover);
  handover.set_state(v1::HANDOVER_STATE_ACCEPTING);
  *handover.mutable_accept_clock()->mutable_stop_time() = resource::FromTime(Minute(30));
  world.AddRecord("gateway", "acceptance-begun", "ana@sales", 30 - behind, handover);
  workflow::v1::ResponsibilityChange change;
  change.set_handover(kHandover);
  change.set_from("departments/marketing");
  change.set_to("departments/sales");
  journal::v1::Entry& passed = world.Add("lead", kLead, "responsibility-changed", "ana@sales", 31);
  passed.mutable_payload()->PackFrom(change);
  passed.mutable_record()->PackFrom(LeadOf("sales"));
  journal::v1::Entry& owned = world.Add("lead", kLead, "fact-recorded", "ana@sales", 31);
  fact::v1::Fact owner;
  owner.set_name(absl::StrCat(kLead, "/facts/owner"));
  owner.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  owner.set_owner("persons/ana");
  owned.mutable_payload()->PackFrom(owner);
  owned.mutable_record()->PackFrom(LeadOf("sales", "persons/ana"));
  handover.set_state(v1::HANDOVER_STATE_ACCEPTED);
  handover.set_subject_version(2);
  *handover.mutable_act_clock()->mutable_start_time() = resource::FromTime(Minute(32));
  world.AddRecord("gateway", "accepted", "ana@sales", 32 - behind, handover);
  return world;
}

TEST(TimelineOrder, AHandoverComesInItsOrderWhateverTheClocksSay) {
  for (const int behind : {0, 3, 25, -3, -25}) {
    const v1::Timeline timeline = Read(HandedOver(behind));
    const auto types = TypesOf(timeline);
    const auto place = [&](const char* type) {
      return std::find(types.begin(), types.end(), type) - types.begin();
    };
    EXPECT_LT(place("leads created"), place("handovers offered")) << behind;
    EXPECT_LT(place("handovers acceptance-begun"), place("leads responsibility-changed")) << behind;
    EXPECT_LT(place("leads responsibility-changed"), place("handovers accepted")) << behind;
    EXPECT_EQ(types.size(), 7u);
    for (int i = 1; i < timeline.events_size(); ++i) {
      EXPECT_LE(resource::ToTime(timeline.events(i - 1).time()),
                resource::ToTime(timeline.events(i).time()));
    }
  }
  const v1::Timeline timeline = Read(HandedOver(25));
  const auto types = TypesOf(timeline);
  const auto place = std::find(types.begin(), types.end(), "handovers accepted") - types.begin();
  const auto& last = timeline.events(static_cast<int>(place));
  EXPECT_EQ(MinuteOf(last.time()), 31) << "not before what it follows";
  EXPECT_EQ(MinuteOf(last.occur_time()), 7) << "as the gateway's clock said";
  EXPECT_THAT(last.follows(), ElementsAre(absl::StrCat(kLead, "#1"), absl::StrCat(kLead, "#2")));
}

TEST(TimelineOrder, WhatIsDatedBackStandsWhereItHappenedAndItsRecordMayComeLater) {
  World world;
  account::v1::Account account;
  account.set_name(kAccount);
  world.AddRecord("account", "created", "ana@sales", 100, account);
  lead::v1::Opportunity opportunity;
  opportunity.set_name(kOpportunity);
  opportunity.set_account(kAccount);
  *world.AddRecord("lead", "created", "ana@sales", 101, opportunity).mutable_occur_time() =
      resource::FromTime(Minute(1));
  fact::v1::Fact call;
  call.set_kind(fact::v1::FACT_KIND_CALL);
  *call.mutable_occur_time() = resource::FromTime(Minute(50));
  world.AddFact("lead", kOpportunity, "ana@sales", 101, call);
  EXPECT_THAT(TypesOf(Read(world)), ElementsAre("opportunities created",
                                                "opportunities fact-recorded", "accounts created"));
  // One that is not dated back names what was there.
  World live;
  lead::v1::Opportunity later = opportunity;
  live.AddRecord("account", "created", "ana@sales", 100, account);
  live.AddRecord("lead", "created", "ana@sales", 99, later);  // its clock is behind
  EXPECT_THAT(TypesOf(Read(live)), ElementsAre("accounts created", "opportunities created"));
}

TEST(TimelineOrder, ACaseAndAStatementFollowTheSignature) {
  World world;
  lead::v1::Opportunity opportunity;
  opportunity.set_name(kOpportunity);
  world.AddRecord("lead", "created", "ana@sales", 50, opportunity);
  fact::v1::Fact signature;
  signature.set_kind(fact::v1::FACT_KIND_SIGNED);
  const std::string name = world.AddFact("lead", kOpportunity, "ana@sales", 60, signature);
  support::v1::Case opened;
  opened.set_name(kCase);
  opened.mutable_onboarding()->set_opportunity(kOpportunity);
  *opened.mutable_onboarding()->mutable_sign_time() = resource::FromTime(Minute(60));
  world.AddRecord("support", "created", "", 2, opened);
  v1::CreditStatement statement;
  statement.set_name(kStatement);
  statement.set_signature(name);
  statement.set_source_position(1);
  world.AddRecord("gateway", "drawn", "", 1, statement);
  const v1::Timeline timeline = Read(world);
  EXPECT_THAT(TypesOf(timeline), ElementsAre("opportunities created", "opportunities fact-recorded",
                                             "credit-statements drawn", "cases created"));
  EXPECT_THAT(timeline.events(2).follows(), ElementsAre(absl::StrCat(kOpportunity, "#2")));
  EXPECT_THAT(timeline.events(3).follows(), ElementsAre(absl::StrCat(kOpportunity, "#2")));
}

TEST(TimelineOrder, AReversalFollowsTheVoid) {
  World world;
  fact::v1::Fact signature;
  signature.set_kind(fact::v1::FACT_KIND_SIGNED);
  const std::string name = world.AddFact("lead", kOpportunity, "ana@sales", 60, signature);
  fact::v1::Fact voided;
  voided.set_kind(fact::v1::FACT_KIND_VOIDED);
  voided.set_voids(name);
  world.AddFact("lead", kOpportunity, "ana@sales", 90, voided);
  v1::CreditStatement statement;
  statement.set_name(kStatement);
  statement.set_signature(name);
  world.AddRecord("gateway", "drawn", "", 10, statement);
  world.AddRecord("gateway", "reversed", "", 20, statement);
  v1::CreditStatement reversal = statement;
  reversal.set_name("credit-statements/0190a000-0000-7000-8000-000000000007");
  reversal.set_reverses(kStatement);
  world.AddRecord("gateway", "drawn", "", 20, reversal);
  const v1::Timeline timeline = Read(world);
  EXPECT_EQ(timeline.events(4).subject(), reversal.name()) << timeline.DebugString();
  EXPECT_EQ(MinuteOf(timeline.events(4).time()), 90);
}

TEST(TimelineOrder, AConversionMakesWhatItMakesBetweenItsBeginningAndItsEnd) {
  World world;
  lead::v1::Lead lead = LeadOf("sales");
  world.AddRecord("lead", "created", "ana@sales", 40, lead);
  lead.mutable_conversion()->set_workflow("workflows/1");
  world.AddRecord("lead", "conversion-begun", "ana@sales", 50, lead);
  account::v1::Account account;
  account.set_name(kAccount);
  world.AddRecord("account", "created", "", 90, account);
  lead::v1::Opportunity opportunity;
  opportunity.set_name(kOpportunity);
  opportunity.set_lead(kLead);
  world.AddRecord("lead", "created", "", 45, opportunity);
  lead.mutable_conversion()->set_account(kAccount);
  lead.mutable_conversion()->set_opportunity(kOpportunity);
  world.AddRecord("lead", "converted", "ana@sales", 52, lead);
  EXPECT_THAT(TypesOf(Read(world)),
              ElementsAre("leads created", "leads conversion-begun", "opportunities created",
                          "accounts created", "leads converted"));
}

TEST(TimelineOrder, AJudgementFollowsItsEvidence) {
  World world;
  fact::v1::Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  const std::string evidence = world.AddFact("lead", kOpportunity, "ana@sales", 60, note);
  world.AddJudgement("support", kCase, "sue@support", 5, "case-cause", "promise");
  journal::v1::Entry entry = world.told()[1].entry();
  judgement::v1::Judgement judgement;
  ASSERT_TRUE(entry.payload().UnpackTo(&judgement));
  judgement.add_evidence(evidence);
  std::vector<Told> told = world.told();
  told[1].positioned.mutable_entry()->mutable_payload()->PackFrom(judgement);
  const v1::Timeline timeline = MakeTimeline(told, StartingCharter(), {.now = Minute(1000)});
  EXPECT_THAT(TypesOf(timeline), ElementsAre("opportunities fact-recorded", "cases judged"));
}

TEST(TimelineResponsibility, AStretchForEachDepartmentAndAGapWhereNobodyWorks) {
  const v1::Timeline timeline = Read(HandedOver(0));
  EXPECT_THAT(StretchesOf(timeline), ElementsAre("marketing 5-31", "sales 31-"));
  EXPECT_EQ(timeline.stretches(1).handover(), kHandover);
  EXPECT_EQ(timeline.stretches(0).ended_by(), absl::StrCat(kLead, "#2"));
  EXPECT_EQ(timeline.stretches(1).began_by(), absl::StrCat(kLead, "#2"));
  EXPECT_THAT(GapsOf(timeline), ElementsAre("marketing 5-31"))
      << "sales took no time to name somebody";
}

TEST(TimelineResponsibility, TableOfGaps) {
  struct Row {
    const char* why;
    std::vector<support::v1::Case> states;  // one each ten minutes
    std::vector<std::string> stretches;
    std::vector<std::string> gaps;
  };
  const auto state = [](const char* department, const char* owner) {
    support::v1::Case record;
    record.set_name(kCase);
    if (*department != '\0')
      record.set_responsible_department(absl::StrCat("departments/", department));
    if (*owner != '\0') record.set_owner(absl::StrCat("persons/", owner));
    record.set_state(support::v1::CASE_STATE_OPEN);
    return record;
  };
  support::v1::Case closed = state("support", "");
  closed.set_state(support::v1::CASE_STATE_CLOSED);
  support::v1::Case withdrawn = state("support", "");
  *withdrawn.mutable_withdraw_time() = resource::FromTime(Minute(10));
  const std::vector<Row> table = {
      {"somebody throughout",
       {state("support", "sue"), state("support", "sid")},
       {"support 0-"},
       {}},
      {"nobody, then somebody",
       {state("support", ""), state("support", "sue")},
       {"support 0-"},
       {"support 0-10"}},
      {"nobody in either department",
       {state("support", ""), state("it", "")},
       {"support 0-10", "it 10-"},
       {"support 0-10", "it 10-"}},
      {"no department at all", {state("", ""), state("it", "ivo")}, {"it 10-"}, {"nobody 0-10"}},
      {"lost its department for a while",
       {state("it", "ivo"), state("", "ivo"), state("it", "ivo")},
       {"it 0-10", "it 20-"},
       {"nobody 10-20"}},
      {"closed, it needs nobody", {state("support", ""), closed}, {"support 0-"}, {"support 0-10"}},
      {"withdrawn, it is nobody's", {state("support", "sue"), withdrawn}, {"support 0-10"}, {}},
  };
  for (const Row& row : table) {
    World world;
    int minute = 0;
    for (const auto& record : row.states) {
      world.AddRecord("support", minute == 0 ? "created" : "updated", "sue@support", minute,
                      record);
      minute += 10;
    }
    const v1::Timeline timeline = Read(world);
    EXPECT_EQ(StretchesOf(timeline), row.stretches) << row.why;
    EXPECT_EQ(GapsOf(timeline), row.gaps) << row.why;
  }
}

TEST(TimelineDisagreements, TableOfJudgements) {
  struct Judged {
    const char* as;
    int minute;
    const char* answer;  // empty: withdrawn
  };
  struct Row {
    const char* why;
    std::vector<Judged> judged;
    std::vector<std::string> disagreements;
  };
  const std::vector<Row> table = {
      {"one alone", {{"mia@marketing", 1, "qualified"}}, {}},
      {"both the same", {{"mia@marketing", 1, "qualified"}, {"ana@sales", 2, "qualified"}}, {}},
      {"they differ still",
       {{"mia@marketing", 1, "qualified"}, {"ana@sales", 2, "disqualified"}},
       {"marketing qualified, sales disqualified 2-: disqualified (sales)"}},
      {"until one withdraws",
       {{"mia@marketing", 1, "qualified"}, {"ana@sales", 2, "disqualified"}, {"ana@sales", 5, ""}},
       {"sales disqualified, marketing qualified 2-5:  ()"}},
      {"until they agree",
       {{"mia@marketing", 1, "qualified"},
        {"ana@sales", 2, "disqualified"},
        {"mia@marketing", 7, "disqualified"}},
       {"marketing qualified, marketing disqualified, sales disqualified 2-7: disqualified "
        "(sales)"}},
      {"twice",
       {{"mia@marketing", 1, "qualified"},
        {"ana@sales", 2, "nurture"},
        {"ana@sales", 3, "qualified"},
        {"ana@sales", 4, "disqualified"}},
       {"sales nurture, marketing qualified, sales qualified 2-3: qualified (sales)",
        "marketing qualified, sales disqualified 4-: disqualified (sales)"}},
      {"the same again changes nothing",
       {{"mia@marketing", 1, "qualified"},
        {"ana@sales", 2, "nurture"},
        {"ana@sales", 3, "nurture"}},
       {"marketing qualified, sales nurture 2-: nurture (sales)"}},
      {"a third joins, and two remain",
       {{"mia@marketing", 1, "qualified"},
        {"ana@sales", 2, "nurture"},
        {"meg@membership", 3, "nurture"},
        {"ana@sales", 4, ""}},
       {"sales nurture, marketing qualified, membership nurture 2-:  ()"}},
  };
  for (const Row& row : table) {
    World world;
    for (const Judged& judged : row.judged) {
      world.AddJudgement("lead", kLead, judged.as, judged.minute, "lead-quality", judged.answer);
    }
    EXPECT_EQ(DisagreementsOf(Read(world)), row.disagreements) << row.why;
  }
}

TEST(TimelineDisagreements, AFactSettlesWhatItDecides) {
  World world;
  world.AddJudgement("lead", kOpportunity, "ana@sales", 1, "opportunity-outcome", "lost");
  fact::v1::Fact signature;
  signature.set_kind(fact::v1::FACT_KIND_SIGNED);
  world.AddFact("lead", kOpportunity, "ana@sales", 2, signature);
  world.AddJudgement("lead", kOpportunity, "max@management", 3, "opportunity-outcome", "won");
  EXPECT_THAT(DisagreementsOf(Read(world)), ElementsAre("management won, sales lost 3-: won ()"));
}

TEST(TimelineClocks, TellWhatTheyNoted) {
  const v1::Timeline timeline = Read(HandedOver(0));
  ASSERT_EQ(timeline.clocks_size(), 2);
  const v1::TimelineClock& accept = timeline.clocks(0);
  EXPECT_EQ(accept.kind(), v1::TIMELINE_CLOCK_KIND_ACCEPT);
  EXPECT_EQ(accept.department(), "departments/sales");
  EXPECT_EQ(accept.subject(), kLead);
  ASSERT_EQ(accept.notes_size(), 1);
  EXPECT_EQ(accept.notes(0).type(), "breached");
  EXPECT_EQ(MinuteOf(accept.notes(0).time()), 20);
  EXPECT_EQ(MinuteOf(accept.stop_time()), 30);
  EXPECT_EQ(timeline.clocks(1).kind(), v1::TIMELINE_CLOCK_KIND_ACT);
  EXPECT_FALSE(timeline.clocks(1).has_stop_time());
}

TEST(TimelinePromises, TableOfWhatBecameOfThem) {
  struct Row {
    const char* why;
    std::function<void(World*, const std::string& promise)> then;
    std::vector<std::string> promises;
  };
  const auto end = [](fact::v1::FactKind kind, int minute) {
    return [=](World* world, const std::string& promise) {
      fact::v1::Fact fact;
      fact.set_kind(kind);
      fact.set_promise(promise);
      world->AddFact("lead", kOpportunity, "sue@support", minute, fact);
    };
  };
  const auto correct = [](World* world, const std::string& promise, int due) {
    fact::v1::Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_PROMISED);
    fact.set_corrects(promise);
    *fact.mutable_due_time() = resource::FromTime(Minute(due));
    return world->AddFact("lead", kOpportunity, "sam@sales", 20, fact);
  };
  const auto voided = [](World* world, const std::string& name) {
    fact::v1::Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_VOIDED);
    fact.set_voids(name);
    world->AddFact("lead", kOpportunity, "sam@sales", 70, fact);
  };
  const auto kept = end(fact::v1::FACT_KIND_PROMISE_KEPT, 50);
  const auto broken = end(fact::v1::FACT_KIND_PROMISE_BROKEN, 55);
  const std::vector<Row> table = {
      {"its time is over", [](auto*, auto&) {}, {"sales OVERDUE"}},
      {"kept in time", kept, {"sales KEPT support"}},
      {"kept too late", end(fact::v1::FACT_KIND_PROMISE_KEPT, 150), {"sales KEPT support late"}},
      {"broken", broken, {"sales BROKEN support"}},
      {"kept, then broken after all",
       [&](World* world, const std::string& promise) {
         kept(world, promise);
         broken(world, promise);
       },
       {"sales BROKEN support"}},
      {"put off",
       [&](World* world, const std::string& promise) { correct(world, promise, 5000); },
       {"sales OPEN"}},
      {"put off, and kept by its new name",
       [&](World* world, const std::string& promise) { kept(world, correct(world, promise, 45)); },
       {"sales KEPT support late"}},
      {"kept by its old name",
       [&](World* world, const std::string& promise) {
         correct(world, promise, 60);
         kept(world, promise);
       },
       {"sales KEPT support"}},
      {"never made", voided, {}},
      {"not kept after all",
       [&](World* world, const std::string& promise) {
         kept(world, promise);
         voided(world, absl::StrCat(kOpportunity, "/facts/2"));
       },
       {"sales OVERDUE"}},
  };
  for (const Row& row : table) {
    World world;
    fact::v1::Fact promised;
    promised.set_kind(fact::v1::FACT_KIND_PROMISED);
    *promised.mutable_due_time() = resource::FromTime(Minute(100));
    row.then(&world, world.AddFact("lead", kOpportunity, "ana@sales", 10, promised));
    std::vector<std::string> told;
    const v1::Timeline timeline = Read(world);
    for (const auto& promise : timeline.promises()) {
      told.push_back(absl::StrCat(Short(promise.department()), " ",
                                  v1::TimelinePromiseState_Name(promise.state()).substr(23),
                                  promise.ended_by().empty() ? "" : " ", Short(promise.ended_by()),
                                  promise.late() ? " late" : ""));
    }
    EXPECT_EQ(told, row.promises) << row.why;
    EXPECT_EQ(timeline.events(0).kind(), v1::TIMELINE_EVENT_KIND_PROMISE);
  }
}

TEST(TimelineNames, AreShownByTheCharter) {
  type::v1::Charter document = StartingCharter().document();
  const auto sees = [&](const std::string& department, type::v1::Role role) {
    Principal reader;
    reader.department = "departments/" + department;
    reader.roles = {role};
    auto charter = charter::Charter::Make(document);
    EXPECT_TRUE(charter.ok()) << charter.status();
    return SeesNames(*charter, reader);
  };
  EXPECT_TRUE(document.blameless());
  EXPECT_TRUE(sees("management", type::v1::ROLE_MEMBER));
  EXPECT_FALSE(sees("sales", type::v1::ROLE_STEWARD));
  EXPECT_FALSE(sees("it", type::v1::ROLE_MEMBER));
  EXPECT_TRUE(sees("it", type::v1::ROLE_AUDITOR));
  document.clear_names_shown_to();
  EXPECT_FALSE(sees("management", type::v1::ROLE_STEWARD));
  document.clear_blameless();
  EXPECT_TRUE(sees("sales", type::v1::ROLE_MEMBER));
}

TEST(TimelineNames, AreLeftOutButForTheReadersOwn) {
  const World world = HandedOver(0);
  const v1::Timeline named = Read(world);
  EXPECT_FALSE(named.names_left_out());
  EXPECT_THAT(named.DebugString(), testing::HasSubstr("persons/mia"));
  const v1::Timeline blameless =
      Read(world, {.now = Minute(1000), .sees_names = false, .reader = "persons/ana"});
  EXPECT_TRUE(blameless.names_left_out());
  EXPECT_THAT(blameless.DebugString(), testing::Not(testing::HasSubstr("mia")));
  EXPECT_THAT(blameless.DebugString(), testing::HasSubstr("persons/ana"));
  EXPECT_EQ(blameless.events(0).department(), "departments/marketing");
  const v1::Timeline stranger =
      Read(world, {.now = Minute(1000), .sees_names = false, .reader = "persons/sue"});
  EXPECT_THAT(stranger.DebugString(), testing::Not(testing::HasSubstr("persons/")));
  EXPECT_EQ(StretchesOf(stranger), StretchesOf(named));
}

TEST(Timeline, TellsTheLatestWhereThereIsTooMuch) {
  World world;
  fact::v1::Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  for (int i = 0; i < kMostEvents; ++i) world.AddFact("lead", kLead, "ana@sales", i, note);
  EXPECT_FALSE(Read(world, {.now = Minute(5000)}).more());
  world.AddFact("lead", kLead, "ana@sales", kMostEvents, note);
  const v1::Timeline timeline = Read(world, {.now = Minute(5000)});
  EXPECT_TRUE(timeline.more());
  ASSERT_EQ(timeline.events_size(), kMostEvents);
  EXPECT_EQ(timeline.events(0).version(), 2);
}

TEST(Timeline, AnEditTellsItsFieldsAndNoValues) {
  World world;
  lead::v1::Lead lead = LeadOf("sales", "persons/ana");
  world.AddRecord("lead", "created", "ana@sales", 1, lead);
  lead.set_country("Austria");
  lead.set_etag("2");
  world.AddRecord("lead", "updated", "ana@sales", 2, lead);
  const v1::Timeline timeline = Read(world);
  EXPECT_THAT(timeline.events(0).changed_fields(), IsEmpty());
  EXPECT_THAT(timeline.events(1).changed_fields(), ElementsAre("country"));
  EXPECT_THAT(timeline.DebugString(), testing::Not(testing::HasSubstr("Austria")));
}

TEST(TimelineRelated, BelongsByWhatTheRecordsName) {
  World world;
  lead::v1::Opportunity opportunity;
  opportunity.set_name(kOpportunity);
  opportunity.set_lead(kLead);
  world.AddRecord("lead", "created", "ana@sales", 1, opportunity);
  lead::v1::Lead lead = LeadOf("sales");
  lead.mutable_conversion()->set_opportunity(kOpportunity);
  world.AddRecord("lead", "converted", "ana@sales", 1, lead);
  support::v1::Case opened;
  opened.set_name(kCase);
  opened.mutable_onboarding()->set_opportunity(kOpportunity);
  world.AddRecord("support", "created", "", 1, opened);
  EXPECT_THAT(RelatedTo(kAccount, world.told()), ElementsAre(kLead));
  EXPECT_THAT(RelatedTo(kOpportunity, world.told()), ElementsAre(kLead));
  EXPECT_THAT(RelatedTo(kLead, world.told()), ElementsAre(kOpportunity));
  EXPECT_THAT(RelatedTo(kCase, world.told()), ElementsAre(kOpportunity));
}

TEST(TimelineParts, WhatIsRefusedIsWithheldAndWhatIsAwayIsMissing) {
  Parts parts;
  parts.Took("leads");
  parts.Took("leads");
  parts.Read("contacts");
  parts.Failed("cases", PermissionDenied("RIGHT_REQUIRED", "no"));
  parts.Failed("accounts", Unavailable("SERVICE_UNAVAILABLE", "away"));
  parts.Failed("accounts", PermissionDenied("RIGHT_REQUIRED", "no"));
  parts.HasMore("leads");
  v1::Timeline timeline;
  parts.Tell(&timeline);
  std::vector<std::string> told;
  for (const auto& part : timeline.parts()) {
    told.push_back(absl::StrCat(part.collection(), " ", part.subjects(),
                                Reason(FromRpcStatus(part.status())),
                                part.withheld() ? " withheld" : "", part.more() ? " more" : ""));
  }
  EXPECT_THAT(told, ElementsAre("accounts 0SERVICE_UNAVAILABLE withheld",
                                "cases 0RIGHT_REQUIRED withheld", "contacts 0", "leads 2 more"));
}

}  // namespace
}  // namespace comity::gateway::timeline
