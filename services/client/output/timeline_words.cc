#include "services/client/output/timeline_words.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/client/output/text.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using gateway::v1::Timeline;
using gateway::v1::TimelineEvent;

constexpr absl::Duration kMuchLater = absl::Minutes(1);

// `case` of `cases`.
std::string SingularOf(const std::string& collection) {
  static const auto* const irregular = new std::map<std::string, std::string>{
      {"opportunities", "opportunity"}, {"credit-statements", "statement"}};
  const auto found = irregular->find(collection);
  return found != irregular->end() ? found->second
                                   : std::string(absl::StripSuffix(collection, "s"));
}

// `quality` of `questions/quality`.
std::string IdOf(absl::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

std::string InBrackets(const std::string& text) {
  return text.empty() ? "" : absl::StrCat(" (", text, ")");
}

std::string FactWords(const TimelineEvent& event) {
  std::vector<std::string> words = {Cell(event, "fact_kind")};
  if (event.has_amount()) words.push_back(FormatMoney(event.amount()));
  if (!event.team().empty()) words.push_back(ShortName(event.team()));
  if (!event.owner().empty()) words.push_back(ShortName(event.owner()));
  if (event.has_due_time()) words.push_back("due " + FormatTime(event.due_time()));
  if (event.type() == "fact-corrected") words.emplace_back("(corrected)");
  return absl::StrJoin(words, " ") + InBrackets(event.reason());
}

// `time to answer: breached` of `accept-breached`.
std::string ClockWords(absl::string_view type) {
  const bool is_answer = absl::ConsumePrefix(&type, "accept-");
  if (!is_answer) absl::ConsumePrefix(&type, "act-");
  return absl::StrCat(is_answer ? "time to answer: " : "time to act: ", type);
}

std::string Passing(const std::string& from, const std::string& to) {
  return absl::StrCat(ShortName(from), " → ", ShortName(to));
}

std::string PromiseStateName(const gateway::v1::TimelinePromise& promise) {
  std::string name = Cell(promise, "state");
  if (promise.late()) name += ", late";
  return promise.ended_by().empty() ? name
                                    : absl::StrCat(name, " ", FormatTime(promise.end_time()), " (",
                                                   ShortName(promise.ended_by()), ")");
}

}  // namespace

std::string UntilText(bool is_set, const google::protobuf::Timestamp& time) {
  return is_set ? FormatTime(time) : "still";
}

std::string GapText(const gateway::v1::ResponsibilityGap& gap) {
  return absl::StrReplaceAll(Cell(gap, "kind"), {{"-", " "}, {"_", " "}});
}

TimelineWords::TimelineWords(const Timeline& timeline) : timeline_(timeline) {
  AddName(timeline.name());
  for (const TimelineEvent& event : timeline.events()) AddName(event.subject());
  for (const auto& stretch : timeline.stretches()) AddName(stretch.subject());
  for (const auto& clock : timeline.clocks()) {
    AddName(clock.subject());
    AddName(clock.handover());
    handed_over_[clock.handover()] = clock.subject();
  }
  AddMarks();
}

void TimelineWords::AddName(const std::string& record) {
  if (record.empty() || short_.contains(record)) return;
  const std::string collection = resource::CollectionOf(record);
  const std::string singular = collection.empty() ? "record" : SingularOf(collection);
  int number = 1;
  for (const auto& [name, other] : names_) number += absl::StartsWith(name, singular + " ") ? 1 : 0;
  const std::string name = OneLine(absl::StrCat(singular, " ", number));
  short_[record] = name;
  names_.emplace_back(name, record);
}

std::string TimelineWords::ShortOf(const std::string& record) const {
  const auto found = short_.find(record);
  return found == short_.end() ? record : found->second;
}

void TimelineWords::AddMark(const std::string& entry, const std::string& mark, bool alarms) {
  if (entry.empty()) return;
  marks_[entry].push_back(mark);
  alarms_[entry] = alarms_[entry] || alarms;
}

void TimelineWords::AddMarks() {
  for (const auto& gap : timeline_.gaps()) {
    AddMark(gap.began_by(), "gap: " + GapText(gap), true);
    AddMark(gap.ended_by(), "gap ends", false);
  }
  for (const auto& disagreement : timeline_.disagreements()) {
    AddMark(disagreement.began_by(), "disagreement", true);
    AddMark(disagreement.ended_by(), "disagreement ends", false);
  }
  for (const TimelineEvent& event : timeline_.events()) {
    const bool is_breach = event.kind() == gateway::v1::TIMELINE_EVENT_KIND_CLOCK &&
                           absl::EndsWith(event.type(), "-breached");
    if (is_breach) AddMark(event.entry_id(), "breach", true);
    if (event.fact_kind() == fact::v1::FACT_KIND_PROMISE_BROKEN) {
      AddMark(event.entry_id(), "broken promise", true);
    }
    if (resource::ToTime(event.time()) - resource::ToTime(event.occur_time()) >= kMuchLater) {
      AddMark(event.entry_id(), "happened " + FormatTime(event.occur_time()), false);
    }
  }
}

std::string TimelineWords::WhatOf(const TimelineEvent& event) const {
  switch (event.kind()) {
    case gateway::v1::TIMELINE_EVENT_KIND_FACT:
    case gateway::v1::TIMELINE_EVENT_KIND_PROMISE:
      return FactWords(event);
    case gateway::v1::TIMELINE_EVENT_KIND_JUDGEMENT:
      return absl::StrCat(IdOf(event.question()), ": ",
                          event.answer().empty() ? "withdrawn" : event.answer(),
                          InBrackets(event.reason()));
    case gateway::v1::TIMELINE_EVENT_KIND_RESPONSIBILITY:
      return "responsible: " + Passing(event.from(), event.to());
    case gateway::v1::TIMELINE_EVENT_KIND_HANDOVER:
      return absl::StrCat(event.type(), ": ", Passing(event.from(), event.to()),
                          InBrackets(event.reason()));
    case gateway::v1::TIMELINE_EVENT_KIND_CLOCK:
      return absl::StrCat(ShortName(event.to()), "'s ", ClockWords(event.type()));
    default:
      return absl::StrCat(event.type(), event.changed_fields().empty() ? "" : ": ",
                          absl::StrJoin(event.changed_fields(), ", "), InBrackets(event.reason()));
  }
}

std::string TimelineWords::ResponsibleAt(const TimelineEvent& event) const {
  const auto handed_over = handed_over_.find(event.subject());
  const std::string& subject =
      handed_over == handed_over_.end() ? event.subject() : handed_over->second;
  const absl::Time time = resource::ToTime(event.time());
  std::string department;
  for (const auto& stretch : timeline_.stretches()) {
    if (stretch.subject() != subject || resource::ToTime(stretch.start_time()) > time) continue;
    if (stretch.has_end_time() && resource::ToTime(stretch.end_time()) <= time) continue;
    department = ShortName(stretch.department());
  }
  return department;
}

std::vector<TimelineRow> TimelineWords::Rows() const {
  std::vector<TimelineRow> rows;
  for (const TimelineEvent& event : timeline_.events()) {
    const std::string time = FormatTime(event.time());
    TimelineRow row;
    row.day = time.substr(0, time.find(' '));
    row.time = time.substr(time.find(' ') + 1);
    row.who = event.department().empty() ? "—" : ShortName(event.department());
    if (!event.person().empty()) row.who = absl::StrCat(ShortName(event.person()), "@", row.who);
    row.about = ShortOf(event.subject());
    row.what = WhatOf(event);
    row.responsible = ResponsibleAt(event);
    const auto marks = marks_.find(event.entry_id());
    if (marks != marks_.end()) row.marks = marks->second;
    const auto alarms = alarms_.find(event.entry_id());
    row.alarms = alarms != alarms_.end() && alarms->second;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<TimelineSpan> TimelineWords::Stretches() const {
  std::vector<TimelineSpan> spans;
  for (const auto& stretch : timeline_.stretches()) {
    spans.push_back({ShortOf(stretch.subject()), ShortName(stretch.department()),
                     FormatTime(stretch.start_time()),
                     UntilText(stretch.has_end_time(), stretch.end_time()),
                     stretch.handover().empty() ? "" : "by " + ShortOf(stretch.handover())});
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Gaps() const {
  std::vector<TimelineSpan> spans;
  for (const auto& gap : timeline_.gaps()) {
    spans.push_back({ShortOf(gap.subject()), GapText(gap), FormatTime(gap.start_time()),
                     UntilText(gap.has_end_time(), gap.end_time()),
                     gap.department().empty() ? "" : "of " + ShortName(gap.department())});
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Disagreements() const {
  std::vector<TimelineSpan> spans;
  for (const auto& disagreement : timeline_.disagreements()) {
    std::vector<std::string> held;
    for (const auto& answer : disagreement.held()) {
      held.push_back(absl::StrCat(
          ShortName(answer.department()), " ", answer.answer(),
          answer.has_end_time() ? absl::StrCat(" until ", FormatTime(answer.end_time())) : ""));
    }
    std::string note = absl::StrJoin(held, ", ");
    if (!disagreement.settled_answer().empty()) {
      absl::StrAppend(&note, "; settled: ", disagreement.settled_answer(),
                      disagreement.settled_by().empty()
                          ? ""
                          : absl::StrCat(" (", ShortName(disagreement.settled_by()), ")"));
    }
    spans.push_back({ShortOf(disagreement.subject()), IdOf(disagreement.question()),
                     FormatTime(disagreement.start_time()),
                     UntilText(disagreement.has_end_time(), disagreement.end_time()), note});
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Clocks() const {
  std::vector<TimelineSpan> spans;
  for (const auto& clock : timeline_.clocks()) {
    std::vector<std::string> notes = {"due " + FormatTime(clock.due_time())};
    for (const auto& note : clock.notes()) {
      notes.push_back(absl::StrCat(note.type(), " ", FormatTime(note.time())));
    }
    const bool is_answer = clock.kind() == gateway::v1::TIMELINE_CLOCK_KIND_ACCEPT;
    spans.push_back({absl::StrCat(ShortOf(clock.handover()), " of ", ShortOf(clock.subject())),
                     absl::StrCat(ShortName(clock.department()), is_answer ? " answers" : " acts"),
                     FormatTime(clock.start_time()),
                     clock.has_stop_time() ? FormatTime(clock.stop_time()) : "runs",
                     absl::StrJoin(notes, ", ")});
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Promises() const {
  std::vector<TimelineSpan> spans;
  for (const auto& promise : timeline_.promises()) {
    spans.push_back({ShortOf(promise.subject()), ShortName(promise.department()),
                     FormatTime(promise.promise_time()),
                     promise.has_due_time() ? FormatTime(promise.due_time()) : "—",
                     PromiseStateName(promise)});
  }
  return spans;
}

std::vector<std::string> TimelineWords::Missing() const {
  std::vector<std::string> missing;
  if (timeline_.names_left_out()) {
    missing.emplace_back("Names of persons are left out: the charter is blameless.");
  }
  if (timeline_.more()) missing.emplace_back("There are earlier events.");
  for (const auto& part : timeline_.parts()) {
    const absl::Status status = FromRpcStatus(part.status());
    const std::string collection = OneLine(part.collection());
    if (part.withheld()) {
      missing.push_back(
          absl::StrCat("Withheld: ", collection, ", which your department has no right to read."));
    } else if (!status.ok()) {
      missing.push_back(absl::StrCat("Missing: ", collection, ": ", ErrorText(status)));
    }
    if (part.more()) missing.push_back(absl::StrCat("There are more ", collection, "."));
  }
  return missing;
}

}  // namespace comity::client
