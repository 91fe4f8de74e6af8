#include "services/runtime/server/failpoint.h"

#ifdef COMITY_FAILPOINTS

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace comity::server {

void Failpoint(const std::string& service, absl::string_view point) {
  static const char* const folder = std::getenv("COMITY_FAILPOINTS");
  if (folder == nullptr) return;
  const std::string path = absl::StrCat(folder, "/", service);
  std::string name;
  std::string action;
  std::ifstream(path) >> name >> action;
  if (name != point) return;
  // Of two threads that come by, the one that takes the file away does it.
  if (std::rename(path.c_str(), absl::StrCat(path, ".hit").c_str()) != 0) return;
  kill(getpid(), action == "stop" ? SIGSTOP : SIGKILL);
  while (action != "stop") pause();
}

}  // namespace comity::server

#endif
