#include "services/client/demo/renegotiation.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr char kQuestion[] = "questions/opportunity-outcome";
constexpr char kDecider[] = "departments/sales";
constexpr char kWouldDecide[] = "departments/management";
constexpr char kAnswer[] = "lost";

type::v1::Question* StoryQuestion(type::v1::Charter* charter) {
  for (auto& question : *charter->mutable_questions()) {
    if (question.name() == kQuestion) return &question;
  }
  return nullptr;
}

type::v1::Answer* LostOf(type::v1::Question* question) {
  for (auto& answer : *question->mutable_answers()) {
    if (answer.id() == kAnswer) return &answer;
  }
  return nullptr;
}

}  // namespace

absl::Status NotADemonstration(const std::string& why) {
  return PreconditionFailed(
      "NOT_A_DEMONSTRATION", "charter",
      absl::StrCat("the story is for a suite that scripts/run has begun with the demonstration "
                   "company (scripts/run --data DIR begins another one): ",
                   why));
}

absl::StatusOr<Renegotiation> Renegotiate(const type::v1::Charter& charter) {
  Renegotiation made{charter, charter, "sixty"};
  type::v1::Question* const question = StoryQuestion(&made.near);
  if (question == nullptr || question->decider() != kDecider) {
    return NotADemonstration(
        absl::StrCat("in the charter in force ", kDecider, " does not decide ", kQuestion));
  }
  type::v1::Answer* const lost = LostOf(question);
  if (lost == nullptr)
    return NotADemonstration(absl::StrCat(kQuestion, " has no answer ", kAnswer));
  std::string was = "ninety";
  if (absl::StrContains(lost->criteria(), "for sixty days")) std::swap(was, made.days);
  const std::string before = absl::StrCat("for ", was, " days");
  if (!absl::StrContains(lost->criteria(), before)) {
    return NotADemonstration(absl::StrCat("the criteria for ", kAnswer, " in ", kQuestion,
                                          " name neither ninety days nor sixty"));
  }
  lost->set_criteria(
      absl::StrReplaceAll(lost->criteria(), {{before, absl::StrCat("for ", made.days, " days")}}));
  StoryQuestion(&made.far)->set_decider(kWouldDecide);
  return made;
}

}  // namespace comity::client
