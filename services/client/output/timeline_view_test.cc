// A timeline as text and as a page: all that it says, and nothing that steers a terminal or a
// browser.
#include "services/client/output/timeline_view.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/client/output/timeline_page.h"
#include "services/client/output/timeline_words.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using gateway::v1::Timeline;
using gateway::v1::TimelineEvent;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

constexpr char kTold[] = "cases/0190a000-0000-7000-8000-000000000001";
constexpr char kPassed[] = "handovers/0190a000-0000-7000-8000-000000000002";
constexpr char kObjection[] = "disputes/0190a000-0000-7000-8000-000000000003";

google::protobuf::Timestamp Hour(int hour) {
  return resource::FromTime(absl::FromUnixSeconds(1'772'409'600) + absl::Hours(hour));
}

TimelineEvent* AddEvent(Timeline* timeline, const char* subject, int hour,
                        gateway::v1::TimelineEventKind kind, const char* type) {
  TimelineEvent* event = timeline->add_events();
  event->set_entry_id(absl::StrCat("e", timeline->events_size()));
  event->set_subject(subject);
  event->set_department("departments/support");
  event->set_kind(kind);
  event->set_type(type);
  *event->mutable_time() = Hour(hour);
  *event->mutable_occur_time() = Hour(hour);
  return event;
}

template <typename Span>
void Set(Span* span, int from, int until) {
  span->set_subject(kTold);
  *span->mutable_start_time() = Hour(from);
  if (until > 0) *span->mutable_end_time() = Hour(until);
}

// IT objects to what support judged, and management agrees.
void AddDispute(Timeline* timeline) {
  const auto add = [&](int hour, const char* type) {
    TimelineEvent* event =
        AddEvent(timeline, kObjection, hour, gateway::v1::TIMELINE_EVENT_KIND_DISPUTE, type);
    event->set_dispute_kind(gateway::v1::DISPUTE_KIND_JUDGEMENT);
    event->set_disputed("promise");
    event->set_from("departments/it");
    event->add_others("departments/support");
    return event;
  };
  TimelineEvent* event = add(40, "opened");
  event->set_reason("not-so");
  *event->mutable_due_time() = Hour(44);
  event = add(44, "answer-breached");
  event->set_kind(gateway::v1::TIMELINE_EVENT_KIND_CLOCK);
  event = add(45, "submitted");
  event->set_arbiter("departments/management");
  event = add(50, "final");
  event->set_verdict(gateway::v1::DISPUTE_VERDICT_UPHELD);
  event->set_answer("product");
  event->set_arbiter("departments/management");
  event->set_reason("criteria");
  event = add(51, "fulfilled");
  event->add_deeds(absl::StrCat(kTold, "/judgements/0190a000-0000-7000-8000-000000000004"));
  auto* dispute = timeline->add_disputes();
  Set(dispute, 40, 50);
  dispute->set_dispute(kObjection);
  dispute->set_kind(gateway::v1::DISPUTE_KIND_JUDGEMENT);
  dispute->set_disputed("promise");
  dispute->set_department("departments/it");
  dispute->add_others("departments/support");
  dispute->set_state(gateway::v1::DISPUTE_STATE_FINAL);
  dispute->set_verdict(gateway::v1::DISPUTE_VERDICT_UPHELD);
  dispute->set_arbiter("departments/management");
  dispute->add_to_act("departments/support");
  dispute->set_began_by("e5");
  dispute->set_ended_by("e8");
}

Timeline Escalated() {
  Timeline timeline;
  timeline.set_name(kTold);
  *timeline.mutable_read_time() = Hour(60);
  timeline.set_names_left_out(true);
  AddEvent(&timeline, kTold, 9, gateway::v1::TIMELINE_EVENT_KIND_RECORD, "created");
  TimelineEvent* event =
      AddEvent(&timeline, kTold, 10, gateway::v1::TIMELINE_EVENT_KIND_JUDGEMENT, "judged");
  event->set_question("questions/case-cause");
  event->set_answer("promise");
  event->set_reason("over-promised");
  event = AddEvent(&timeline, kTold, 30, gateway::v1::TIMELINE_EVENT_KIND_FACT, "fact-recorded");
  event->set_fact_kind(fact::v1::FACT_KIND_CALL);
  event->set_person("persons/sue");
  *event->mutable_occur_time() = Hour(2);
  event =
      AddEvent(&timeline, kPassed, 33, gateway::v1::TIMELINE_EVENT_KIND_CLOCK, "accept-breached");
  event->set_to("departments/it");
  event->clear_department();
  auto* stretch = timeline.add_stretches();
  Set(stretch, 9, 31);
  stretch->set_department("departments/support");
  stretch = timeline.add_stretches();
  Set(stretch, 31, 0);
  stretch->set_department("departments/it");
  stretch->set_handover(kPassed);
  auto* gap = timeline.add_gaps();
  Set(gap, 9, 30);
  gap->set_kind(gateway::v1::RESPONSIBILITY_GAP_KIND_NOBODY_AT_WORK);
  gap->set_department("departments/support");
  gap->set_began_by("e1");
  gap->set_ended_by("e3");
  auto* disagreement = timeline.add_disagreements();
  Set(disagreement, 10, 0);
  disagreement->set_question("questions/case-cause");
  disagreement->set_began_by("e2");
  disagreement->set_settled_answer("product");
  disagreement->set_settled_by("departments/management");
  auto* held = disagreement->add_held();
  held->set_department("departments/support");
  held->set_answer("promise");
  auto* clock = timeline.add_clocks();
  clock->set_subject(kTold);
  *clock->mutable_start_time() = Hour(20);
  clock->set_handover(kPassed);
  clock->set_department("departments/it");
  clock->set_kind(gateway::v1::TIMELINE_CLOCK_KIND_ACCEPT);
  *clock->mutable_due_time() = Hour(33);
  clock->add_notes()->set_type("breached");
  *clock->mutable_notes(0)->mutable_time() = Hour(33);
  clock->add_notes()->set_type("paused");
  clock->mutable_paused_for()->set_seconds(30 * 3600);
  *clock->add_pauses()->mutable_start_time() = Hour(21);
  *clock->mutable_pauses(0)->mutable_end_time() = Hour(29);
  *clock->add_pauses()->mutable_start_time() = Hour(34);
  AddDispute(&timeline);
  auto* promise = timeline.add_promises();
  promise->set_subject(kTold);
  promise->set_department("departments/sales");
  *promise->mutable_promise_time() = Hour(1);
  promise->set_state(gateway::v1::TIMELINE_PROMISE_STATE_KEPT);
  promise->set_late(true);
  promise->set_ended_by("departments/support");
  *promise->mutable_end_time() = Hour(50);
  auto* part = timeline.add_parts();
  part->set_collection("opportunities");
  part->set_withheld(true);
  *part->mutable_status() = ToRpcStatus(PermissionDenied("RIGHT_REQUIRED", "no"));
  part = timeline.add_parts();
  part->set_collection("leads");
  *part->mutable_status() = ToRpcStatus(Unavailable("SERVICE_UNAVAILABLE", "lead is away"));
  part = timeline.add_parts();
  part->set_collection("cases");
  part->set_more(true);
  return timeline;
}

TEST(TimelineText, TellsAllOfIt) {
  const std::string text = TimelineText(Escalated(), 0);
  EXPECT_THAT(
      text, AllOf(HasSubstr(absl::StrCat("Timeline of ", kTold, ", as of 2026-03-04 12:00 UTC")),
                  ContainsRegex("2026-03-02  09:00  support +case 1 +created +support +! gap: "
                                "nobody at work\n"),
                  ContainsRegex("\n +10:00  support +case 1 +case-cause: promise "
                                "\\(over-promised\\) +support +! disagreement\n"),
                  ContainsRegex("2026-03-03  06:00  sue@support +case 1 +call +support +gap ends; "
                                "happened 2026-03-02 02:00\n")));
  EXPECT_THAT(text,
              AllOf(ContainsRegex("09:00  — +handover 1 +it's time to answer: breached +it +! "
                                  "breach\n"),
                    ContainsRegex("case 1 +support +2026-03-02 09:00  2026-03-03 07:00\n"),
                    ContainsRegex("case 1 +it +2026-03-03 07:00  still +by handover 1\n"),
                    ContainsRegex("case 1 +nobody at work +2026-03-02 09:00  2026-03-03 06:00 +of "
                                  "support\n"),
                    ContainsRegex("case-cause +2026-03-02 10:00  still +support promise; settled: "
                                  "product \\(management\\)\n"),
                    ContainsRegex("handover 1 of case 1 +it answers +2026-03-02 20:00  runs +due "
                                  "2026-03-03 09:00, breached 2026-03-03 09:00, stood still for "
                                  "30.0 h of its hours\n"),
                    ContainsRegex("it answers +2026-03-02 21:00  2026-03-03 05:00  waiting for the "
                                  "customer\n"),
                    ContainsRegex("it answers +2026-03-03 10:00  still +waiting for the "
                                  "customer\n"),
                    ContainsRegex("case 1 +sales +2026-03-02 01:00  — +kept, late 2026-03-04 02:00 "
                                  "\\(support\\)\n")));
  EXPECT_THAT(text, AllOf(ContainsRegex(absl::StrCat("handover 1 +", kPassed)),
                          HasSubstr("Names of persons are left out"),
                          HasSubstr("Withheld: opportunities, which your department"),
                          HasSubstr("Missing: leads: UNAVAILABLE SERVICE_UNAVAILABLE"),
                          HasSubstr("There are more cases.")));
}

TEST(TimelineText, TellsDisputes) {
  const std::string text = TimelineText(Escalated(), 0);
  EXPECT_THAT(
      text,
      AllOf(ContainsRegex("16:00  support +dispute 1 +opened: it against support, judgement "
                          "promise, due 2026-03-03 20:00 \\(not-so\\) +it +! dispute\n"),
            ContainsRegex("20:00  support +dispute 1 +support's time to answer: breached +it +! "
                          "breach\n"),
            ContainsRegex("21:00  support +dispute 1 +submitted: before management +it *\n"),
            ContainsRegex("02:00  support +dispute 1 +final: upheld, to be product, by management "
                          "\\(criteria\\) +it +dispute ends\n"),
            ContainsRegex("03:00  support +dispute 1 +fulfilled: by a judgement +it *\n"),
            ContainsRegex("dispute 1 about case 1 +judgement promise: it against support +"
                          "2026-03-03 16:00  2026-03-04 02:00  final, upheld, by management, "
                          "support has yet to act\n")))
      << text;
}

TEST(TimelineText, FitsTheTerminal) {
  Timeline timeline = Escalated();
  timeline.mutable_events(1)->set_reason(std::string(200, 'x'));
  const std::string text = TimelineText(timeline, 100);
  const std::string table =
      text.substr(text.find("DAY"), text.find("\nWho was") - text.find("DAY"));
  size_t start = 0;
  while (start < table.size()) {
    const size_t end = table.find('\n', start);
    EXPECT_LE(end - start, 110u) << table.substr(start, end - start);  // of bytes: `…` has three
    start = end + 1;
  }
}

TEST(TimelineText, OfNothingIsShort) {
  Timeline timeline;
  timeline.set_name(kTold);
  const std::string text = TimelineText(timeline, 0);
  EXPECT_THAT(text, AllOf(HasSubstr("DAY"), Not(HasSubstr("When nobody was"))));
}

TEST(TimelinePage, TellsAllOfIt) {
  const std::string page = TimelinePage(Escalated());
  EXPECT_THAT(page, AllOf(HasSubstr("<!DOCTYPE html>"),
                          HasSubstr("<td>case-cause: promise "
                                    "(over-promised)</td>"),
                          HasSubstr("<tr class=\"day alarm\"><td class=\"day\">2026-03-02</td>"),
                          HasSubstr("gap: nobody at work"), HasSubstr("it&#39;s time to answer"),
                          HasSubstr("settled: product (management)"), HasSubstr("</html>\n"),
                          HasSubstr("<h2>Disputes</h2>"), HasSubstr("support has yet to act"),
                          HasSubstr("<h2>When clocks stood still</h2>"),
                          HasSubstr("waiting for the customer")))
      << page;
}

TEST(TimelinePage, StandsByItself) {
  const std::string page = TimelinePage(Escalated());
  for (const char* other : {"<script", "<link", "<img", "<iframe", "javascript:", "url(", "@import",
                            "href=", "src=", "http://", "https://"}) {
    EXPECT_THAT(page, Not(HasSubstr(other)));
  }
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'"), HasSubstr("@media print")));
}

// Every text of every message, wherever it comes to stand.
void Poison(google::protobuf::Message* message, const std::string& poison) {
  const auto* reflection = message->GetReflection();
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const auto* field = message->GetDescriptor()->field(i);
    if (field->message_type() != nullptr) {
      const int size = field->is_repeated() ? reflection->FieldSize(*message, field) : 0;
      for (int j = 0; j < size; ++j) {
        Poison(reflection->MutableRepeatedMessage(message, field, j), poison);
      }
      continue;
    }
    if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) continue;
    if (field->is_repeated()) {
      reflection->AddString(message, field, poison);
    } else {
      reflection->SetString(message, field, poison);
    }
  }
}

TEST(TimelinePage, EscapesEveryText) {
  for (const char* poison : {"<script>alert(1)</script>", "\"><img src=x>", "' onload='x",
                             "x/<b>&amp;</b>", "a\x1b[2Jb"}) {
    Timeline timeline = Escalated();
    Poison(&timeline, poison);
    const std::string page = TimelinePage(timeline);
    EXPECT_THAT(page,
                AllOf(Not(HasSubstr("<script")), Not(HasSubstr("<img")), Not(HasSubstr("<b>")),
                      Not(HasSubstr("' onload")), Not(HasSubstr("\x1b"))))
        << poison;
    EXPECT_THAT(TimelineText(timeline, 0), Not(HasSubstr("\x1b"))) << poison;
  }
  EXPECT_EQ(HtmlText("<a href=\"x\">'&'\n</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39; &lt;/a&gt;");
}

TEST(TimelinePage, DrawsALaneForEachRecord) {
  const std::string page = TimelinePage(Escalated());
  // From 09:00 to 12:00 of the day after next: 51 hours on 850 pixels.
  EXPECT_THAT(page, AllOf(HasSubstr("<rect x=\"110.0\" y=\"10.0\" width=\"366.7\""),
                          HasSubstr("<title>support, 2026-03-02 09:00 – 2026-03-03 07:00</title>"),
                          HasSubstr("<title>disagreement: questions/case-cause"),
                          HasSubstr("stroke-dasharray"),
                          HasSubstr("<title>dispute: judgement promise: it against support, "
                                    "2026-03-03 16:00 – 2026-03-04 02:00</title>")));
  Timeline nothing;
  nothing.set_name(kTold);
  EXPECT_THAT(TimelinePage(nothing), Not(HasSubstr("<svg")));
}

}  // namespace
}  // namespace comity::client
