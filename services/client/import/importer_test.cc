// The importer against a stand-in for the services: it keeps what is sent and can be told to fail.
#include "services/client/import/importer.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

class StandIn final : public Caller {
 public:
  absl::Status CallAt(const std::string&, const Identity&, absl::string_view method,
                      const google::protobuf::Message& request,
                      google::protobuf::Message* reply) override {
    absl::MutexLock lock(&mutex_);
    if (absl::EndsWith(method, "ListAccounts")) {
      auto& list = static_cast<account::v1::ListAccountsResponse&>(*reply);
      for (const auto& [id, account] : accounts) *list.add_accounts() = account;
    } else if (absl::EndsWith(method, "BatchCreateAccounts")) {
      Create(static_cast<const account::v1::BatchCreateAccountsRequest&>(request),
             static_cast<account::v1::BatchCreateAccountsResponse*>(reply));
    } else if (absl::EndsWith(method, "UpdateAccount")) {
      const auto& update = static_cast<const account::v1::UpdateAccountRequest&>(request);
      masks.push_back(update.update_mask().ShortDebugString());
      accounts[update.account().external_id().id()] = update.account();
    } else {
      return absl::UnimplementedError(method);
    }
    return absl::OkStatus();
  }

  void Create(const account::v1::BatchCreateAccountsRequest& request,
              account::v1::BatchCreateAccountsResponse* reply) {
    for (const auto& item : request.requests()) {
      auto* result = reply->add_results();
      const std::string& id = item.account().external_id().id();
      if (busy_once.erase(id) > 0) {
        *result->mutable_status()->mutable_status() =
            ToRpcStatus(ServerBusy(absl::Milliseconds(1)));
        continue;
      }
      if (refused.contains(id)) {
        *result->mutable_status()->mutable_status() =
            ToRpcStatus(InvalidField("FIELD_TOO_LONG", "account.sector", "at most 64 bytes"));
        continue;
      }
      *result->mutable_account() = item.account();
      result->mutable_account()->set_name(absl::StrCat("accounts/", accounts.size() + 1));
      if (!item.validate_only()) accounts[id] = result->account();
      request_ids.insert(item.request_id());
    }
  }

  absl::Mutex mutex_;
  std::map<std::string, account::v1::Account> accounts;
  std::set<std::string> refused;
  std::set<std::string> busy_once;
  std::set<std::string> request_ids;
  std::vector<std::string> masks;
};

class ImporterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    path_ = absl::StrCat(::testing::TempDir(), "/importer_test_", getpid(), ".csv");
    auto map = ReadMap(absl::StrCat(std::getenv("COMITY_SOURCE_DIR"),
                                    "/services/client/maps/maven-accounts.yaml"));
    ASSERT_TRUE(map.ok()) << map.status();
    map_ = *std::move(map);
  }
  void TearDown() override { std::filesystem::remove(path_); }

  ImportReport Run(const std::string& rows, bool dry_run = false) {
    std::ofstream(path_) << "account,sector,year_established,revenue,employees,office_location,"
                            "subsidiary_of\n"
                         << rows;
    ImportOptions options;
    options.path = path_;
    auto report =
        Import(options, {&services_, *ParseIdentity("ana@sales"), &map_, nullptr, dry_run});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? *std::move(report) : ImportReport();
  }

  StandIn services_;
  ImportMap map_;
  std::string path_;
};

TEST_F(ImporterTest, ARepeatedImportChangesNothing) {
  const std::string rows = "Acme,technolgy,1996,1100.04,2822,Kenya,\nBeta,medical,1999,2,3,,\n";
  EXPECT_EQ(Run(rows).tally.taken, 2);
  EXPECT_EQ(services_.accounts["Acme"].sector(), "technology");
  const Tally again = Run(rows).tally;
  EXPECT_EQ(again.taken, 0);
  EXPECT_EQ(again.unchanged, 2);
  EXPECT_EQ(services_.accounts.size(), 2u);
}

TEST_F(ImporterTest, AChangedRowUpdatesOnlyWhatItSays) {
  Run("Acme,medical,1996,1,1,Kenya,\n");
  services_.accounts["Acme"].mutable_attributes()->insert({"colour", "green"});
  const Tally tally = Run("Acme,energy,,7,,,\n").tally;
  EXPECT_EQ(tally.taken, 1);
  ASSERT_EQ(services_.masks.size(), 1u);
  const auto& account = services_.accounts["Acme"];
  EXPECT_EQ(account.sector(), "energy");
  EXPECT_EQ(account.attributes().at("revenue_million_usd"), "7");
  EXPECT_EQ(account.attributes().at("employees"), "1");  // an empty cell leaves what is there
  EXPECT_EQ(account.attributes().at("colour"), "green");
}

TEST_F(ImporterTest, RowsMayNameLaterRows) {
  const ImportReport report =
      Run("Sub,medical,1,1,1,,Mother\nMother,medical,1,1,1,,Grand\n"
          "Grand,medical,1,1,1,,\nLost,medical,1,1,1,,Nobody\n");
  EXPECT_EQ(report.tally.taken, 3);
  EXPECT_EQ(report.tally.refused, 1);
  ASSERT_EQ(report.problems.size(), 1u);
  EXPECT_EQ(report.problems[0].reason, "REFERENCE_NOT_FOUND");
  EXPECT_EQ(report.problems[0].line, 5);
  EXPECT_EQ(report.problems[0].column, "subsidiary_of");
  EXPECT_EQ(services_.accounts["Sub"].parent_account(), services_.accounts["Mother"].name());
}

TEST_F(ImporterTest, EveryRowEndsInExactlyOneCount) {
  services_.refused.insert("Bad");
  const ImportReport report =
      Run("Good,medical,1,1,1,,\nBad,medical,1,1,1,,\nGood,medical,1,1,1,,\n"
          "Good,energy,1,1,1,,\nshort,row\n");
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.unchanged, 1);  // the same line twice
  EXPECT_EQ(report.tally.refused, 3);
  EXPECT_EQ(report.tally.total(), 5);
  std::vector<std::string> reasons;
  for (const Problem& problem : report.problems) reasons.push_back(problem.reason);
  EXPECT_THAT(reasons, ::testing::ElementsAre("FIELD_TOO_LONG", "DUPLICATE_IN_FILE", "CELL_COUNT"));
}

TEST_F(ImporterTest, ABusyServerIsAskedAgainForThoseItemsOnly) {
  services_.busy_once = {"B"};
  EXPECT_EQ(Run("A,medical,1,1,1,,\nB,medical,1,1,1,,\n").tally.taken, 2);
  EXPECT_EQ(services_.accounts.size(), 2u);
}

TEST_F(ImporterTest, ADryRunStoresNothing) {
  services_.refused.insert("Bad");
  const ImportReport report = Run("A,medical,1,1,1,,\nBad,medical,1,1,1,,\n", /*dry_run=*/true);
  EXPECT_EQ(report.tally.taken, 1);
  EXPECT_EQ(report.tally.refused, 1);
  EXPECT_TRUE(services_.accounts.empty());
}

TEST_F(ImporterTest, RequestIdsFollowTheRow) {
  Run("A,medical,1,1,1,,\n");
  const std::set<std::string> first = services_.request_ids;
  services_.accounts.clear();
  Run("A,medical,1,1,1,,\n");
  EXPECT_EQ(services_.request_ids, first);
  services_.accounts.clear();
  Run("A,energy,1,1,1,,\n");
  EXPECT_EQ(services_.request_ids.size(), 2u);
}

}  // namespace
}  // namespace comity::client
