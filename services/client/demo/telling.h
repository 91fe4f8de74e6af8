// A step of the story as it is shown, and what its output tells. Pure.
#ifndef COMITY_CLIENT_DEMO_TELLING_H_
#define COMITY_CLIENT_DEMO_TELLING_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/client/demo/story.h"

namespace comity::client {

// What was learned so far, e.g. `lead` → `leads/0190…`.
using StoryNames = std::map<std::string, std::string>;

// `$lead` and the like replaced. INTERNAL reason STORY_BROKEN: nobody has learned that name.
absl::StatusOr<std::vector<std::string>> FillNames(const std::vector<std::string>& words,
                                                   const StoryNames& names);
// `comity judge … --note 'Who decides?'`, as it can be typed.
std::string CommandLine(const std::vector<std::string>& words);
// The lines that are shown; what is left out is a line `…`.
std::string Excerpt(const std::string& output, const Shown& shown);
// INTERNAL reason STORY_BROKEN: the output does not tell it.
absl::Status Learn(const std::string& output, const Learned& what, StoryNames* names);

// What a step has done.
struct TakenStep {
  std::string act;
  int number = 0;
  std::string id;
  std::string told;
  std::vector<std::string> words;
  std::string output;
  Shown shown;
};
// For people; for programs, one line of JSON with all names so far.
std::string ShowStep(const TakenStep& step);
std::string StepJson(const TakenStep& step, const StoryNames& names);

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_TELLING_H_
