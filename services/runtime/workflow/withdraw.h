// Withdrawing what a workflow made: out of every list and number, still in the history.
#ifndef COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_
#define COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "services/runtime/resource/record_store.h"

namespace comity::workflow {

// A collection whose records workflows may make. Its message and table have `withdraw_time`.
struct Withdrawable {
  const resource::Resource* resource = nullptr;
  std::unique_ptr<google::protobuf::Message> (*make)() = nullptr;  // an empty record
  // Gives up what the workflow held beside the record, in the same transaction; false where others
  // use it, so that it must stay. May be null.
  std::function<absl::StatusOr<bool>(storage::Transaction& tx, const std::string& name,
                                     const std::string& workflow)>
      release;
};

template <typename Record>
Withdrawable WithdrawableOf(const resource::Resource& resource,
                            decltype(Withdrawable::release) release = {}) {
  return {&resource,
          []() -> std::unique_ptr<google::protobuf::Message> { return std::make_unique<Record>(); },
          std::move(release)};
}

// Sets withdraw_time and journals `record-withdrawn` (payload: the record). False, with no effect,
// where somebody has changed, judged or used the record since: then it is theirs. True again where
// it is withdrawn already. NOT_FOUND.
absl::StatusOr<bool> Withdraw(storage::Transaction& tx, Call& call, const Withdrawable& kind,
                              const std::string& name, const std::string& workflow);

}  // namespace comity::workflow

#endif  // COMITY_RUNTIME_WORKFLOW_WITHDRAW_H_
