// What an answer means for the step that asked. Pure.
#ifndef COMITY_GATEWAY_WORKFLOW_VERDICT_H_
#define COMITY_GATEWAY_WORKFLOW_VERDICT_H_

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace comity::gateway {

enum class Verdict {
  kDone,
  kRefused,   // it has not happened and will not: the workflow is undone
  kNotKnown,  // it may have happened, or may yet: the same is asked again, for as long as it takes
  kNews,      // the service has not heard yet what others know: as unforeseen, with more patience
  kUnforeseen,  // in no list: asked again a few times, then the workflow is stuck
};

// By the error's reason, in one table; a reason that is in none by its code, if that is definite.
Verdict VerdictOf(const absl::Status& status);

// How often what is unforeseen is asked again, and what waits for news: a copy of the directory may
// be 40 seconds old, and these tries take 50.
inline constexpr int kMostUnforeseen = 8;
inline constexpr int kMostUntilNews = 18;
// How long to wait before the next try after `attempts` of them: doubled, at most five seconds.
absl::Duration PauseAfter(int attempts);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_VERDICT_H_
