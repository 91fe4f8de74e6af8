#include "services/lead/promise_rules.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;

bool IsPromise(const Fact& fact) { return fact.kind() == fact::v1::FACT_KIND_PROMISED; }
bool IsMark(const Fact& fact) {
  return fact.kind() == fact::v1::FACT_KIND_PROMISE_KEPT ||
         fact.kind() == fact::v1::FACT_KIND_PROMISE_BROKEN;
}
bool Stands(const Fact& fact) { return fact.superseded_by().empty(); }

absl::Status CheckUnmarked(const std::vector<Fact>& before, const std::string& promise) {
  const auto mark = std::find_if(before.begin(), before.end(), [&](const Fact& other) {
    return IsMark(other) && Stands(other) && other.promise() == promise;
  });
  if (mark == before.end()) return absl::OkStatus();
  return PreconditionFailed(
      "ALREADY_MARKED", mark->name(),
      absl::StrCat(mark->actor().department(), " has said that it was ",
                   mark->kind() == fact::v1::FACT_KIND_PROMISE_KEPT ? "kept" : "broken",
                   ": void that first"));
}

absl::Status CheckMark(const std::vector<Fact>& before, const Fact& fact) {
  const Fact* const promise = fact::FindFact(before, fact.promise());
  if (promise == nullptr || !IsPromise(*promise) || !Stands(*promise)) {
    return PreconditionFailed("PROMISE_NOT_STANDING", fact.promise(),
                              "no promise of this opportunity that stands; `comity facts` lists "
                              "them, and by what each was corrected");
  }
  if (resource::ToMicros(fact.occur_time()) < resource::ToMicros(promise->occur_time())) {
    return PreconditionFailed("MARKED_BEFORE_PROMISED", fact.promise(),
                              "nothing is kept or broken before it was promised");
  }
  return CheckUnmarked(before, fact.promise());
}

// Facts by their names.
using Facts = std::map<std::string, const Fact*>;

v1::Promise PromiseOf(const Fact& fact, const Facts& facts, absl::Time now) {
  v1::Promise promise;
  promise.set_name(fact.name());
  for (auto earlier = facts.find(fact.corrects()); earlier != facts.end();
       earlier = facts.find(earlier->second->corrects())) {
    promise.add_former_names(earlier->first);
  }
  promise.set_opportunity(resource::SubjectOf(fact.name()));
  promise.set_text(fact.summary());
  promise.set_contact(fact.contact());
  *promise.mutable_due_time() = fact.due_time();
  *promise.mutable_occur_time() = fact.occur_time();
  *promise.mutable_actor() = fact.actor();
  promise.set_state(Stands(fact) ? v1::PROMISE_STATE_OPEN : v1::PROMISE_STATE_VOIDED);
  promise.set_late(Stands(fact) && now > resource::ToTime(fact.due_time()));
  return promise;
}

void Mark(const Fact& mark, v1::Promise* promise) {
  const bool is_kept = mark.kind() == fact::v1::FACT_KIND_PROMISE_KEPT;
  promise->set_state(is_kept ? v1::PROMISE_STATE_KEPT : v1::PROMISE_STATE_BROKEN);
  promise->set_late(is_kept && resource::ToMicros(mark.occur_time()) >
                                   resource::ToMicros(promise->due_time()));
  promise->set_mark(mark.name());
  *promise->mutable_mark_time() = mark.occur_time();
  *promise->mutable_marked_by() = mark.actor();
}

}  // namespace

void CompletePromise(const v1::Opportunity& opportunity, const std::vector<Fact>& before,
                     Fact* fact) {
  if (!IsPromise(*fact) || !fact->contact().empty()) return;
  const Fact* const corrected = fact::FindFact(before, fact->corrects());
  fact->set_contact(corrected == nullptr ? opportunity.contact() : corrected->contact());
}

absl::Status CheckPromise(const v1::Opportunity& opportunity, const std::vector<Fact>& before,
                          const Fact& fact) {
  if (IsMark(fact)) return CheckMark(before, fact);
  if (IsPromise(fact) && fact.contact().empty()) {
    return PreconditionFailed("PROMISED_TO_NOBODY", opportunity.name(),
                              "the opportunity names no contact: say to whom it was promised");
  }
  const std::string& earlier = fact.voids().empty() ? fact.corrects() : fact.voids();
  return earlier.empty() ? absl::OkStatus() : CheckUnmarked(before, earlier);
}

std::vector<v1::Promise> PromisesOf(const std::vector<Fact>& facts, absl::Time now) {
  Facts made;
  for (const Fact& fact : facts) {
    if (IsPromise(fact)) made[fact.name()] = &fact;
  }
  std::map<std::string, v1::Promise> promises;
  for (const auto& [name, fact] : made) {
    const bool is_corrected = made.count(fact->superseded_by()) != 0;
    if (!is_corrected) promises[name] = PromiseOf(*fact, made, now);
  }
  for (const Fact& fact : facts) {
    if (!IsMark(fact) || !Stands(fact)) continue;
    const auto promise = promises.find(fact.promise());
    if (promise != promises.end()) Mark(fact, &promise->second);
  }
  std::vector<v1::Promise> ordered;
  for (auto& [name, promise] : promises) ordered.push_back(std::move(promise));
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
    return std::tuple(resource::ToMicros(a.due_time()), a.name()) <
           std::tuple(resource::ToMicros(b.due_time()), b.name());
  });
  return ordered;
}

}  // namespace comity::lead
