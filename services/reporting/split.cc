#include "services/reporting/split.h"

#include <algorithm>
#include <numeric>

namespace comity::reporting {

std::vector<int64_t> Split(int64_t amount, absl::Span<const int64_t> weights) {
  if (weights.empty()) return {};
  std::vector<unsigned __int128> clean(weights.size());
  std::transform(weights.begin(), weights.end(), clean.begin(),
                 [](int64_t weight) { return weight > 0 ? weight : 0; });
  unsigned __int128 total = std::accumulate(clean.begin(), clean.end(), (unsigned __int128)0);
  if (total == 0) {
    std::fill(clean.begin(), clean.end(), 1);
    total = clean.size();
  }
  // The sign is taken off so that a negative amount splits like its positive.
  const uint64_t magnitude =
      amount < 0 ? 0 - static_cast<uint64_t>(amount) : static_cast<uint64_t>(amount);
  std::vector<uint64_t> parts(weights.size());
  std::vector<unsigned __int128> remainders(weights.size());
  uint64_t rest = magnitude;
  for (size_t i = 0; i < parts.size(); ++i) {
    // Weights are below 2^63 and the magnitude at most 2^63: the product fits.
    const unsigned __int128 product = clean[i] * magnitude;
    parts[i] = static_cast<uint64_t>(product / total);
    remainders[i] = product % total;
    rest -= parts[i];
  }
  std::vector<size_t> order(parts.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return remainders[a] > remainders[b]; });
  for (size_t i = 0; i < rest; ++i) ++parts[order[i]];
  std::vector<int64_t> result(parts.size());
  std::transform(parts.begin(), parts.end(), result.begin(),
                 [&](uint64_t part) { return static_cast<int64_t>(amount < 0 ? 0 - part : part); });
  return result;
}

}  // namespace comity::reporting
