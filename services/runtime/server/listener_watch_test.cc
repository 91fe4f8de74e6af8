#include "services/runtime/server/listener_watch.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "services/runtime/server/grpc_server.h"

namespace comity::server {
namespace {

// Listens on a port of 127.0.0.1 and accepts only what it is told to: what a listener looks like
// that its process has given up.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(bind(fd_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(fd_, 128), 0);
    EXPECT_EQ(getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
  }
  ~Listener() { close(fd_); }
  int port() const { return port_; }
  // Hangs up on whoever waits to be accepted, and on the next one.
  void AcceptOne() { close(accept(fd_, nullptr, nullptr)); }

 private:
  const int fd_;
  int port_ = 0;
};

bool Becomes(const ListenerWatch& watch, bool ready) {
  for (const absl::Time end = absl::Now() + absl::Seconds(30); absl::Now() < end;) {
    if (watch.Ready() == ready) return true;
    absl::SleepFor(absl::Milliseconds(5));
  }
  return false;
}

TEST(ListenerWatchTest, AServerAccepts) {
  GrpcServerOptions options;
  options.listen = "127.0.0.1:0";
  options.credentials = grpc::InsecureServerCredentials();
  const auto server = GrpcServer::Start(options);
  ASSERT_TRUE(server.ok()) << server.status();
  EXPECT_TRUE(SomebodyAccepts("127.0.0.1", (*server)->port(), absl::Seconds(10)));
  EXPECT_TRUE(SomebodyAccepts("0.0.0.0", (*server)->port(), absl::Seconds(10)));
}

TEST(ListenerWatchTest, AKernelThatAcceptsForNobodyDoesNotCount) {
  const Listener listener;
  EXPECT_FALSE(SomebodyAccepts("127.0.0.1", listener.port(), absl::Milliseconds(200)));
}

TEST(ListenerWatchTest, NobodyListens) {
  int port = 0;
  {
    const Listener listener;
    port = listener.port();
  }
  EXPECT_FALSE(SomebodyAccepts("127.0.0.1", port, absl::Seconds(10)));
}

TEST(ListenerWatchTest, IsReadyWhileSomebodyAccepts) {
  Listener listener;
  ListenerWatch watch("127.0.0.1", listener.port(),
                      {.between = absl::Milliseconds(10),
                       .patience = absl::Milliseconds(100),
                       .silence = absl::Milliseconds(500)});
  ASSERT_TRUE(watch.Start().ok());
  EXPECT_TRUE(Becomes(watch, false));
  // Those that were given up wait in the kernel's queue before the next one.
  for (const absl::Time end = absl::Now() + absl::Seconds(30); !watch.Ready();) {
    ASSERT_LT(absl::Now(), end);
    listener.AcceptOne();
  }
  EXPECT_TRUE(Becomes(watch, false));
}

}  // namespace
}  // namespace comity::server
