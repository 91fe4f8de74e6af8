// A stand-in for the services, which keeps what is sent and can be told to fail, and what tests of
// the importer share.
#ifndef COMITY_CLIENT_IMPORT_IMPORTER_FIXTURE_H_
#define COMITY_CLIENT_IMPORT_IMPORTER_FIXTURE_H_

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "gtest/gtest.h"
#include "services/client/import/importer.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::client {

class StandIn final : public Caller {
 public:
  absl::Status Try(const std::string&, const Identity&, absl::string_view method,
                   const google::protobuf::Message& request,
                   google::protobuf::Message* reply) override {
    absl::MutexLock lock(&mutex_);
    ++calls;
    if (calls_left == 0) return failure;
    if (calls_left > 0) --calls_left;
    if (absl::EndsWith(method, "ListAccounts")) {
      const auto& list = static_cast<const account::v1::ListAccountsRequest&>(request);
      longest_filter = std::max(longest_filter, list.filter().size());
      if (!unlisted.empty() && absl::StrContains(list.filter(), unlisted)) {
        return InvalidField("FILTER_INVALID", "filter", "it cannot be read");
      }
      List(list.filter(), static_cast<account::v1::ListAccountsResponse*>(reply));
    } else if (absl::EndsWith(method, "GetAccount")) {
      return Get(static_cast<const account::v1::GetAccountRequest&>(request).name(),
                 static_cast<account::v1::Account*>(reply));
    } else if (absl::EndsWith(method, "BatchCreateAccounts")) {
      if (!may_create) return failure;
      const auto& batch = static_cast<const account::v1::BatchCreateAccountsRequest&>(request);
      for (const auto& item : batch.requests()) {
        if (item.account().external_id().id() == too_large) {
          return MakeError(absl::StatusCode::kResourceExhausted, "MESSAGE_TOO_LARGE", "1 MiB");
        }
      }
      if (batch.requests_size() > in_time) return absl::DeadlineExceededError("too many");
      Create(batch, static_cast<account::v1::BatchCreateAccountsResponse*>(reply));
    } else if (absl::EndsWith(method, "BatchUpdateAccounts")) {
      auto& results = static_cast<account::v1::BatchUpdateAccountsResponse&>(*reply);
      for (const auto& item :
           static_cast<const account::v1::BatchUpdateAccountsRequest&>(request).requests()) {
        *results.add_results()->mutable_status()->mutable_status() = ToRpcStatus(Update(item));
      }
    } else if (absl::EndsWith(method, "GetCharter")) {
      auto& charter = static_cast<type::v1::Charter&>(*reply);
      charter.set_revision(1);
      charter.add_departments("departments/sales");
      auto* access = charter.add_access();
      access->set_department("*");
      access->set_collection("*");
      access->add_record("*");
    } else {
      return absl::UnimplementedError(method);
    }
    return absl::OkStatus();
  }

  // Those whose ids a filter names.
  void List(const std::string& filter, account::v1::ListAccountsResponse* reply) {
    for (const auto& [id, account] : accounts) {
      const std::string quoted = absl::StrReplaceAll(id, {{"\\", "\\\\"}, {"\"", "\\\""}});
      if (absl::StrContains(filter, absl::StrCat("id = \"", quoted, "\""))) {
        *reply->add_accounts() = account;
      }
    }
  }

  void Create(const account::v1::BatchCreateAccountsRequest& request,
              account::v1::BatchCreateAccountsResponse* reply) {
    most_unwritten = std::max(most_unwritten, rows_read - static_cast<int64_t>(accounts.size()));
    for (const auto& item : request.requests()) {
      auto* result = reply->add_results();
      const std::string& id = item.account().external_id().id();
      if (busy[id]-- > 0) {
        *result->mutable_status()->mutable_status() =
            ToRpcStatus(ServerBusy(absl::Milliseconds(1)));
        continue;
      }
      if (refused.contains(id)) {
        *result->mutable_status()->mutable_status() =
            ToRpcStatus(InvalidField("FIELD_TOO_LONG", "account.sector", "at most 64 bytes"));
        continue;
      }
      if (accounts.contains(id)) {
        *result->mutable_status()->mutable_status() =
            ToRpcStatus(AlreadyExists("EXTERNAL_ID_TAKEN", accounts[id].name(), "it is taken"));
        continue;
      }
      *result->mutable_account() = item.account();
      result->mutable_account()->set_name(NameOf(accounts.size() + 1));
      result->mutable_account()->set_etag("1");
      if (!item.validate_only()) accounts[id] = result->account();
      request_ids.insert(item.request_id());
    }
  }

  static std::string NameOf(size_t number) {
    return absl::StrFormat("accounts/0190aaaa-0000-7000-8000-%012d", number);
  }

  absl::Status Get(const std::string& name, account::v1::Account* reply) {
    if (!resource::IsNameIn(name, "accounts")) return InvalidField("INVALID_NAME", "name", name);
    for (const auto& [id, account] : accounts) {
      if (account.name() != name) continue;
      *reply = account;
      return absl::OkStatus();
    }
    return absl::NotFoundError(name);
  }

  // As the services do: the etag must hold, and a request that comes again has no effect again.
  absl::Status Update(const account::v1::UpdateAccountRequest& update) {
    if (!may_update) return PermissionDenied("NOT_OWN_DEPARTMENT", "it is another's");
    account::v1::Account& held = accounts[update.account().external_id().id()];
    if (changed_meanwhile) {
      changed_meanwhile = false;
      held.set_etag(held.etag() + "1");
      (*held.mutable_attributes())["colour"] = "red";
    }
    if (update.account().etag() != held.etag()) return EtagMismatch(held.name(), held.etag());
    if (update.validate_only() || !request_ids.insert(update.request_id()).second) {
      return absl::OkStatus();
    }
    masks.push_back(update.update_mask().ShortDebugString());
    const std::string etag = held.etag();
    held = update.account();
    held.set_etag(etag + "1");
    return absl::OkStatus();
  }

  absl::Mutex mutex_;
  std::map<std::string, account::v1::Account> accounts;
  std::set<std::string> refused;
  std::map<std::string, int> busy;  // how often an id's item is sent away
  std::set<std::string> request_ids;
  std::vector<std::string> masks;
  bool changed_meanwhile = false;  // somebody else's update comes before the next one
  std::atomic<int64_t> rows_read = 0;
  int64_t most_unwritten = 0;  // rows that were read and not yet written
  int calls = 0;
  int calls_left = -1;  // then each fails; -1: none does
  absl::Status failure = PermissionDenied("ROLE_MISSING", "no more");
  std::string unlisted;   // a filter with it is refused
  std::string too_large;  // a batch with this id is refused
  size_t longest_filter = 0;
  int in_time = 1'000;     // so many are created before the deadline
  bool may_create = true;  // else a call fails as a whole
  bool may_update = true;  // else each item is refused
};

inline constexpr char kFileHeader[] =
    "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n";

class ImporterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/importer_test_", getpid(), ".csv");
    auto map = ReadMap(absl::StrCat(std::getenv("COMITY_SOURCE_DIR"),
                                    "/services/client/maps/maven-accounts.yaml"));
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = *std::move(map);
  }
  void TearDown() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(absl::StrCat(path_, ".report"));
  }

  ImportReport Run(const std::string& rows, bool dry_run = false,
                   const std::string& header = kFileHeader) {
    std::ofstream(path_) << header << rows;
    ImportOptions options;
    options.path = path_;
    options.report = absl::StrCat(path_, ".report");
    options.is_interrupted = [this] {
      ++services_.rows_read;
      if (on_row_) on_row_(services_.rows_read);
      return rows_left_ >= 0 && rows_left_-- == 0;
    };
    if (most_bytes_ > 0) options.most_bytes = most_bytes_;
    WriteContext context;
    context.caller = &services_;
    context.as = *ParseIdentity("ana@sales");
    context.map = &map_;
    context.dry_run = dry_run;
    context.overrule = overrule_;
    if (most_waiting_bytes_ > 0) context.most_waiting_bytes = most_waiting_bytes_;
    auto report = Import(options, context);
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return ImportReport();
    EXPECT_TRUE(!report->stopped.ok() || report->tally.total() == report->rows);
    return *std::move(report);
  }
  void UseMap(const std::string& yaml) {
    auto map = ParseMap(yaml, "m.yaml");
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = *std::move(map);
  }
  std::string ReportFile() const {
    std::ifstream file(absl::StrCat(path_, ".report"));
    return std::string((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  }
  static std::vector<std::string> Reasons(const ImportReport& report) {
    std::vector<std::string> reasons;
    for (const Problem& problem : report.problems) reasons.push_back(problem.reason);
    return reasons;
  }

  StandIn services_;
  bool overrule_ = false;
  std::function<void(int64_t)> on_row_;  // called as rows are read, with their number
  size_t most_bytes_ = 0;                // that are read and not written; 0: as it is
  size_t most_waiting_bytes_ = 0;        // the same of rows that wait
  int rows_left_ = -1;                   // then the import is interrupted; -1: it is not
  ImportMap map_;
  std::string path_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_IMPORTER_FIXTURE_H_
