#include "services/client/api/transport_error.h"

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/client/api/retry.h"
#include "services/client/output/error_text.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

// As gRPC says it when no connection comes about.
absl::Status Unconnected(absl::string_view why) {
  return absl::UnavailableError(absl::StrCat(
      "connections to all backends failing; last error: UNKNOWN: ipv4:127.0.0.1:7101: ", why));
}

std::string Named(absl::string_view why, absl::string_view certificate_problem = "") {
  const absl::Status named = NameTransportError(Unconnected(why), certificate_problem);
  EXPECT_EQ(named.code(), absl::StatusCode::kUnavailable);
  return Reason(named);
}

TEST(TransportErrorTest, TellsCertificatesFromAServiceThatIsAway) {
  EXPECT_EQ(Named("Failed to connect to remote host: Connection refused"), "SERVICE_AWAY");
  EXPECT_EQ(Named("Failed to create security handshaker"), "CERTIFICATE_UNREADABLE");
  EXPECT_EQ(Named("Tls handshake failed: SSL_ERROR_SSL: error:0A000086:SSL routines::certificate "
                  "verify failed"),
            "PEER_NOT_TRUSTED");
  EXPECT_EQ(Named("Tls handshake failed: SSL_ERROR_SSL: error:0A00010B:SSL routines::wrong version "
                  "number"),
            "PEER_WITHOUT_TLS");
  EXPECT_EQ(Named("Custom verification check failed with error: UNAUTHENTICATED: the peer is not "
                  "service/lead"),
            "PEER_IS_ANOTHER");
}

// The server's reason does not travel: what we know of our own certificate has to tell.
TEST(TransportErrorTest, APeerThatHangsUpIsExplainedByOurCertificate) {
  EXPECT_EQ(Named("Socket closed"), "");
  EXPECT_EQ(Named("Socket closed", "CERTIFICATE_EXPIRED"), "CERTIFICATE_EXPIRED");
  EXPECT_EQ(Named("recvmsg:Connection reset by peer", "CERTIFICATE_FOREIGN"),
            "CERTIFICATE_FOREIGN");
  EXPECT_EQ(Named("Failed to connect to remote host: Connection refused", "CERTIFICATE_EXPIRED"),
            "SERVICE_AWAY");
}

TEST(TransportErrorTest, LeavesTheServicesOwnErrorsAlone) {
  const absl::Status draining = Unavailable("DRAINING", "Socket closed");
  EXPECT_EQ(NameTransportError(draining, "CERTIFICATE_EXPIRED"), draining);
  EXPECT_TRUE(NameTransportError(absl::OkStatus(), "CERTIFICATE_EXPIRED").ok());
  EXPECT_EQ(Reason(NameTransportError(absl::InternalError("Socket closed"), "x")), "");
}

TEST(TransportErrorTest, OnlyWhatTimeMendsIsTriedAgain) {
  EXPECT_TRUE(WorthAnotherTry(NameTransportError(Unconnected("Connection refused"), "")));
  EXPECT_TRUE(WorthAnotherTry(NameTransportError(Unconnected("Socket closed"), "")));
  EXPECT_TRUE(WorthAnotherTry(ServerBusy(absl::Seconds(1))));
  EXPECT_FALSE(
      WorthAnotherTry(NameTransportError(Unconnected("Socket closed"), "CERTIFICATE_EXPIRED")));
  EXPECT_FALSE(WorthAnotherTry(NameTransportError(Unconnected("certificate verify failed"), "")));
}

TEST(TransportErrorTest, ATooLargeMessageIsNamedAndNotSentAgain) {
  EXPECT_TRUE(CheckRequestSize(kLargestRequest).ok());
  EXPECT_EQ(Reason(CheckRequestSize(kLargestRequest + 1)), "MESSAGE_TOO_LARGE");
  const absl::Status bare =
      absl::ResourceExhaustedError("Received message larger than max (5000000 vs. 4194304)");
  EXPECT_FALSE(WorthAnotherTry(bare));
  const absl::Status named = NameTransportError(bare, "");
  EXPECT_EQ(named.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Reason(named), "MESSAGE_TOO_LARGE");
  EXPECT_FALSE(WorthAnotherTry(named));
  EXPECT_EQ(ExitCode(named), 1);
}

}  // namespace
}  // namespace comity::client
