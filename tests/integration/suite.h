// A whole suite of real processes: scripts/run with the binaries of this build, on a private
// MariaDB.
#ifndef COMITY_TESTS_INTEGRATION_SUITE_H_
#define COMITY_TESTS_INTEGRATION_SUITE_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

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
  // The channel of all of this process's calls, or one with a connection of its own: without the
  // services' retries and health checks, so that each call meets the server as it is.
  std::shared_ptr<grpc::Channel> Channel(const std::string& service) const;
  std::shared_ptr<grpc::Channel> OwnChannel(const std::string& service) const;
  const client::Profile& profile() const { return profile_; }
  int http_port() const;
  const std::string& folder() const { return folder_; }
  // The file with the key by which a steward of config/directory.yaml, e.g. `sam`, signs: the
  // starting charter registers it. PEM.
  std::string KeyOf(const std::string& person) const;

  // Names of the services; `mariadb` is the process beside them.
  std::vector<std::string> services() const;
  // Sends a signal that does not end it, e.g. SIGSTOP, to a service or to `mariadb`.
  void Signal(const std::string& process, int signal) const;
  // SIGKILL to a service, or to `mariadb`.
  void Kill(const std::string& process);
  // Waits for the end of a process that was asked to end by Signal: its exit code, or minus the
  // signal that ended it. The test fails when it does not end within `limit`.
  int AwaitEnd(const std::string& process, absl::Duration limit = absl::Seconds(60));
  // Starts what does not run, and waits until that is ready. The others follow (see Serving).
  void StartMissing();
  // What the service's probe port says.
  bool Serving(const std::string& service) const;
  // The page of its metrics.
  std::string Metrics(const std::string& service) const;
  bool AllServing() const;
  // What nobody asked for: a process that ended by itself, a sanitizer's report in a log. All that
  // happened since the suite began; a test of outages expects none.
  std::set<std::string> Mishaps();

 private:
  Suite();
  void Start();
  void NotePids();
  void NoteMishaps();

  std::string folder_;
  int base_port_ = 0;
  client::Profile profile_;
  std::unique_ptr<identity::TokenSigner> signer_;
  std::unique_ptr<channel::Channels> channels_;
  std::map<std::string, int> pids_;  // of what the suite started and did not end itself
  std::set<std::string> mishaps_;
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
