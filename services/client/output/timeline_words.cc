#include "services/client/output/timeline_words.h"

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/client/output/case_flow_view.h"
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

// `sales, support`.
template <typename List>
std::string ShortNames(const List& names) {
  std::vector<std::string> all;
  for (const std::string& name : names) all.push_back(ShortName(name));
  return absl::StrJoin(all, ", ");
}

// `it's time to answer: breached` of `accept-breached`; a dispute's are `answer-` and `decide-`.
std::string ClockWords(const TimelineEvent& event) {
  absl::string_view type = event.type();
  const char* what = "act";
  if (absl::ConsumePrefix(&type, "accept-") || absl::ConsumePrefix(&type, "answer-")) {
    what = "answer";
  } else if (absl::ConsumePrefix(&type, "decide-")) {
    what = "decide";
  } else {
    absl::ConsumePrefix(&type, "act-");
  }
  const std::string whose = event.to().empty() ? ShortNames(event.others()) : ShortName(event.to());
  return absl::StrCat(whose, "'s time to ", what, ": ", type);
}

// `upheld, to be nurture`.
template <typename Said>
std::string OutcomeWords(const Said& said) {
  if (said.verdict() == gateway::v1::DISPUTE_VERDICT_UNSPECIFIED) return "";
  return absl::StrCat(Cell(said, "verdict"), said.answer().empty() ? "" : ", to be ",
                      said.answer());
}

// `judgement` of `leads/…/judgements/…`, `handover` of `handovers/…`.
std::string KindOfName(const std::string& name) {
  const std::vector<std::string> parts = absl::StrSplit(name, '/');
  return SingularOf(parts.size() > 2 ? parts[2] : parts[0]);
}

std::string DisputeWords(const TimelineEvent& event) {
  std::vector<std::string> words;
  if (event.type() == "opened") {
    words.push_back(absl::StrCat(ShortName(event.from()), " against ", ShortNames(event.others()),
                                 ", ", Cell(event, "dispute_kind"), " ", event.disputed()));
  }
  const std::string outcome = OutcomeWords(event);
  if (!outcome.empty()) words.push_back(outcome);
  if (!event.arbiter().empty()) {
    words.push_back((outcome.empty() ? "before " : "by ") + ShortName(event.arbiter()));
  }
  for (const std::string& deed : event.deeds()) words.push_back("by a " + KindOfName(deed));
  if (event.has_due_time()) words.push_back("due " + FormatTime(event.due_time()));
  return absl::StrCat(event.type(), words.empty() ? "" : ": ", absl::StrJoin(words, ", "),
                      InBrackets(event.reason()));
}

std::string BecameOf(const gateway::v1::TimelineDispute& dispute) {
  std::vector<std::string> words = {Cell(dispute, "state")};
  const std::string outcome = OutcomeWords(dispute);
  if (!outcome.empty()) words.push_back(outcome);
  if (!dispute.arbiter().empty()) words.push_back("by " + ShortName(dispute.arbiter()));
  if (!dispute.to_act().empty()) words.push_back(ShortNames(dispute.to_act()) + " has yet to act");
  return absl::StrJoin(words, ", ");
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

// Of business time, of which a day has not 24.
std::string HoursText(const google::protobuf::Duration& duration) {
  if (duration.seconds() < 3600) return FormatDuration(duration);
  return absl::StrFormat("%.1f h", static_cast<double>(duration.seconds()) / 3600);
}

// `sales answers`.
std::string WhoseTime(const gateway::v1::TimelineClock& clock) {
  const bool is_answer = clock.kind() == gateway::v1::TIMELINE_CLOCK_KIND_ACCEPT;
  return absl::StrCat(ShortName(clock.department()), is_answer ? " answers" : " acts");
}

}  // namespace

std::string UntilText(bool is_set, const google::protobuf::Timestamp& time) {
  return is_set ? FormatTime(time) : "still";
}

std::string DisputeText(const gateway::v1::TimelineDispute& dispute) {
  return absl::StrCat(Cell(dispute, "kind"), " ", dispute.disputed(), ": ",
                      ShortName(dispute.department()), " against ", ShortNames(dispute.others()));
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
    about_[clock.handover()] = clock.subject();
  }
  for (const auto& dispute : timeline.disputes()) {
    AddName(dispute.subject());
    AddName(dispute.dispute());
    about_[dispute.dispute()] = dispute.subject();
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
  for (const auto& dispute : timeline_.disputes()) {
    AddMark(dispute.began_by(), "dispute", true);
    AddMark(dispute.ended_by(), "dispute ends", false);
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
      return ClockWords(event);
    case gateway::v1::TIMELINE_EVENT_KIND_DISPUTE:
      return DisputeWords(event);
    default:
      return absl::StrCat(event.type(), event.changed_fields().empty() ? "" : ": ",
                          absl::StrJoin(event.changed_fields(), ", "), InBrackets(event.reason()));
  }
}

std::string TimelineWords::ResponsibleAt(const TimelineEvent& event) const {
  const auto about = about_.find(event.subject());
  const std::string& subject = about == about_.end() ? event.subject() : about->second;
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

std::string TimelineWords::ClockName(const gateway::v1::TimelineClock& clock) const {
  return absl::StrCat(ShortOf(clock.handover()), " of ", ShortOf(clock.subject()));
}

std::vector<TimelineSpan> TimelineWords::Clocks() const {
  std::vector<TimelineSpan> spans;
  for (const auto& clock : timeline_.clocks()) {
    std::vector<std::string> notes = {"due " + FormatTime(clock.due_time())};
    for (const auto& note : clock.notes()) {
      if (note.type() == "paused" || note.type() == "resumed") continue;  // see Pauses
      notes.push_back(absl::StrCat(note.type(), " ", FormatTime(note.time())));
    }
    if (clock.has_paused_for()) {
      notes.push_back(
          absl::StrCat("stood still for ", HoursText(clock.paused_for()), " of its hours"));
    }
    spans.push_back({ClockName(clock), WhoseTime(clock), FormatTime(clock.start_time()),
                     clock.has_stop_time() ? FormatTime(clock.stop_time()) : "runs",
                     absl::StrJoin(notes, ", ")});
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Pauses() const {
  std::vector<TimelineSpan> spans;
  for (const auto& clock : timeline_.clocks()) {
    for (const auto& pause : clock.pauses()) {
      spans.push_back({ClockName(clock), WhoseTime(clock), FormatTime(pause.start_time()),
                       UntilText(pause.has_end_time(), pause.end_time()),
                       "waiting for the customer"});
    }
  }
  return spans;
}

std::vector<TimelineSpan> TimelineWords::Disputes() const {
  std::vector<TimelineSpan> spans;
  for (const auto& dispute : timeline_.disputes()) {
    spans.push_back(
        {absl::StrCat(ShortOf(dispute.dispute()), " about ", ShortOf(dispute.subject())),
         DisputeText(dispute), FormatTime(dispute.start_time()),
         UntilText(dispute.has_end_time(), dispute.end_time()), BecameOf(dispute)});
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
