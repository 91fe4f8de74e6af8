// Calls over mTLS with a token for each identity.
#ifndef COMITY_CLIENT_API_GRPC_CALLER_H_
#define COMITY_CLIENT_API_GRPC_CALLER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "services/client/api/caller.h"
#include "services/client/profile.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/identity/token_signer.h"

namespace comity::client {

class GrpcCaller final : public Caller {
 public:
  // Errors: INVALID_ARGUMENT reasons PROFILE_UNREADABLE, KEY_INVALID, TLS_FILE_INVALID.
  static absl::StatusOr<std::unique_ptr<GrpcCaller>> Make(const Profile& profile);

  absl::Status Try(const std::string& at, const Identity& as, absl::string_view method,
                   const google::protobuf::Message& request,
                   google::protobuf::Message* reply) override;

  // Streams a service's journal from a position on (-1: its end) until `take` returns false. A
  // stream that ends because its connection or its token does (or the service restarts) is taken up
  // again behind what came, with a new token, for up to a minute without an answer. `take` is asked
  // between attempts as well, with nothing in its hands.
  absl::Status Watch(const std::string& service, const Identity& as, int64_t from,
                     const std::function<bool(const journal::v1::WatchJournalResponse&)>& take);

  // A token of `as`, good for some minutes at least; nothing is sent.
  absl::StatusOr<std::string> Token(const Identity& as);

 private:
  GrpcCaller(channel::TlsFiles tls, std::map<std::string, std::string> addresses,
             identity::TokenSigner signer)
      : tls_(std::move(tls)), channels_(tls_, std::move(addresses)), signer_(std::move(signer)) {}

  // One stream from `*next` on, which it moves. Sets `heard` when something came; OK: nothing more
  // is wanted.
  absl::Status WatchOnce(const std::string& service, const Identity& as, int64_t* next, bool* heard,
                         const std::function<bool(const journal::v1::WatchJournalResponse&)>& take);
  absl::Status CallOnce(const std::string& service, const Identity& as,
                        const google::protobuf::MethodDescriptor& method,
                        const google::protobuf::Message& request, google::protobuf::Message* reply);
  absl::StatusOr<std::shared_ptr<grpc::Channel>> ChannelTo(const std::string& service) const;
  // With a reason where gRPC itself failed.
  absl::Status StatusOf(const grpc::Status& status) const;

  struct Signed {
    std::string token;
    absl::Time until;
  };
  const channel::TlsFiles tls_;
  channel::Channels channels_;
  const identity::TokenSigner signer_;
  absl::Mutex mutex_;
  std::map<Identity, Signed> tokens_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_API_GRPC_CALLER_H_
