#include "services/gateway/timeline/timeline_rules.h"

#include <algorithm>
#include <map>

#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

Course CourseOf(const std::vector<Told>& told, std::vector<Moment>* moments) {
  *moments = MomentsOf(told);
  Course course;
  for (const Placed& placed : CausalOrder(*moments)) {
    course.push_back({&told[placed.index], placed.time});
  }
  return course;
}

// What it follows beside its own subject's earlier version.
void AddFollows(const std::vector<Told>& told, const Moment& moment, v1::TimelineEvent* event) {
  for (const size_t cause : moment.follows) {
    const journal::v1::Entry& entry = told[cause].entry();
    if (entry.subject() != event->subject()) event->add_follows(entry.entry_id());
  }
  auto* const ids = event->mutable_follows();
  std::sort(ids->begin(), ids->end());
  ids->erase(std::unique(ids->begin(), ids->end()), ids->end());
}

void AddEvents(const std::vector<Told>& told, const Course& course,
               const std::vector<Moment>& moments, v1::Timeline* timeline) {
  std::map<std::string, const journal::v1::Entry*> last;  // of each subject
  for (const Step& step : course) {
    const journal::v1::Entry*& before = last[step.told->entry().subject()];
    v1::TimelineEvent event = EventOf(*step.told, before);
    *event.mutable_time() = resource::FromTime(step.time);
    AddFollows(told, moments[static_cast<size_t>(step.told - told.data())], &event);
    before = &step.told->entry();
    *timeline->add_events() = std::move(event);
  }
}

// Leaves the latest of them.
void Cut(v1::Timeline* timeline) {
  auto* const events = timeline->mutable_events();
  size_t bytes = 0;
  int first = events->size();
  while (first > 0 && events->size() - first < kMostEvents) {
    bytes += events->Get(first - 1).ByteSizeLong();
    if (bytes > kMostEventBytes) break;
    --first;
  }
  timeline->set_more(first > 0);
  events->DeleteSubrange(0, first);
}

template <typename Span>
void SortByStart(google::protobuf::RepeatedPtrField<Span>* spans) {
  std::stable_sort(spans->begin(), spans->end(), [](const Span& a, const Span& b) {
    return resource::ToTime(a.start_time()) < resource::ToTime(b.start_time());
  });
}

}  // namespace

bool SeesNames(const charter::Charter& charter, const Principal& reader) {
  const type::v1::Charter& document = charter.document();
  if (!document.blameless() || reader.HasRole(type::v1::ROLE_AUDITOR)) return true;
  const auto& shown = document.names_shown_to();
  return std::find(shown.begin(), shown.end(), reader.department) != shown.end();
}

v1::Timeline MakeTimeline(const std::vector<Told>& told, const charter::Charter& charter,
                          const Reading& reading) {
  std::vector<Moment> moments;
  const Course course = CourseOf(told, &moments);
  v1::Timeline timeline;
  *timeline.mutable_read_time() = resource::FromTime(reading.now);
  timeline.set_names_left_out(!reading.sees_names);
  AddEvents(told, course, moments, &timeline);
  if (!reading.sees_names) {
    for (v1::TimelineEvent& event : *timeline.mutable_events()) {
      LeaveNamesOut(reading.reader, &event);
    }
  }
  Cut(&timeline);
  AddResponsibility(course, &timeline);
  AddDisagreements(course, charter, &timeline);
  AddClocks(course, &timeline);
  AddPromises(course, reading.now, &timeline);
  AddDisputes(course, &timeline);
  SortByStart(timeline.mutable_stretches());
  SortByStart(timeline.mutable_gaps());
  SortByStart(timeline.mutable_disagreements());
  SortByStart(timeline.mutable_clocks());
  SortByStart(timeline.mutable_disputes());
  return timeline;
}

}  // namespace comity::gateway::timeline
