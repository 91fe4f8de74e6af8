// Where the standing answers of departments differed.
#include <map>
#include <set>
#include <utility>

#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

using Standing = std::map<std::string, v1::HeldAnswer>;  // by department

bool Differ(const Standing& standing) {
  std::set<std::string> answers;
  for (const auto& [department, held] : standing) answers.insert(held.answer());
  return answers.size() > 1;
}

// One question about one subject.
class Differing {
 public:
  Differing(std::string subject, std::string question)
      : subject_(std::move(subject)), question_(std::move(question)) {}

  void Take(const Step& step, const judgement::v1::Judgement& judgement) {
    const auto stood = standing_.find(judgement.department());
    if (stood != standing_.end()) {
      if (stood->second.answer() == judgement.answer()) return;
      stood->second.mutable_end_time()->CopyFrom(resource::FromTime(step.time));
      if (is_open_) gone_.push_back(stood->second);
      standing_.erase(stood);
    }
    if (!judgement.answer().empty()) {
      v1::HeldAnswer& held = standing_[judgement.department()];
      held.set_department(judgement.department());
      held.set_answer(judgement.answer());
      *held.mutable_start_time() = resource::FromTime(step.time);
    }
    const bool differ = Differ(standing_);
    if (differ && !is_open_) Begin(step);
    if (!differ && is_open_) is_over_ = true;
  }

  // Whether it is over by now, and the disagreement that was.
  bool is_over() const { return is_over_; }
  bool is_open() const { return is_open_; }
  std::vector<charter::StandingAnswer> standing() const {
    std::vector<charter::StandingAnswer> answers;
    for (const auto& [department, held] : standing_) answers.push_back({department, held.answer()});
    return answers;
  }
  v1::Disagreement Take() {
    for (const v1::HeldAnswer& held : gone_) *said_.add_held() = held;
    for (const auto& [department, held] : standing_) *said_.add_held() = held;
    gone_.clear();
    is_open_ = is_over_ = false;
    return std::exchange(said_, v1::Disagreement());
  }
  void End(const Step& step) {
    *said_.mutable_end_time() = resource::FromTime(step.time);
    said_.set_ended_by(step.told->entry().entry_id());
  }
  const std::string& subject() const { return subject_; }
  const std::string& question() const { return question_; }

 private:
  void Begin(const Step& step) {
    is_open_ = true;
    said_.set_subject(subject_);
    said_.set_question(question_);
    *said_.mutable_start_time() = resource::FromTime(step.time);
    said_.set_began_by(step.told->entry().entry_id());
  }

  const std::string subject_;
  const std::string question_;
  Standing standing_;
  std::vector<v1::HeldAnswer> gone_;  // held during it, and no more
  v1::Disagreement said_;
  bool is_open_ = false;
  bool is_over_ = false;
};

// The facts of each subject that stand: name → kind as in the charter.
class Facts {
 public:
  void Take(const std::string& subject, const fact::v1::Fact& fact) {
    std::map<std::string, std::string>& standing = standing_[subject];
    standing.erase(fact.corrects());
    standing.erase(fact.voids());
    if (fact.kind() != fact::v1::FACT_KIND_VOIDED)
      standing[fact.name()] = fact::KindId(fact.kind());
  }
  charter::StandingFacts Of(const std::string& subject) const {
    charter::StandingFacts kinds;
    const auto found = standing_.find(subject);
    if (found == standing_.end()) return kinds;
    for (const auto& [name, kind] : found->second) kinds.push_back(kind);
    return kinds;
  }

 private:
  std::map<std::string, std::map<std::string, std::string>> standing_;
};

void Tell(const charter::Charter& charter, const Facts& facts, Differing* differing,
          v1::Timeline* timeline) {
  const auto standing = differing->standing();
  v1::Disagreement disagreement = differing->Take();
  const type::v1::Question* question = charter.FindQuestion(disagreement.question());
  if (question != nullptr) {
    const auto settled = charter::Settle(*question, standing, facts.Of(disagreement.subject()));
    disagreement.set_settled_answer(settled.answer());
    disagreement.set_settled_by(settled.department());
  }
  *timeline->add_disagreements() = std::move(disagreement);
}

}  // namespace

void AddDisagreements(const Course& course, const charter::Charter& charter,
                      v1::Timeline* timeline) {
  Facts facts;
  std::map<std::pair<std::string, std::string>, Differing> all;
  for (const Step& step : course) {
    const journal::v1::Entry& entry = step.told->entry();
    fact::v1::Fact fact;
    judgement::v1::Judgement judgement;
    if (entry.payload().UnpackTo(&fact)) facts.Take(entry.subject(), fact);
    if (!entry.payload().UnpackTo(&judgement)) continue;
    Differing& differing = all.try_emplace({entry.subject(), judgement.question()}, entry.subject(),
                                           judgement.question())
                               .first->second;
    differing.Take(step, judgement);
    if (!differing.is_over()) continue;
    differing.End(step);
    Tell(charter, facts, &differing, timeline);
  }
  for (auto& [key, differing] : all) {
    if (differing.is_open()) Tell(charter, facts, &differing, timeline);
  }
}

}  // namespace comity::gateway::timeline
