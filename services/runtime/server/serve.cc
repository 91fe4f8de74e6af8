#include "services/runtime/server/serve.h"

#include <csignal>
#include <iostream>
#include <string>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "services/runtime/server/file_limit.h"
#include "services/runtime/server/options.h"
#include "services/runtime/server/process.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {
namespace {

// SIGTERM and SIGINT, taken by the main thread: blocked in all threads that are started later.
class StopSignal {
 public:
  StopSignal() {
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
  }
  // Whether one has come; does not wait.
  bool Came() {
    const timespec no_time = {};
    came_ = came_ || sigtimedwait(&set_, nullptr, &no_time) > 0;
    return came_;
  }
  void Wait() {
    int signal = 0;
    while (!came_ && sigwait(&set_, &signal) != 0) {
    }
  }

 private:
  sigset_t set_ = {};
  bool came_ = false;
};

absl::Status Migrate(const ServerOptions& options, const ServerFacts& facts) {
  std::vector<storage::Migration> migrations = storage::RuntimeMigrations();
  migrations.insert(migrations.end(), facts.migrations.begin(), facts.migrations.end());
  COMITY_ASSIGN_OR_RETURN(const std::vector<std::string> applied,
                          storage::Migrate(options.database, migrations));
  for (const std::string& name : applied) std::cout << name << std::endl;
  return absl::OkStatus();
}

absl::Status Run(const ServerFacts& facts) {
  COMITY_ASSIGN_OR_RETURN(const ServerOptions options, OptionsFromFlags());
  if (options.migrate) return Migrate(options, facts);
  RaiseFileLimit();
  StopSignal stop;
  COMITY_ASSIGN_OR_RETURN(const std::unique_ptr<Process> process,
                          Process::Start(options, facts, [&stop] { return stop.Came(); }));
  LogMessage(facts.service, absl::StrCat("listening on ", options.listen));
  stop.Wait();
  LogMessage(facts.service, "draining");
  process->Stop();
  return absl::OkStatus();
}

}  // namespace

int Serve(int argc, char** argv, const ServerFacts& facts) {
#ifdef NDEBUG
  // Debian's Abseil is built with its checks; this one costs a sixth of an empty call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  absl::SetProgramUsageMessage(absl::StrCat("Comity's service `", facts.service, "`."));
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = Run(facts);
  if (status.ok() || absl::IsCancelled(status)) return 0;
  const std::string detail = InternalDetail(status);
  const std::string reason = Reason(status);
  std::cerr << "comity-" << facts.service << ": " << reason << (reason.empty() ? "" : ": ")
            << status.message() << (detail.empty() ? "" : absl::StrCat(" (", detail, ")"))
            << std::endl;
  return 1;
}

}  // namespace comity::server
