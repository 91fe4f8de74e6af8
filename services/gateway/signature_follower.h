// Follows what is signed: a signature starts OnboardCustomer and DrawCredit, a voided one takes
// them back.
#ifndef COMITY_GATEWAY_SIGNATURE_FOLLOWER_H_
#define COMITY_GATEWAY_SIGNATURE_FOLLOWER_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/gateway/workflow/definition.h"
#include "services/gateway/workflow/runner.h"
#include "services/runtime/journal/follower.h"
#include "services/runtime/server/serve.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// What entries of the lead service's journal start. A batch in which anything is signed or voided
// and its position are one transaction: a signature starts each workflow once, whoever dies. Used
// by one thread.
class SignatureTaker {
 public:
  using Entries = google::protobuf::RepeatedPtrField<journal::v1::PositionedEntry>;
  // The definitions of what it starts.
  struct Kinds {
    const Definition* onboarding;
    const Definition* drawing;
  };
  // What was signed longer than `within` ago when it is seen is history and starts nothing.
  // `started`: told where something was started or taken back; may be null.
  SignatureTaker(Runtime* runtime, const Kinds& kinds, absl::Duration within,
                 std::function<void()> started = nullptr)
      : runtime_(runtime), kinds_(kinds), within_(within), started_(std::move(started)) {}

  absl::StatusOr<int64_t> Position();
  absl::StatusOr<std::string> LastEntry(int64_t position) const;
  absl::Status Take(const Entries& batch, int64_t next);

 private:
  Call OwnCall() const;
  // What an entry starts, or takes back; null: nothing.
  using Effect = std::function<absl::Status(storage::Transaction&)>;
  Effect EffectOf(absl::Time now, const journal::v1::PositionedEntry& entry) const;
  // A signature, as its entry tells it.
  struct Signed;
  absl::Status Onboard(storage::Transaction& tx, const Signed& signature) const;
  absl::Status DrawCredit(storage::Transaction& tx, const Signed& signature) const;

  Runtime* const runtime_;
  const Kinds kinds_;
  const absl::Duration within_;
  const std::function<void()> started_;
  int64_t stored_ = -1;  // the durable position, as far as is known here; -1: none
};

// Over gRPC. The gateway serves also while the lead service is away. By the flag --onboard_within.
// `runner` runs what is started and outlives it.
std::unique_ptr<server::Background> MakeSignatureFollower(const server::Parts& parts,
                                                          Runner* runner);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_SIGNATURE_FOLLOWER_H_
