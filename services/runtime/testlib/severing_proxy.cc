#include "services/runtime/testlib/severing_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/testlib/process.h"

namespace comity::testlib {
namespace {

sockaddr_un AddressOf(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) Fail(absl::StrCat(path, " is too long"));
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool SendAll(int to, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

}  // namespace

SeveringProxy::SeveringProxy(const std::string& server_socket)
    : server_socket_(server_socket), socket_(absl::StrCat(server_socket, ".proxy")) {
  listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(socket_);
  unlink(socket_.c_str());
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(listener_, 64) != 0) {
    Fail(absl::StrCat("cannot listen on ", socket_));
  }
  acceptor_ = std::thread([this] { Accept(); });
}

SeveringProxy::~SeveringProxy() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  close(listener_);
  unlink(socket_.c_str());
  std::vector<std::thread> connections;
  {
    absl::MutexLock lock(&mutex_);
    connections.swap(connections_);
  }
  for (std::thread& connection : connections) connection.join();
}

void SeveringProxy::LoseAnswersTo(absl::string_view statement, int times) {
  absl::MutexLock lock(&mutex_);
  statement_ = std::string(statement);
  times_ = times;
}

int SeveringProxy::still_to_lose() {
  absl::MutexLock lock(&mutex_);
  return times_;
}

void SeveringProxy::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    absl::MutexLock lock(&mutex_);
    connections_.emplace_back([this, client] { Serve(client); });
  }
}

bool SeveringProxy::IsToBeLost(absl::string_view sent) {
  absl::MutexLock lock(&mutex_);
  // A text statement's packet: length, sequence number, command 3, text.
  if (times_ == 0 || sent.size() < 5 || sent[4] != 3 || sent.substr(5) != statement_) return false;
  --times_;
  return true;
}

void SeveringProxy::Serve(int client) {
  const int server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = AddressOf(server_socket_);
  bool going = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  bool lose = false;
  std::string buffer(1 << 16, '\0');
  pollfd ends[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
  while (going && poll(ends, 2, -1) > 0) {
    for (const int from : {0, 1}) {
      if (ends[from].revents == 0) continue;
      const ssize_t size = recv(ends[from].fd, buffer.data(), buffer.size(), 0);
      going = size > 0;
      if (!going) break;
      const absl::string_view bytes(buffer.data(), static_cast<size_t>(size));
      if (from == 0) lose = IsToBeLost(bytes);
      going = !(from == 1 && lose) && SendAll(ends[1 - from].fd, bytes);
      if (!going) break;
    }
  }
  close(server);
  close(client);
}

}  // namespace comity::testlib
