// Does something with each element of a list, several at once.
#ifndef COMITY_TESTS_INTEGRATION_IN_PARALLEL_H_
#define COMITY_TESTS_INTEGRATION_IN_PARALLEL_H_

#include <atomic>
#include <thread>
#include <vector>

namespace comity::integration {

template <typename List, typename Do>
void InParallel(const List& list, const Do& act, int threads = 8) {
  std::atomic<size_t> next = 0;
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (size_t n; (n = next++) < list.size();) act(list[n]);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_IN_PARALLEL_H_
