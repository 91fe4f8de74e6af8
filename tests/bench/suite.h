// A running suite, as the bench calls it: stubs over mTLS, tokens, request ids.
#ifndef COMITY_TESTS_BENCH_SUITE_H_
#define COMITY_TESTS_BENCH_SUITE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "services/client/profile.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/identity/token_signer.h"

namespace comity::bench {

class Suite {
 public:
  // Of the profile that scripts/run wrote.
  static absl::StatusOr<std::unique_ptr<Suite>> Open(const std::string& profile_path);

  // A channel of its own for each caller, so that callers do not share one HTTP/2 connection's
  // locks more than real clients would.
  std::shared_ptr<grpc::Channel> NewChannel(const std::string& service) const;
  // Sets the token of `ana@sales` and a deadline of 30 s.
  void Prepare(grpc::ClientContext* context, const std::string& as = "ana@sales") const;

  const client::Profile& profile() const { return profile_; }

 private:
  Suite(client::Profile profile, identity::TokenSigner signer)
      : profile_(std::move(profile)), signer_(std::move(signer)) {}
  const client::Profile profile_;
  const identity::TokenSigner signer_;
};

// A new UUID, for request_id.
std::string NewRequestId();

}  // namespace comity::bench

#endif  // COMITY_TESTS_BENCH_SUITE_H_
