#include "tests/integration/database.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/names.h"
#include "tests/integration/command.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

// The shell words that start a client.
std::string Client() {
  return absl::StrCat("mariadb --no-defaults --batch --skip-column-names --user=\"$(id -un)\"",
                      " --socket='", Suite::Get().folder(), "/mariadb.sock'");
}

}  // namespace

std::string Sql(const std::string& statement) {
  const Outcome outcome = RunShell(absl::StrCat(Client(), " -e \"", statement, "\""));
  EXPECT_EQ(outcome.code, 0) << statement << "\n" << outcome.errors;
  return std::string(absl::StripAsciiWhitespace(outcome.output));
}

RowLock::RowLock(const std::string& service, const std::string& record)
    : shell_(popen(absl::StrCat(Client(), " >/dev/null").c_str(), "we")) {
  const std::string collection = resource::CollectionOf(record);
  const auto id = resource::IdOf(record, collection);
  EXPECT_TRUE(shell_ != nullptr && id.ok()) << id.status();
  // The name says to others that the row is held.
  std::fputs(
      absl::StrCat("BEGIN; SELECT id FROM comity_", service, ".", collection, " WHERE id = x'",
                   absl::BytesToHexString(*id), "' FOR UPDATE; DO GET_LOCK('row-lock', 0);\n")
          .c_str(),
      shell_);
  std::fflush(shell_);
  EXPECT_TRUE(Eventually([] { return Sql("SELECT IS_FREE_LOCK('row-lock')") == "0"; }));
}

void RowLock::Release() {
  if (shell_ != nullptr) pclose(std::exchange(shell_, nullptr));  // its end rolls back
}

bool RowLock::SomebodyWaits() const {
  // InnoDB answers from a copy for as long as it is asked again within 0.1 s.
  return Sql("DO SLEEP(0.2); SELECT COUNT(*) FROM information_schema.innodb_lock_waits") != "0";
}

}  // namespace comity::integration
