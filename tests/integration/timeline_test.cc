// comity timeline against a real suite: one order over all services, who was responsible, who did
// not agree, and what a reader may not see.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/timeline.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "tests/integration/command.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Timeline;
using gateway::v1::TimelineEvent;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kChecklist[] = "--answer 'A CRM for forty' --answer 'Ms Weber' --answer 'A call'";

Timeline ReadTimeline(const std::string& name, const std::string& as) {
  return ComityJson<Timeline>(absl::StrCat("timeline ", name, " --as ", as));
}

// Marketing's lead that sales first calls disqualified, which marketing disputes until sales takes
// it over, judges anew, converts and signs.
struct Story {
  std::string lead;
  std::string dispute;
  std::string handover;
  std::string opportunity;
  std::string account;
};

Story Tell() {
  Story story;
  story.lead = CreateLead("mia@marketing")->name();
  EXPECT_TRUE(Judge("mia@marketing", story.lead, "lead-quality", "qualified").ok());
  const auto judged = Judge("ana@sales", story.lead, "lead-quality", "disqualified");
  EXPECT_TRUE(judged.ok()) << judged.status();
  if (!judged.ok()) return story;
  story.dispute = ComityJson<gateway::v1::Dispute>(
                      absl::StrCat("dispute open ", judged->name(),
                                   " --reason criteria-not-met --as mia@marketing"))
                      .name();
  const auto offered = ComityJson<gateway::v1::Handover>(absl::StrCat(
      "handover offer qualified-lead ", story.lead, " ", kChecklist, " --as mia@marketing"));
  story.handover = offered.name();
  Comity(absl::StrCat("handover accept ", story.handover, " --as ana@sales"));
  EXPECT_TRUE(Judge("ana@sales", story.lead, "lead-quality", "qualified").ok());
  Comity(absl::StrCat("dispute withdraw ", story.dispute, " --as mia@marketing"));
  story.opportunity = std::string(absl::StripSuffix(
      Comity(absl::StrCat("convert ", story.lead, " --amount '12000 EUR' --output name")), "\n"));
  EXPECT_TRUE(RecordFact("ana@sales", story.opportunity, fact::v1::FACT_KIND_SIGNED).ok());
  story.account =
      ComityJson<lead::v1::Opportunity>("opportunity get " + story.opportunity).account();
  return story;
}

using Predicate = std::function<bool(const TimelineEvent&)>;

// The place of the first event like that; the test fails where there is none.
int PlaceOf(const Timeline& timeline, const std::string& what, const Predicate& is) {
  for (int i = 0; i < timeline.events_size(); ++i) {
    if (is(timeline.events(i))) return i;
  }
  ADD_FAILURE() << "no " << what << " in " << timeline.DebugString();
  return -1;
}
int PlaceOf(const Timeline& timeline, const std::string& collection, const std::string& type) {
  return PlaceOf(timeline, absl::StrCat(collection, " ", type), [&](const TimelineEvent& event) {
    return resource::CollectionOf(event.subject()) == collection && event.type() == type;
  });
}

bool HasPart(const Timeline& timeline, const std::string& collection, bool withheld) {
  for (const auto& part : timeline.parts()) {
    if (part.collection() == collection) {
      return withheld ? part.withheld() : part.status().code() == 0 && part.subjects() > 0;
    }
  }
  return false;
}

void ExpectCausal(const Timeline& timeline) {
  const int is_signed = PlaceOf(timeline, "signature", [](const TimelineEvent& event) {
    return event.fact_kind() == fact::v1::FACT_KIND_SIGNED;
  });
  EXPECT_LT(PlaceOf(timeline, "leads", "created"), PlaceOf(timeline, "handovers", "offered"));
  EXPECT_LT(PlaceOf(timeline, "handovers", "acceptance-begun"),
            PlaceOf(timeline, "leads", "responsibility-changed"));
  EXPECT_LT(PlaceOf(timeline, "leads", "responsibility-changed"),
            PlaceOf(timeline, "handovers", "accepted"));
  EXPECT_LT(PlaceOf(timeline, "leads", "conversion-begun"),
            PlaceOf(timeline, "opportunities", "created"));
  EXPECT_LT(PlaceOf(timeline, "accounts", "created"), PlaceOf(timeline, "contacts", "created"));
  EXPECT_LT(PlaceOf(timeline, "opportunities", "created"), PlaceOf(timeline, "leads", "converted"));
  EXPECT_LT(is_signed, PlaceOf(timeline, "cases", "created"));
  EXPECT_LT(is_signed, PlaceOf(timeline, "credit-statements", "drawn"));
  EXPECT_LT(is_signed, PlaceOf(timeline, "relationships", "created"));
  for (int i = 1; i < timeline.events_size(); ++i) {
    EXPECT_LE(resource::ToTime(timeline.events(i - 1).time()),
              resource::ToTime(timeline.events(i).time()));
  }
}

void ExpectResponsible(const Timeline& timeline, const Story& story) {
  std::vector<gateway::v1::ResponsibilityStretch> stretches;
  for (const auto& stretch : timeline.stretches()) {
    if (stretch.subject() == story.lead) stretches.push_back(stretch);
  }
  ASSERT_EQ(stretches.size(), 2u);
  EXPECT_EQ(stretches[0].department(), "departments/marketing");
  EXPECT_EQ(stretches[1].department(), "departments/sales");
  EXPECT_EQ(stretches[1].handover(), story.handover);
  EXPECT_FALSE(stretches[1].has_end_time());
  EXPECT_EQ(resource::ToTime(stretches[0].end_time()), resource::ToTime(stretches[1].start_time()));
  int gaps = 0;
  for (const auto& gap : timeline.gaps()) {
    if (gap.subject() != story.lead) continue;
    ++gaps;
    EXPECT_EQ(gap.kind(), gateway::v1::RESPONSIBILITY_GAP_KIND_NOBODY_AT_WORK);
    EXPECT_EQ(gap.department(), "departments/marketing");
    EXPECT_EQ(resource::ToTime(gap.end_time()), resource::ToTime(stretches[1].start_time()));
  }
  EXPECT_EQ(gaps, 1) << timeline.DebugString();
}

void ExpectDispute(const Timeline& timeline, const Story& story) {
  ASSERT_EQ(timeline.disputes_size(), 1);
  EXPECT_EQ(timeline.disputes(0).dispute(), story.dispute);
  EXPECT_EQ(timeline.disputes(0).subject(), story.lead);
  EXPECT_EQ(timeline.disputes(0).disputed(), "disqualified");
  EXPECT_EQ(timeline.disputes(0).state(), gateway::v1::DISPUTE_STATE_WITHDRAWN);
  const int judged = PlaceOf(timeline, "judgement", [](const TimelineEvent& event) {
    return event.answer() == "disqualified" && event.type() == "judged";
  });
  const int opened = PlaceOf(timeline, "disputes", "opened");
  EXPECT_LT(judged, opened);
  EXPECT_LT(opened, PlaceOf(timeline, "disputes", "withdrawn"));
  EXPECT_EQ(timeline.events(opened).follows_size(), 2) << "the lead's beginning and the judgement";
}

void ExpectDisagreement(const Timeline& timeline, const Story& story) {
  ASSERT_EQ(timeline.disagreements_size(), 1);
  const gateway::v1::Disagreement& disagreement = timeline.disagreements(0);
  EXPECT_EQ(disagreement.subject(), story.lead);
  EXPECT_EQ(disagreement.question(), "questions/lead-quality");
  EXPECT_TRUE(disagreement.has_end_time());
  EXPECT_EQ(disagreement.settled_answer(), "qualified");
  ASSERT_EQ(disagreement.held_size(), 3);
  EXPECT_EQ(disagreement.held(0).answer(), "disqualified");
}

TEST(Timeline, IsOneOrderOverAllServices) {
  const Story story = Tell();
  ASSERT_TRUE(Eventually([&] {
    const Timeline timeline = ReadTimeline(story.account, "max@management");
    return HasPart(timeline, "cases", false) && HasPart(timeline, "relationships", false) &&
           HasPart(timeline, "credit-statements", false) && timeline.clocks_size() == 3;
  }));
  const Timeline timeline = ReadTimeline(story.account, "max@management");
  ExpectCausal(timeline);
  ExpectResponsible(timeline, story);
  ExpectDisagreement(timeline, story);
  ExpectDispute(timeline, story);
  EXPECT_FALSE(timeline.more());
  const Timeline lead = ReadTimeline(story.lead, "max@management");
  EXPECT_GT(PlaceOf(lead, "opportunities", "created"), PlaceOf(lead, "leads", "created"));
  EXPECT_FALSE(HasPart(lead, "accounts", false));

  // Persons are named to those whom the charter names, and each to himself.
  EXPECT_FALSE(timeline.names_left_out());
  EXPECT_THAT(timeline.DebugString(), HasSubstr("persons/mia"));
  const Timeline blameless = ReadTimeline(story.account, "ana@sales");
  EXPECT_TRUE(blameless.names_left_out());
  EXPECT_EQ(blameless.events_size(), timeline.events_size());
  EXPECT_THAT(blameless.DebugString(),
              AllOf(HasSubstr("persons/ana"), Not(HasSubstr("persons/mia"))));
  ExpectCausal(blameless);
  EXPECT_THAT(ReadTimeline(story.account, "sue@support").DebugString(), Not(HasSubstr("persons/")));
}

TEST(Timeline, TellsWhatItWithholds) {
  const Story story = Tell();
  ASSERT_TRUE(Eventually([&] {
    return HasPart(ReadTimeline(story.account, "max@management"), "cases", false) &&
           HasPart(ReadTimeline(story.account, "max@management"), "credit-statements", false);
  }));
  const Timeline support = ReadTimeline(story.account, "sue@support");
  EXPECT_TRUE(HasPart(support, "credit-statements", true));
  EXPECT_THAT(support.DebugString(), Not(HasSubstr("subject: \"credit-statements/")));
  EXPECT_TRUE(HasPart(support, "leads", false));
  const Outcome refused = TryComity(absl::StrCat("timeline ", story.account, " --as ida@it"));
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("RIGHT_REQUIRED"));
  std::string opened;
  for (const auto& event : support.events()) {
    if (resource::CollectionOf(event.subject()) == "cases") opened = event.subject();
  }
  const std::string text = Comity(absl::StrCat("timeline ", opened, " --as ida@it"));
  EXPECT_THAT(text, AllOf(HasSubstr("Withheld: opportunities"), HasSubstr("Withheld: handovers"),
                          HasSubstr("Names of persons are left out"), HasSubstr("case 1")));
  EXPECT_THAT(text, Not(HasSubstr("ana@")));
}

TEST(Timeline, IsAPageToPrint) {
  const auto lead = CreateLead("mia@marketing");
  ASSERT_TRUE(lead.ok()) << lead.status();
  const std::string path = absl::StrCat(::testing::TempDir(), "timeline.html");
  Comity(absl::StrCat("timeline ", lead->name(), " --html ", path, " --as max@management"));
  std::ifstream file(path);
  std::stringstream page;
  page << file.rdbuf();
  EXPECT_THAT(page.str(), AllOf(HasSubstr("<!DOCTYPE html>"), HasSubstr("mia@marketing"),
                                HasSubstr("<svg"), Not(HasSubstr("<script"))));
  EXPECT_EQ(Comity(absl::StrCat("timeline ", lead->name(), " --output html")).substr(0, 9),
            "<!DOCTYPE");
  const Outcome future = TryComity(absl::StrCat("timeline ", lead->name(), " --as-of 2999-01-01"));
  EXPECT_THAT(future.errors, HasSubstr("AS_OF_IN_FUTURE"));
}

}  // namespace
}  // namespace comity::integration
