// Handovers of cases: sequences of holders, returns, durations. Pure.
#ifndef COMITY_REPORTING_HANDOVERS_H_
#define COMITY_REPORTING_HANDOVERS_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/reporting/v1/report.pb.h"
#include "services/reporting/effects.h"
#include "services/reporting/tables.h"

namespace comity::reporting {

// Takes the facts about cases in the order in which they were recorded, then counts.
class Handovers {
 public:
  // `occurred_before` as in State.
  Handovers(v1::HolderKind holder, int64_t occurred_before)
      : by_owner_(holder == v1::HOLDER_KIND_OWNER), occurred_before_(occurred_before) {}

  void Add(const CaseFactRow& row);
  // What was voided or corrected, whenever, has not happened. Without basis and labels. Errors:
  // FAILED_PRECONDITION TOO_MANY_GROUPS.
  absl::StatusOr<v1::HandoverReport> Count();

 private:
  struct Event {
    uint32_t fact = 0;    // id
    uint32_t holder = 0;  // string; 0: it names none
    int64_t time = 0;
    bool opens = false;
  };
  struct Holder {
    int64_t cases = 0;
    int64_t received = 0;
    int64_t handed_on = 0;
    int64_t returns = 0;
  };
  struct Durations {
    int64_t cases = 0;
    absl::Duration sum = absl::ZeroDuration();
  };

  // The events that stand, in the order in which they happened: the beginning first.
  std::vector<Event> Standing(const std::vector<Event>& events) const;
  void CountCase(const std::vector<Event>& events, v1::HandoverReport* report);
  void CountHolders(const std::vector<uint32_t>& holders, v1::HandoverReport* report);

  const bool by_owner_;
  const int64_t occurred_before_;
  IdTable ids_;  // of cases and facts
  StringTable strings_;
  std::vector<uint32_t> cases_;  // in the order of their first fact
  absl::flat_hash_map<uint32_t, std::vector<Event>> events_;
  absl::flat_hash_set<uint32_t> superseded_;
  std::map<uint32_t, Holder> holders_;
  Durations with_return_;
  Durations without_return_;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_HANDOVERS_H_
