#include "tests/integration/suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/tls.h"
#include "services/runtime/resource/names.h"
#include "tests/integration/command.h"

namespace comity::integration {
namespace {

// Time enough for a service to hear of a revision before it is in force, on a busy machine.
constexpr char kCharterNotice[] = "5s";
constexpr char kArbiterTermDays[] = "0.0002";  // 17 s

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

[[noreturn]] void Give(const std::string& why) {
  std::fprintf(stderr, "the suite: %s\n", why.c_str());
  std::_Exit(1);
}

void Run(const std::string& command) {
  if (std::system(command.c_str()) != 0) Give(absl::StrCat("failed: ", command));
}

std::string ScriptCommand(const std::string& folder) {
  return absl::StrCat("COMITY_BIN_DIR='", Variable("COMITY_BINARY_DIR"), "/bin' ",
                      "COMITY_CHARTER_NOTICE=", kCharterNotice, " '", Variable("COMITY_SOURCE_DIR"),
                      "/scripts/run' --data '", folder, "'");
}

// The starting charter as scripts/run makes it, with keys of stewards, and an arbiter whose term a
// test can wait for. With COMITY_SUITE_DEMONSTRATION=yes, that of the demonstration company.
void WriteCharter(const std::string& folder) {
  const std::string root = Variable("COMITY_SOURCE_DIR");
  std::ofstream(folder + "/comity-suite") << "";  // scripts/run takes no folder of others
  Run(absl::StrCat("ROOT='", root, "' DATA='", folder, "' WITH_DEMO='",
                   Variable("COMITY_SUITE_DEMONSTRATION"), "' bash -euc \"umask 077; source '",
                   root, "/scripts/lib/charter.sh'; make_charter\""));
  std::ofstream(folder + "/charter.yaml", std::ios::app)
      << "\narbiter: departments/management\narbiter_term_days: " << kArbiterTermDays << "\n";
}

// A shell that waits until this process is gone, then stops the suite: also after a crash.
void StopWhenWeEnd(const std::string& folder) {
  const std::string command =
      absl::StrCat("trap '' INT TERM HUP; cat >/dev/null; ", ScriptCommand(folder),
                   " --stop >/dev/null 2>&1; rm -rf '", folder, "'");
  FILE* const until_we_end = popen(command.c_str(), "we");
  if (until_we_end == nullptr) Give("cannot start its keeper");
}

bool IsFree(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  const bool refused =
      connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0;
  close(socket);
  return refused;
}

// Other suites of this machine, say of tests that run beside this one, have ports of their own.
bool PortsAreFree(int base) {
  for (int port = base + 1; port <= base + 80; ++port) {
    if (!IsFree(port)) return false;
  }
  return true;
}

// Processes whose parent has ended become ours: so their end, and how they ended, is ours to see.
void AdoptOrphans() {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) Give("cannot adopt its processes");
}

// What no log of a sound process holds.
bool TellsOfCrash(absl::string_view line) {
  for (const char* sign : {"Sanitizer", ": runtime error: ", "terminate called", "got signal ",
                           "assertion failed", "Assertion `"}) {
    if (absl::StrContains(line, sign)) return true;
  }
  return false;
}

std::vector<std::string> CrashesIn(const std::filesystem::path& log) {
  std::vector<std::string> crashes;
  std::ifstream file(log);
  for (std::string line; std::getline(file, line);) {
    if (TellsOfCrash(line)) crashes.push_back(absl::StrCat(log.filename().string(), ": ", line));
  }
  return crashes;
}

// A process in which no thread polls reconnects to a restarted service only by gRPC's backup poll
// every five seconds: too slow for a handshake. One thread that waits on an empty queue polls for
// all.
void KeepPolling() {
  static auto* const queue = new grpc::CompletionQueue();
  std::thread([] {
    void* tag = nullptr;
    bool ok = false;
    queue->Next(&tag, &ok);
  }).detach();
}

}  // namespace

Suite& Suite::Get() {
  static Suite* const suite = new Suite();
  return *suite;
}

Suite::Suite() {
  char folder[] = "/tmp/comity-suite-XXXXXX";
  if (mkdtemp(folder) == nullptr) Give("no temporary folder");
  folder_ = folder;
  StopWhenWeEnd(folder_);
  AdoptOrphans();
  KeepPolling();
  absl::BitGen random;
  WriteCharter(folder_);
  do {
    base_port_ = 20000 + 100 * absl::Uniform(random, 0, 120);
  } while (!PortsAreFree(base_port_));
  Start();
  auto profile = client::ReadProfile(folder_ + "/profile.json");
  if (!profile.ok()) Give(profile.status().ToString());
  profile_ = *std::move(profile);
  auto signer =
      identity::TokenSigner::Make(profile_.issuer.iss, profile_.issuer.aud, profile_.issuer.kid,
                                  ReadFile(profile_.issuer.private_key));
  if (!signer.ok()) Give(signer.status().ToString());
  signer_ = std::make_unique<identity::TokenSigner>(*std::move(signer));
  channels_ = std::make_unique<channel::Channels>(
      channel::TlsFiles{profile_.tls_cert, profile_.tls_key, profile_.tls_ca}, profile_.addresses);
}

void Suite::Start() {
  Run(absl::StrCat(ScriptCommand(folder_), " --detach --no-demo --base-port ", base_port_, " >'",
                   folder_, ".log' 2>&1 || { cat '", folder_, ".log' >&2; false; }; rm -f '",
                   folder_, ".log'"));
  NotePids();
}

void Suite::NotePids() {
  for (const auto& file : std::filesystem::directory_iterator(folder_ + "/run")) {
    if (file.path().extension() != ".pid" || file.path().stem() == "mariadbd") continue;
    const std::string text = ReadFile(file.path());
    int pid = 0;
    if (absl::SimpleAtoi(text.substr(0, text.find(' ')), &pid)) pids_[file.path().stem()] = pid;
  }
  pids_.erase("run");
}

std::string Suite::Token(const std::string& as, absl::Time now) const {
  const auto identity = client::ParseIdentity(as);
  if (!identity.ok()) Give(identity.status().ToString());
  return signer_->Sign(identity->person, identity->department, now).value();
}

int Suite::http_port() const { return base_port_ + 80; }

std::string Suite::KeyOf(const std::string& person) const {
  return absl::StrCat(folder_, "/keys/", person, ".pem");
}

std::shared_ptr<grpc::Channel> Suite::Channel(const std::string& service) const {
  return channels_->To(service);
}

std::shared_ptr<grpc::Channel> Suite::OwnChannel(const std::string& service) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  arguments.SetSslTargetNameOverride("localhost");
  const channel::TlsFiles tls{profile_.tls_cert, profile_.tls_key, profile_.tls_ca};
  return grpc::CreateCustomChannel(profile_.addresses.at(service),
                                   channel::ChannelTls(tls, absl::StrCat("service/", service)),
                                   arguments);
}

std::vector<std::string> Suite::services() const {
  std::vector<std::string> names;
  for (const auto& [service, address] : profile_.addresses) names.push_back(service);
  return names;
}

void Suite::Signal(const std::string& process, int signal) const {
  const auto pid = pids_.find(process);
  if (pid == pids_.end()) Give("no process " + process);
  kill(pid->second, signal);
}

void Suite::Kill(const std::string& process) {
  Signal(process, SIGKILL);
  EXPECT_EQ(AwaitEnd(process), -SIGKILL) << process << " had ended before";
}

int Suite::AwaitEnd(const std::string& process, absl::Duration limit) {
  int status = 0;
  const int pid = pids_.at(process);
  const bool ended = Eventually([&] { return waitpid(pid, &status, WNOHANG) != 0; }, limit);
  EXPECT_TRUE(ended) << process << " does not end";
  if (ended) pids_.erase(process);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void Suite::StartMissing() {
  NoteMishaps();  // a start puts the logs of the process before it aside
  Start();
}

void Suite::NoteMishaps() {
  for (auto process = pids_.begin(); process != pids_.end();) {
    int status = 0;
    if (waitpid(process->second, &status, WNOHANG) == 0) {
      ++process;
      continue;
    }
    mishaps_.insert(absl::StrCat(process->first, " ended by itself, status ", status));
    process = pids_.erase(process);
  }
  for (const auto& file : std::filesystem::directory_iterator(folder_ + "/log")) {
    for (std::string& crash : CrashesIn(file.path())) mishaps_.insert(std::move(crash));
  }
}

std::set<std::string> Suite::Mishaps() {
  NoteMishaps();
  return mishaps_;
}

std::string Suite::Metrics(const std::string& service) const {
  const std::string& address = profile_.addresses.at(service);
  const int port = std::stoi(address.substr(address.rfind(':') + 1)) + 40;
  const Outcome page = RunShell(
      absl::StrCat("curl --silent --fail --noproxy '*' http://127.0.0.1:", port, "/metrics"));
  EXPECT_EQ(page.code, 0) << service << " has no metrics: " << page.errors;
  EXPECT_TRUE(absl::StrContains(page.output, "comity_")) << service;
  return page.output;
}

bool Suite::AllServing() const {
  for (const std::string& service : services()) {
    if (!Serving(service)) return false;
  }
  return true;
}

bool Suite::Serving(const std::string& service) const {
  // Its probe port stands twenty above its own.
  const std::string& address = profile_.addresses.at(service);
  const size_t colon = address.rfind(':');
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(colon + 1), &port)) return false;
  const auto channel = grpc::CreateChannel(absl::StrCat("127.0.0.1:", port + 20),
                                           grpc::InsecureChannelCredentials());
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(5)));
  grpc::CompletionQueue queue;
  const grpc::Slice empty;
  grpc::ByteBuffer request(&empty, 1);  // without a slice a buffer is invalid
  grpc::ByteBuffer response;
  grpc::Status status;
  auto call = grpc::GenericStub(channel).PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                                          request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  grpc::Slice slice;
  if (!status.ok() || !response.DumpToSingleSlice(&slice).ok()) return false;
  // HealthCheckResponse{status: SERVING}
  return std::string(slice.begin(), slice.end()) == std::string("\x08\x01", 2);
}

std::string NewRequestId() { return resource::IdToText(resource::NewId(absl::Now())); }

}  // namespace comity::integration
