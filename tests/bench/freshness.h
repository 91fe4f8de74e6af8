// How far reporting is behind what is written.
#ifndef COMITY_TESTS_BENCH_FRESHNESS_H_
#define COMITY_TESTS_BENCH_FRESHNESS_H_

#include "tests/bench/suite.h"

namespace comity::bench {

// Returns when reporting has taken in everything that is known to it.
void WaitUntilFresh(const Suite& suite);
// Writes about 1,000 opportunities a second for ten seconds, and prints how old reporting's newest
// entry is meanwhile, the entries a second, and how long a report takes that is asked for then.
void MeasureFreshness(const Suite& suite);

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_FRESHNESS_H_
