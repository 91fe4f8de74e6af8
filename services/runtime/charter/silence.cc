#include "services/runtime/charter/silence.h"

#include <vector>

#include "absl/algorithm/container.h"

namespace comity::charter {
namespace {

bool IsSameTerm(const type::v1::Question* a, const type::v1::Question& b) {
  return a != nullptr && a->settlement().silence_hours() == b.settlement().silence_hours() &&
         a->settlement().calendar() == b.settlement().calendar();
}

// Whether silence of the voice can assent.
bool Asks(const type::v1::Question& question, absl::string_view voice) {
  const SettlementTerms terms = TermsOf(question);
  return terms.needed > 0 ? absl::c_linear_search(question.voices(), voice)
                          : absl::c_linear_search(terms.asked, voice);
}

using Newest = std::vector<const Revision*>::const_reverse_iterator;

// From when on one revision after the other has given it that term and, unless `voice` is empty,
// asked that voice.
absl::Time SinceWhen(Newest revision, Newest end, const type::v1::Question& asked,
                     absl::string_view voice) {
  absl::Time since = absl::InfinitePast();
  for (; revision != end; ++revision) {
    const type::v1::Question* question = (*revision)->charter.FindQuestion(asked.name());
    if (!IsSameTerm(question, asked) || (!voice.empty() && !Asks(*question, voice))) break;
    since = (*revision)->effective;
  }
  return since;
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
  Newest in_force = revisions.rbegin();
  while ((*in_force)->charter.revision() > charter.revision()) ++in_force;
  silence.since = SinceWhen(in_force, revisions.rend(), *asked, "");
  for (const std::string& voice : asked->voices()) {
    if (!Asks(*asked, voice)) continue;
    silence.asked_since[voice] = SinceWhen(in_force, revisions.rend(), *asked, voice);
  }
  return silence;
}

}  // namespace comity::charter
