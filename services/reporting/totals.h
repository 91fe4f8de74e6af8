// Sums of money, exact.
#ifndef COMITY_REPORTING_TOTALS_H_
#define COMITY_REPORTING_TOTALS_H_

#include <cstdint>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "google/type/money.pb.h"
#include "services/reporting/state.h"

namespace comity::reporting {

// One sum per currency; most reports have one.
class Totals {
 public:
  // `currency`: a string of the state; 0 adds nothing.
  void Add(uint32_t currency, int64_t minor);
  // Appends the sums, in order of currency code. FAILED_PRECONDITION SUM_OUT_OF_RANGE where one
  // does not fit the 64 bits of whole units that the wire has.
  absl::Status Write(const State& state,
                     google::protobuf::RepeatedPtrField<google::type::Money>* to) const;

 private:
  absl::InlinedVector<std::pair<uint32_t, __int128>, 1> sums_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_TOTALS_H_
