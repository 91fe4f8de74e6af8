// What the API says of every subject, against its journal and what callers were told.
#ifndef COMITY_TESTS_INTEGRATION_RECORD_CHECK_H_
#define COMITY_TESTS_INTEGRATION_RECORD_CHECK_H_

#include <vector>

#include "tests/integration/act.h"
#include "tests/integration/journals.h"

namespace comity::integration {

// Each subject that `acts` created is read through the API: its record is what its journal's last
// word says, the personal fields are those of the last edit, its history is its part of the
// journal, its facts and judgements hold all that was acknowledged, and its standing follows from
// them.
void ExpectReadable(const std::vector<Act>& acts, const Journals& journals);

// Every acknowledged request, sent again as it was, has no further effect and is answered as it
// was.
void ExpectSameAnswersAgain(const std::vector<Act>& acts);

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_RECORD_CHECK_H_
