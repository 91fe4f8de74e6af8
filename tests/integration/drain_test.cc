// SIGTERM to a real process: what is under way ends well, what comes is refused, streams are ended
// in order, the process exits with 0, whoever holds a connection open.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/journal/v1/journal_service.grpc.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/calls.h"
#include "tests/integration/database.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"
#include "tests/integration/under_load.h"

namespace comity::integration {
namespace {

// Follows a service's journal, over a connection of its own, until the service ends the stream.
class Watcher {
 public:
  Watcher(const std::string& service, int64_t from)
      : stub_(journal::v1::JournalService::NewStub(Suite::Get().OwnChannel(service))), next_(from) {
    context_.AddMetadata("authorization",
                         absl::StrCat("Bearer ", Suite::Get().Token("max@management")));
    journal::v1::WatchJournalRequest request;
    request.set_from_position(from);
    stream_ = stub_->WatchJournal(&context_, request);
    Read();  // it is open when its first message has come
    thread_ = std::thread([this] {
      while (Read()) {
      }
    });
  }
  ~Watcher() {
    context_.TryCancel();
    if (thread_.joinable()) thread_.join();
  }

  // How the service ended it.
  absl::Status AwaitEnd() {
    thread_.join();
    return channel::FromGrpcStatus(stream_->Finish());
  }

 private:
  bool Read() {
    journal::v1::WatchJournalResponse response;
    if (!stream_->Read(&response)) return false;
    for (const auto& entry : response.entries()) {
      if (next_ >= 0) {
        EXPECT_EQ(entry.position(), next_) << "out of order";
      }
      next_ = entry.position() + 1;
    }
    if (next_ < 0) next_ = response.size();
    return true;
  }

  const std::unique_ptr<journal::v1::JournalService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<journal::v1::WatchJournalResponse>> stream_;
  int64_t next_;  // the position that comes next; -1: not known yet
  std::thread thread_;
};

void ExpectDrained(Watcher* watcher) {
  const absl::Status status = watcher->AwaitEnd();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(Reason(status), "DRAINING") << status;
}

// A connection on which nothing is ever said.
class SilentConnection {
 public:
  explicit SilentConnection(int port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_EQ(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  }
  ~SilentConnection() { close(socket_); }

 private:
  const int socket_;
};

int PortOf(const std::string& service) {
  const std::string& address = Suite::Get().profile().addresses.at(service);
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port));
  return port;
}

std::shared_ptr<grpc::Channel> IdleChannel(const std::string& service) {
  auto channel = Suite::Get().OwnChannel(service);
  EXPECT_TRUE(channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(20))));
  return channel;
}

// Creates leads over that connection until one is refused: how.
absl::Status CreateUntilRefused(const std::shared_ptr<grpc::Channel>& held) {
  absl::Status refused;
  EXPECT_TRUE(Eventually([&] {
    refused = Ask("ana@sales", "LeadService/CreateLead", R"({"lead": {"familyName": "Late"}})",
                  {.channel = held})
                  .status();
    return !refused.ok();
  }));
  return refused;
}

TEST(Drain, UnderLoadLosesNothing) {
  HarmUnderLoad([] {
    Suite::Get().Signal("lead", SIGTERM);
    EXPECT_EQ(Suite::Get().AwaitEnd("lead"), 0);
    Suite::Get().StartMissing();
  });
}

TEST(Drain, WhatIsUnderWayEndsWellAndWhatComesIsRefused) {
  Suite& suite = Suite::Get();
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok()) << lead.status();
  Watcher from_start("lead", 0);
  Watcher from_end("lead", -1);
  // A call that waits for a row is under way for as long as the test wants.
  RowLock lock("lead", lead->name());
  absl::StatusOr<MessagePtr> under_way;
  std::thread caller([&] {
    under_way =
        Ask("ana@sales", "FactService/BatchRecordFacts",
            absl::StrCat(R"({"requests": [{"parent": ")", lead->name(), R"(", "requestId": ")",
                         NewRequestId(), R"(", "fact": {"kind": "FACT_KIND_CALL"}}]})"),
            {.timeout = absl::Seconds(60), .channel = suite.OwnChannel("lead")});
  });
  EXPECT_TRUE(Eventually([&] { return lock.SomebodyWaits(); }));
  const auto held = IdleChannel("lead");

  suite.Signal("lead", SIGTERM);
  const absl::Status refused = CreateUntilRefused(held);
  // Cancelled: a call that was on its way when the server said that the connection ends.
  EXPECT_THAT(refused.code(),
              ::testing::AnyOf(absl::StatusCode::kUnavailable, absl::StatusCode::kCancelled))
      << refused;
  lock.Release();
  caller.join();
  ASSERT_TRUE(under_way.ok()) << under_way.status();
  const auto& results = static_cast<const fact::v1::BatchRecordFactsResponse&>(**under_way);
  EXPECT_EQ(results.results(0).status().status().code(), 0) << results.ShortDebugString();
  ExpectDrained(&from_start);
  ExpectDrained(&from_end);
  EXPECT_EQ(suite.AwaitEnd("lead"), 0);

  suite.StartMissing();
  // Just started, it may have no word from the gateway yet.
  absl::Status read;
  EXPECT_TRUE(Eventually([&] {
    read = Ask("ana@sales", "FactService/GetFact",
               absl::StrCat(R"({"name": ")", results.results(0).fact().name(), R"("})"))
               .status();
    return !absl::IsUnavailable(read);
  }));
  EXPECT_TRUE(read.ok()) << read;
  EXPECT_THAT(suite.Mishaps(), ::testing::IsEmpty());
}

class DrainEach : public ::testing::TestWithParam<const char*> {};

TEST_P(DrainEach, WhoeverHoldsAConnectionOpen) {
  Suite& suite = Suite::Get();
  const std::string service = GetParam();
  Watcher watcher(service, -1);
  const std::vector<std::shared_ptr<grpc::Channel>> idle = {IdleChannel(service),
                                                            IdleChannel(service)};
  const SilentConnection without_handshake(PortOf(service));
  const SilentConnection at_door(service == "gateway" ? suite.http_port() : PortOf(service));
  suite.Signal(service, SIGTERM);
  ExpectDrained(&watcher);
  EXPECT_EQ(suite.AwaitEnd(service), 0);
  suite.StartMissing();
  EXPECT_TRUE(suite.Serving(service));
  EXPECT_THAT(suite.Mishaps(), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Services, DrainEach,
                         ::testing::Values("lead", "account", "support", "reporting", "gateway"),
                         [](const auto& info) { return std::string(info.param); });

}  // namespace
}  // namespace comity::integration
