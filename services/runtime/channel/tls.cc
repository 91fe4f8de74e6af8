#include "services/runtime/channel/tls.h"

#include <fstream>
#include <functional>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/security/tls_certificate_provider.h"
#include "grpcpp/security/tls_certificate_verifier.h"
#include "grpcpp/security/tls_credentials_options.h"
#include "services/runtime/identity/spiffe.h"
#include "services/runtime/status/errors.h"

namespace comity::channel {
namespace {

namespace tls = grpc::experimental;

constexpr unsigned kLookAgainSeconds = 1;

std::shared_ptr<tls::FileWatcherCertificateProvider> Watch(const TlsFiles& files) {
  return std::make_shared<tls::FileWatcherCertificateProvider>(files.key, files.certificate,
                                                               files.ca, kLookAgainSeconds);
}

// Runs after the chain was verified: pins the peer's SPIFFE id.
class PeerVerifier final : public tls::ExternalCertificateVerifier {
 public:
  explicit PeerVerifier(std::string workload) : workload_(std::move(workload)) {}

  bool Verify(tls::TlsCustomVerificationCheckRequest* request, std::function<void(grpc::Status)>,
              grpc::Status* status) override {
    std::vector<std::string> names;
    for (grpc::string_ref name : request->uri_names()) names.emplace_back(name.data(), name.size());
    const absl::StatusOr<std::string> workload = identity::WorkloadOf(names);
    if (!workload.ok() || *workload != workload_) {
      *status = grpc::Status(grpc::StatusCode::UNAUTHENTICATED,
                             absl::StrCat("the peer is not ", workload_));
    }
    return true;  // done
  }
  void Cancel(tls::TlsCustomVerificationCheckRequest*) override {}

 private:
  const std::string workload_;
};

}  // namespace

absl::Status CheckTlsFiles(const TlsFiles& files) {
  for (const std::string& path : {files.certificate, files.key, files.ca}) {
    std::ifstream file(path);
    std::stringstream content;
    content << file.rdbuf();
    if (!file || !absl::StrContains(content.str(), "-----BEGIN ")) {
      return MakeError(absl::StatusCode::kInvalidArgument, "TLS_FILE_INVALID",
                       absl::StrCat("`", path, "` cannot be read or is no PEM file"));
    }
  }
  return absl::OkStatus();
}

std::shared_ptr<grpc::ServerCredentials> ServerTls(const TlsFiles& files) {
  // TLS 1.2 and 1.3 with ECDHE and AEAD only are gRPC's own defaults.
  tls::TlsServerCredentialsOptions options(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return tls::TlsServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> ChannelTls(const TlsFiles& files,
                                                     const std::string& workload) {
  tls::TlsChannelCredentialsOptions options;
  options.set_certificate_provider(Watch(files));
  options.watch_root_certs();
  options.watch_identity_key_cert_pairs();
  options.set_certificate_verifier(
      tls::ExternalCertificateVerifier::Create<PeerVerifier>(workload));
  options.set_check_call_host(false);  // the SPIFFE id says who it is, not the address
  return tls::TlsCredentials(options);
}

}  // namespace comity::channel
