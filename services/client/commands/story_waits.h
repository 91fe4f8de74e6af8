// What the story waits for: asked of the services again and again, never slept through.
#ifndef COMITY_CLIENT_COMMANDS_STORY_WAITS_H_
#define COMITY_CLIENT_COMMANDS_STORY_WAITS_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/client/commands/context.h"
#include "services/client/demo/story.h"
#include "services/client/demo/telling.h"

namespace comity::client {

// Returns when it is so, and adds what it learned to `names`; shows a line of progress at a
// terminal. DEADLINE_EXCEEDED reason STORY_STANDS_STILL: it was not so within `limit`. Other
// errors: those of the services.
absl::Status AwaitStory(Context& context, Awaited what, absl::Duration limit, StoryNames* names);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_STORY_WAITS_H_
