// The flags that every server has.
#include <string>

#include "absl/flags/flag.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/server/options.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

ABSL_FLAG(std::string, listen, "", "host:port of the gRPC port (mTLS)");
ABSL_FLAG(std::string, probe_listen, "", "host:port of the plaintext health port");
ABSL_FLAG(std::string, metrics_listen, "", "host:port of the plaintext /metrics");
ABSL_FLAG(std::string, db_socket, "", "socket of the database");
ABSL_FLAG(std::string, db_host, "", "host of the database, where there is no socket");
ABSL_FLAG(int, db_port, 3306, "port of the database");
ABSL_FLAG(std::string, db_ca, "", "CA of the database's certificate; required with --db_host");
ABSL_FLAG(std::string, db_name, "", "name of the service's database");
ABSL_FLAG(std::string, db_user, "", "user of the database");
ABSL_FLAG(std::string, db_password_file, "", "file with the user's password");
ABSL_FLAG(bool, migrate, false, "apply missing migrations as --db_user, print their names, exit");
ABSL_FLAG(std::string, tls_cert, "", "certificate chain of this service, PEM");
ABSL_FLAG(std::string, tls_key, "", "its private key, PEM");
ABSL_FLAG(std::string, tls_ca, "", "CA of clients and peers, PEM");
ABSL_FLAG(std::string, token_issuers, "", "JSON file of the token issuers and their keys");
ABSL_FLAG(absl::Duration, charter_notice, absl::Minutes(2),
          "how long after its entry was recorded a revision of the charter is in force at the "
          "earliest; the same for all services, and at least 2m wherever nobody is to be served by "
          "old words");
ABSL_FLAG(std::string, charter, "config/charter.yaml", "the starting charter");
ABSL_FLAG(std::string, page_token_key, "", "file with the key of page tokens, hex");
ABSL_FLAG(std::string, peers, "", "the other services: lead=host:port,account=host:port,…");
ABSL_FLAG(int, workers, 16, "threads that run handlers, one database connection each");
ABSL_FLAG(bool, reflection, false, "offer gRPC reflection");

namespace comity::server {
namespace {

constexpr int kMostWorkers = 256;

absl::Status Invalid(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, "FLAG_INVALID", why);
}

absl::StatusOr<storage::DatabaseOptions> DatabaseFromFlags() {
  storage::DatabaseOptions options;
  options.socket = absl::GetFlag(FLAGS_db_socket);
  options.host = absl::GetFlag(FLAGS_db_host);
  options.port = absl::GetFlag(FLAGS_db_port);
  options.ca_file = absl::GetFlag(FLAGS_db_ca);
  options.database = absl::GetFlag(FLAGS_db_name);
  options.user = absl::GetFlag(FLAGS_db_user);
  if (options.socket.empty() == options.host.empty()) {
    return Invalid("give either --db_socket or --db_host");
  }
  if (!options.host.empty() && options.ca_file.empty()) {
    return Invalid("--db_host needs --db_ca: no clear text to a database");
  }
  if (options.database.empty() || options.user.empty()) {
    return Invalid("--db_name and --db_user are required");
  }
  if (!absl::GetFlag(FLAGS_db_password_file).empty()) {
    COMITY_ASSIGN_OR_RETURN(const std::string password,
                            ReadFile(absl::GetFlag(FLAGS_db_password_file)));
    options.password = std::string(absl::StripTrailingAsciiWhitespace(password));
  }
  return options;
}

}  // namespace

absl::StatusOr<ServerOptions> OptionsFromFlags() {
  ServerOptions options;
  COMITY_ASSIGN_OR_RETURN(options.database, DatabaseFromFlags());
  options.migrate = absl::GetFlag(FLAGS_migrate);
  options.listen = absl::GetFlag(FLAGS_listen);
  options.probe_listen = absl::GetFlag(FLAGS_probe_listen);
  options.metrics_listen = absl::GetFlag(FLAGS_metrics_listen);
  options.tls = {absl::GetFlag(FLAGS_tls_cert), absl::GetFlag(FLAGS_tls_key),
                 absl::GetFlag(FLAGS_tls_ca)};
  options.token_issuers = absl::GetFlag(FLAGS_token_issuers);
  options.charter = absl::GetFlag(FLAGS_charter);
  options.charter_notice = absl::GetFlag(FLAGS_charter_notice);
  options.page_token_key = absl::GetFlag(FLAGS_page_token_key);
  COMITY_ASSIGN_OR_RETURN(options.peers, ParsePeers(absl::GetFlag(FLAGS_peers)));
  options.workers = absl::GetFlag(FLAGS_workers);
  options.reflection = absl::GetFlag(FLAGS_reflection);
  if (options.listen.empty() && !options.migrate) return Invalid("--listen is required");
  if (options.charter_notice <= absl::ZeroDuration()) {
    return Invalid("--charter_notice is more than 0");
  }
  if (options.workers < 1 || options.workers > kMostWorkers) {
    return Invalid(absl::StrCat("--workers is from 1 to ", kMostWorkers));
  }
  return options;
}

}  // namespace comity::server
