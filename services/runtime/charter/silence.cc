#include "services/runtime/charter/silence.h"

#include <algorithm>
#include <vector>

namespace comity::charter {
namespace {

bool IsSameTerm(const type::v1::Question* a, const type::v1::Question& b) {
  return a != nullptr && a->settlement().silence_hours() == b.settlement().silence_hours() &&
         a->settlement().calendar() == b.settlement().calendar();
}

}  // namespace

Silence SilenceAt(const Book& book, absl::string_view question, absl::Time now) {
  const Charter& charter = book.At(now);
  const type::v1::Question* asked = charter.FindQuestion(question);
  Silence silence;
  silence.now = now;
  if (asked == nullptr || asked->settlement().silence_hours() <= 0) return silence;
  silence.calendar = charter.FindCalendar(asked->settlement().calendar());
  silence.term = absl::Hours(asked->settlement().silence_hours());
  const std::vector<const Revision*> revisions = book.revisions();
  for (auto revision = revisions.rbegin(); revision != revisions.rend(); ++revision) {
    if ((*revision)->charter.revision() > charter.revision()) continue;
    if (!IsSameTerm((*revision)->charter.FindQuestion(question), *asked)) break;
    silence.since = (*revision)->effective;
  }
  return silence;
}

}  // namespace comity::charter
