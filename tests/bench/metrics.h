// What a service says of itself on its metrics port.
#ifndef COMITY_TESTS_BENCH_METRICS_H_
#define COMITY_TESTS_BENCH_METRICS_H_

#include <string>

namespace comity::bench {

// `127.0.0.1:8341`, as the process was told; empty if it is gone.
std::string MetricsAddressOf(int pid);
// The sum over all labels of a counter at that address; 0 where nobody answers.
double SumOfCounter(const std::string& address, const std::string& name);

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_METRICS_H_
