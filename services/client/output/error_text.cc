#include "services/client/output/error_text.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "services/client/output/text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

constexpr int kInterrupted = 130;  // as shells tell of Ctrl-C
constexpr char kIsItRunning[] = "is the suite running (scripts/run), and is this its profile?";
constexpr char kProfileFiles[] =
    "the profile's tls_cert, tls_key and tls_ca must be readable PEM files";
constexpr char kDelegations[] =
    "`comity charter delegations` shows who may sign in whose place, and until when";

// What the services cannot know: which command mends it.
std::string HintFor(const absl::Status& status) {
  static const auto* hints = new std::map<std::string, std::string>{
      {"INVALID_NAME", "names are such as leads/0190c0de-…: lists show them, -o name alone"},
      {"UNKNOWN_LENS", "`comity directory departments` lists the departments"},
      {"RIGHT_REQUIRED", "`comity charter show` says which department may do what"},
      {"AS_OF_NOT_REACHED", "`comity admin freshness` says how far reporting has followed"},
      {"ROLE_UNKNOWN",
       "`comity directory persons` shows who is what; stewards add people by `comity directory "
       "set-membership`"},
      {"ROLE_REQUIRED", "act as another person by --as person@department"},
      {"UNKNOWN_QUESTION", "`comity charter show` lists the questions and their answers"},
      {"UNKNOWN_ANSWER", "`comity charter show` lists the questions and their answers"},
      {"NO_VOICE", "`comity charter show` says who has a voice in which question"},
      {"BASE_NOT_IN_FORCE",
       "`comity charter export` writes the charter in force: make the change there"},
      {"PROPOSAL_STALE",
       "`comity charter export` writes the charter in force: make the change there, and `comity "
       "charter propose` it"},
      {"SIGNATURE_INVALID",
       "`comity keys show` prints the key that you sign with, `comity charter show` those that the "
       "charter knows"},
      {"DELEGATION_EXPIRED", kDelegations},
      {"DELEGATION_REVOKED", kDelegations},
      {"DELEGATION_UNKNOWN", kDelegations},
      {"NOT_AFFECTED", "`comity charter proposal` says which departments it touches"},
      {"MESSAGE_TOO_LARGE",
       "send fewer or shorter things in one call; of a list, ask for a smaller --page-size"},
      {"SERVICE_AWAY", kIsItRunning},
      {"TLS_FILE_INVALID", kProfileFiles},
      {"CERTIFICATE_UNREADABLE", kProfileFiles},
      {"CERTIFICATE_EXPIRED",
       "the profile's tls_cert has expired: scripts/run makes a new one at its next start"},
      {"CERTIFICATE_FOREIGN",
       "the profile's tls_cert is not signed by its tls_ca: take the profile that scripts/run of "
       "this suite has written"},
      {"PEER_NOT_TRUSTED",
       "the service's certificate has expired or is not signed by the profile's tls_ca: take the "
       "profile of this suite, or start the suite again"},
      {"PEER_IS_ANOTHER", "the profile's addresses name another service's port"},
      {"PEER_WITHOUT_TLS", "the profile's address is no gRPC port of a service"},
  };
  const auto found = hints->find(Reason(status));
  if (found != hints->end()) return found->second;
  // Without a reason it is gRPC's own: no service answered.
  const bool unanswered = status.code() == absl::StatusCode::kUnavailable && Reason(status).empty();
  return unanswered ? kIsItRunning : "";
}

void AddViolations(const absl::Status& status, std::string* text) {
  const google::rpc::Status rpc = ToRpcStatus(status);
  for (const auto& detail : rpc.details()) {
    google::rpc::BadRequest bad;
    google::rpc::RetryInfo retry;
    if (detail.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        if (absl::StrContains(*text, violation.field()) &&
            absl::StrContains(*text, violation.description())) {
          continue;
        }
        absl::StrAppend(text, "; ", violation.field(), ": ", violation.description());
      }
    } else if (detail.UnpackTo(&retry)) {
      absl::StrAppend(text, "; try again in ",
                      absl::FormatDuration(absl::Seconds(retry.retry_delay().seconds()) +
                                           absl::Nanoseconds(retry.retry_delay().nanos())));
    }
  }
}

}  // namespace

std::string ErrorText(const absl::Status& status) {
  const std::string reason = Reason(status);
  if (reason == "USAGE") return OneLine(status.message());
  std::string text = absl::StrCat(absl::StatusCodeToString(status.code()),
                                  reason.empty() ? "" : " ", reason, ": ", status.message());
  AddViolations(status, &text);
  const std::string hint = HintFor(status);
  if (!hint.empty()) absl::StrAppend(&text, " (", hint, ")");
  return OneLine(text);
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return 0;
  if (Reason(status) == "USAGE") return 2;
  return Reason(status) == "INTERRUPTED" ? kInterrupted : 1;
}

}  // namespace comity::client
