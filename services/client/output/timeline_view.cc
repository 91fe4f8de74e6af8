#include "services/client/output/timeline_view.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/output/format.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"
#include "services/client/output/timeline_words.h"

namespace comity::client {
namespace {

// The day stands where it begins.
std::string EventTable(const TimelineWords& words, int width) {
  Table table({{"DAY", false, true},
               {"TIME", false, true},
               {"WHO"},
               {"ABOUT", false, true},
               {"WHAT"},
               {"RESPONSIBLE"},
               {"MARKS"}});
  std::string day;
  for (const TimelineRow& row : words.Rows()) {
    table.AddRow({row.day == day ? "" : row.day, row.time, row.who, row.about, row.what,
                  row.responsible,
                  absl::StrCat(row.alarms ? "! " : "", absl::StrJoin(row.marks, "; "))});
    day = row.day;
  }
  return table.Render(width);
}

std::string SpanTable(const char* title, std::vector<Column> columns,
                      const std::vector<TimelineSpan>& spans, int width) {
  if (spans.empty()) return "";
  Table table(std::move(columns));
  for (const TimelineSpan& span : spans) {
    table.AddRow({span.about, span.what, span.from, span.until, span.note});
  }
  return absl::StrCat("\n", title, "\n", table.Render(width));
}

std::string NameTable(const TimelineWords& words, int width) {
  Table table({{"SHORT"}, {"NAME", false, true}});
  for (const auto& [name, record] : words.names()) table.AddRow({name, record});
  return absl::StrCat("\nRecords\n", table.Render(width));
}

}  // namespace

std::string TimelineText(const gateway::v1::Timeline& timeline, int width) {
  const TimelineWords words(timeline);
  std::string text =
      absl::StrCat("Timeline of ", OneLine(timeline.name()), ", as of ",
                   FormatTime(timeline.read_time()), " UTC\n\n", EventTable(words, width));
  absl::StrAppend(
      &text,
      SpanTable("Who was responsible", {{"ABOUT"}, {"DEPARTMENT"}, {"FROM"}, {"UNTIL"}, {"HOW"}},
                words.Stretches(), width),
      SpanTable("When nobody was", {{"ABOUT"}, {"GAP"}, {"FROM"}, {"UNTIL"}, {""}}, words.Gaps(),
                width),
      SpanTable("Disagreements", {{"ABOUT"}, {"QUESTION"}, {"FROM"}, {"UNTIL"}, {"WHO HELD WHAT"}},
                words.Disagreements(), width),
      SpanTable("Disputes", {{"DISPUTE"}, {"WHAT"}, {"FROM"}, {"UNTIL"}, {"BECAME"}},
                words.Disputes(), width),
      SpanTable("Clocks", {{"HANDOVER"}, {"WHOSE"}, {"FROM"}, {"UNTIL"}, {"NOTED"}}, words.Clocks(),
                width),
      SpanTable("When clocks stood still", {{"HANDOVER"}, {"WHOSE"}, {"FROM"}, {"UNTIL"}, {"WHY"}},
                words.Pauses(), width),
      SpanTable("Promises", {{"ABOUT"}, {"BY"}, {"MADE"}, {"DUE"}, {"BECAME"}}, words.Promises(),
                width));
  absl::StrAppend(&text, NameTable(words, width));
  const auto missing = words.Missing();
  return missing.empty() ? text : absl::StrCat(text, "\n", absl::StrJoin(missing, "\n"), "\n");
}

}  // namespace comity::client
