// Check 4 on real services: every method with the certificate of every service. The gateway calls
// all, the others follow journals, and a person's token changes nothing about that.
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/suite.h"
#include "tests/security/api.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using integration::Suite;

// A message, or how the call ended.
absl::Status Call(const channel::Channels& channels, const Endpoint& endpoint,
                  const std::string& token, const Message& request) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + token);
  const grpc::Slice slice(request.SerializeAsString());
  grpc::ByteBuffer bytes(&slice, 1);
  grpc::ByteBuffer reply;
  grpc::Status status;
  grpc::CompletionQueue queue;
  grpc::GenericStub stub(channels.To(endpoint.service));
  const auto call =
      stub.PrepareUnaryCall(&context, absl::StrCat("/", endpoint.path()), bytes, &queue);
  call->StartCall();
  call->Finish(&reply, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return channel::FromGrpcStatus(status);
}

TEST(Workloads, EveryMethodWithEveryServicesCertificate) {
  const World& world = World::Get();
  const client::Profile& profile = Suite::Get().profile();
  const std::string pki = Suite::Get().folder() + "/pki/";
  int refused = 0;
  for (const std::string& workload : ServiceNames()) {
    const channel::Channels channels(
        {pki + workload + ".crt", pki + workload + ".key", profile.tls_ca}, profile.addresses);
    for (const Endpoint& endpoint : Endpoints()) {
      if (endpoint.streams()) continue;  // streams_test and the matrix
      const bool follows = endpoint.method->name() == "ReadJournal";
      const Caller& caller = world.caller("max@management");
      const Probe probe = world.FirstProbeOf(endpoint, caller);
      // A person's token opens nothing to a workload that may not call; the gateway needs one.
      const bool refuses = workload != "gateway" && !follows;
      for (const std::string& token : {refuses ? TokenOf(caller.as) : std::string()}) {
        const absl::Status status = Call(channels, endpoint, token, *probe.request);
        const std::string text = absl::StrCat(endpoint.text(), " by service/", workload,
                                              token.empty() ? "" : " for max");
        if (refuses) {
          EXPECT_EQ(Reason(status), "WORKLOAD_NOT_ALLOWED") << text << status;
          ++refused;
        } else if (token.empty() && !follows) {
          EXPECT_EQ(Reason(status), "TOKEN_MISSING") << text << status;
        } else {
          EXPECT_NE(Reason(status), "WORKLOAD_NOT_ALLOWED") << text << status;
          EXPECT_NE(status.code(), absl::StatusCode::kUnauthenticated) << text << status;
        }
      }
    }
  }
  EXPECT_GT(refused, 350);
}

}  // namespace
}  // namespace comity::security
