// The story that `comity demo play` tells: which commands whoever gives, and what is said of them.
// Pure data: nothing here talks to a service.
#ifndef COMITY_CLIENT_DEMO_STORY_H_
#define COMITY_CLIENT_DEMO_STORY_H_

#include <string>
#include <vector>

namespace comity::client {

// An agreement whose clock a play can wait for: config/demonstration.yaml.
inline constexpr char kStoryAgreement[] = "agreements/demonstration-lead";

// The department that refuses the first text, and signs the last one at the end.
inline constexpr char kObjector[] = "departments/sales";

// What has to be so before a step.
enum class Awaited {
  kNothing,
  kNoRevisionUnderWay,  // nothing that was signed has yet to come into force; learns `base`, `next`
  kStatementDrawn,      // of $opportunity; learns `statement`
  kAccountOffered,      // $account to support; learns `onboarding`
  kStatementDrawnAnew,  // by the outcome of $dispute; learns `anew`
  kOfferEscalated,      // $offer
  kRevisionAnnounced,   // $next has a time from when on it is in force
  kRevisionInForce,     // $next
};

// A name that a step's output tells: of a record of `collection`; with `beside`, the number at the
// end of the first line that holds it.
struct Learned {
  std::string name;
  std::string collection;
  std::string beside;
};

// The lines of its output that are shown; 0 and 0: all.
struct Shown {
  int first = 0;
  int last = 0;
};

struct StoryStep {
  std::string id;    // for programs, e.g. `offer-returned`
  std::string told;  // a line, perhaps two
  std::string as;  // `ana@sales`; empty: the steward of each department that $proposal touches, but
                   // kObjector
  // `comity` WORDS --as …; `$lead` stands for what was learned by that name.
  std::vector<std::string> words;
  std::vector<Learned> learns;
  Shown shown;
  Awaited awaits = Awaited::kNothing;
};

struct StoryAct {
  std::string title;
  std::vector<StoryStep> steps;
};

// Names that are known from the start: `far`, `near` (files with what is proposed first, and then
// instead), `file` (the charter in force) and `days`.
std::vector<StoryAct> TellStory();

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_STORY_H_
