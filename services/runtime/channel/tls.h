// TLS credentials of servers and channels. Files are watched: a new certificate is in use within
// two seconds, without a restart.
#ifndef COMITY_RUNTIME_CHANNEL_TLS_H_
#define COMITY_RUNTIME_CHANNEL_TLS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "services/runtime/channel/channel.h"

namespace comity::channel {

// OK when all three files can be read and hold PEM. INVALID_ARGUMENT reason TLS_FILE_INVALID.
absl::Status CheckTlsFiles(const TlsFiles& files);

// Requires a client certificate and verifies it against the CA.
std::shared_ptr<grpc::ServerCredentials> ServerTls(const TlsFiles& files);

// Verifies the server against the CA, and that its certificate carries exactly one URI name: the
// SPIFFE id of `workload`, e.g. `service/lead`.
std::shared_ptr<grpc::ChannelCredentials> ChannelTls(const TlsFiles& files,
                                                     const std::string& workload);

}  // namespace comity::channel

#endif  // COMITY_RUNTIME_CHANNEL_TLS_H_
