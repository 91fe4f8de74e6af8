#include "services/runtime/calendar/wall_hours.h"

#include <algorithm>
#include <utility>

namespace comity::calendar {
namespace {

constexpr int64_t kWeek = 7;
// 1970-01-01 was a Thursday: three days after a Monday.
constexpr int64_t kDaysSinceMonday = 3;
constexpr absl::Duration kDay = absl::Hours(24);

struct WeekDay {
  int64_t week;
  int64_t day;  // 0 is Monday.
};

WeekDay WeekDayOf(int64_t day) {
  const int64_t shifted = day + kDaysSinceMonday;
  const int64_t weekday = (shifted % kWeek + kWeek) % kWeek;
  return {(shifted - weekday) / kWeek, weekday};
}

void SortAndMerge(std::vector<DaySpan>* spans) {
  std::sort(spans->begin(), spans->end(),
            [](const DaySpan& a, const DaySpan& b) { return a.from < b.from; });
  std::vector<DaySpan> merged;
  for (const DaySpan& span : *spans) {
    if (!merged.empty() && span.from <= merged.back().until) {
      merged.back().until = std::max(merged.back().until, span.until);
    } else {
      merged.push_back(span);
    }
  }
  *spans = std::move(merged);
}

// Open time of a day until `rest` after its midnight.
absl::Duration OpenUntil(const std::vector<DaySpan>& spans, absl::Duration rest) {
  absl::Duration sum;
  for (const DaySpan& span : spans) {
    if (span.from >= rest) break;
    sum += std::min(span.until, rest) - span.from;
  }
  return sum;
}

}  // namespace

WallHours::WallHours(Week week, std::vector<int64_t> closed)
    : week_(std::move(week)), closed_(std::move(closed)) {
  for (size_t i = 0; i < week_.size(); ++i) {
    SortAndMerge(&week_[i]);
    before_weekday_[i + 1] = before_weekday_[i] + OpenUntil(week_[i], kDay);
  }
  std::sort(closed_.begin(), closed_.end());
  closed_.erase(std::unique(closed_.begin(), closed_.end()), closed_.end());
  closed_before_.push_back(absl::ZeroDuration());
  for (const int64_t day : closed_) {
    closed_before_.push_back(closed_before_.back() + OpenUntil(week_[WeekDayOf(day).day], kDay));
  }
}

int64_t WallHours::DayOf(Wall wall) {
  absl::Duration rest;
  const int64_t day = absl::IDivDuration(wall, kDay, &rest);
  return rest < absl::ZeroDuration() ? day - 1 : day;
}

Wall WallHours::Midnight(int64_t day) { return kDay * day; }

const std::vector<DaySpan>& WallHours::OnDay(int64_t day) const {
  static const auto& none = *new std::vector<DaySpan>();
  if (std::binary_search(closed_.begin(), closed_.end(), day)) return none;
  return week_[WeekDayOf(day).day];
}

absl::Duration WallHours::BeforeDay(int64_t day) const {
  const WeekDay place = WeekDayOf(day);
  const auto closed = std::lower_bound(closed_.begin(), closed_.end(), day) - closed_.begin();
  return before_weekday_.back() * place.week + before_weekday_[place.day] - closed_before_[closed];
}

absl::Duration WallHours::Before(Wall wall) const {
  const int64_t day = DayOf(wall);
  return BeforeDay(day) + OpenUntil(OnDay(day), wall - Midnight(day));
}

Wall WallHours::Advance(Wall wall, absl::Duration open) const {
  const absl::Duration goal = Before(wall) + open;
  absl::Duration rest;
  const int64_t weeks = absl::IDivDuration(open, before_weekday_.back(), &rest);
  // Each closed date spoils one week at most, so by `after` the goal is reached for certain.
  int64_t day = DayOf(wall);
  int64_t after = day + kWeek * (weeks + static_cast<int64_t>(closed_.size()) + 2);
  while (after - day > 1) {  // The last day at whose midnight the goal is not reached.
    const int64_t middle = day + (after - day) / 2;
    (BeforeDay(middle) < goal ? day : after) = middle;
  }
  rest = goal - BeforeDay(day);
  for (const DaySpan& span : OnDay(day)) {
    const absl::Duration length = span.until - span.from;
    if (rest <= length) return Midnight(day) + span.from + rest;
    rest -= length;
  }
  return Midnight(day + 1);
}

}  // namespace comity::calendar
