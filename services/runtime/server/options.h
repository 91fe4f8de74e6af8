// How one server process is told to run.
#ifndef COMITY_RUNTIME_SERVER_OPTIONS_H_
#define COMITY_RUNTIME_SERVER_OPTIONS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/directory/directory.h"
#include "services/runtime/storage/session.h"

namespace comity::server {

struct ServerOptions {
  std::string listen;          // host:port of the mTLS port
  std::string probe_listen;    // host:port of the plaintext health port; empty: none
  std::string metrics_listen;  // host:port of /metrics; empty: none
  storage::DatabaseOptions database;
  channel::TlsFiles tls;
  std::string token_issuers;                 // file
  std::string charter;                       // file
  std::string page_token_key;                // file with 32 to 64 bytes in hex
  std::map<std::string, std::string> peers;  // service → host:port
  int workers = 16;
  bool reflection = false;
  bool migrate = false;
  // How long the copy of the directory is believed without word from the gateway.
  absl::Duration directory_silence = directory::kLongestSilence;
  absl::Duration charter_notice = absl::Minutes(2);      // see Runtime
  absl::Duration database_wait = absl::Seconds(30);      // at start
  absl::Duration drain_wait = absl::Seconds(1);          // NOT_SERVING before calls are refused
  absl::Duration shutdown_deadline = absl::Seconds(10);  // for calls under way
};

// From the command line's flags (absl::ParseCommandLine was called). INVALID_ARGUMENT reason
// FLAG_INVALID naming the flag.
absl::StatusOr<ServerOptions> OptionsFromFlags();

// `lead=host:port,account=host:port`. INVALID_ARGUMENT reason FLAG_INVALID.
absl::StatusOr<std::map<std::string, std::string>> ParsePeers(absl::string_view text);

// The whole content of a file; INVALID_ARGUMENT reason FILE_UNREADABLE.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The bytes of a key file in hex; INVALID_ARGUMENT reason KEY_INVALID unless there are 32 to 64.
absl::StatusOr<std::string> ReadHexKey(const std::string& path);

}  // namespace comity::server

#endif  // COMITY_RUNTIME_SERVER_OPTIONS_H_
