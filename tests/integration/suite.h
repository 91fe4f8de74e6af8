// A whole suite of real processes: scripts/run with the binaries of this build, on a private
// MariaDB.
#ifndef COMITY_TESTS_INTEGRATION_SUITE_H_
#define COMITY_TESTS_INTEGRATION_SUITE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "services/client/profile.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/identity/token_signer.h"

namespace comity::integration {

class Suite {
 public:
  // Starts it at first use; it ends with this process, however that ends.
  static Suite& Get();

  // Calls `service` as `ana@sales` (no token where `as` is empty).
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const std::string& service, const std::string& as,
                                const Request& request,
                                absl::Duration timeout = absl::Seconds(20)) {
    return CallWith<Stub, Request, Response>(channels_->To(service), method,
                                             as.empty() ? "" : Token(as), request, timeout);
  }
  // The same through another channel and with any token.
  template <typename Stub, typename Request, typename Response>
  static absl::StatusOr<Response> CallWith(const std::shared_ptr<grpc::Channel>& channel,
                                           grpc::Status (Stub::*method)(grpc::ClientContext*,
                                                                        const Request&, Response*),
                                           const std::string& token, const Request& request,
                                           absl::Duration timeout = absl::Seconds(20)) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
    Response response;
    Stub stub(channel);
    const absl::Status status =
        channel::FromGrpcStatus((stub.*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  std::string Token(const std::string& as, absl::Time now = absl::Now()) const;
  const client::Profile& profile() const { return profile_; }
  int http_port() const;
  const std::string& folder() const { return folder_; }

  // SIGKILL to a service, or to `mariadb`.
  void Kill(const std::string& process);
  // Starts what does not run, and waits until that is ready. The others follow (see Serving).
  void StartMissing();
  // What the service's probe port says.
  bool Serving(const std::string& service) const;

 private:
  Suite();
  void Start();

  std::string folder_;
  int base_port_ = 0;
  client::Profile profile_;
  std::unique_ptr<identity::TokenSigner> signer_;
  std::unique_ptr<channel::Channels> channels_;
};

std::string NewRequestId();

// Waits until `condition` holds; false when it does not within `limit`.
template <typename Condition>
bool Eventually(Condition condition, absl::Duration limit = absl::Seconds(60)) {
  const absl::Time end = absl::Now() + limit;
  while (!condition()) {
    if (absl::Now() > end) return false;
    absl::SleepFor(absl::Milliseconds(20));
  }
  return true;
}

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_SUITE_H_
