#include "tests/integration/command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/json_util.h"
#include "gtest/gtest.h"
#include "tests/integration/suite.h"

namespace comity::integration {

std::string Environment(const char* name, const std::string& otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

std::string ComityCommand(const std::string& arguments, const std::string& profile) {
  // No look for leaks: a short program may end while gRPC's threads still hold a TLS session.
  return absl::StrCat("ASAN_OPTIONS=detect_leaks=0 COMITY_PROFILE='",
                      profile.empty() ? Suite::Get().folder() + "/profile.json" : profile, "' '",
                      Environment("COMITY_BINARY_DIR", "build/debug"), "/bin/comity' ", arguments);
}

Outcome RunShell(const std::string& command) {
  char errors[] = "/tmp/comity-errors-XXXXXX";
  close(mkstemp(errors));
  Outcome outcome;
  FILE* pipe = popen(absl::StrCat("{ ", command, "\n} 2>", errors).c_str(), "r");
  char buffer[4096];
  for (size_t n; (n = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    outcome.output.append(buffer, n);
  }
  const int status = pclose(pipe);
  outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  std::stringstream text;
  text << std::ifstream(errors).rdbuf();
  outcome.errors = text.str();
  std::remove(errors);
  return outcome;
}

Outcome TryComity(const std::string& arguments, const std::string& profile) {
  return RunShell(ComityCommand(arguments, profile));
}

std::string Comity(const std::string& arguments) {
  const Outcome outcome = TryComity(arguments);
  EXPECT_EQ(outcome.code, 0) << "comity " << arguments << "\n" << outcome.output << outcome.errors;
  return outcome.output;
}

void ReadJson(const std::string& json, google::protobuf::Message* message) {
  const auto status = google::protobuf::util::JsonStringToMessage(json, message);
  EXPECT_TRUE(status.ok()) << status.ToString() << "\n" << json;
}

}  // namespace comity::integration
