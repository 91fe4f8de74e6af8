#include "tests/bench/suite.h"

#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::bench {
namespace {

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Tokens are made once an identity: signing is not what is measured.
const std::string& TokenOf(const identity::TokenSigner& signer, const std::string& as) {
  static absl::Mutex* const mutex = new absl::Mutex();
  static auto* const tokens = new std::map<std::string, std::string>();
  absl::MutexLock lock(mutex);
  std::string& token = (*tokens)[as];
  if (token.empty()) {
    const auto identity = client::ParseIdentity(as);
    token = absl::StrCat("Bearer ", *signer.Sign(identity->person, identity->department,
                                                 absl::Now(), absl::Minutes(55)));
  }
  return token;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Suite>> Suite::Open(const std::string& profile_path) {
  COMITY_ASSIGN_OR_RETURN(client::Profile profile, client::ReadProfile(profile_path));
  COMITY_ASSIGN_OR_RETURN(
      identity::TokenSigner signer,
      identity::TokenSigner::Make(profile.issuer.iss, profile.issuer.aud, profile.issuer.kid,
                                  ReadFile(profile.issuer.private_key)));
  return std::unique_ptr<Suite>(new Suite(std::move(profile), std::move(signer)));
}

std::shared_ptr<grpc::Channel> Suite::NewChannel(const std::string& service) const {
  const channel::TlsFiles tls = {profile_.tls_cert, profile_.tls_key, profile_.tls_ca};
  return channel::Channels(tls, {{service, profile_.addresses.at(service)}}).To(service);
}

void Suite::Prepare(grpc::ClientContext* context, const std::string& as) const {
  context->set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(30)));
  context->AddMetadata("authorization", TokenOf(signer_, as));
}

std::string NewRequestId() { return resource::IdToText(resource::NewId(absl::Now())); }

}  // namespace comity::bench
