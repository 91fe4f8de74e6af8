#include "services/runtime/server/failpoint.h"

#ifdef COMITY_FAILPOINTS

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "absl/strings/str_cat.h"

namespace comity::server {

namespace {

const char* Folder() {
  static const char* const folder = std::getenv("COMITY_FAILPOINTS");
  return folder;
}

// What the file says to do at `point`, and takes it away; empty where it speaks of another one.
std::string TakeAction(const std::string& path, absl::string_view point) {
  std::string name;
  std::string action;
  std::ifstream(path) >> name >> action;
  if (name != point) return "";
  // Of two threads that come by, the one that takes the file away does it.
  return std::rename(path.c_str(), absl::StrCat(path, ".hit").c_str()) == 0 ? action : "";
}

}  // namespace

std::string Failpoint(const std::string& service, absl::string_view point) {
  if (Folder() == nullptr) return "";
  const std::string path = absl::StrCat(Folder(), "/", service);
  std::string action = TakeAction(path, point);
  if (action.empty()) action = TakeAction(path + ".also", point);
  if (action != "stop" && action != "kill") return action;
  kill(getpid(), action == "stop" ? SIGSTOP : SIGKILL);
  while (action != "stop") pause();
  return "";
}

void TellTest(const std::string& service, absl::string_view text) {
  const std::string path = absl::StrCat(Folder(), "/", service, ".told");
  std::ofstream(path + ".new") << text << "\n";
  std::rename((path + ".new").c_str(), path.c_str());
}

bool Planted(absl::string_view defect, absl::string_view where) {
  static const char* const planted = std::getenv("COMITY_PLANT");
  if (planted == nullptr) return false;
  return planted == (where.empty() ? std::string(defect) : absl::StrCat(defect, ":", where));
}

}  // namespace comity::server

#endif
