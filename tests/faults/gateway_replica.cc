#include "tests/faults/gateway_replica.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The first gateway's words, with other ports.
std::vector<std::string> ReplicaWords() {
  const std::string text = ReadAll(Suite::Get().folder() + "/run/gateway.pid");
  const std::string pid = text.substr(0, text.find(' '));
  std::vector<std::string> words =
      absl::StrSplit(ReadAll(absl::StrCat("/proc/", pid, "/cmdline")), '\0', absl::SkipEmpty());
  for (std::string& word : words) {
    for (const char* flag :
         {"--listen=", "--probe_listen=", "--metrics_listen=", "--http_listen="}) {
      if (absl::StartsWith(word, flag)) word = absl::StrCat(flag, "127.0.0.1:0");
    }
  }
  return words;
}

// Failpoints are for the first one.
std::vector<std::string> EnvironmentWithoutFailpoints() {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!absl::StartsWith(*variable, "COMITY_FAILPOINTS=")) variables.emplace_back(*variable);
  }
  return variables;
}

std::vector<char*> Pointers(std::vector<std::string>* words) {
  std::vector<char*> pointers;
  pointers.reserve(words->size() + 1);
  for (std::string& word : *words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Seconds since the service's copy of the directory was confirmed.
double DirectoryAge(const std::string& service) {
  const std::string page = Suite::Get().Metrics(service);
  const std::vector<std::string> parts = absl::StrSplit(
      page, absl::StrCat("\ncomity_directory_age_seconds{service=\"", service, "\"} "));
  double age = 0;
  const bool is_number =
      parts.size() == 2 && absl::SimpleAtod(parts[1].substr(0, parts[1].find('\n')), &age);
  EXPECT_TRUE(is_number) << page;
  return age;
}

}  // namespace

GatewayReplica::GatewayReplica() {
  std::vector<std::string> words = ReplicaWords();
  std::vector<std::string> environment = EnvironmentWithoutFailpoints();
  const std::vector<char*> arguments = Pointers(&words);
  const std::vector<char*> variables = Pointers(&environment);
  const std::string log = Suite::Get().folder() + "/log/gateway-replica.log";
  pid_ = fork();
  if (pid_ != 0) return;
  // Other threads may have held the allocator's locks: nothing is allocated from here on.
  const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0 || dup2(file, STDERR_FILENO) < 0) _exit(1);
  execve(arguments[0], arguments.data(), variables.data());
  _exit(1);
}

GatewayReplica::~GatewayReplica() {
  Signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void GatewayReplica::Signal(int signal) const { kill(pid_, signal); }

void AwaitWordFromTheGateway() {
  for (const char* service : {"lead", "account", "support"}) {
    EXPECT_TRUE(Eventually([&] { return DirectoryAge(service) < 2; })) << service;
  }
}

}  // namespace comity::integration
