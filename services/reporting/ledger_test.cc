// Intakes on a real database: numbers stay what they were, through restarts and rebuilds.
#include "services/reporting/ledger.h"

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "comity/account/v1/account.pb.h"
#include "comity/gateway/v1/directory.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gtest/gtest.h"
#include "services/reporting/migrations.h"
#include "services/reporting/report_rules.h"
#include "services/reporting/testing.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::reporting {
namespace {

using testing::Day;
using testing::Id;

// The journals of the services that are followed.
class Journals {
 public:
  void Append(const std::string& source, const std::string& subject,
              const google::protobuf::Message& payload,
              const google::protobuf::Message* record = nullptr) {
    auto& journal = journals_[source];
    auto* positioned = journal.Add();
    positioned->set_position(journal.size() - 1);
    positioned->mutable_entry()->set_entry_id(
        resource::IdToText(resource::NewId(absl::FromUnixMicros(1))));
    positioned->mutable_entry()->set_subject(subject);
    positioned->mutable_entry()->mutable_payload()->PackFrom(payload);
    if (record != nullptr) positioned->mutable_entry()->mutable_record()->PackFrom(*record);
    *positioned->mutable_entry()->mutable_record_time() =
        resource::FromMicros(Day(2018, 1, 1) + 1000 * ++clock_);
  }
  Batch Read(const std::string& source, int64_t from, int64_t to) const {
    const auto& journal = journals_.at(source);
    return Batch(journal.begin() + from, journal.begin() + to);
  }
  int64_t Size(const std::string& source) { return journals_[source].size(); }
  ReadEntries reader() const {
    return [this](const std::string& source, int64_t from, int64_t to) -> absl::StatusOr<Batch> {
      return Read(source, from, to);
    };
  }

 private:
  std::map<std::string, Batch> journals_;
  int64_t clock_ = 0;
};

std::string Name(int number) { return resource::MakeName("opportunities", Id(number)); }

void AppendOpportunity(int number, std::mt19937* random, Journals* journals) {
  lead::v1::Opportunity opportunity;
  opportunity.set_name(Name(number));
  opportunity.set_owner(absl::StrCat("persons/p", (*random)() % 3));
  opportunity.set_account(resource::MakeName("accounts", Id(900 + number % 4)));
  opportunity.mutable_external_id()->set_id(absl::StrCat("x", number));
  opportunity.mutable_amount()->set_currency_code("EUR");
  opportunity.mutable_amount()->set_units(1 + (*random)() % 1000);
  *opportunity.mutable_open_time() = resource::FromMicros(Day(2017, 1, 1));
  for (int i = 0; i < 2; ++i) {
    auto* line = opportunity.add_lines();
    line->set_product(resource::MakeName("products", Id(700 + i)));
    line->set_quantity(1 + static_cast<int>((*random)() % 5));
    line->mutable_unit_price()->set_currency_code("EUR");
    line->mutable_unit_price()->set_units(7 + i);
  }
  if ((*random)() % 3 != 0) {
    journals->Append("lead", Name(number), opportunity);
    return;
  }
  fact::v1::Fact fact;
  fact.set_name(absl::StrCat(Name(number), "/facts/",
                             resource::IdToText(resource::NewId(absl::FromUnixMicros(1)))));
  fact.set_kind(fact::v1::FACT_KIND_SIGNED);
  *fact.mutable_occur_time() = resource::FromMicros(Day(2017, 1 + (*random)() % 12, 5));
  *opportunity.mutable_sign_time() = fact.occur_time();
  journals->Append("lead", Name(number), fact, &opportunity);
}

void AppendJudgement(int number, std::mt19937* random, Journals* journals) {
  judgement::v1::Judgement judgement;
  judgement.set_subject(Name(number));
  judgement.set_question((*random)() % 2 == 0 ? "questions/opportunity-outcome"
                                              : "questions/opportunity-stage");
  judgement.set_department((*random)() % 2 == 0 ? "departments/sales" : "departments/management");
  judgement.set_answer(judgement.question() == "questions/opportunity-outcome" ? "lost"
                                                                               : "proposal");
  *judgement.mutable_occur_time() = resource::FromMicros(Day(2017, 1 + (*random)() % 12, 9));
  journals->Append("lead", Name(number), judgement);
}

// One of few, opened or ended.
void AppendDispute(int number, std::mt19937* random, Journals* journals) {
  gateway::v1::Dispute dispute;
  dispute.set_name(resource::MakeName("disputes", Id(number)));
  dispute.set_subject(Name(number));
  *dispute.mutable_create_time() = resource::FromMicros(Day(2017, 5, 1));
  if ((*random)() % 2 == 0) *dispute.mutable_end_time() = resource::FromMicros(Day(2017, 8, 1));
  journals->Append("gateway", dispute.name(), dispute);
}

void AppendSome(int entries, std::mt19937* random, Journals* journals) {
  for (int i = 0; i < entries; ++i) {
    const int number = 1 + static_cast<int>((*random)() % 40);
    AppendOpportunity(number, random, journals);
    AppendJudgement(number, random, journals);
    AppendDispute(1 + number % 9, random, journals);
    gateway::v1::Person person;
    person.set_name(absl::StrCat("persons/p", (*random)() % 3));
    person.set_office(absl::StrCat("office", (*random)() % 3));
    journals->Append("gateway", person.name(), person);
    account::v1::Account account;
    account.set_name(resource::MakeName("accounts", Id(900 + static_cast<int>((*random)() % 4))));
    account.set_sector(absl::StrCat("sector", (*random)() % 3));
    journals->Append("account", account.name(), account);
  }
}

class LedgerTest : public ::testing::Test {
 protected:
  LedgerTest() : database_(ReportingMigrations()), runtime_(&database_) {
    ledger_ = std::make_unique<Ledger>(runtime_.runtime());
  }

  // Takes in what stands in a source's journal beyond what is in.
  void Follow(const std::string& source) {
    const auto from = ledger_->Position(source);
    ASSERT_TRUE(from.ok()) << from.status();
    const auto taken = ledger_->Take(source, journals_.Read(source, *from, journals_.Size(source)));
    ASSERT_TRUE(taken.ok()) << taken << InternalDetail(taken);
  }
  void FollowAll() {
    for (const char* source : {"gateway", "lead", "account"}) Follow(source);
  }

  // A report by many dimensions, as bytes.
  std::string Report(int64_t as_of, int64_t before = kNever) {
    v1::ReportQuery query;
    query.add_group_by(v1::DIMENSION_OFFICE);
    query.add_group_by(v1::DIMENSION_SECTOR);
    query.add_group_by(v1::DIMENSION_PRODUCT);
    query = Canonical(query).value();
    std::string bytes;
    Call call = runtime_.MakeCall("max@management");
    const auto read = ledger_->Read(call, {as_of, before}, [&](const State& state) {
      EXPECT_TRUE(as_of == 0 || state.number() == as_of);
      bytes = ComputeWinRate(state, query).value().SerializeAsString() +
              ComputePipeline(state, query).value().SerializeAsString();
      return absl::OkStatus();
    });
    EXPECT_TRUE(read.ok()) << read << InternalDetail(read);
    return bytes;
  }
  std::vector<std::string> Reports() {
    std::vector<std::string> reports;
    for (int64_t number = 1; number <= ledger_->head().number; ++number) {
      reports.push_back(Report(number));
      reports.push_back(Report(number, Day(2017, 6, 1)));
    }
    return reports;
  }
  // The next revision of the charter, in force from now on: as `change` makes the questions.
  void Enact(const std::function<void(type::v1::Question*)>& change) {
    charter::Book* book = runtime_.runtime()->charters.get();
    book->Put(testing::NextRevision(*book, absl::Now(), [&](type::v1::Charter* document) {
      for (const absl::string_view name : {kOutcomeQuestion, kStageQuestion}) {
        change(testing::QuestionIn(document, name));
      }
    }));
  }
  static void LetManagementDecide(type::v1::Question* question) {
    question->set_decider("departments/management");
  }
  std::vector<int> Revisions() {
    std::vector<int> revisions;
    Call call = runtime_.MakeCall("max@management");
    for (int64_t number = 1; number <= ledger_->head().number; ++number) {
      const auto read = ledger_->Read(call, {number, kNever}, [&](const State& state) {
        revisions.push_back(state.charter().revision());
        return absl::OkStatus();
      });
      EXPECT_TRUE(read.ok()) << read;
    }
    return revisions;
  }
  void Restart() { ledger_ = std::make_unique<Ledger>(runtime_.runtime()); }

  int64_t Count(const std::string& sql) {
    auto session = database_.pool()->Borrow(absl::Now() + absl::Seconds(5)).value();
    auto rows = session->Query(sql, {}).value();
    return rows->Next() ? rows->Int(0) : 0;
  }

  void Run(const std::string& sql) {
    auto session = database_.pool()->Borrow(absl::Now() + absl::Seconds(5)).value();
    ASSERT_TRUE(session->Execute(sql, {}).ok());
  }

  testlib::Database database_;
  testlib::TestRuntime runtime_;
  Journals journals_;
  std::mt19937 random_{5};
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(LedgerTest, EveryPositionKeepsItsNumbers) {
  std::vector<std::string> present;
  for (int round = 0; round < 4; ++round) {
    AppendSome(15, &random_, &journals_);
    for (const char* source : {"lead", "gateway", "account"}) {
      Follow(source);
      present.push_back(Report(0));
    }
  }
  ASSERT_EQ(ledger_->head().number, 12);
  EXPECT_NE(present.front(), present.back());
  for (size_t i = 0; i < present.size(); ++i) {
    EXPECT_EQ(Report(static_cast<int64_t>(i) + 1), present[i]) << "as of " << i + 1;
  }
}

TEST_F(LedgerTest, ARestartGoesOnWhereItWas) {
  AppendSome(20, &random_, &journals_);
  FollowAll();
  const std::string before = Report(0);
  Restart();
  EXPECT_FALSE(ledger_->loaded());
  EXPECT_EQ(ledger_->Position("lead").value(), journals_.Size("lead"));
  EXPECT_EQ(Report(0), before);
  AppendSome(5, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(ledger_->head().number, 6);
}

TEST_F(LedgerTest, ARevisionShowsInNewReportsAndLeavesTheOldOnesAsTheyWere) {
  AppendSome(20, &random_, &journals_);
  FollowAll();
  const std::string at_first = Report(0);
  std::vector<std::string> reports = Reports();
  Enact(LetManagementDecide);
  EXPECT_NE(Report(0), at_first) << "without a restart, a rebuild, or anything else that happens";
  EXPECT_EQ(Report(3), at_first);
  AppendSome(5, &random_, &journals_);
  FollowAll();
  Enact([](type::v1::Question* question) {
    question->add_voices("departments/it");
    question->mutable_answers()->RemoveLast();
  });
  AppendSome(5, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(Revisions(), (std::vector<int>{1, 1, 1, 2, 2, 2, 2, 3, 3, 3}));
  const std::vector<std::string> all = Reports();
  EXPECT_TRUE(std::equal(reports.begin(), reports.end(), all.begin()));
  EXPECT_EQ(Report(0), Report(10));
  EXPECT_EQ(ledger_->Position("gateway").value(), journals_.Size("gateway"));

  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_EQ(Reports(), all);
  Call call = runtime_.MakeCall("ivo@it");
  const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader());
  ASSERT_TRUE(response.ok()) << response.status() << InternalDetail(response.status());
  EXPECT_EQ(response->intakes(), 10);
  EXPECT_EQ(Reports(), all);
  EXPECT_EQ(Revisions(), (std::vector<int>{1, 1, 1, 2, 2, 2, 2, 3, 3, 3}));
}

TEST_F(LedgerTest, WhateverComesInWhateverOrderARebuildGivesWhatWasSaidThen) {
  charter::Book* book = runtime_.runtime()->charters.get();
  std::map<int64_t, std::string> said;  // by as_of
  AppendSome(20, &random_, &journals_);
  FollowAll();
  for (int step = 0; step < 40; ++step) {
    switch (random_() % 4) {
      case 0:
        book->Put(testing::NextRevision(*book, absl::Now(), [&](type::v1::Charter* document) {
          testing::Revise(&random_, document);
        }));
        break;
      case 1:
        Restart();
        ASSERT_TRUE(ledger_->Position("lead").ok());
        break;
      default:
        AppendSome(2, &random_, &journals_);
        for (const char* source : {"gateway", "lead", "account"}) {
          if (random_() % 2 == 0) Follow(source);
        }
    }
    if (random_() % 3 == 0) continue;
    const std::string report = Report(0);
    const auto [known, is_new] = said.emplace(ledger_->head().number, report);
    EXPECT_EQ(known->second, report);
  }
  EXPECT_GT(book->last().charter.revision(), 5);
  const auto expect_as_said = [&] {
    for (const auto& [as_of, report] : said) EXPECT_EQ(Report(as_of), report) << as_of;
  };
  expect_as_said();
  Call call = runtime_.MakeCall("ivo@it");
  ASSERT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  expect_as_said();
  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  expect_as_said();
}

TEST_F(LedgerTest, TheLatestOfAPastMomentIsReadByTheRevisionInForce) {
  AppendSome(20, &random_, &journals_);
  FollowAll();
  const std::string before = Report(0, Day(2017, 8, 1));
  Enact(LetManagementDecide);
  EXPECT_NE(Report(0, Day(2017, 8, 1)), before);
  EXPECT_EQ(Report(3, Day(2017, 8, 1)), before);
}

TEST_F(LedgerTest, ReplicasTakeARevisionInOnce) {
  AppendSome(10, &random_, &journals_);
  FollowAll();
  Ledger other(runtime_.runtime());
  ASSERT_TRUE(other.Position("lead").ok());
  Enact(LetManagementDecide);
  std::vector<std::thread> readers;
  for (Ledger* ledger : {ledger_.get(), &other, ledger_.get(), &other}) {
    readers.emplace_back([this, ledger] {
      Call call = runtime_.MakeCall("max@management");
      const auto read = ledger->Read(call, {}, [](const State& state) {
        EXPECT_EQ(state.number(), 4);
        EXPECT_EQ(state.charter().revision(), 2);
        return absl::OkStatus();
      });
      EXPECT_TRUE(read.ok()) << read << InternalDetail(read);
    });
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(Count("SELECT COUNT(*) FROM intakes WHERE charter_revision = 2"), 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM journal_entries WHERE subject = 'intakes/reporting'"), 4);
  AppendSome(2, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(ledger_->head().number, 7);
}

TEST_F(LedgerTest, AReplicaThatDoesNotKnowTheRevisionYetSaysSo) {
  AppendSome(10, &random_, &journals_);
  FollowAll();
  testlib::TestRuntime behind(&database_);
  Ledger other(behind.runtime());
  Enact(LetManagementDecide);
  const std::string report = Report(0);
  ASSERT_TRUE(other.Position("lead").ok());
  Call call = behind.MakeCall("max@management");
  const auto read = [&](int64_t as_of) {
    return other.Read(call, {as_of, kNever}, [&](const State& state) {
      EXPECT_EQ(state.charter().revision(), as_of == 3 ? 1 : 2);
      return absl::OkStatus();
    });
  };
  for (const int64_t as_of : {0, 4}) {
    EXPECT_EQ(read(as_of).code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(Reason(read(as_of)), "CHARTER_NOT_READY");
  }
  EXPECT_TRUE(read(3).ok());
  const charter::Revision& last = runtime_.runtime()->charters->last();
  behind.runtime()->charters->Put({last.charter, last.digest, last.effective});
  EXPECT_TRUE(read(0).ok());
  EXPECT_TRUE(read(4).ok());
  EXPECT_EQ(Report(4), report);
}

TEST_F(LedgerTest, KnowsTheLastEntryOfEachSource) {
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_EQ(ledger_->LastEntry("lead", 0).value(), "");
  for (int round = 0; round < 2; ++round) {
    AppendSome(3, &random_, &journals_);
    FollowAll();
  }
  Restart();
  for (const char* source : {"lead", "gateway", "account"}) {
    const int64_t size = journals_.Size(source);
    ASSERT_EQ(ledger_->Position(source).value(), size);
    EXPECT_EQ(ledger_->LastEntry(source, size).value(),
              journals_.Read(source, size - 1, size)[0].entry().entry_id());
    EXPECT_EQ(ledger_->LastEntry(source, size - 1).value(), "");
  }
}

TEST_F(LedgerTest, ARebuildGivesIdenticalNumbers) {
  for (int round = 0; round < 3; ++round) {
    AppendSome(15, &random_, &journals_);
    FollowAll();
  }
  const std::vector<std::string> before = Reports();
  Call call = runtime_.MakeCall("ivo@it");
  const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader());
  ASSERT_TRUE(response.ok()) << response.status() << InternalDetail(response.status());
  EXPECT_EQ(response->intakes(), 9);
  EXPECT_EQ(response->entries(),
            journals_.Size("lead") + journals_.Size("gateway") + journals_.Size("account"));
  EXPECT_EQ(ledger_->head().generation, 2);
  EXPECT_EQ(Reports(), before);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM opportunity_versions WHERE generation <> 2"), 0);
  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_EQ(Reports(), before);
  AppendSome(3, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(ledger_->head().number, 12);
}

TEST_F(LedgerTest, ATrialReplaysAllAndLeavesNothing) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::vector<std::string> before = Reports();
  Call call = runtime_.MakeCall("ivo@it");
  const auto response =
      ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader(), /*trial=*/true);
  ASSERT_TRUE(response.ok()) << response.status() << InternalDetail(response.status());
  EXPECT_GT(response->entries(), 0);
  EXPECT_EQ(ledger_->head().generation, 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM opportunity_versions WHERE generation <> 1"), 0);
  EXPECT_EQ(Reports(), before);
  EXPECT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_EQ(Reports(), before);
}

TEST_F(LedgerTest, ARebuildMendsDamagedRows) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::string before = Report(0);
  auto session = database_.pool()->Borrow(absl::Now() + absl::Seconds(5)).value();
  ASSERT_TRUE(session->Execute("DELETE FROM opportunity_versions", {}).ok());
  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_NE(Report(0), before);
  Call call = runtime_.MakeCall("ivo@it");
  ASSERT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_EQ(Report(0), before);
}

TEST_F(LedgerTest, AFailedRebuildLeavesEverythingAsItWas) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::vector<std::string> before = Reports();
  Call call = runtime_.MakeCall("ivo@it");
  const auto away = [&](const std::string& source, int64_t from,
                        int64_t to) -> absl::StatusOr<Batch> {
    if (source == "account") return Unavailable("SERVICE_UNAVAILABLE", "away");
    return journals_.Read(source, from, to);
  };
  EXPECT_EQ(Reason(ledger_->Rebuild(call, testlib::NewRequestId(), away).status()),
            "SERVICE_UNAVAILABLE");
  EXPECT_EQ(ledger_->head().generation, 1);
  EXPECT_EQ(Reports(), before);
  EXPECT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_EQ(Reports(), before);
}

TEST_F(LedgerTest, IntakesGoOnDuringARebuild) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  Call call = runtime_.MakeCall("ivo@it");
  bool followed = false;
  const auto reader = [&](const std::string& source, int64_t from,
                          int64_t to) -> absl::StatusOr<Batch> {
    if (!followed) {
      followed = true;
      AppendSome(5, &random_, &journals_);
      FollowAll();
    }
    return journals_.Read(source, from, to);
  };
  const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), reader);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->intakes(), 6);
  EXPECT_EQ(Reason(ledger_->Take("lead", journals_.Read("lead", 0, 3))), "CONCURRENT_CHANGE");
}

TEST_F(LedgerTest, IntakesOfAnotherReplicaGoOnDuringARebuild) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  Ledger other(runtime_.runtime());
  ASSERT_TRUE(other.Position("lead").ok());
  Call call = runtime_.MakeCall("ivo@it");
  bool followed = false;
  const auto reader = [&](const std::string& source, int64_t from,
                          int64_t to) -> absl::StatusOr<Batch> {
    if (!std::exchange(followed, true)) {
      AppendSome(5, &random_, &journals_);
      const int64_t position = other.Position("lead").value();
      EXPECT_TRUE(
          other.Take("lead", journals_.Read("lead", position, journals_.Size("lead"))).ok());
    }
    return journals_.Read(source, from, to);
  };
  const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), reader);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->intakes(), 4);
  const std::vector<std::string> reports = Reports();
  // The other replica notices when the past is asked for, or what comes next is taken in.
  EXPECT_EQ(other.head().generation, 1);
  EXPECT_TRUE(other.Read(call, {2, kNever}, [](const State&) { return absl::OkStatus(); }).ok());
  EXPECT_EQ(other.head().generation, 2);
  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_EQ(Reports(), reports);
}

TEST_F(LedgerTest, TheSameRequestJoinsARebuildOrGetsItsResult) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::string id = testlib::NewRequestId();
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      Call call = runtime_.MakeCall("ivo@it");
      const auto response = ledger_->Rebuild(call, id, journals_.reader());
      EXPECT_TRUE(response.ok() && response->intakes() == 3) << response.status();
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(ledger_->head().generation, 2);
}

TEST_F(LedgerTest, WhatADeadRebuildLeftBehindIsDeleted) {
  AppendSome(5, &random_, &journals_);
  FollowAll();
  const std::string before = Report(0);
  Run("INSERT INTO named_versions SELECT 2, intake, position, name, display_name, team, office, "
      "manager, sector FROM named_versions");
  // Its claim still runs …
  Run("UPDATE rebuilds SET generation = 2, claimed_until = UNIX_TIMESTAMP() + 60");
  Call call = runtime_.MakeCall("ivo@it");
  EXPECT_EQ(Reason(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).status()),
            "REBUILD_RUNS");
  EXPECT_NE(Count("SELECT COUNT(*) FROM named_versions WHERE generation = 2"), 0);
  // … and has run out.
  Run("UPDATE rebuilds SET claimed_until = UNIX_TIMESTAMP() - 1");
  ASSERT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_EQ(ledger_->head().generation, 3);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM named_versions WHERE generation <> 3"), 0);
  EXPECT_EQ(Report(0), before);
}

TEST_F(LedgerTest, ARebuildThatLostItsClaimStops) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::vector<std::string> before = Reports();
  const auto reader = [&](const std::string& source, int64_t from,
                          int64_t to) -> absl::StatusOr<Batch> {
    Run("UPDATE rebuilds SET generation = 7");  // another replica's
    return journals_.Read(source, from, to);
  };
  Call call = runtime_.MakeCall("ivo@it");
  EXPECT_EQ(Reason(ledger_->Rebuild(call, testlib::NewRequestId(), reader).status()),
            "CONCURRENT_CHANGE");
  EXPECT_EQ(ledger_->head().generation, 1);
  EXPECT_EQ(Count("SELECT COUNT(*) FROM opportunity_versions WHERE generation <> 1"), 0);
  EXPECT_EQ(Reports(), before);
}

TEST_F(LedgerTest, AnotherProcessThatWasFasterIsNoticed) {
  AppendSome(10, &random_, &journals_);
  FollowAll();
  Ledger other(runtime_.runtime());
  ASSERT_TRUE(other.Position("lead").ok());
  AppendSome(4, &random_, &journals_);
  const auto batch = journals_.Read("lead", other.Position("lead").value(), journals_.Size("lead"));
  ASSERT_TRUE(other.Take("lead", batch).ok());
  EXPECT_EQ(Reason(ledger_->Take("lead", batch)), "CONCURRENT_CHANGE");
  EXPECT_EQ(ledger_->Position("lead").value(), journals_.Size("lead"));
  EXPECT_EQ(ledger_->head().number, other.head().number);
}

TEST_F(LedgerTest, ARebuildReadsAndWritesManyIntakesAtOnce) {
  for (int round = 0; round < 30; ++round) {
    AppendSome(2, &random_, &journals_);
    FollowAll();
  }
  const std::vector<std::string> reports = Reports();
  const std::string commits =
      "SELECT CAST(VARIABLE_VALUE AS SIGNED) FROM information_schema.GLOBAL_STATUS "
      "WHERE VARIABLE_NAME = 'COM_COMMIT'";
  const int64_t before = Count(commits);
  int reads = 0;
  const auto reader = [&](const std::string& source, int64_t from, int64_t to) {
    ++reads;
    return journals_.reader()(source, from, to);
  };
  Call call = runtime_.MakeCall("ivo@it");
  const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), reader);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->intakes(), 90);
  EXPECT_LE(reads, 6);
  EXPECT_LE(Count(commits) - before, 20);
  EXPECT_EQ(Reports(), reports);
}

TEST_F(LedgerTest, ARebuildOutlivesItsCaller) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const std::vector<std::string> before = Reports();
  Call hasty = runtime_.MakeCall("ivo@it");
  hasty.deadline = absl::Now();
  EXPECT_FALSE(ledger_->Rebuild(hasty, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_TRUE(journal::Eventually([&] { return ledger_->head().generation > 1; }));
  EXPECT_EQ(Reports(), before);
}

TEST_F(LedgerTest, ReplicasThatRebuildAtOnceDoNoHarm) {
  for (int round = 0; round < 3; ++round) {
    AppendSome(15, &random_, &journals_);
    FollowAll();
  }
  const std::vector<std::string> before = Reports();
  Ledger other(runtime_.runtime());
  ASSERT_TRUE(other.Position("lead").ok());
  absl::Notification inside;
  absl::Notification go_on;
  const auto slow = [&](const std::string& source, int64_t from, int64_t to) {
    if (!inside.HasBeenNotified()) {
      inside.Notify();
      go_on.WaitForNotification();
    }
    return journals_.reader()(source, from, to);
  };
  std::thread first([&] {
    Call call = runtime_.MakeCall("ivo@it");
    const auto response = ledger_->Rebuild(call, testlib::NewRequestId(), slow);
    EXPECT_TRUE(response.ok()) << response.status() << InternalDetail(response.status());
  });
  inside.WaitForNotification();
  Call call = runtime_.MakeCall("ivo@it");
  EXPECT_EQ(Reason(other.Rebuild(call, testlib::NewRequestId(), journals_.reader()).status()),
            "REBUILD_RUNS");
  go_on.Notify();
  first.join();
  EXPECT_EQ(Reports(), before);
  Restart();
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_EQ(Reports(), before);
}

TEST_F(LedgerTest, AnEntryThatCannotBeReadStopsNothing) {
  AppendSome(3, &random_, &journals_);
  lead::v1::Opportunity opportunity;
  opportunity.set_name(Name(50));
  opportunity.mutable_amount()->set_currency_code("EUX");
  opportunity.mutable_amount()->set_units(5);
  journals_.Append("lead", Name(50), opportunity);
  AppendSome(3, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(ledger_->Position("lead").value(), journals_.Size("lead"));
}

TEST_F(LedgerTest, APastThatItsAskerCannotWaitForIsThereForTheNext) {
  AppendSome(15, &random_, &journals_);
  FollowAll();
  const auto ask = [&] {
    Call call = runtime_.MakeCall("max@management");
    call.deadline = absl::Now();
    return ledger_->Read(call, {1, kNever}, [](const State&) { return absl::OkStatus(); });
  };
  EXPECT_EQ(Reason(ask()), "PAST_NOT_READY");
  EXPECT_TRUE(journal::Eventually([&] { return ask().ok(); }));
}

TEST_F(LedgerTest, EachIntakeIsJournaled) {
  AppendSome(2, &random_, &journals_);
  FollowAll();
  EXPECT_EQ(Count("SELECT COUNT(*) FROM journal_entries WHERE subject = 'intakes/reporting'"), 3);
  EXPECT_EQ(Count("SELECT MAX(version) FROM journal_entries"), 3);
}

TEST_F(LedgerTest, EachRebuildIsJournaledWithWhoAskedForIt) {
  AppendSome(2, &random_, &journals_);
  FollowAll();
  Call call = runtime_.MakeCall("ivo@it");
  ASSERT_TRUE(
      ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader(), /*trial=*/true).ok());
  ASSERT_TRUE(ledger_->Rebuild(call, testlib::NewRequestId(), journals_.reader()).ok());
  EXPECT_EQ(Count("SELECT COUNT(*) FROM journal_entries WHERE subject LIKE 'rebuilds/%' AND "
                  "LOCATE('persons/ivo', body) > 0 AND LOCATE('rebuild-started', body) > 0"),
            2);
}

TEST_F(LedgerTest, LongBatchesBecomeSeveralIntakes) {
  AppendSome(300, &random_, &journals_);
  Follow("lead");
  EXPECT_EQ(ledger_->head().number, 2);
  EXPECT_EQ(ledger_->Position("lead").value(), 600);
}

TEST_F(LedgerTest, APositionNotReachedIsRefused) {
  Call call = runtime_.MakeCall("max@management");
  const auto nothing = [](const State&) { return absl::OkStatus(); };
  EXPECT_EQ(Reason(ledger_->Read(call, {}, nothing)), "NOT_READY");
  ASSERT_TRUE(ledger_->Position("lead").ok());
  EXPECT_TRUE(ledger_->Read(call, {}, nothing).ok());
  EXPECT_EQ(Reason(ledger_->Read(call, {1, kNever}, nothing)), "AS_OF_NOT_REACHED");
}

}  // namespace
}  // namespace comity::reporting
