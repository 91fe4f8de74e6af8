// Watch against a server that ends its streams, as real ones do every few minutes.
#include "services/client/api/grpc_caller.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/identity/test_keys.h"
#include "services/runtime/server/test_ca.h"
#include "services/runtime/server/unary.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

using ::testing::ElementsAre;

constexpr int64_t kSize = 5;  // where each stream from the journal's end begins

// Gives each stream two entries and ends it as the next of `ends` says; after those, it refuses.
class EndingJournal final : public journal::v1::JournalService::Service {
 public:
  grpc::Status WatchJournal(
      grpc::ServerContext*, const journal::v1::WatchJournalRequest* request,
      grpc::ServerWriter<journal::v1::WatchJournalResponse>* writer) override {
    const size_t stream = from.size();
    from.push_back(request->from_position());
    if (stream >= ends.size()) {
      return server::ToGrpcStatus(PermissionDenied("ROLE_REVOKED", "no more"));
    }
    int64_t next = from.back();
    journal::v1::WatchJournalResponse message;
    if (next < 0) {
      next = kSize;
      message.set_size(kSize);
      writer->Write(message);
    }
    for (int i = 0; i < 2; ++i) message.add_entries()->set_position(next++);
    message.set_size(next);
    writer->Write(message);
    return server::ToGrpcStatus(ends[stream]);
  }

  std::vector<absl::Status> ends;
  std::vector<int64_t> from;  // the positions asked for
};

class WatchTest : public ::testing::Test {
 protected:
  WatchTest() : ca_(Folder()) {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", channel::ServerTls(ca_.IssueWorkload("service/lead")),
                             &port);
    builder.RegisterService(&journal_);
    server_ = builder.BuildAndStart();
    const channel::TlsFiles tls = ca_.IssueWorkload("client/cli");
    std::ofstream(root_ + "/issuer.pem") << identity::NewP256().private_pem;
    Profile profile;
    profile.addresses = {{"lead", absl::StrCat("127.0.0.1:", port)}};
    profile.tls_ca = tls.ca;
    profile.tls_cert = tls.certificate;
    profile.tls_key = tls.key;
    profile.issuer = {"https://dev.comity.local", "comity", "dev-1", root_ + "/issuer.pem"};
    caller_ = *GrpcCaller::Make(profile);
    caller_->set_patience(absl::Seconds(20));  // of the first answer
  }
  ~WatchTest() override { std::filesystem::remove_all(root_); }

  std::string Folder() {
    char path[] = "/tmp/comity-watch-XXXXXX";
    root_ = mkdtemp(path);
    return root_;
  }
  absl::Status Watch(int64_t from) {
    return caller_->Watch("lead", {"persons/ana", "departments/sales"}, from,
                          [this](const journal::v1::WatchJournalResponse& message) {
                            for (const auto& entry : message.entries()) {
                              seen_.push_back(entry.position());
                            }
                            return seen_.size() < most_;
                          });
  }

  std::string root_;
  const server::TestCa ca_;
  EndingJournal journal_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcCaller> caller_;
  std::vector<int64_t> seen_;
  size_t most_ = 100;
};

TEST_F(WatchTest, GoesOnBehindWhatCame) {
  journal_.ends = {Unavailable("DRAINING", "the server is stopping: reconnect"),
                   Unauthenticated("TOKEN_EXPIRED", "the token has expired; get a new one"),
                   absl::UnavailableError("enter idle")};
  EXPECT_EQ(Reason(Watch(3)), "ROLE_REVOKED") << "that is the end";
  EXPECT_THAT(journal_.from, ElementsAre(3, 5, 7, 9));
  EXPECT_THAT(seen_, ElementsAre(3, 4, 5, 6, 7, 8));
}

TEST_F(WatchTest, FromTheEndMeansTheEndOfTheFirstStream) {
  journal_.ends = {absl::UnavailableError("enter idle"), absl::UnavailableError("enter idle")};
  EXPECT_EQ(Reason(Watch(-1)), "ROLE_REVOKED");
  EXPECT_THAT(journal_.from, ElementsAre(-1, 7, 9));
  EXPECT_THAT(seen_, ElementsAre(5, 6, 7, 8));
}

TEST_F(WatchTest, EndsWhenNothingMoreIsWanted) {
  journal_.ends = {absl::UnavailableError("enter idle"), absl::OkStatus()};
  most_ = 3;
  EXPECT_EQ(Watch(0), absl::OkStatus());
  EXPECT_THAT(seen_, ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace comity::client
