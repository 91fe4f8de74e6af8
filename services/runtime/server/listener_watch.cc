#include "services/runtime/server/listener_watch.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"
#include "services/runtime/server/uptime.h"

namespace comity::server {
namespace {

// Whether `events` come on the socket before `end`, by Uptime().
bool Await(int socket, short events, absl::Duration end) {  // NOLINT(google-runtime-int): poll's
  pollfd wanted = {.fd = socket, .events = events, .revents = 0};
  const absl::Duration left = std::max(end - Uptime(), absl::ZeroDuration());
  return poll(&wanted, 1, static_cast<int>(absl::ToInt64Milliseconds(left))) == 1;
}

bool Connects(int socket, const addrinfo& address, absl::Duration end) {
  if (connect(socket, address.ai_addr, address.ai_addrlen) == 0) return true;
  int error = 0;
  socklen_t size = sizeof(error);
  return errno == EINPROGRESS && Await(socket, POLLOUT, end) &&
         getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error == 0;
}

}  // namespace

bool SomebodyAccepts(const std::string& host, int port, absl::Duration patience) {
  const absl::Duration end = Uptime() + patience;
  addrinfo hints = {};
  hints.ai_flags = AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), absl::StrCat(port).c_str(), &hints, &found) != 0) return false;
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  // The end of what we say lets the other side's handshake fail at once.
  const bool accepted =
      Connects(fd, *found, end) && shutdown(fd, SHUT_WR) == 0 && Await(fd, POLLIN, end);
  close(fd);
  return accepted;
}

absl::Status ListenerWatch::Start() {
  {
    absl::MutexLock lock(&mutex_);
    accepted_ = Uptime();  // it listens: else the server had not started
  }
  thread_ = std::thread([this] { Run(); });
  return absl::OkStatus();
}

bool ListenerWatch::Ready() const {
  absl::MutexLock lock(&mutex_);
  return Uptime() - accepted_ < times_.silence;
}

void ListenerWatch::Run() {
  do {
    if (!SomebodyAccepts(host_, port_, times_.patience)) continue;
    absl::MutexLock lock(&mutex_);
    accepted_ = Uptime();
  } while (Sleep());
}

bool ListenerWatch::Sleep() {
  absl::MutexLock lock(&mutex_);
  return !mutex_.AwaitWithTimeout(absl::Condition(&stopped_), times_.between);
}

void ListenerWatch::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

}  // namespace comity::server
