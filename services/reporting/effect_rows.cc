#include "services/reporting/effect_rows.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace comity::reporting {
namespace {

using storage::Rows;
using storage::Value;

Value TextOrNull(const std::string& text) { return text.empty() ? Value() : Value(text); }
Value TimeOrNull(int64_t time) { return time == kNever ? Value() : Value(time); }
Value DateOrNull(int32_t date) { return date == 0 ? Value() : Value(int64_t{date}); }

int64_t TimeAt(const Rows& rows, int column) {
  return rows.IsNull(column) ? kNever : rows.Int(column);
}

void WriteAmount(const Amount& amount, std::vector<Value>* values) {
  values->push_back(amount.currency.empty() ? Value() : Value(amount.minor));
  values->push_back(TextOrNull(amount.currency));
}

// `products/… 1200` a line.
std::string LinesText(const std::vector<Line>& lines) {
  std::string text;
  for (const Line& line : lines) absl::StrAppend(&text, line.product, " ", line.value, "\n");
  return text;
}

std::vector<Line> LinesOf(absl::string_view text) {
  std::vector<Line> lines;
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const size_t space = line.rfind(' ');
    Line& added = lines.emplace_back();
    added.product = std::string(line.substr(0, space));
    if (!absl::SimpleAtoi(line.substr(space + 1), &added.value)) added.value = 0;
  }
  return lines;
}

}  // namespace

void Write(const OpportunityVersion& row, std::vector<Value>* values) {
  values->push_back(row.opportunity);
  values->push_back(TextOrNull(row.account));
  values->push_back(row.owner);
  values->push_back(row.external_id);
  WriteAmount(row.amount, values);
  values->push_back(DateOrNull(row.close_date));
  for (const int64_t time : {row.open_time, row.engage_time, row.sign_time, row.decline_time}) {
    values->push_back(TimeOrNull(time));
  }
  values->push_back(LinesText(row.lines));
  values->push_back(int64_t{row.withdrawn});
}

void Read(const Rows& rows, OpportunityVersion* row) {
  row->position = rows.Int(1);
  row->opportunity = rows.Bytes(2);
  row->account = rows.Bytes(3);
  row->owner = rows.Bytes(4);
  row->external_id = rows.Bytes(5);
  row->amount = {rows.Int(6), rows.Bytes(7)};
  row->close_date = static_cast<int32_t>(rows.Int(8));
  row->open_time = TimeAt(rows, 9);
  row->engage_time = TimeAt(rows, 10);
  row->sign_time = TimeAt(rows, 11);
  row->decline_time = TimeAt(rows, 12);
  row->lines = LinesOf(rows.Bytes(13));
  row->withdrawn = rows.Int(14) != 0;
}

void Write(const FactRow& row, std::vector<Value>* values) {
  values->push_back(row.fact);
  values->push_back(row.opportunity);
  values->push_back(int64_t{row.kind});
  values->push_back(row.occur_time);
  WriteAmount(row.amount, values);
  values->push_back(DateOrNull(row.close_date));
  values->push_back(row.owner);
  values->push_back(TextOrNull(row.supersedes));
}

void Read(const Rows& rows, FactRow* row) {
  row->position = rows.Int(1);
  row->fact = rows.Bytes(2);
  row->opportunity = rows.Bytes(3);
  row->kind = static_cast<fact::v1::FactKind>(rows.Int(4));
  row->occur_time = rows.Int(5);
  row->amount = {rows.Int(6), rows.Bytes(7)};
  row->close_date = static_cast<int32_t>(rows.Int(8));
  row->owner = rows.Bytes(9);
  row->supersedes = rows.Bytes(10);
}

void Write(const JudgementRow& row, std::vector<Value>* values) {
  for (const std::string* text : {&row.opportunity, &row.question, &row.department, &row.answer}) {
    values->push_back(*text);
  }
  values->push_back(row.occur_time);
}

void Read(const Rows& rows, JudgementRow* row) {
  *row = {rows.Int(1), rows.Bytes(2), rows.Bytes(3), rows.Bytes(4), rows.Bytes(5), rows.Int(6)};
}

void Write(const NamedVersion& row, std::vector<Value>* values) {
  for (const std::string* text :
       {&row.name, &row.display_name, &row.team, &row.office, &row.manager, &row.sector}) {
    values->push_back(*text);
  }
}

void Read(const Rows& rows, NamedVersion* row) {
  *row = {rows.Int(1),   rows.Bytes(2), rows.Bytes(3), rows.Bytes(4),
          rows.Bytes(5), rows.Bytes(6), rows.Bytes(7)};
}

void Write(const CaseVersion& row, std::vector<Value>* values) {
  values->push_back(row.subject);
  values->push_back(TextOrNull(row.account));
  for (const std::string* text : {&row.product, &row.source, &row.external_id}) {
    values->push_back(*text);
  }
  values->push_back(int64_t{row.withdrawn});
}

void Read(const Rows& rows, CaseVersion* row) {
  *row = {rows.Int(1),   rows.Bytes(2), rows.Bytes(3),   rows.Bytes(4),
          rows.Bytes(5), rows.Bytes(6), rows.Int(7) != 0};
}

void Write(const CaseEvent& row, std::vector<Value>* values) {
  values->push_back(row.fact);
  values->push_back(row.subject);
  values->push_back(int64_t{row.kind});
  values->push_back(row.occur_time);
  values->push_back(row.team);
  values->push_back(row.owner);
  values->push_back(TextOrNull(row.supersedes));
}

void Read(const Rows& rows, CaseEvent* row) {
  *row = {rows.Int(1), rows.Bytes(2), rows.Bytes(3), static_cast<fact::v1::FactKind>(rows.Int(4)),
          rows.Int(5), rows.Bytes(6), rows.Bytes(7), rows.Bytes(8)};
}

void Write(const DisputeRow& row, std::vector<Value>* values) {
  values->push_back(row.dispute);
  values->push_back(row.subject);
  values->push_back(int64_t{row.open});
  values->push_back(row.occur_time);
}

void Read(const Rows& rows, DisputeRow* row) {
  *row = {rows.Int(1), rows.Bytes(2), rows.Bytes(3), rows.Int(4) != 0, rows.Int(5)};
}

}  // namespace comity::reporting
