#include "services/runtime/testlib/server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "services/runtime/testlib/process.h"

namespace comity::testlib {
namespace {

constexpr absl::Duration kStartPatience = absl::Seconds(60);
constexpr uint64_t kRoom = uint64_t{200} << 20;

// Memory where there is room: no test waits for a disk.
std::string ParentFolder() {
  struct statvfs room = {};
  if (statvfs("/dev/shm", &room) == 0 && room.f_bavail * room.f_frsize >= kRoom) return "/dev/shm";
  const char* temporary = std::getenv("TMPDIR");
  return temporary == nullptr ? "/tmp" : temporary;
}

std::vector<std::string> AsSelf() {
  if (geteuid() == 0) return {"--user=root"};
  return {};
}

void Append(std::vector<std::string> more, std::vector<std::string>* command) {
  command->insert(command->end(), more.begin(), more.end());
}

// The option file of the machine and its instance play no part. A tmpdir of its own: a server that
// starts removes the temporary tables of every other one there.
std::vector<std::string> ServerCommand(const std::string& folder) {
  std::vector<std::string> command = {"mariadbd", "--no-defaults"};
  Append(AsSelf(), &command);
  Append({absl::StrCat("--datadir=", folder, "/data"), absl::StrCat("--tmpdir=", folder),
          absl::StrCat("--socket=", folder, "/s"),
          absl::StrCat("--pid-file=", folder, "/mariadbd.pid"), "--skip-networking",
          "--skip-name-resolve", "--local-infile=0", "--performance-schema=off",
          "--character-set-server=utf8mb4", "--collation-server=utf8mb4_bin",
          "--innodb-log-file-size=8M", "--innodb-buffer-pool-size=64M",
          "--innodb-flush-log-at-trx-commit=1", "--max-connections=300"},
         &command);
  const char* more = std::getenv("COMITY_TEST_MARIADB_OPTIONS");
  if (more != nullptr) Append(absl::StrSplit(more, ' ', absl::SkipEmpty()), &command);
  return command;
}

// Outlives this process: when the pipe closes, because the process ended, it ends the server and
// removes the folder.
void StartUndertaker(const std::string& folder) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) Fail("no pipe");
  Spawn({"sh", "-c",
         "read -r _; server=$(cat \"$0/server\"); kill -KILL \"$server\" 2>/dev/null; "
         "for _ in 1 2 3 4 5 6 7 8 9; do kill -0 \"$server\" 2>/dev/null && sleep 0.05; done; "
         "rm -rf \"$0\"",
         folder},
        "/dev/null", ends[0]);
  close(ends[0]);  // the other end closes with the process
}

}  // namespace

Server& Server::Get() {
  static Server* const server = new Server;
  return *server;
}

Server::Server() {
  folder_ = absl::StrCat(ParentFolder(), "/comity-test-XXXXXX");
  if (mkdtemp(folder_.data()) == nullptr) Fail(absl::StrCat("cannot make ", folder_));
  StartUndertaker(folder_);
  std::vector<std::string> install = {"mariadb-install-db", "--no-defaults"};
  Append(AsSelf(), &install);
  Append({absl::StrCat("--datadir=", folder_, "/data"), absl::StrCat("--tmpdir=", folder_),
          "--force", "--skip-test-db",  // --force: where the machine's own name does not resolve
          "--auth-root-authentication-method=normal", "--innodb-log-file-size=8M"},
         &install);
  const std::string log = absl::StrCat(folder_, "/install.log");
  if (Wait(Spawn(install, log)) != 0) Fail(absl::StrCat("mariadb-install-db: ", ReadAll(log)));
  Start();
}

storage::DatabaseOptions Server::root() const {
  storage::DatabaseOptions options;
  options.socket = absl::StrCat(folder_, "/s");
  options.database = "mysql";
  options.user = "root";
  return options;
}

void Server::Start() {
  const std::string log = absl::StrCat(folder_, "/server.log");
  pid_ = Spawn(ServerCommand(folder_), log);
  std::ofstream(absl::StrCat(folder_, "/server")) << pid_;
  const absl::Time end = absl::Now() + kStartPatience;
  while (!storage::Session::Open(root()).ok()) {
    if (waitpid(pid_, nullptr, WNOHANG) == pid_ || absl::Now() > end) {
      Fail(absl::StrCat("mariadbd does not start: ", ReadAll(log)));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

void Server::Kill() {
  if (!running()) return;
  kill(pid_, SIGKILL);
  Wait(pid_);
  pid_ = 0;
  unlink(absl::StrCat(folder_, "/server").c_str());
}

void Server::Restart() {
  Kill();
  Start();
}

void Server::Pause() {
  kill(pid_, SIGSTOP);
  // The signal takes its time, above all on a busy machine.
  for (char state = 0; state != 'T'; absl::SleepFor(absl::Milliseconds(1))) {
    std::ifstream file(absl::StrCat("/proc/", pid_, "/stat"));
    std::string stat;
    std::getline(file, stat);
    const size_t name_end = stat.rfind(')');
    state = name_end + 2 < stat.size() ? stat[name_end + 2] : 'T';
  }
}

void Server::Resume() { kill(pid_, SIGCONT); }

}  // namespace comity::testlib
