#include "services/runtime/server/grpc_server.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"

namespace comity::server {
namespace {

std::shared_ptr<grpc::Channel> ChannelTo(const GrpcServer& server) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", server.port()),
                                   grpc::InsecureChannelCredentials(), arguments);
}

GrpcServerOptions Options() {
  GrpcServerOptions options;
  options.listen = "127.0.0.1:0";
  options.credentials = grpc::InsecureServerCredentials();
  return options;
}

// What the server answers when it is asked for its methods: a stream that has begun waits.
grpc::StatusCode Reflect(const GrpcServer& server) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  grpc::GenericStub stub(ChannelTo(server));
  grpc::CompletionQueue queue;
  const auto stream = stub.PrepareCall(
      &context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  stream->StartCall(nullptr);
  queue.Next(&tag, &ok);
  stream->WritesDone(nullptr);
  queue.Next(&tag, &ok);
  grpc::Status status;
  stream->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
  return status.error_code();
}

// Also where another server of the process does, as the probe port's beside the other.
TEST(GrpcServer, TellsItsMethodsOnlyWhenToldTo) {
  GrpcServerOptions options = Options();
  options.reflection = true;
  const auto open = GrpcServer::Start(options);
  ASSERT_TRUE(open.ok()) << open.status();
  EXPECT_EQ(Reflect(**open), grpc::StatusCode::OK);
  const auto closed = GrpcServer::Start(Options());
  ASSERT_TRUE(closed.ok()) << closed.status();
  EXPECT_EQ(Reflect(**closed), grpc::StatusCode::UNIMPLEMENTED);
}

// Without an end of their own, clients would stay with the replicas that they found first.
TEST(GrpcServer, ConnectionsEndAtTheirAge) {
  GrpcServerOptions options = Options();
  options.connection_age = absl::Milliseconds(300);
  const auto server = GrpcServer::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  const auto channel = ChannelTo(**server);
  const auto patience = absl::ToChronoTime(absl::Now() + absl::Seconds(20));
  ASSERT_TRUE(channel->WaitForConnected(patience));
  EXPECT_TRUE(channel->WaitForStateChange(GRPC_CHANNEL_READY, patience)) << "it never ended";
}

TEST(GrpcServer, ConnectionsLiveAMinuteOrTwo) {
  EXPECT_GE(GrpcServerOptions().connection_age, absl::Seconds(60));
  EXPECT_LE(GrpcServerOptions().connection_age, absl::Seconds(120));
  EXPECT_GE(GrpcServerOptions().connection_grace, absl::Seconds(10));
}

}  // namespace
}  // namespace comity::server
