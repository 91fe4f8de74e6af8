// How far reporting is behind what is written.
#ifndef COMITY_TESTS_BENCH_FRESHNESS_H_
#define COMITY_TESTS_BENCH_FRESHNESS_H_

#include "tests/bench/suite.h"

namespace comity::bench {

// Returns when reporting has taken in everything that is known to it.
void WaitUntilFresh(const Suite& suite);
// Writes about 1,000 leads a second for ten seconds, and prints how old reporting's newest entry is
// meanwhile, and the entries a second.
void MeasureFreshness(const Suite& suite);

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_FRESHNESS_H_
