#include "services/reporting/charter_preview_rules.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "services/reporting/first_few.h"
#include "services/reporting/report_rules.h"
#include "services/reporting/totals.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

using charter::Charter;
using type::v1::Question;

constexpr absl::string_view kOpportunities = "opportunities";
constexpr uint16_t kGone = std::numeric_limits<uint16_t>::max();  // the place of no answer

// A question as both charters have it. Null: one has none of that name about opportunities.
struct BothTexts {
  std::string name;
  const Question* before = nullptr;
  const Question* after = nullptr;
};

const Question* FindAboutOpportunities(const Charter& charter, const std::string& name) {
  const Question* question = charter.FindQuestion(name);
  return question == nullptr || question->collection() != kOpportunities ? nullptr : question;
}

// Of what answers follow from: the rest is words.
std::string RuleOf(const Question* question) {
  if (question == nullptr) return "";
  Question rule = *question;
  rule.clear_text();
  rule.clear_ordinal();
  for (type::v1::Answer& answer : *rule.mutable_answers()) {
    answer.clear_criteria();
    answer.clear_leaves_working_list_of();
  }
  return rule.SerializeAsString();
}

// Names of all questions, each once.
std::vector<std::string> QuestionsOf(const Charter& before, const Charter& after) {
  std::vector<std::string> names;
  for (const Charter* charter : {&before, &after}) {
    for (const Question& question : charter->document().questions()) {
      if (!absl::c_linear_search(names, question.name())) names.push_back(question.name());
    }
  }
  return names;
}

// Departments with a voice before or after, then `settled`. Through the lens of any other
// department the answer is the settled one.
std::vector<std::string> LensesOfBoth(const BothTexts& question) {
  std::vector<std::string> lenses;
  for (const Question* text : {question.before, question.after}) {
    if (text == nullptr) continue;
    for (const std::string& voice : text->voices()) {
      if (!absl::c_linear_search(lenses, voice)) lenses.push_back(voice);
    }
  }
  lenses.emplace_back(charter::kSettled);
  return lenses;
}

// One question through one lens, before and after.
class Comparison {
 public:
  Comparison(const State& state, const BothTexts& question, std::string lens)
      : state_(state),
        question_(question),
        lens_(std::move(lens)),
        before_(state.ballot(), question.before, lens_),
        after_(state.ballot(), question.after, lens_) {
    const int answers = question.before == nullptr ? 0 : question.before->answers_size();
    for (int i = 0; i < answers; ++i) {
      const uint16_t place = PlaceOfAnswer(question.after, question.before->answers(i).id());
      same_.push_back(place == 0 ? kGone : place);
    }
  }

  void Look(uint32_t number) {
    const Row& row = state_.row(number);
    const Standing* standing = state_.standing(number);
    const uint16_t before = before_.Answer(row.facts, standing).answer;
    const uint16_t after = after_.Answer(row.facts, standing).answer;
    if (same_[before] == after) return;
    Tally& tally = tallies_[{before, after}];
    ++tally.subjects;
    tally.amounts.Add(row.currency, row.amount);
    found_.push_back({number, before, after});
    KeepFirst(
        kMostExamples, [&](const Found& a, const Found& b) { return Less(a, b); }, &found_);
  }

  // Nothing where nothing changes.
  absl::Status Write(v1::CharterPreview* preview) {
    if (tallies_.empty()) return absl::OkStatus();
    v1::AnswerChanges* answers = preview->add_answers();
    answers->set_question(question_.name);
    answers->set_lens(lens_);
    int64_t subjects = 0;
    for (const auto& [places, tally] : tallies_) {
      v1::AnswerChange* change = answers->add_changes();
      change->set_before(AnswerAt(question_.before, places.first));
      change->set_after(AnswerAt(question_.after, places.second));
      change->set_subject_count(tally.subjects);
      COMITY_RETURN_IF_ERROR(tally.amounts.Write(state_, change->mutable_amounts()));
      subjects += tally.subjects;
    }
    answers->set_subject_count(subjects);
    absl::c_sort(found_, [&](const Found& a, const Found& b) { return Less(a, b); });
    const size_t shown = std::min(found_.size(), kMostExamples);
    for (size_t i = 0; i < shown; ++i) WriteExample(found_[i], answers->add_examples());
    return absl::OkStatus();
  }

 private:
  struct Tally {
    int64_t subjects = 0;
    Totals amounts;
  };
  struct Found {
    uint32_t row = 0;
    uint16_t before = 0;
    uint16_t after = 0;
  };

  bool Less(const Found& a, const Found& b) const {
    return state_.opportunities().id(a.row) < state_.opportunities().id(b.row);
  }

  void WriteExample(const Found& found, v1::ChangedSubject* example) const {
    const Row& row = state_.row(found.row);
    example->set_subject(resource::MakeName(kOpportunities, state_.opportunities().id(found.row)));
    example->set_external_id(std::string(state_.external_id(row)));
    example->set_before(AnswerAt(question_.before, found.before));
    example->set_after(AnswerAt(question_.after, found.after));
    if (row.currency == 0) return;
    *example->mutable_amount() =
        resource::FromMinorUnits(row.amount, state_.strings().text(row.currency));
  }

  const State& state_;
  const BothTexts question_;
  const std::string lens_;
  const LensRule before_;
  const LensRule after_;
  std::vector<uint16_t> same_ = {0};  // an answer's place before → after; an answer is its id
  std::map<std::pair<uint16_t, uint16_t>, Tally> tallies_;  // by both places
  std::vector<Found> found_;
};

absl::Status TooMuch(absl::string_view what) {
  return PreconditionFailed("PREVIEW_TOO_LARGE", "document",
                            absl::StrCat(what, ": propose fewer changes of questions at a time"));
}

absl::Status AddAnswers(const State& state, const Charter& proposed, v1::CharterPreview* preview) {
  std::vector<Comparison> comparisons;  // each looks at every opportunity
  for (std::string& name : QuestionsOf(state.charter(), proposed)) {
    const BothTexts question = {name, FindAboutOpportunities(state.charter(), name),
                                FindAboutOpportunities(proposed, name)};
    if (RuleOf(question.before) == RuleOf(question.after)) continue;
    for (std::string& lens : LensesOfBoth(question)) {
      comparisons.emplace_back(state, question, std::move(lens));
    }
    if (comparisons.size() <= kMostComparisons) continue;
    return TooMuch("it changes questions about opportunities through more than 200 lenses");
  }
  int64_t looked_at = 0;
  for (uint32_t row = 1; row < state.rows(); ++row) {
    if (!state.row(row).exists) continue;
    ++looked_at;
    for (Comparison& comparison : comparisons) comparison.Look(row);
  }
  preview->set_opportunity_count(looked_at);
  for (Comparison& comparison : comparisons) COMITY_RETURN_IF_ERROR(comparison.Write(preview));
  return absl::OkStatus();
}

absl::Status AddReports(const State& state, const Charter& proposed, v1::CharterPreview* preview) {
  const std::vector<std::string> lenses =
      LensesOfBoth({"", QuestionOf(state.charter(), v1::DIMENSION_OUTCOME),
                    QuestionOf(proposed, v1::DIMENSION_OUTCOME)});
  COMITY_ASSIGN_OR_RETURN(auto before, ComputeTotals(state, state.charter(), lenses));
  COMITY_ASSIGN_OR_RETURN(auto after, ComputeTotals(state, proposed, lenses));
  for (size_t i = 0; i < lenses.size(); ++i) {
    v1::ReportChange* report = preview->add_reports();
    report->set_lens(lenses[i]);
    *report->mutable_win_rate_before() = std::move(before[i].win_rate);
    *report->mutable_win_rate_after() = std::move(after[i].win_rate);
    *report->mutable_pipeline_before() = std::move(before[i].pipeline);
    *report->mutable_pipeline_after() = std::move(after[i].pipeline);
  }
  return absl::OkStatus();
}

void AddNotCounted(const Charter& before, const Charter& after, v1::CharterPreview* preview) {
  for (const std::string& name : QuestionsOf(before, after)) {
    const Question* old_text = before.FindQuestion(name);
    const Question* new_text = after.FindQuestion(name);
    const bool is_about_others =
        absl::c_any_of(std::vector<const Question*>{old_text, new_text}, [](const Question* text) {
          return text != nullptr && text->collection() != kOpportunities;
        });
    if (is_about_others && RuleOf(old_text) != RuleOf(new_text)) preview->add_not_counted(name);
  }
}

// Examples go first: numbers are what a signature rests on.
absl::Status Fit(v1::CharterPreview* preview) {
  if (preview->ByteSizeLong() <= kMostPreviewBytes) return absl::OkStatus();
  for (v1::AnswerChanges& answers : *preview->mutable_answers()) answers.clear_examples();
  preview->set_examples_left_out(true);
  if (preview->ByteSizeLong() <= kMostPreviewBytes) return absl::OkStatus();
  return TooMuch(absl::StrCat("what it changes takes more than ", kMostPreviewBytes >> 10, " KiB"));
}

}  // namespace

absl::StatusOr<v1::CharterPreview> PreviewCharter(const State& state, const Charter& proposed) {
  v1::CharterPreview preview;
  COMITY_RETURN_IF_ERROR(AddAnswers(state, proposed, &preview));
  COMITY_RETURN_IF_ERROR(AddReports(state, proposed, &preview));
  AddNotCounted(state.charter(), proposed, &preview);
  COMITY_RETURN_IF_ERROR(Fit(&preview));
  return preview;
}

}  // namespace comity::reporting
