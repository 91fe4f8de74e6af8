#include "services/client/output/timeline_page.h"

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "services/client/output/format.h"
#include "services/client/output/text.h"
#include "services/client/output/timeline_chart.h"
#include "services/client/output/timeline_words.h"

namespace comity::client {
namespace {

constexpr char kStyle[] = R"(
body { font: 14px/1.4 system-ui, sans-serif; color: #1b1b1b; margin: 2em auto; max-width: 75em; }
h1 { font-size: 1.5em; } h2 { font-size: 1.15em; margin-top: 1.8em; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .2em .6em .2em 0; }
th { border-bottom: 1px solid #888; font-weight: 600; }
tr.day td { border-top: 1px solid #ccc; }
td.time, td.day { white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.alarm td { background: #fdf0e6; } tr.alarm .marks { font-weight: 600; color: #8a3b00; }
p.missing { color: #555; } code { font-size: .9em; overflow-wrap: anywhere; }
svg { width: 100%; height: auto; } svg text { font: 11px system-ui, sans-serif; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { margin: 0; max-width: none; font-size: 10px; }
  thead { display: table-header-group; } tr, svg { break-inside: avoid; } h2 { break-after: avoid; }
  tr.alarm td, svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)";

std::string CellOf(absl::string_view text) { return absl::StrCat("<td>", HtmlText(text), "</td>"); }

std::string HeadOf(const std::vector<const char*>& titles) {
  std::string row = "<thead><tr>";
  for (const char* title : titles) absl::StrAppend(&row, "<th>", HtmlText(title), "</th>");
  return absl::StrCat(row, "</tr></thead>\n");
}

std::string EventRow(const TimelineRow& row, bool begins_day) {
  std::vector<std::string> classes;
  if (begins_day) classes.emplace_back("day");
  if (row.alarms) classes.emplace_back("alarm");
  return absl::StrCat("<tr class=\"", absl::StrJoin(classes, " "), "\"><td class=\"day\">",
                      begins_day ? HtmlText(row.day) : "", "</td><td class=\"time\">",
                      HtmlText(row.time), "</td>", CellOf(row.who), CellOf(row.about),
                      CellOf(row.what), CellOf(row.responsible), "<td class=\"marks\">",
                      HtmlText(absl::StrJoin(row.marks, "; ")), "</td></tr>\n");
}

std::string EventsOf(const TimelineWords& words) {
  std::string html = absl::StrCat(
      "<h2>What happened</h2>\n<table>\n",
      HeadOf({"Day", "Time", "Who", "About", "What", "Responsible", "Marks"}), "<tbody>\n");
  std::string day;
  for (const TimelineRow& row : words.Rows()) {
    absl::StrAppend(&html, EventRow(row, row.day != day));
    day = row.day;
  }
  return absl::StrCat(html, "</tbody>\n</table>\n");
}

std::string SpansOf(const char* title, const std::vector<const char*>& head,
                    const std::vector<TimelineSpan>& spans) {
  if (spans.empty()) return "";
  std::string html =
      absl::StrCat("<h2>", HtmlText(title), "</h2>\n<table>\n", HeadOf(head), "<tbody>\n");
  for (const TimelineSpan& span : spans) {
    absl::StrAppend(&html, "<tr>", CellOf(span.about), CellOf(span.what), CellOf(span.from),
                    CellOf(span.until), CellOf(span.note), "</tr>\n");
  }
  return absl::StrCat(html, "</tbody>\n</table>\n");
}

std::string NamesOf(const TimelineWords& words) {
  std::string html = "<h2>Records</h2>\n<table>\n<tbody>\n";
  for (const auto& [name, record] : words.names()) {
    absl::StrAppend(&html, "<tr>", CellOf(name), "<td><code>", HtmlText(record),
                    "</code></td></tr>\n");
  }
  return absl::StrCat(html, "</tbody>\n</table>\n");
}

std::string MissingOf(const TimelineWords& words) {
  std::string html;
  for (const std::string& sentence : words.Missing()) {
    absl::StrAppend(&html, "<p class=\"missing\">", HtmlText(sentence), "</p>\n");
  }
  return html;
}

}  // namespace

std::string HtmlText(absl::string_view text) {
  return absl::StrReplaceAll(
      OneLine(text),
      {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string TimelinePage(const gateway::v1::Timeline& timeline) {
  const TimelineWords words(timeline);
  const std::string title = HtmlText(absl::StrCat("Timeline of ", timeline.name()));
  return absl::StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n<title>",
      title, "</title>\n<style>", kStyle, "</style>\n</head>\n<body>\n<h1>", title,
      "</h1>\n<p>As of ", HtmlText(FormatTime(timeline.read_time())), " UTC. Times are UTC.</p>\n",
      MissingOf(words), TimelineChart(timeline, words), EventsOf(words),
      SpansOf("Who was responsible", {"About", "Department", "From", "Until", "How"},
              words.Stretches()),
      SpansOf("When nobody was", {"About", "Gap", "From", "Until", ""}, words.Gaps()),
      SpansOf("Disagreements", {"About", "Question", "From", "Until", "Who held what"},
              words.Disagreements()),
      SpansOf("Disputes", {"Dispute", "What", "From", "Until", "Became"}, words.Disputes()),
      SpansOf("Clocks", {"Handover", "Whose", "From", "Until", "Noted"}, words.Clocks()),
      SpansOf("When clocks stood still", {"Handover", "Whose", "From", "Until", "Why"},
              words.Pauses()),
      SpansOf("Promises", {"About", "By", "Made", "Due", "Became"}, words.Promises()),
      NamesOf(words), "</body>\n</html>\n");
}

}  // namespace comity::client
