// Cases and their events on a real database: what they have beyond every resource.
#include "services/support/case_service.h"

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"
#include "services/support/case_store.h"
#include "services/support/support_migrations.h"

namespace comity::support {
namespace {

using testing::ElementsAre;
using testlib::NewRequestId;

constexpr char kAccount[] = "accounts/0190f3a1-1234-7abc-8def-0123456789ab";

class CaseServiceTest : public testing::Test {
 protected:
  Call As() { return runtime_.MakeCall("sue@support", "test/Method"); }

  std::string Create() {
    v1::CreateCaseRequest request;
    request.set_request_id(NewRequestId());
    auto* record = request.mutable_case_();
    record->set_title("No light");
    record->set_account(kAccount);
    record->set_team("teams/first-line");
    record->set_owner("persons/sue");
    record->mutable_open_time()->set_seconds(1'700'000'000);
    record->mutable_external_id()->set_source("desk");
    record->mutable_external_id()->set_id("7");
    Call call = As();
    const auto created = cases_.CreateCase(call, request);
    EXPECT_TRUE(created.ok()) << created.status();
    return created.ok() ? created->name() : "";
  }

  v1::Case Get(const std::string& name) {
    v1::GetCaseRequest request;
    request.set_name(name);
    Call call = As();
    const auto read = cases_.GetCase(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    return read.ok() ? *read : v1::Case();
  }

  int Count(const std::string& filter) {
    v1::ListCasesRequest request;
    request.set_filter(filter);
    Call call = As();
    const auto page = cases_.ListCases(call, request);
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->cases_size() : -1;
  }

  std::string Record(const std::string& name, fact::v1::FactKind kind,
                     const std::string& team = "") {
    fact::v1::RecordFactRequest request;
    request.set_parent(name);
    request.set_request_id(NewRequestId());
    request.mutable_fact()->set_kind(kind);
    request.mutable_fact()->set_team(team);
    Call call = As();
    return Reason(facts_.RecordFact(call, request).status());
  }

  testlib::Database database_{SupportMigrations()};
  testlib::TestRuntime runtime_{&database_};
  CaseService cases_{nullptr};
  fact::FactService facts_{nullptr, {CaseFacts()}};
};

TEST_F(CaseServiceTest, EveryDeclaredFilterHasItsIndex) {
  const std::string name = Create();
  for (const std::string& filter :
       {std::string("account = ") + kAccount, std::string("team = teams/first-line"),
        std::string("owner = persons/sue"), std::string("state = CASE_STATE_OPEN"),
        std::string("team = teams/first-line AND state = CASE_STATE_OPEN"),
        std::string("state = CASE_STATE_OPEN AND owner = persons/sue"),
        std::string("external_id.source = desk"), std::string("external_id.id = 7"),
        std::string()}) {
    for (const bool show_all : {false, true}) {
      v1::ListCasesRequest request;
      request.set_filter(filter);
      request.set_show_all(show_all);
      Call call = As();
      const auto page = cases_.ListCases(call, request);
      ASSERT_TRUE(page.ok()) << filter << page.status();
      ASSERT_EQ(page->cases_size(), 1) << filter;
      EXPECT_EQ(page->cases(0).name(), name);
    }
  }
}

TEST_F(CaseServiceTest, SaysWhatItsEventsSay) {
  const std::string name = Create();
  EXPECT_EQ(Get(name).open_time().seconds(), 1'700'000'000);
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_REOPENED), "CASE_OPEN");
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER), "");
  EXPECT_TRUE(Get(name).waiting_for_customer());
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_HANDED_TO_TEAM, "teams/second-line"), "");
  EXPECT_EQ(Get(name).team(), "teams/second-line");
  EXPECT_FALSE(Get(name).waiting_for_customer());
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_RESOLVED), "");
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_CLOSED), "");
  EXPECT_TRUE(Get(name).has_resolve_time());
  EXPECT_TRUE(Get(name).has_close_time());
  EXPECT_EQ(Count("team = teams/second-line AND state = CASE_STATE_OPEN"), 0);
  EXPECT_EQ(Count("team = teams/second-line AND state = CASE_STATE_CLOSED"), 1);
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_RESOLVED), "CASE_CLOSED");
  EXPECT_EQ(Record(name, fact::v1::FACT_KIND_REOPENED), "");
  EXPECT_FALSE(Get(name).has_close_time());
  EXPECT_EQ(Count("state = CASE_STATE_OPEN"), 1);
  EXPECT_EQ(Get(name).owner(), "persons/sue");
}

// On behalf of whoever signed, who need not be one who opens cases.
TEST_F(CaseServiceTest, AnOnboardingCaseTellsWhatWasSigned) {
  v1::OpenOnboardingCaseRequest request;
  request.set_request_id(NewRequestId());
  request.set_title("Onboarding: Spring");
  request.set_account(kAccount);
  request.mutable_onboarding()->set_opportunity(
      "opportunities/0190f3a1-1234-7abc-8def-0123456789ab");
  request.mutable_onboarding()->add_lines()->set_quantity(2);
  request.mutable_onboarding()->add_notes()->set_text("in French, please");
  Call call = runtime_.MakeCall("ana@sales", "test/OpenOnboardingCase");
  const auto opened = cases_.OpenOnboardingCase(call, request);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const v1::Case held = Get(opened->name());
  EXPECT_EQ(held.title(), request.title());
  EXPECT_EQ(held.state(), v1::CASE_STATE_OPEN);
  EXPECT_EQ(held.responsible_department(), "departments/sales");
  EXPECT_EQ(held.onboarding().lines(0).quantity(), 2);
  EXPECT_EQ(held.onboarding().notes(0).text(), "in French, please");
  EXPECT_EQ(held.onboarding().ShortDebugString(), request.onboarding().ShortDebugString());
  EXPECT_EQ(Count(absl::StrCat("account = \"", kAccount, "\"")), 1);
  // IT may read cases and no opportunities.
  v1::GetCaseRequest get;
  get.set_name(opened->name());
  Call by_it = runtime_.MakeCall("ivo@it", "test/GetCase");
  const auto seen = cases_.GetCase(by_it, get);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_FALSE(seen->onboarding().opportunity().empty());
  EXPECT_EQ(seen->onboarding().lines_size() + seen->onboarding().notes_size(), 0);
}

}  // namespace
}  // namespace comity::support
