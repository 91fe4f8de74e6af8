#include "tests/security/evidence.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"
#include "tests/security/api.h"

namespace comity::security {
namespace {

using integration::Outcome;
using integration::RunShell;
using integration::Suite;

constexpr size_t kMostLines = 5;

// The options with which the administrator reaches the suite's own server.
std::string Connection() {
  return absl::StrCat("--no-defaults --socket='", Suite::Get().folder(),
                      "/mariadb.sock' --user=\"$(id -un)\"");
}

std::string Must(const std::string& command) {
  const Outcome outcome = RunShell(command);
  EXPECT_EQ(outcome.code, 0) << command << "\n" << outcome.errors;
  return outcome.output;
}

}  // namespace

std::string Logs() {
  std::string logs;
  for (const auto& file : std::filesystem::directory_iterator(Suite::Get().folder() + "/log")) {
    std::ifstream text(file.path(), std::ios::binary);
    logs.append(std::istreambuf_iterator<char>(text), std::istreambuf_iterator<char>());
  }
  for (const std::string& service : ServiceNames()) {
    EXPECT_TRUE(absl::StrContains(logs, absl::StrCat("\"service\":\"", service, "\"")))
        << service << " has logged nothing";
  }
  return logs;
}

std::string Metrics() {
  std::string metrics;
  for (const std::string& service : ServiceNames()) metrics += Suite::Get().Metrics(service);
  return metrics;
}

std::string Tables(const std::string& service, const std::string& pattern) {
  const std::string database = absl::StrCat("comity_", service);
  const std::string tables = AdministerSql(
      absl::StrCat("SELECT table_name FROM information_schema.tables WHERE table_schema = '",
                   database, "' AND table_name LIKE '", pattern, "'"));
  const std::vector<std::string> names = absl::StrSplit(tables, '\n', absl::SkipEmpty());
  EXPECT_FALSE(names.empty()) << database << " has no tables " << pattern;
  std::string sql;
  for (const std::string& name : names) {
    absl::StrAppend(&sql, "SELECT * FROM ", database, ".", name, ";\n");
  }
  return AdministerSql(sql);
}

std::string AdministerSql(const std::string& sql) {
  return Must(absl::StrCat("mariadb ", Connection(),
                           " --batch --skip-column-names <<'END_OF_SQL'\n", sql, "\nEND_OF_SQL"));
}

std::vector<std::string> LinesWith(const std::string& text, const std::string& word) {
  std::vector<std::string> found;
  const std::string wanted = absl::AsciiStrToLower(word);
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string lower = absl::AsciiStrToLower(line);
    const size_t at = lower.find(wanted);
    if (at == std::string::npos) continue;
    const size_t from = at > 200 ? at - 200 : 0;
    found.emplace_back(line.substr(from, 500));
    if (found.size() == kMostLines) break;
  }
  return found;
}

}  // namespace comity::security
