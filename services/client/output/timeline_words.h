// What a timeline says, in words: shared by the table and the page. Pure.
#ifndef COMITY_CLIENT_OUTPUT_TIMELINE_WORDS_H_
#define COMITY_CLIENT_OUTPUT_TIMELINE_WORDS_H_

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "comity/gateway/v1/timeline.pb.h"

namespace comity::client {

// One event as a row.
struct TimelineRow {
  std::string day;   // 2026-03-02
  std::string time;  // 09:15
  std::string who;
  std::string about;               // `case 1`
  std::string what;                // `case-severity: critical (stands-still)`
  std::string responsible;         // the department at that time, if any
  std::vector<std::string> marks;  // `gap: nobody at work`, `breached` …
  bool alarms = false;             // a mark of what went wrong begins here
};

// One stretch of time of something, as a row.
struct TimelineSpan {
  std::string about;
  std::string what;
  std::string from;
  std::string until;  // `still` where it lasts
  std::string note;
};

// A timeline in words. Records have short names, in the order in which they come: `account`, `case
// 1`.
class TimelineWords {
 public:
  explicit TimelineWords(const gateway::v1::Timeline& timeline);

  std::vector<TimelineRow> Rows() const;
  std::vector<TimelineSpan> Stretches() const;
  std::vector<TimelineSpan> Gaps() const;
  std::vector<TimelineSpan> Disagreements() const;
  std::vector<TimelineSpan> Clocks() const;
  // When clocks stood still.
  std::vector<TimelineSpan> Pauses() const;
  std::vector<TimelineSpan> Disputes() const;
  std::vector<TimelineSpan> Promises() const;
  // What is withheld, missing or cut, a sentence each.
  std::vector<std::string> Missing() const;
  // Short names and the records that they stand for.
  const std::vector<std::pair<std::string, std::string>>& names() const { return names_; }
  std::string ShortOf(const std::string& record) const;

 private:
  void AddName(const std::string& record);
  void AddMark(const std::string& entry, const std::string& mark, bool alarms);
  void AddMarks();
  std::string WhatOf(const gateway::v1::TimelineEvent& event) const;
  std::string ClockName(const gateway::v1::TimelineClock& clock) const;
  std::string ResponsibleAt(const gateway::v1::TimelineEvent& event) const;

  const gateway::v1::Timeline& timeline_;
  std::vector<std::pair<std::string, std::string>> names_;
  std::map<std::string, std::string> short_;               // record → short name
  std::map<std::string, std::string> about_;               // handover, dispute → its record
  std::map<std::string, std::vector<std::string>> marks_;  // entry → marks
  std::map<std::string, bool> alarms_;
};

// `2026-03-02 09:15`, or `still` where it is not set.
std::string UntilText(bool is_set, const google::protobuf::Timestamp& time);
// `judgement disqualified: marketing against sales`.
std::string DisputeText(const gateway::v1::TimelineDispute& dispute);
// `nobody at work` or `no department`.
std::string GapText(const gateway::v1::ResponsibilityGap& gap);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_TIMELINE_WORDS_H_
