#include "services/client/charter/preview_text.h"

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "services/client/output/bar.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;
using gateway::v1::ProposalPreview;
using google::type::Money;
using reporting::v1::AnswerChanges;
using reporting::v1::CharterPreview;
using reporting::v1::ReportChange;
using Amounts = google::protobuf::RepeatedPtrField<Money>;

constexpr int kShareWidth = 10;
constexpr int kExamplesShown = 5;
constexpr char kSettledLens[] = "settled";

std::string LastPart(absl::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == absl::string_view::npos ? name : name.substr(slash + 1));
}

std::string AnswerText(const std::string& answer) { return answer.empty() ? "undecided" : answer; }

bool Withholds(const ProposalPreview& preview, absl::string_view collection) {
  const auto& withheld = preview.withheld();
  return std::find(withheld.begin(), withheld.end(), collection) != withheld.end();
}

// `12 open handovers`.
std::string CountOf(int64_t count, absl::string_view one, absl::string_view many) {
  return absl::StrCat(FormatCount(count), " ", count == 1 ? one : many);
}

std::string SettledOtherwise(const CharterPreview& record) {
  std::vector<std::string> parts;
  for (const AnswerChanges& answers : record.answers()) {
    if (answers.lens() != kSettledLens) continue;
    parts.push_back(
        absl::StrCat(FormatCount(answers.subject_count()), " by ", LastPart(answers.question())));
  }
  const std::string all = CountOf(record.opportunity_count(), "opportunity", "opportunities");
  if (!parts.empty()) {
    return absl::StrCat("Of ", all, ", would be settled otherwise: ", absl::StrJoin(parts, ", "));
  }
  return absl::StrCat("Of ", all, ", none would be settled otherwise",
                      record.answers().empty() ? "" : "; departments' own views would differ");
}

std::string TouchedOpen(const gateway::v1::PreviewContents& contents) {
  int64_t open = 0;
  for (const auto& touched : contents.handovers()) open += touched.open_count();
  return open == 0 ? ""
                   : absl::StrCat("; ", CountOf(open, "open handover is", "open handovers are"),
                                  " of agreements that change");
}

std::string Findings(const ProposalPreview& preview) {
  if (Withholds(preview, "reports")) {
    return absl::StrCat("What it changes in the record your department may not read",
                        TouchedOpen(preview.contents()));
  }
  if (Withholds(preview, "opportunities")) {
    return absl::StrCat("Which answers it changes your department may not read",
                        TouchedOpen(preview.contents()));
  }
  return absl::StrCat(SettledOtherwise(preview.contents().record()),
                      TouchedOpen(preview.contents()));
}

// --- What changes its answer

void AddAnswerRows(const AnswerChanges& answers, int64_t all, Table* table) {
  bool first = true;
  for (const auto& change : answers.changes()) {
    const double share =
        all == 0 ? 0 : static_cast<double>(change.subject_count()) / static_cast<double>(all);
    table->AddRow({first ? LastPart(answers.question()) : "", first ? LastPart(answers.lens()) : "",
                   AnswerText(change.before()), "→", AnswerText(change.after()),
                   FormatCount(change.subject_count()), Bar(share, kShareWidth),
                   change.amounts().empty() ? "" : FormatMoney(change.amounts(0))});
    for (int i = 1; i < change.amounts_size(); ++i) {  // each further currency
      table->AddRow({"", "", "", "", "", "", "", FormatMoney(change.amounts(i))});
    }
    first = false;
  }
}

std::string ShowAnswers(const CharterPreview& record, int width) {
  Table table({{"QUESTION"},
               {"LENS"},
               {"NOW"},
               {""},
               {"THEN"},
               {"OPPORTUNITIES", true},
               {"OF ALL"},
               {"AMOUNT", true}});
  for (const AnswerChanges& answers : record.answers()) {
    AddAnswerRows(answers, record.opportunity_count(), &table);
  }
  return table.empty() ? "\nNo answer changes through any lens.\n"
                       : absl::StrCat("\nAnswers that change\n", table.Render(width));
}

// Of what is settled; where that stays, of the first lens that changes.
std::string ShowExamples(const CharterPreview& record, int width) {
  std::map<std::string, const AnswerChanges*> shown;
  for (const AnswerChanges& answers : record.answers()) {
    const AnswerChanges*& place = shown[answers.question()];
    if (place == nullptr || answers.lens() == kSettledLens) place = &answers;
  }
  Table table({{"FOR EXAMPLE", false, true},
               {"EXTERNAL ID"},
               {"LENS"},
               {"NOW"},
               {""},
               {"THEN"},
               {"AMOUNT", true}});
  for (const auto& [question, answers] : shown) {
    const int size = std::min(answers->examples_size(), kExamplesShown);
    for (int i = 0; i < size; ++i) {
      const auto& example = answers->examples(i);
      table.AddRow({example.subject(), example.external_id(), LastPart(answers->lens()),
                    AnswerText(example.before()), "→", AnswerText(example.after()),
                    Cell(example, "amount")});
    }
  }
  if (record.examples_left_out()) return "\nThere are too many changes for examples.\n";
  return table.empty() ? "" : absl::StrCat("\n", table.Render(width));
}

// --- What the reports say

Money Minus(const Money& after, const Money& before) {
  constexpr __int128 kNanos = 1'000'000'000;
  const __int128 nanos =
      (after.units() * kNanos + after.nanos()) - (before.units() * kNanos + before.nanos());
  Money difference;
  difference.set_currency_code(after.currency_code().empty() ? before.currency_code()
                                                             : after.currency_code());
  difference.set_units(static_cast<int64_t>(nanos / kNanos));
  difference.set_nanos(static_cast<int32_t>(nanos % kNanos));
  return difference;
}

// A table of numbers that differ; a lens is named once.
class NumberTable {
 public:
  NumberTable() : table_({{"LENS"}, {"NUMBER"}, {"NOW", true}, {"THEN", true}, {"CHANGE", true}}) {}
  void Begin(const std::string& lens) { lens_ = LastPart(lens); }
  // Whether the lens has got a row.
  bool changed() const { return lens_.empty(); }

  void AddCount(const char* name, int64_t before, int64_t after) {
    if (before == after) return;
    const std::string sign = after > before ? "+" : "";
    AddRow(name, FormatCount(before), FormatCount(after),
           absl::StrCat(sign, FormatCount(after - before)));
  }
  void AddRate(const char* name, const reporting::v1::WinRateCell& before,
               const reporting::v1::WinRateCell& after) {
    const auto text = [](const auto& cell) {
      return cell.has_win_rate() ? FormatPercent(cell.win_rate()) : std::string("-");
    };
    if (before.has_win_rate() == after.has_win_rate() && before.win_rate() == after.win_rate()) {
      return;
    }
    const bool is_known = before.has_win_rate() && after.has_win_rate();
    AddRow(name, text(before), text(after),
           is_known ? absl::StrFormat("%+.1f", 100 * (after.win_rate() - before.win_rate())) : "");
  }
  void AddAmounts(const char* name, const Amounts& before, const Amounts& after) {
    std::map<std::string, std::pair<Money, Money>> both;
    for (const Money& money : before) both[money.currency_code()].first = money;
    for (const Money& money : after) both[money.currency_code()].second = money;
    for (auto& [currency, pair] : both) {
      pair.first.set_currency_code(currency);
      pair.second.set_currency_code(currency);
      const Money difference = Minus(pair.second, pair.first);
      if (difference.units() == 0 && difference.nanos() == 0) continue;
      const bool grows = difference.units() > 0 || difference.nanos() > 0;
      AddRow(name, FormatMoney(pair.first), FormatMoney(pair.second),
             absl::StrCat(grows ? "+" : "", FormatMoney(difference)));
    }
  }
  std::string Render(int width) const { return table_.empty() ? "" : table_.Render(width); }

 private:
  void AddRow(const char* name, const std::string& before, const std::string& after,
              const std::string& change) {
    table_.AddRow({lens_, name, before, after, change});
    lens_.clear();
  }
  Table table_;
  std::string lens_;
};

std::string ShowReports(const CharterPreview& record, int width) {
  NumberTable table;
  std::vector<std::string> same;
  for (const ReportChange& report : record.reports()) {
    const auto& before = report.win_rate_before();
    const auto& after = report.win_rate_after();
    table.Begin(report.lens());
    table.AddCount("won", before.won_count(), after.won_count());
    table.AddAmounts("value won", before.won_amounts(), after.won_amounts());
    table.AddCount("lost", before.lost_count(), after.lost_count());
    table.AddAmounts("value lost", before.lost_amounts(), after.lost_amounts());
    table.AddRate("win rate", before, after);
    table.AddCount("pipeline", report.pipeline_before().count(), report.pipeline_after().count());
    table.AddAmounts("value of the pipeline", report.pipeline_before().amounts(),
                     report.pipeline_after().amounts());
    if (!table.changed()) same.push_back(LastPart(report.lens()));
  }
  const std::string numbers = table.Render(width);
  const std::string rest =
      same.empty() ? ""
                   : absl::StrCat("Win rate and pipeline stay as they are through the lens of: ",
                                  absl::StrJoin(same, ", "), "\n");
  return numbers.empty() ? absl::StrCat("\n", rest)
                         : absl::StrCat("\nReports that change\n", numbers, rest);
}

// --- All else

std::string ShowTouched(const gateway::v1::PreviewContents& contents, int width) {
  Table table({{"AGREEMENT"}, {"IS"}, {"OPEN HANDOVERS", true}, {"THE FIRST"}});
  for (const auto& touched : contents.handovers()) {
    table.AddRow({LastPart(touched.agreement()), touched.removed() ? "left out" : "changed",
                  FormatCount(touched.open_count()),
                  touched.examples().empty() ? "" : touched.examples(0)});
  }
  if (table.empty()) return "";
  return absl::StrCat("\nHandovers: what is open goes on by the words under which it was offered\n",
                      table.Render(width));
}

std::string ShowLimits(const ProposalPreview& preview) {
  std::string text;
  const CharterPreview& record = preview.contents().record();
  if (!record.not_counted().empty()) {
    absl::StrAppend(&text,
                    "\nNot counted, as reports hold no judgements about leads, accounts and "
                    "cases: ",
                    absl::StrJoin(record.not_counted(), ", "), "\n");
  }
  if (!preview.withheld().empty()) {
    absl::StrAppend(&text, "\nLeft out, as your department may not read it: ",
                    absl::StrJoin(preview.withheld(), ", "), "\n");
  }
  return text;
}

std::string MadeBy(const ProposalPreview& preview) {
  return absl::StrCat("as of ", preview.as_of(), ", computed for ", ShowActor(preview.actor()),
                      " on ", FormatTime(preview.preview_time()));
}

}  // namespace

std::string PreviewHeadline(const CharterProposal& proposal) {
  if (!proposal.has_preview()) {
    return proposal.state() != gateway::v1::CHARTER_PROPOSAL_STATE_OPEN
               ? ""
               : absl::StrCat("What it would change, nobody has asked yet: comity charter preview ",
                              proposal.name(), "\n");
  }
  const ProposalPreview& preview = proposal.preview();
  return absl::StrCat(OneLine(Findings(preview)), " (", OneLine(MadeBy(preview)),
                      ").\nMore by: comity charter preview --stored ", proposal.name(), "\n");
}

std::string ShowPreview(const CharterProposal& proposal, int width) {
  const ProposalPreview& preview = proposal.preview();
  const gateway::v1::PreviewContents& contents = preview.contents();
  std::string text = absl::StrCat(proposal.name(), ": ", OneLine(proposal.title()), "\n",
                                  OneLine(Findings(preview)), ".\n");
  if (contents.has_record()) {
    if (!Withholds(preview, "opportunities")) {
      absl::StrAppend(&text, ShowAnswers(contents.record(), width),
                      ShowExamples(contents.record(), width));
    }
    absl::StrAppend(&text, ShowReports(contents.record(), width));
  }
  return absl::StrCat(text, ShowTouched(contents, width), ShowLimits(preview), "\nRevision ",
                      proposal.base_revision(), " against this proposal, ",
                      OneLine(MadeBy(preview)), "\n");
}

}  // namespace comity::client
