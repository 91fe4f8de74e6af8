// Which objections there were, and what became of them.
#include <map>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

// What the entry by which it ended is called: `final` of DISPUTE_STATE_FINAL. Empty: it is open.
std::string EndOf(const v1::Dispute& dispute) {
  if (!dispute.has_end_time()) return "";
  const std::string name = v1::DisputeState_Name(dispute.state());
  return absl::AsciiStrToLower(absl::StripPrefix(name, "DISPUTE_STATE_"));
}

class DisputeCourse {
 public:
  void Take(const Step& step, const v1::Dispute& dispute) {
    const std::string& entry = step.told->entry().entry_id();
    if (!told_.has_start_time()) {
      *told_.mutable_start_time() = resource::FromTime(step.time);
      told_.set_began_by(entry);
    }
    if (!told_.has_end_time() && step.told->entry().type() == EndOf(dispute)) {
      *told_.mutable_end_time() = resource::FromTime(step.time);
      told_.set_ended_by(entry);
    }
    last_ = dispute;
  }

  void Tell(v1::Timeline* timeline) const {
    v1::TimelineDispute& told = *timeline->add_disputes();
    told = told_;
    told.set_dispute(last_.name());
    told.set_subject(last_.subject());
    told.set_kind(last_.kind());
    told.set_about(last_.about());
    told.set_question(last_.question());
    told.set_disputed(last_.disputed());
    told.set_department(last_.department());
    *told.mutable_others() = last_.others();
    told.set_state(last_.state());
    if (last_.has_outcome()) {
      told.set_verdict(last_.outcome().verdict());
      told.set_answer(last_.outcome().answer());
    }
    const v1::DisputeHearing* const decision = DecisionIn(last_);
    const bool is_decided =
        decision != nullptr && last_.has_outcome() && last_.state() != v1::DISPUTE_STATE_AGREED;
    if (is_decided) told.set_arbiter(decision->arbiter());
    for (const v1::DisputeRemedy& remedy : last_.remedies()) {
      if (remedy.done_by().empty()) told.add_to_act(remedy.department());
    }
  }

 private:
  v1::Dispute last_;
  v1::TimelineDispute told_;
};

}  // namespace

void AddDisputes(const Course& course, v1::Timeline* timeline) {
  std::map<std::string, DisputeCourse> disputes;
  for (const Step& step : course) {
    v1::Dispute dispute;
    if (step.told->entry().payload().UnpackTo(&dispute)) {
      disputes[dispute.name()].Take(step, dispute);
    }
  }
  for (const auto& [name, dispute] : disputes) dispute.Tell(timeline);
}

}  // namespace comity::gateway::timeline
