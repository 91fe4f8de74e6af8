// What clocks noted, when they stood still, and what became of promises.
#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/strip.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

// When a clock stood still, by what it noted. One that stopped in a pause stands still no more. A
// pause that ends before it began was none: its wait was voided.
void AddPauses(const v1::HandoverClock& clock, const std::vector<v1::ClockNote>& notes,
               v1::TimelineClock* told) {
  const v1::ClockNote* paused = nullptr;
  const auto end = [&](const google::protobuf::Timestamp& time) {
    const bool is_some = resource::ToTime(paused->time()) < resource::ToTime(time);
    if (is_some) {
      v1::ClockPause* const pause = told->add_pauses();
      *pause->mutable_start_time() = paused->time();
      *pause->mutable_end_time() = time;
    }
    paused = nullptr;
  };
  for (const v1::ClockNote& note : notes) {
    if (note.type() == "paused") paused = &note;
    if (note.type() == "resumed" && paused != nullptr) end(note.time());
  }
  if (paused == nullptr) return;
  if (clock.has_stop_time()) return end(clock.stop_time());
  *told->add_pauses()->mutable_start_time() = paused->time();
}

// Both clocks of a handover, as its last entry has them, with what all entries noted.
class HandoverCourse {
 public:
  void Take(const Step& step, const v1::Handover& handover) {
    last_ = handover;
    absl::string_view type = step.told->entry().type();
    if (absl::ConsumePrefix(&type, "accept-")) Note(step, type, &accept_);
    if (absl::ConsumePrefix(&type, "act-")) Note(step, type, &act_);
  }

  void Tell(v1::Timeline* timeline) const {
    if (last_.has_accept_clock()) {
      Tell(v1::TIMELINE_CLOCK_KIND_ACCEPT, last_.accept_clock(), accept_, timeline);
    }
    if (last_.has_act_clock()) {
      Tell(v1::TIMELINE_CLOCK_KIND_ACT, last_.act_clock(), act_, timeline);
    }
  }

 private:
  using Notes = std::vector<v1::ClockNote>;

  static void Note(const Step& step, absl::string_view type, Notes* notes) {
    v1::ClockNote& note = notes->emplace_back();
    note.set_type(std::string(type));
    *note.mutable_time() = step.told->entry().occur_time();
  }

  void Tell(v1::TimelineClockKind kind, const v1::HandoverClock& clock, const Notes& notes,
            v1::Timeline* timeline) const {
    v1::TimelineClock* const told = timeline->add_clocks();
    told->set_handover(last_.name());
    told->set_subject(last_.subject());
    told->set_department(last_.to());
    told->set_kind(kind);
    *told->mutable_start_time() = clock.start_time();
    *told->mutable_due_time() = clock.due_time();
    if (clock.has_stop_time()) *told->mutable_stop_time() = clock.stop_time();
    for (const v1::ClockNote& note : notes) *told->add_notes() = note;
    if (clock.has_paused_for()) *told->mutable_paused_for() = clock.paused_for();
    AddPauses(clock, notes, told);
  }

  v1::Handover last_;
  Notes accept_;
  Notes act_;
};

// The promises of one record, by the facts that stand. A fact that is corrected is known by the
// name of the first one.
class Promises {
 public:
  void Take(const Step& step, const fact::v1::Fact& fact) {
    const std::string earlier = fact.corrects().empty() ? fact.voids() : fact.corrects();
    const std::string name = earlier.empty() ? fact.name() : FirstOf(earlier);
    first_[fact.name()] = name;
    if (fact.kind() == fact::v1::FACT_KIND_VOIDED) return Void(name);
    if (fact.kind() == fact::v1::FACT_KIND_PROMISED) {
      Said& said = promises_[name];
      if (said.fact.name().empty()) said.department = step.told->entry().actor().department();
      said.fact = fact;
    } else if (fact.kind() == fact::v1::FACT_KIND_PROMISE_KEPT ||
               fact.kind() == fact::v1::FACT_KIND_PROMISE_BROKEN) {
      Said& said = ends_[name];
      said.department = step.told->entry().actor().department();
      said.fact = fact;
    }
  }

  void Tell(const std::string& subject, absl::Time now, v1::Timeline* timeline) const {
    for (const auto& [name, said] : promises_) {
      v1::TimelinePromise promise;
      promise.set_fact(said.fact.name());
      promise.set_subject(subject);
      promise.set_department(said.department);
      promise.set_contact(said.fact.contact());
      *promise.mutable_promise_time() = said.fact.occur_time();
      if (said.fact.has_due_time()) *promise.mutable_due_time() = said.fact.due_time();
      SetState(name, now, &promise);
      *timeline->add_promises() = std::move(promise);
    }
  }

 private:
  struct Said {
    fact::v1::Fact fact;
    std::string department;
  };

  std::string FirstOf(const std::string& name) const {
    const auto found = first_.find(name);
    return found == first_.end() ? name : found->second;
  }

  void Void(const std::string& name) {
    promises_.erase(name);
    ends_.erase(name);
  }

  // What was said of it last.
  const Said* EndOf(const std::string& name) const {
    const Said* last = nullptr;
    for (const auto& [end, said] : ends_) {
      if (FirstOf(said.fact.promise()) != name) continue;
      const bool is_later =
          last == nullptr || said.fact.subject_version() > last->fact.subject_version();
      if (is_later) last = &said;
    }
    return last;
  }

  void SetState(const std::string& name, absl::Time now, v1::TimelinePromise* promise) const {
    const absl::Time due =
        promise->has_due_time() ? resource::ToTime(promise->due_time()) : absl::InfiniteFuture();
    const Said* const end = EndOf(name);
    if (end == nullptr) {
      promise->set_state(due < now ? v1::TIMELINE_PROMISE_STATE_OVERDUE
                                   : v1::TIMELINE_PROMISE_STATE_OPEN);
      return;
    }
    const bool is_kept = end->fact.kind() == fact::v1::FACT_KIND_PROMISE_KEPT;
    promise->set_state(is_kept ? v1::TIMELINE_PROMISE_STATE_KEPT
                               : v1::TIMELINE_PROMISE_STATE_BROKEN);
    promise->set_ended_by(end->department);
    *promise->mutable_end_time() = end->fact.occur_time();
    promise->set_late(is_kept && resource::ToTime(end->fact.occur_time()) > due);
  }

  std::map<std::string, std::string> first_;  // fact → the first of its corrections
  std::map<std::string, Said> promises_;
  std::map<std::string, Said> ends_;
};

}  // namespace

void AddClocks(const Course& course, v1::Timeline* timeline) {
  std::map<std::string, HandoverCourse> handovers;
  for (const Step& step : course) {
    v1::Handover handover;
    if (step.told->entry().payload().UnpackTo(&handover)) {
      handovers[handover.name()].Take(step, handover);
    }
  }
  for (const auto& [name, handover] : handovers) handover.Tell(timeline);
}

void AddPromises(const Course& course, absl::Time now, v1::Timeline* timeline) {
  std::map<std::string, Promises> subjects;
  for (const Step& step : course) {
    fact::v1::Fact fact;
    if (!step.told->entry().payload().UnpackTo(&fact)) continue;
    subjects[step.told->entry().subject()].Take(step, fact);
  }
  for (const auto& [subject, promises] : subjects) promises.Tell(subject, now, timeline);
  auto* const all = timeline->mutable_promises();
  std::stable_sort(all->begin(), all->end(), [](const auto& a, const auto& b) {
    return resource::ToTime(a.promise_time()) < resource::ToTime(b.promise_time());
  });
}

}  // namespace comity::gateway::timeline
