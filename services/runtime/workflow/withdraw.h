// Withdrawing what a workflow made: out of every list and number, still in the history.
#ifndef COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_
#define COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "services/runtime/resource/record_store.h"

namespace comity::workflow {

// A collection whose records workflows may make. Its message and table have `withdraw_time`.
struct Withdrawable {
  const resource::Resource* resource = nullptr;
  std::unique_ptr<google::protobuf::Message> (*make)() = nullptr;  // an empty record
  // Whether nothing that stands names it, as far as the service knows: else it must stay, though
  // nothing was done about itself. May be null.
  absl::StatusOr<bool> (*is_unused)(storage::Transaction& tx, const std::string& name,
                                    absl::Time now) = nullptr;
};

template <typename Record>
Withdrawable WithdrawableOf(const resource::Resource& resource,
                            decltype(Withdrawable::is_unused) is_unused = nullptr) {
  return {&resource,
          []() -> std::unique_ptr<google::protobuf::Message> { return std::make_unique<Record>(); },
          is_unused};
}

// Sets withdraw_time and journals `record-withdrawn` (payload: the record). False, with no effect,
// where somebody has changed, judged or used the record since: then it is theirs. True again where
// it is withdrawn already. NOT_FOUND.
absl::StatusOr<bool> Withdraw(storage::Transaction& tx, Call& call, const Withdrawable& kind,
                              const std::string& name);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_
