#include "services/runtime/testlib/database.h"

#include <unistd.h>

#include <atomic>

#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/process.h"
#include "services/runtime/testlib/server.h"

namespace comity::testlib {
namespace {

constexpr int kPoolSize = 32;

void Check(const absl::Status& status) {
  if (!status.ok()) Fail(absl::StrCat(status.message(), ": ", InternalDetail(status)));
}

template <typename T>
T Check(absl::StatusOr<T> result) {
  Check(result.status());
  return *std::move(result);
}

// What a function of scripts/lib/grants.sh prints: the users and rights are those of production.
std::string GrantsScript(const std::string& call) {
  std::string output = "/tmp/comity-grants-XXXXXX";
  const int file = mkstemp(output.data());
  if (file < 0) Fail(absl::StrCat("cannot make ", output));
  close(file);
  const std::string lib = absl::StrCat(COMITY_SOURCE_DIR, "/scripts/lib/");
  const int code =
      Wait(Spawn({"bash", "-euc",
                  absl::StrCat("source '", lib, "say.sh'; source '", lib, "grants.sh'; ", call)},
                 output));
  std::string sql = ReadAll(output);
  unlink(output.c_str());
  if (code != 0) Fail(absl::StrCat("scripts/lib/grants.sh: ", sql));
  return sql;
}

std::unique_ptr<storage::Session> Root() {
  return Check(storage::Session::Open(Server::Get().root()));
}

std::string TablesOf(storage::Session& root, const std::string& database) {
  const auto rows = Check(root.Query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema = ?", {database}));
  std::string names;
  while (rows->Next()) absl::StrAppend(&names, " ", rows->Bytes(0));
  return names;
}

}  // namespace

Database::Database(const std::vector<storage::Migration>& migrations) {
  static std::atomic<int> count = 0;
  const std::string name = absl::StrCat("t", ++count);
  const auto root = Root();
  Check(root->ExecuteScript(GrantsScript(absl::StrCat("users_sql ", name, " migrate run"))));
  admin_ = Server::Get().root();
  admin_.database = absl::StrCat("comity_", name);
  admin_.user = absl::StrCat(admin_.database, "_migrate");
  admin_.password = "migrate";
  options_ = admin_;
  options_.user = absl::StrCat(admin_.database, "_run");
  options_.password = "run";
  std::vector<storage::Migration> all = storage::RuntimeMigrations();
  all.insert(all.end(), migrations.begin(), migrations.end());
  Check(storage::Migrate(admin_, all));
  const std::string tables = TablesOf(*root, admin_.database);
  Check(root->ExecuteScript(GrantsScript(absl::StrCat("grants_sql ", name, tables))));
  pool_ = std::make_unique<storage::Pool>(options_, kPoolSize);
}

Database::~Database() {
  pool_.reset();
  if (!Server::Get().running()) return;
  ResumeServer();
  const auto root = Root();
  Check(
      root->ExecuteScript(absl::StrCat("DROP DATABASE ", options_.database, "; DROP USER ",
                                       options_.user, "@localhost, ", admin_.user, "@localhost")));
}

void Database::KillServer() { Server::Get().Kill(); }
void Database::RestartServer() { Server::Get().Restart(); }
void Database::PauseServer() { Server::Get().Pause(); }
void Database::ResumeServer() { Server::Get().Resume(); }

}  // namespace comity::testlib
