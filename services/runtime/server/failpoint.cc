#include "services/runtime/server/failpoint.h"

#ifdef COMITY_FAILPOINTS

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace comity::server {

std::string Failpoint(const std::string& service, absl::string_view point) {
  static const char* const folder = std::getenv("COMITY_FAILPOINTS");
  if (folder == nullptr) return "";
  const std::string path = absl::StrCat(folder, "/", service);
  std::string name;
  std::string action;
  std::ifstream(path) >> name >> action;
  if (name != point) return "";
  // Of two threads that come by, the one that takes the file away does it.
  if (std::rename(path.c_str(), absl::StrCat(path, ".hit").c_str()) != 0) return "";
  if (action != "stop" && action != "kill") return action;
  kill(getpid(), action == "stop" ? SIGSTOP : SIGKILL);
  while (action != "stop") pause();
  return "";
}

bool Planted(absl::string_view defect, absl::string_view where) {
  static const char* const planted = std::getenv("COMITY_PLANT");
  if (planted == nullptr) return false;
  return planted == (where.empty() ? std::string(defect) : absl::StrCat(defect, ":", where));
}

}  // namespace comity::server

#endif
