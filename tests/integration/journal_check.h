// What the journals hold, against what callers asked and were told.
#ifndef COMITY_TESTS_INTEGRATION_JOURNAL_CHECK_H_
#define COMITY_TESTS_INTEGRATION_JOURNAL_CHECK_H_

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tests/integration/act.h"
#include "tests/integration/journals.h"

namespace comity::integration {

// Entries by a text of theirs, in order of position.
using EntryIndex = absl::flat_hash_map<std::string, std::vector<const journal::v1::Entry*>>;
EntryIndex ByRequest(const Journals& journals);

// Reads the journals on until they hold an entry of every acknowledged act; false when they do not
// come to that.
bool AwaitSequenced(const std::vector<Act>& acts, Journals* journals);

// No act was refused for another reason than those that such a load has, or stayed unknown.
void ExpectKnownOutcomes(const std::vector<Act>& acts);
// Positions without gaps, versions of each subject one after the other.
void ExpectSound(const std::string& service, const Journal& journal);
// Each acknowledged act has its effect once, as it was told; refused ones have none; and what was
// answered before another act was sent stands before it.
void ExpectEffectsOnce(const std::vector<Act>& acts, const Journals& journals);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_JOURNAL_CHECK_H_
