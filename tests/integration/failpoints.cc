#include "tests/integration/failpoints.h"

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

const std::string& FailpointFolder() {
  static const auto* const folder = [] {
    auto* made = new std::string(absl::StrCat("/tmp/comity-failpoints-", getpid()));
    std::filesystem::create_directories(*made);
    setenv("COMITY_FAILPOINTS", made->c_str(), 1);
    std::atexit([] { std::filesystem::remove_all(FailpointFolder()); });
    return made;
  }();
  return *folder;
}

// A file is there whole or not at all.
void WriteFailpoint(const std::string& file, const std::string& point, const std::string& action) {
  const std::string path = absl::StrCat(FailpointFolder(), "/", file);
  std::filesystem::remove(path + ".hit");
  std::ofstream(path + ".new") << point << " " << action << "\n";
  std::filesystem::rename(path + ".new", path);
}

}  // namespace

void UseFailpoints() { FailpointFolder(); }

void SetFailpoint(const std::string& service, const std::string& point, const std::string& action) {
  WriteFailpoint(service, point, action);
}

bool WasHit(const std::string& service) {
  return std::filesystem::exists(absl::StrCat(FailpointFolder(), "/", service, ".hit"));
}

void RefuseStep(const std::string& service, const std::string& method, bool late) {
  WriteFailpoint("gateway.also", absl::StrCat(service, "/", method, "/send"),
                 late ? "late" : "refuse");
}

std::string ArriveLate(const std::string& method) {
  const std::string told = FailpointFolder() + "/gateway.told";
  std::filesystem::remove(told);
  WriteFailpoint("gateway.also", absl::StrCat(method, "/arrive"), "now");
  EXPECT_TRUE(Eventually([&] { return std::filesystem::exists(told); })) << method;
  std::string reason;
  std::ifstream(told) >> reason;
  return reason;
}

void AwaitKilled(const std::string& service) {
  ASSERT_TRUE(Eventually([&] { return WasHit(service); }));
  EXPECT_EQ(Suite::Get().AwaitEnd(service), -SIGKILL);
  Suite::Get().StartMissing();
  ASSERT_TRUE(Eventually([] { return Suite::Get().AllServing(); }));
}

}  // namespace comity::integration
