// Who was responsible when, and when nobody was.
#include <algorithm>
#include <map>
#include <optional>

#include "comity/support/v1/case.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/timeline/timeline_rules.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

using google::protobuf::Message;

constexpr char kDepartment[] = "responsible_department";
constexpr char kOwner[] = "owner";

// What was so about a record after an entry.
struct Holding {
  bool stands = true;  // not withdrawn
  bool ended = false;  // needs nobody at work
  std::string department;
  std::string owner;
};

bool HasEnded(const Message& record) {
  if (IsSet(record, "sign_time") || IsSet(record, "decline_time")) return true;
  if (const auto* opened = dynamic_cast<const support::v1::Case*>(&record)) {
    return opened->state() == support::v1::CASE_STATE_CLOSED;
  }
  const auto* field = record.GetDescriptor()->FindFieldByName("conversion");
  return field != nullptr && IsSet(record.GetReflection()->GetMessage(record, field), "end_time");
}

// None: the entry is of no record that somebody is responsible for, or does not say.
std::optional<Holding> HoldingOf(const journal::v1::Entry& entry) {
  const auto record = RecordOf(entry);
  if (record == nullptr) return std::nullopt;
  if (record->GetDescriptor()->FindFieldByName(kDepartment) == nullptr) return std::nullopt;
  return Holding{!IsSet(*record, "withdraw_time"), HasEnded(*record), TextOf(*record, kDepartment),
                 TextOf(*record, kOwner)};
}

v1::ResponsibilityGapKind GapOf(const Holding& holding) {
  if (!holding.stands) return v1::RESPONSIBILITY_GAP_KIND_UNSPECIFIED;
  if (holding.department.empty()) return v1::RESPONSIBILITY_GAP_KIND_NO_DEPARTMENT;
  if (holding.ended || !holding.owner.empty()) return v1::RESPONSIBILITY_GAP_KIND_UNSPECIFIED;
  return v1::RESPONSIBILITY_GAP_KIND_NOBODY_AT_WORK;
}

// One record's, as it goes on. Indexes of what lasts; -1: nothing does.
class Holder {
 public:
  void Take(const Step& step, const Holding& holding, v1::Timeline* timeline) {
    TakeStretch(step, holding, timeline);
    TakeGap(step, holding, timeline);
  }

 private:
  template <typename Span>
  static void End(const Step& step, Span* span) {
    *span->mutable_end_time() = resource::FromTime(step.time);
    span->set_ended_by(step.told->entry().entry_id());
  }
  template <typename Span>
  static void Begin(const Step& step, Span* span) {
    span->set_subject(step.told->entry().subject());
    *span->mutable_start_time() = resource::FromTime(step.time);
    span->set_began_by(step.told->entry().entry_id());
  }

  void TakeStretch(const Step& step, const Holding& holding, v1::Timeline* timeline) {
    const std::string department = holding.stands ? holding.department : "";
    if (department == department_) return;
    if (!department_.empty()) End(step, timeline->mutable_stretches(stretch_));
    department_ = department;
    if (department.empty()) return;
    stretch_ = timeline->stretches_size();
    v1::ResponsibilityStretch* const stretch = timeline->add_stretches();
    Begin(step, stretch);
    stretch->set_department(department);
    workflow::v1::ResponsibilityChange change;
    if (step.told->entry().payload().UnpackTo(&change)) stretch->set_handover(change.handover());
  }

  void TakeGap(const Step& step, const Holding& holding, v1::Timeline* timeline) {
    const auto kind = GapOf(holding);
    const std::string department =
        kind == v1::RESPONSIBILITY_GAP_KIND_NOBODY_AT_WORK ? holding.department : "";
    if (kind == gap_kind_ && department == gap_department_) return;
    if (gap_kind_ != v1::RESPONSIBILITY_GAP_KIND_UNSPECIFIED) {
      End(step, timeline->mutable_gaps(gap_));
    }
    gap_kind_ = kind;
    gap_department_ = department;
    if (kind == v1::RESPONSIBILITY_GAP_KIND_UNSPECIFIED) return;
    gap_ = timeline->gaps_size();
    v1::ResponsibilityGap* const gap = timeline->add_gaps();
    Begin(step, gap);
    gap->set_kind(kind);
    gap->set_department(department);
  }

  std::string department_;
  int stretch_ = -1;
  v1::ResponsibilityGapKind gap_kind_ = v1::RESPONSIBILITY_GAP_KIND_UNSPECIFIED;
  std::string gap_department_;
  int gap_ = -1;
};

// What took no time is none: a record and its owner come in one transaction.
bool TakesNoTime(const v1::ResponsibilityGap& gap) {
  return gap.has_end_time() &&
         resource::ToTime(gap.end_time()) <= resource::ToTime(gap.start_time());
}

}  // namespace

void AddResponsibility(const Course& course, v1::Timeline* timeline) {
  std::map<std::string, Holder> holders;
  for (const Step& step : course) {
    const auto holding = HoldingOf(step.told->entry());
    if (holding.has_value()) {
      holders[step.told->entry().subject()].Take(step, *holding, timeline);
    }
  }
  auto* const gaps = timeline->mutable_gaps();
  gaps->erase(std::remove_if(gaps->begin(), gaps->end(), TakesNoTime), gaps->end());
}

}  // namespace comity::gateway::timeline
