// What the charter says of silence at a moment.
#ifndef COMITY_RUNTIME_CHARTER_SILENCE_H_
#define COMITY_RUNTIME_CHARTER_SILENCE_H_

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/runtime/charter/book.h"
#include "services/runtime/charter/settlement.h"

namespace comity::charter {

// By the revision in force at `now`, in which the question stands as `question`. `since`: from when
// on one revision after the other has given the question that term by that calendar's name;
// `asked_since`: and has asked that voice. Nobody has assented by silence to what came before.
// Lives as long as the book.
Silence SilenceAt(const Book& book, absl::string_view question, absl::Time now);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SILENCE_H_
