#include "services/reporting/past_states.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

// A state takes some 25 MB at 10^5 opportunities. The last two stay at any size: without them the
// next asker would find nothing.
constexpr Keeping kKept = {.values = 16, .bytes = 64 << 20, .in_any_case = 2};
constexpr int kMostQueued = 8;
// Of the workers, so many may wait for the past; the others go on to serve the present.
constexpr int kMostWaiting = 8;
// A replay of the latest that took longer than this is good for its askers to come back.
constexpr absl::Duration kLong = absl::Seconds(1);
constexpr absl::Duration kToComeBack = absl::Seconds(30);

std::string KeyOf(int64_t generation, const Moment& moment) {
  return absl::StrCat(generation, "@", moment.as_of, "<", moment.occurred_before);
}

absl::Status NotReady(const Moment& moment, bool waited) {
  const std::string text =
      absl::StrCat("the record as of ", moment.as_of,
                   " is being replayed: ask again in a few seconds, it is kept for you");
  return waited ? MakeError(absl::StatusCode::kDeadlineExceeded, "PAST_NOT_READY", text)
                : Unavailable("PAST_NOT_READY", text);
}

}  // namespace

PastStates::PastStates(const charter::Book* book, Replay replay)
    : book_(book),
      replay_(std::move(replay)),
      kept_(
          kKept, [](const Past& past) { return past.state.bytes(); },
          [this](std::function<void()> task) { return replayer_.Submit({}, std::move(task)); }),
      replayer_(1, kMostQueued) {}

PastStates::~PastStates() { Stop(); }

void PastStates::Stop() {
  stopping_ = true;
  replayer_.Stop();
}

void PastStates::Clear() { kept_.Clear(); }

absl::StatusOr<PastStates::Kept> PastStates::Get(int64_t generation, const Moment& moment,
                                                 absl::Time deadline) {
  const bool may_wait = ++waiting_ <= kMostWaiting;
  const absl::Cleanup leave = [this] { --waiting_; };
  const auto past =
      kept_.Get(KeyOf(generation, moment), may_wait ? AnswerBy(deadline) : absl::InfinitePast(),
                [this, generation, moment] { return Make(generation, moment); });
  if (absl::IsDeadlineExceeded(past.status())) return NotReady(moment, may_wait);
  COMITY_RETURN_IF_ERROR(past.status());
  return Kept(*past, &(*past)->state);
}

Moment PastStates::Choose(int64_t generation, const Moment& newest, int revision) {
  absl::MutexLock lock(&mutex_);
  const auto is_gone = [this](const auto& each) {
    const auto& [of, before, by] = each.first;
    return !kept_.Has(KeyOf(of, {each.second, before}));
  };
  std::erase_if(chosen_, is_gone);
  const auto [known, added] =
      chosen_.try_emplace({generation, newest.occurred_before, revision}, newest.as_of);
  const Moment moment = {known->second, newest.occurred_before};
  if (added) return moment;
  const auto past = kept_.Peek(KeyOf(generation, moment));
  if (past == nullptr || past->good_until > absl::Now()) return moment;
  known->second = newest.as_of;
  return newest;
}

absl::StatusOr<PastStates::Kept> PastStates::GetLatest(int64_t generation, const Moment& newest,
                                                       int revision, absl::Time deadline) {
  return Get(generation, Choose(generation, newest, revision), deadline);
}

State PastStates::Nearest(int64_t generation, const Moment& moment) {
  const auto fit = [&](const Past& past) {
    // What had happened before an instant is worked out at the end, and cannot be gone on with.
    return past.generation == generation && moment.occurred_before == kNever &&
           past.state.occurred_before() == kNever && past.state.number() <= moment.as_of;
  };
  const auto later = [](const Past& a, const Past& b) {
    return a.state.number() > b.state.number();
  };
  const auto nearest = kept_.Best(fit, later);
  return nearest == nullptr ? State(book_, moment.occurred_before) : nearest->state;
}

absl::StatusOr<std::shared_ptr<const PastStates::Past>> PastStates::Make(int64_t generation,
                                                                         const Moment& moment) {
  if (stopping_) return Unavailable("DRAINING", "the server is shutting down; retry elsewhere");
  const absl::Time begin = absl::Now();
  auto past = std::make_shared<Past>(Past{generation, Nearest(generation, moment)});
  COMITY_RETURN_IF_ERROR(replay_(generation, moment.as_of, &past->state));
  past->state.Finish();
  const absl::Time end = absl::Now();
  if (end - begin > kLong) past->good_until = end + (end - begin) + kToComeBack;
  return std::shared_ptr<const Past>(std::move(past));
}

void PastStates::Offer(int64_t generation, int64_t as_of,
                       const std::function<absl::StatusOr<State>()>& copy) {
  // One copy at a time: without it the next reader replays, from the nearest past.
  if (copying_.exchange(true)) return;
  const auto done = absl::MakeCleanup([this] { copying_ = false; });
  const std::string key = KeyOf(generation, {as_of, kNever});
  kept_.Offer(key, [generation, copy]() -> absl::StatusOr<std::shared_ptr<const Past>> {
    COMITY_ASSIGN_OR_RETURN(State state, copy());
    return std::make_shared<const Past>(Past{generation, std::move(state)});
  });
}

}  // namespace comity::reporting
