// A file of 1 GB must not take 1 GB of memory: all passes of the client's import over one, and the
// most that its process ever held.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define COMITY_SANITIZED 1
#endif
#endif

// What the address sanitizer adds is no measure; it is slow, too.
#ifdef COMITY_SANITIZED
constexpr int64_t kBytes = 200 << 20;
constexpr int64_t kMostResident = 700 << 20;
#else
constexpr int64_t kBytes = 1 << 30;
constexpr int64_t kMostResident = 300 << 20;
#endif
constexpr int64_t kTakenEvery = 2'000;  // rows; of the others the map refuses the sector

constexpr char kMap[] = R"(kind: accounts
source: large
identity: id
fields:
  display_name: name
  kind: {constant: organization}
  sector: {column: sector, values: {r: retail}, others: refuse}
  annual_revenue: {column: revenue, currency: EUR}
  attributes.since: since
facts:
  - {kind: note, when: {met: "*"}, fields: {occur_time: met, summary: name}}
)";

// Removed when the test ends.
class Folder {
 public:
  Folder() {
    std::string path = Environment("COMITY_BINARY_DIR", ".") + "/import-memory-XXXXXX";
    path_ = mkdtemp(path.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Days stand before months: only the last rows of the file decide it.
int64_t WriteRows(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  file << "id,name,sector,revenue,since,met\n";
  int64_t rows = 0;
  for (int64_t bytes = 0; bytes < kBytes; ++rows) {
    const bool is_late = bytes + (1 << 20) > kBytes;
    const std::string line = absl::StrFormat(
        "A-%012d,\"Company %d, of a longer name than "
        "most\",%s,%d.50,%02d/%02d/2019,%02d/%02d/2020\n",
        rows, rows * 7919, rows % kTakenEvery == 0 ? "r" : "unknown", rows % 1'000'000,
        1 + rows % 12, 1 + rows % 12, is_late ? 13 + rows % 15 : 1 + rows % 12, 1 + rows % 12);
    file << line;
    bytes += static_cast<int64_t>(line.size());
  }
  EXPECT_TRUE(file.flush().good());
  return rows;
}

struct Ended {
  int code = 0;
  int64_t most_resident = 0;  // bytes
};

// Runs a shell command to its end, which replaces the shell.
Ended RunMeasured(const std::string& command) {
  const pid_t pid = fork();
  if (pid == 0) {
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  rusage usage = {};
  EXPECT_EQ(wait4(pid, &status, 0, &usage), pid);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, int64_t{usage.ru_maxrss} * 1024};
}

TEST(ImportMemory, AGigabyteIsReadInAFractionOfIt) {
  const Folder folder;
  std::ofstream(folder / "map.yaml") << kMap;
  const int64_t rows = WriteRows(folder / "large.csv");
  const absl::Time start = absl::Now();
  const Ended ended = RunMeasured(
      absl::StrCat("exec env ",
                   ComityCommand(absl::StrCat("import ", folder / "large.csv", " --map ",
                                              folder / "map.yaml", " --dry-run -o json")),
                   " >", folder / "out", " 2>", folder / "errors"));
  std::stringstream output;
  output << std::ifstream(folder / "out").rdbuf();
  const int64_t taken = (rows + kTakenEvery - 1) / kTakenEvery;
  EXPECT_EQ(ended.code, 1);  // rows are refused
  EXPECT_THAT(output.str(), ::testing::HasSubstr(absl::StrCat("\"taken\": ", taken, ",")));
  EXPECT_THAT(output.str(), ::testing::HasSubstr(absl::StrCat("\"refused\": ", rows - taken, ",")));
  EXPECT_LT(ended.most_resident, kMostResident);
  std::printf("%s rows, %d MiB: at most %d MiB resident, in %s\n", absl::StrCat(rows).c_str(),
              static_cast<int>(kBytes >> 20), static_cast<int>(ended.most_resident >> 20),
              absl::FormatDuration(absl::Now() - start).c_str());
}

}  // namespace
}  // namespace comity::integration
