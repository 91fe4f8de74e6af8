// The first of many, without holding them all.
#ifndef COMITY_REPORTING_FIRST_FEW_H_
#define COMITY_REPORTING_FIRST_FEW_H_

#include <algorithm>
#include <cstddef>
#include <vector>

namespace comity::reporting {

// Drops what cannot be among the first `count` by `less`, now and then: call it after each
// addition.
template <typename T, typename Less>
void KeepFirst(size_t count, Less less, std::vector<T>* found) {
  constexpr size_t kSlack = 4;  // so that the work stays linear
  if (found->size() < kSlack * (count + 1)) return;
  std::nth_element(found->begin(), found->begin() + static_cast<ptrdiff_t>(count), found->end(),
                   less);
  found->resize(count);
}

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_FIRST_FEW_H_
