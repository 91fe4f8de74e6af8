#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "google/protobuf/util/time_util.h"
#include "services/client/import/compare_parts.h"
#include "services/client/import/record_paths.h"

namespace comity::client {
namespace {

using google::protobuf::util::TimeUtil;
using judgement::v1::Judgement;

// Of a judgement that an export names.
constexpr const char* kJudgementFields[] = {"question", "answer", "occur_time",
                                            "reason",   "note",   "evidence"};

bool SameTime(const Judgement& said, const Judgement& held) {
  return !said.has_occur_time() || TimeUtil::TimestampToMicroseconds(said.occur_time()) ==
                                       TimeUtil::TimestampToMicroseconds(held.occur_time());
}

bool Same(const Judgement& said, const Judgement& held) {
  return said.question() == held.question() && said.answer() == held.answer() &&
         SameTime(said, held);
}

constexpr char kImportMark[] = "import/";

// How the marks of a source's rows begin. A source may have a slash.
std::string MarkPrefix(const std::string& source) {
  return absl::StrCat(kImportMark, absl::StrReplaceAll(source, {{"%", "%25"}, {"/", "%2F"}}), "/");
}

// Whose mark a judgement carries: none of this source, its own of an earlier release, this row's or
// another row's.
enum class MarkedBy { kNobody, kSource, kRow, kOtherRow };

MarkedBy MarkOf(const Judgement& judgement, const std::string& source, const std::string& row_id) {
  const std::string mark = ImportMark(source, row_id);
  const std::string prefix = MarkPrefix(source);
  MarkedBy by = MarkedBy::kNobody;
  for (const std::string& evidence : judgement.evidence()) {
    if (evidence == mark) return MarkedBy::kRow;
    if (absl::StartsWith(evidence, prefix)) {
      by = MarkedBy::kOtherRow;
    } else if (evidence == absl::StrCat(kImportMark, source) && by == MarkedBy::kNobody) {
      by = MarkedBy::kSource;
    }
  }
  return by;
}

bool IsLater(const Judgement& said, const Judgement& held) {
  return said.has_occur_time() && TimeUtil::TimestampToMicroseconds(said.occur_time()) >
                                      TimeUtil::TimestampToMicroseconds(held.occur_time());
}

// A judgement without a time has that of its recording, which says nothing of its age.
bool HasOwnTime(const Judgement& held) {
  return held.has_occur_time() && TimeUtil::TimestampToMicroseconds(held.occur_time()) !=
                                      TimeUtil::TimestampToMicroseconds(held.record_time());
}

const Judgement* Last(const std::vector<Judgement>& judgements, const std::string& question) {
  const auto last =
      std::find_if(judgements.rbegin(), judgements.rend(),
                   [&](const Judgement& other) { return other.question() == question; });
  return last == judgements.rend() ? nullptr : &*last;
}

// A judgement that an export names says of itself what it says: only a changed row differs.
void CompareNamed(const RowPlan& plan, const Judgement& judgement, const Held& held,
                  const Comparison& comparison, Difference* difference) {
  const Judgement* named = FindByName(held.judgements, judgement.name());
  if (named == nullptr) return;  // see UnknownName
  Difference changed;
  for (const char* field : kJudgementFields) {
    const std::string said = ComparedText(judgement, field);
    const std::string other = ComparedText(*named, field);
    if (said.empty() || said == other) continue;
    changed.contradictions.push_back(Contradiction(plan, field, said, other));
  }
  if (changed.contradictions.empty()) return;
  // What an earlier --overrule made of this row.
  const bool is_told =
      std::any_of(held.judgements.begin(), held.judgements.end(), [&](const Judgement& other) {
        return MarkOf(other, comparison.source, plan.id) == MarkedBy::kRow &&
               Same(judgement, other) && other.note() == judgement.note() &&
               other.reason() == judgement.reason();
      });
  if (is_told) return;
  // An older word does not take the place of a newer one.
  if (comparison.overrule && named == Last(held.judgements, named->question())) {
    difference->judgements.push_back(judgement);
    difference->judgements.back().clear_name();
    return;
  }
  for (Problem& problem : changed.contradictions) {
    difference->contradictions.push_back(std::move(problem));
  }
}

}  // namespace

void CompareJudgement(const RowPlan& plan, const Judgement& judgement, const Held& held,
                      const Comparison& comparison, Difference* difference) {
  if (!judgement.name().empty()) {
    return CompareNamed(plan, judgement, held, comparison, difference);
  }
  const Judgement* last = Last(held.judgements, judgement.question());
  // A row about a subject is one of a history: it is told by its own judgement, and what was said
  // after it is another row's.
  const bool is_history = !plan.subject.empty();
  const auto is_told_by = [&](const Judgement& other) {
    return Same(judgement, other) &&
           !(is_history && MarkOf(other, comparison.source, plan.id) == MarkedBy::kOtherRow);
  };
  if (last != nullptr && last->withdraws().empty() && is_told_by(*last)) return;
  const bool is_told = std::any_of(held.judgements.begin(), held.judgements.end(), is_told_by);
  const bool is_own =
      last != nullptr && MarkOf(*last, comparison.source, plan.id) != MarkedBy::kNobody;
  if (is_told && is_own && is_history) return;
  // Whatever order files come in, an older word does not take the place of a newer one.
  const bool is_older =
      is_own && judgement.has_occur_time() && HasOwnTime(*last) && IsLater(*last, judgement);
  const bool may = last == nullptr || comparison.overrule ||
                   (is_own && !is_older && !(is_told && judgement.has_occur_time())) ||
                   (!is_told && IsLater(judgement, *last));
  if (may) {
    difference->judgements.push_back(judgement);
    return;
  }
  difference->contradictions.push_back({plan.line, judgement.question(), judgement.answer(),
                                        "JUDGED_SINCE",
                                        absl::StrCat("the department holds `", last->answer(),
                                                     "` since: withdraw that, or --overrule")});
}
void CompareUnsaidJudgement(const RowPlan& plan, const std::string& question,
                            const AskedQuestion& asked, const Held& held,
                            const Comparison& comparison, Difference* difference) {
  const Judgement* last = Last(held.judgements, question);
  if (last == nullptr || !last->withdraws().empty()) return;
  const MarkedBy by = MarkOf(*last, comparison.source, plan.id);
  if (by == MarkedBy::kNobody || by == MarkedBy::kOtherRow) return;
  const bool is_answered =
      std::any_of(plan.judgements.begin(), plan.judgements.end(),
                  [&](const Judgement& said) { return said.question() == question; }) ||
      std::any_of(plan.facts.begin(), plan.facts.end(),
                  [&](const Fact& said) { return asked.deciding.contains(said.kind()); });
  if (is_answered) return;
  if (asked.leaving.contains(last->answer()) && !comparison.overrule) {
    difference->contradictions.push_back(
        {plan.line, question, last->answer(), "NO_LONGER_SAID",
         "an earlier import judged so, and the record is out of the working list for it: mend the "
         "row, judge anew or withdraw it, or --overrule"});
    return;
  }
  difference->kept.push_back({plan.line, question, last->answer(), "JUDGEMENT_STANDS",
                              "an earlier import judged so, and the row says nothing of it"});
}

std::string ImportMark(const std::string& source, const std::string& row_id) {
  return absl::StrCat(MarkPrefix(source), RowKey(row_id));
}

}  // namespace comity::client
