// The handlers over a real database.
#include "services/reporting/report_service.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gtest/gtest.h"
#include "services/reporting/migrations.h"
#include "services/reporting/report_query.h"
#include "services/reporting/testing.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::reporting {
namespace {

constexpr int kOpportunities = 9;

class ReportServiceTest : public ::testing::Test {
 protected:
  ReportServiceTest()
      : database_(ReportingMigrations()),
        runtime_(&database_),
        ledger_(runtime_.runtime()),
        call_(runtime_.MakeCall("max@management", "comity.reporting.v1.ReportService/Test")),
        service_(nullptr, {&ledger_, Entries(), [this] { return progress_; }}) {
    EXPECT_TRUE(ledger_.Position("lead").ok());
    for (int number = 1; number <= kOpportunities; ++number) Append(number, number % 3 == 0);
    TakeIn(0);
  }

  void Append(int number, bool is_signed) {
    lead::v1::Opportunity opportunity;
    opportunity.set_name(resource::MakeName("opportunities", testing::Id(number)));
    opportunity.set_owner("persons/ana");
    opportunity.mutable_amount()->set_currency_code("EUR");
    opportunity.mutable_amount()->set_units(number);
    *opportunity.mutable_open_time() = resource::FromMicros(testing::Day(2017, 1, 1));
    if (is_signed) {
      *opportunity.mutable_sign_time() = resource::FromMicros(testing::Day(2017, 3, 1));
    }
    auto* positioned = journal_.Add();
    positioned->set_position(journal_.size() - 1);
    positioned->mutable_entry()->set_subject(opportunity.name());
    positioned->mutable_entry()->mutable_payload()->PackFrom(opportunity);
    *positioned->mutable_entry()->mutable_record_time() =
        resource::FromMicros(testing::Day(2018, 1, 1) + positioned->position());
  }
  void TakeIn(int from) {
    const auto taken = ledger_.Take("lead", Batch(journal_.begin() + from, journal_.end()));
    ASSERT_TRUE(taken.ok()) << taken;
  }
  ReadEntries Entries() {
    return [this](const std::string&, int64_t from, int64_t to) -> absl::StatusOr<Batch> {
      return Batch(journal_.begin() + from, journal_.begin() + to);
    };
  }
  v1::ListReportRowsRequest RowsRequest() const {
    v1::ListReportRowsRequest request;
    request.set_metric("metrics/win-rate");
    request.mutable_query()->add_lenses("settled");
    request.set_page_size(4);
    return request;
  }
  std::string RowsReason(const v1::ListReportRowsRequest& request) {
    return Reason(service_.ListReportRows(call_, request).status());
  }

  Batch journal_;
  std::vector<SourceProgress> progress_;
  testlib::Database database_;
  testlib::TestRuntime runtime_;
  Ledger ledger_;
  Call call_;
  ReportService service_;
};

TEST_F(ReportServiceTest, AReportCarriesItsBasis) {
  const auto report = service_.GetWinRate(call_, {}).value();
  EXPECT_EQ(report.basis().metric(), "metrics/win-rate");
  EXPECT_FALSE(report.basis().definition().empty());
  EXPECT_EQ(report.basis().charter_revision(), 1);
  EXPECT_TRUE(report.basis().provisional());
  EXPECT_EQ(report.basis().as_of(), 1);
  ASSERT_EQ(report.basis().sources_size(), 1);
  EXPECT_EQ(report.basis().sources(0).service(), "lead");
  EXPECT_EQ(report.basis().sources(0).position(), kOpportunities);
  EXPECT_EQ(resource::ToMicros(report.basis().fresh_time()),
            testing::Day(2018, 1, 1) + kOpportunities - 1);
  EXPECT_EQ(report.total().cells_size(), 5);
  EXPECT_EQ(report.total().cells(0).won_count(), 3);
}

TEST_F(ReportServiceTest, AsOfReturnsTheSameNumbersAgain) {
  const auto first = service_.GetPipeline(call_, {}).value();
  Append(20, false);
  TakeIn(kOpportunities);
  const auto second = service_.GetPipeline(call_, {}).value();
  EXPECT_EQ(second.basis().as_of(), 2);
  EXPECT_EQ(second.total().cells(0).count(), first.total().cells(0).count() + 1);
  v1::GetPipelineRequest request;
  request.mutable_query()->set_as_of(1);
  EXPECT_EQ(service_.GetPipeline(call_, request).value().SerializeAsString(),
            first.SerializeAsString());
  request.mutable_query()->set_as_of(3);
  EXPECT_EQ(Reason(service_.GetPipeline(call_, request).status()), "AS_OF_NOT_REACHED");
}

TEST_F(ReportServiceTest, AReportIsReadByTheCharterOfItsPosition) {
  const auto first = service_.GetWinRate(call_, {}).value();
  EXPECT_EQ(first.basis().agreement(), "signed by 0 of 6 departments");
  EXPECT_EQ(first.total().cells_size(), 5);
  const auto page = service_.ListReportRows(call_, RowsRequest()).value();
  charter::Book* book = runtime_.runtime()->charters.get();
  charter::Revision revision =
      testing::NextRevision(*book, call_.now + absl::Hours(1), [](type::v1::Charter* document) {
        document->add_departments("departments/partners");
        auto* question = testing::QuestionIn(document, kOutcomeQuestion);
        question->add_voices("departments/partners");
        testing::AddAnswer("postponed", question);
        document->mutable_metrics(0)->set_text("Won over all.");
      });
  revision.over_objection_of = {"departments/sales", "departments/it"};
  book->Put(std::move(revision));
  EXPECT_EQ(service_.GetWinRate(call_, {}).value().SerializeAsString(), first.SerializeAsString())
      << "it is not in force yet";

  call_.now += absl::Hours(1);
  const auto second = service_.GetWinRate(call_, {}).value();
  EXPECT_EQ(second.basis().charter_revision(), 2);
  EXPECT_FALSE(second.basis().provisional());
  EXPECT_EQ(second.basis().agreement(),
            "enacted over the objection of departments/sales, departments/it");
  EXPECT_EQ(second.basis().over_objection_of_size(), 2);
  EXPECT_EQ(second.basis().definition(), "Won over all.");
  EXPECT_EQ(second.basis().as_of(), 2);
  EXPECT_EQ(second.total().cells_size(), 6);
  EXPECT_EQ(service_.GetFreshness(call_, {}).value().basis().charter_revision(), 2);
  EXPECT_EQ(service_.GetCaseFlow(call_, {}).value().basis().charter_revision(), 2);

  v1::GetWinRateRequest request;
  request.mutable_query()->set_as_of(1);
  EXPECT_EQ(service_.GetWinRate(call_, request).value().SerializeAsString(),
            first.SerializeAsString());
  request.mutable_query()->set_as_of(2);
  EXPECT_EQ(service_.GetWinRate(call_, request).value().basis().SerializeAsString(),
            second.basis().SerializeAsString());
  v1::ListReportRowsRequest rows = RowsRequest();
  rows.set_page_token(page.next_page_token());
  EXPECT_EQ(service_.ListReportRows(call_, rows).value().basis().charter_revision(), 1);

  // What all have signed since does not make the definition theirs.
  book->Put(testing::NextRevision(*book, call_.now, [](type::v1::Charter*) {}));
  const auto third = service_.GetWinRate(call_, {}).value();
  EXPECT_EQ(
      third.basis().agreement(),
      "signed by all departments that it touches; revision 2, by which the definition says so, "
      "over the objection of departments/sales, departments/it");
  EXPECT_EQ(third.basis().over_objection_of_size(), 2);
  EXPECT_EQ(service_.GetFreshness(call_, {}).value().basis().agreement(),
            "signed by all departments that it touches")
      << "which is of no metric";
  book->Put(testing::NextRevision(*book, call_.now, [](type::v1::Charter* document) {
    testing::QuestionIn(document, kOutcomeQuestion)->set_text("Is it lost?");
    document->mutable_metrics(0)->set_text("Won over all that is decided.");
  }));
  EXPECT_EQ(service_.GetWinRate(call_, {}).value().basis().agreement(),
            "signed by all departments that it touches");
}

TEST_F(ReportServiceTest, LensesAndAnswersAreThoseOfARevision) {
  charter::Book* book = runtime_.runtime()->charters.get();
  book->Put(testing::NextRevision(*book, call_.now, [](type::v1::Charter* document) {
    document->add_departments("departments/partners");
    testing::AddAnswer("postponed", testing::QuestionIn(document, kOutcomeQuestion));
  }));
  v1::GetWinRateRequest request;
  request.mutable_query()->add_lenses("departments/partners");
  EXPECT_EQ(service_.GetWinRate(call_, request).value().basis().as_of(), 2);
  request.mutable_query()->set_as_of(1);
  EXPECT_EQ(Reason(service_.GetWinRate(call_, request).status()), "UNKNOWN_LENS");
  // An answer is known if any revision has it: where that is another one, it has no rows.
  request.mutable_query()->set_lenses(0, "settled");
  auto* filter = request.mutable_query()->add_filters();
  filter->set_dimension(v1::DIMENSION_OUTCOME);
  filter->add_values("postponed");
  const auto report = service_.GetWinRate(call_, request);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->total().cells(0).undecided_count(), 0);
  book->Put(testing::NextRevision(*book, call_.now, [](type::v1::Charter* document) {
    testing::QuestionIn(document, kOutcomeQuestion)->mutable_answers()->RemoveLast();
  }));
  request.mutable_query()->set_as_of(0);
  EXPECT_EQ(service_.GetWinRate(call_, request).value().basis().charter_revision(), 3);
}

TEST_F(ReportServiceTest, APreviewIsOfTheCharterThatFollowsAndOfOnePosition) {
  const charter::Book& book = *runtime_.runtime()->charters;
  const auto proposed = testing::NextRevision(book, call_.now, [](type::v1::Charter* document) {
    auto* question = testing::QuestionIn(document, kOutcomeQuestion);
    question->mutable_answers(0)->clear_decided_by_fact();
  });
  v1::GetCharterPreviewRequest request;
  *request.mutable_document() = proposed.charter.document();
  const auto preview = service_.GetCharterPreview(call_, request);
  ASSERT_TRUE(preview.ok()) << preview.status();
  EXPECT_EQ(preview->basis().as_of(), 1);
  EXPECT_EQ(preview->basis().charter_revision(), 1);
  EXPECT_TRUE(preview->basis().has_fresh_time());
  EXPECT_EQ(preview->opportunity_count(), kOpportunities);
  ASSERT_EQ(preview->answers_size(), 5) << "no signature decides for anybody any more";
  EXPECT_EQ(preview->answers(4).lens(), "settled");
  EXPECT_EQ(preview->answers(4).subject_count(), 3);
  EXPECT_EQ(preview->answers(4).changes(0).amounts(0).units(), 3 + 6 + 9);
  Append(30, true);
  TakeIn(kOpportunities);
  EXPECT_EQ(service_.GetCharterPreview(call_, request).value().answers(4).subject_count(), 4);
  request.set_as_of(1);
  EXPECT_EQ(service_.GetCharterPreview(call_, request).value().SerializeAsString(),
            preview->SerializeAsString());
}

TEST_F(ReportServiceTest, APreviewRefuses) {
  charter::Book* book = runtime_.runtime()->charters.get();
  v1::GetCharterPreviewRequest request;
  const auto reason = [&] { return Reason(service_.GetCharterPreview(call_, request).status()); };
  EXPECT_EQ(reason(), "CHARTER_INVALID");
  *request.mutable_document() = book->last().charter.document();
  EXPECT_EQ(reason(), "BASE_NOT_IN_FORCE") << "it is in force itself";
  request.mutable_document()->set_revision(3);
  EXPECT_EQ(reason(), "BASE_NOT_IN_FORCE");
  request.mutable_document()->set_revision(2);
  EXPECT_EQ(reason(), "");
  request.set_as_of(-1);
  EXPECT_EQ(reason(), "AS_OF_INVALID");
  request.set_as_of(9);
  EXPECT_EQ(reason(), "AS_OF_NOT_REACHED");
  request.set_as_of(0);
  book->Put(testing::NextRevision(*book, call_.now, [](type::v1::Charter*) {}));
  EXPECT_EQ(reason(), "BASE_NOT_IN_FORCE");
  request.set_as_of(1);
  EXPECT_EQ(reason(), "") << "then it was";
}

TEST_F(ReportServiceTest, OccurredBefore) {
  v1::GetWinRateRequest request;
  *request.mutable_query()->mutable_occurred_before() =
      resource::FromMicros(testing::Day(2016, 1, 1));
  EXPECT_EQ(service_.GetWinRate(call_, request).value().total().cells(0).undecided_count(), 0);
}

TEST_F(ReportServiceTest, RowsArePagedAtOneMoment) {
  v1::ListReportRowsRequest request = RowsRequest();
  std::vector<std::string> seen;
  int pages = 0;
  do {
    const auto page = service_.ListReportRows(call_, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->basis().as_of(), 1);
    for (const auto& row : page->rows()) seen.push_back(row.opportunity());
    request.set_page_token(page->next_page_token());
    // What is recorded between two pages is in neither.
    const int from = journal_.size();
    Append(100 - pages, true);
    TakeIn(from);
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen.size(), kOpportunities);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
}

TEST_F(ReportServiceTest, RowsRefuse) {
  v1::ListReportRowsRequest request = RowsRequest();
  request.mutable_query()->add_lenses("departments/sales");
  EXPECT_EQ(RowsReason(request), "ONE_LENS_NEEDED");
  request = RowsRequest();
  request.set_metric("metrics/luck");
  EXPECT_EQ(RowsReason(request), "UNKNOWN_METRIC");
  request = RowsRequest();
  request.add_keys("persons/ana");
  EXPECT_EQ(RowsReason(request), "KEYS_INVALID");
  request = RowsRequest();
  request.set_page_size(501);
  EXPECT_EQ(RowsReason(request), "PAGE_SIZE_OUT_OF_RANGE");
  request = RowsRequest();
  request.set_page_token(service_.ListReportRows(call_, request).value().next_page_token());
  request.set_metric("metrics/pipeline");
  EXPECT_EQ(RowsReason(request), "PAGE_TOKEN_INVALID");
}

TEST_F(ReportServiceTest, UnknownValuesAreRefusedByName) {
  const auto reason = [&](v1::Dimension dimension, const std::string& value) {
    v1::GetWinRateRequest request;
    auto* filter = request.mutable_query()->add_filters();
    filter->set_dimension(dimension);
    filter->add_values(value);
    return Reason(service_.GetWinRate(call_, request).status());
  };
  EXPECT_EQ(reason(v1::DIMENSION_OWNER, "persons/anaa"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_MANAGER, "ana"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_TEAM, "teams/none"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_PRODUCT, "GTX Basic"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_OUTCOME, "undecided"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_STAGE, "propsal"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_MONTH, "2017-13"), "UNKNOWN_VALUE");
  EXPECT_EQ(reason(v1::DIMENSION_ACCOUNT, "Acme"), "UNKNOWN_VALUE");
  // Known, and without rows.
  EXPECT_EQ(reason(v1::DIMENSION_OWNER, "persons/sam"), "");
  EXPECT_EQ(reason(v1::DIMENSION_OWNER, ""), "");
  EXPECT_EQ(reason(v1::DIMENSION_STAGE, "negotiation"), "");
  EXPECT_EQ(reason(v1::DIMENSION_OUTCOME, ""), "");
  EXPECT_EQ(reason(v1::DIMENSION_MONTH, "2030-01"), "");
  EXPECT_EQ(reason(v1::DIMENSION_ACCOUNT, resource::MakeName("accounts", testing::Id(9))), "");
  EXPECT_EQ(reason(v1::DIMENSION_OFFICE, "Central"), "");
}

TEST_F(ReportServiceTest, TooManyGroupsAreRefused) {
  const int from = journal_.size();
  for (int number = 1000; number < 6500; ++number) {
    Append(number, false);
    auto* last = journal_.Mutable(journal_.size() - 1)->mutable_entry();
    lead::v1::Opportunity opportunity;
    last->payload().UnpackTo(&opportunity);
    opportunity.set_account(resource::MakeName("accounts", testing::Id(number)));
    last->mutable_payload()->PackFrom(opportunity);
  }
  TakeIn(from);
  v1::GetWinRateRequest request;
  request.mutable_query()->add_group_by(v1::DIMENSION_ACCOUNT);
  EXPECT_EQ(Reason(service_.GetWinRate(call_, request).status()), "TOO_MANY_GROUPS");
  auto* filter = request.mutable_query()->add_filters();
  filter->set_dimension(v1::DIMENSION_ACCOUNT);
  filter->add_values(resource::MakeName("accounts", testing::Id(1000)));
  EXPECT_EQ(service_.GetWinRate(call_, request).value().rows_size(), 1);
}

TEST_F(ReportServiceTest, Freshness) {
  progress_ = {{"account", 0, 0, testing::Day(2018, 2, 3)},
               {"lead", 3, kOpportunities, testing::Day(2018, 2, 2)}};
  const auto freshness = service_.GetFreshness(call_, {}).value();
  EXPECT_EQ(freshness.basis().as_of(), 1);
  ASSERT_EQ(freshness.behind_size(), 2);
  EXPECT_EQ(freshness.behind(1).position(), 3);
  EXPECT_EQ(resource::ToMicros(freshness.basis().fresh_time()), testing::Day(2018, 2, 2));
  // What was kept of a report is as fresh as what is known now, and the same for the rest.
  const auto first = service_.GetWinRate(call_, {}).value();
  progress_[1].complete_time = testing::Day(2018, 2, 3);
  const auto second = service_.GetWinRate(call_, {}).value();
  EXPECT_EQ(resource::ToMicros(first.basis().fresh_time()), testing::Day(2018, 2, 2));
  EXPECT_EQ(resource::ToMicros(second.basis().fresh_time()), testing::Day(2018, 2, 3));
  EXPECT_EQ(resource::ToMicros(
                service_.ListReportRows(call_, RowsRequest()).value().basis().fresh_time()),
            testing::Day(2018, 2, 3));
}

TEST_F(ReportServiceTest, RebuildNeedsARequestIdAndKeepsItsAnswer) {
  v1::RebuildReportingRequest request;
  EXPECT_EQ(Reason(service_.RebuildReporting(call_, request).status()), "REQUEST_ID_REQUIRED");
  request.set_request_id(testlib::NewRequestId());
  const auto before = service_.GetWinRate(call_, {}).value();
  for (int time = 0; time < 2; ++time) {
    const auto response = service_.RebuildReporting(call_, request);
    ASSERT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(response->entries(), kOpportunities);
  }
  EXPECT_EQ(service_.GetWinRate(call_, {}).value().SerializeAsString(), before.SerializeAsString());
}

TEST_F(ReportServiceTest, MoneyInDisputeIsForWhoMayReadIt) {
  gateway::v1::Dispute dispute;
  dispute.set_name(resource::MakeName("disputes", testing::Id(50)));
  dispute.set_subject(resource::MakeName("opportunities", testing::Id(3)));
  Batch opened;
  opened.Add()->mutable_entry()->set_subject(dispute.name());
  opened[0].mutable_entry()->set_version(1);
  opened[0].mutable_entry()->mutable_payload()->PackFrom(dispute);
  *opened[0].mutable_entry()->mutable_record_time() =
      resource::FromMicros(testing::Day(2018, 2, 1));
  ASSERT_TRUE(ledger_.Position("gateway").ok());
  ASSERT_TRUE(ledger_.Take("gateway", opened).ok());
  const auto cell_for = [&](const std::string& as) {
    Call call = runtime_.MakeCall(as);
    const auto report = service_.GetWinRate(call, {});
    EXPECT_TRUE(report.ok()) << report.status();
    return report.ok() ? report->total().cells(0) : v1::WinRateCell();
  };
  EXPECT_EQ(cell_for("max@management").disputed_count(), 1);
  ASSERT_EQ(cell_for("max@management").disputed_amounts_size(), 1);
  EXPECT_EQ(cell_for("max@management").disputed_amounts(0).units(), 3);
  EXPECT_EQ(cell_for("ida@it").disputed_count(), 1);
  EXPECT_TRUE(cell_for("ida@it").disputed_amounts().empty()) << "IT reads no opportunities";
  EXPECT_EQ(cell_for("max@management").disputed_amounts_size(), 1) << "what is kept is whole";

  Ledger again(runtime_.runtime());  // reads what the tables hold
  ASSERT_TRUE(again.Position("gateway").ok());
  ReportService restarted(nullptr, {&again, Entries(), [this] { return progress_; }});
  v1::GetPipelineRequest pipeline;
  EXPECT_EQ(restarted.GetPipeline(call_, pipeline).value().total().cells(0).disputed_count(), 0);
  EXPECT_EQ(restarted.GetWinRate(call_, {}).value().total().cells(0).disputed_count(), 1);
  v1::GetWinRateRequest before;
  before.mutable_query()->set_as_of(1);
  EXPECT_EQ(restarted.GetWinRate(call_, before).value().total().cells(0).disputed_count(), 0);
}

TEST_F(ReportServiceTest, CasesGoFromHandToHandAndBackFromTheTables) {
  Batch events;
  for (int number = 1; number <= 5; ++number) {
    const std::string name = resource::MakeName("cases", testing::Id(number));
    for (const char* team : {"teams/a", "teams/b", "teams/a"}) {
      fact::v1::Fact fact;
      const std::string id = resource::IdToText(testing::Id(100 + events.size()));
      fact.set_name(absl::StrCat(name, "/facts/", id));
      fact.set_kind(events.size() % 3 == 0 ? fact::v1::FACT_KIND_OPENED
                                           : fact::v1::FACT_KIND_HANDED_TO_TEAM);
      fact.set_team(team);
      auto* positioned = events.Add();
      positioned->set_position(events.size() - 1);
      positioned->mutable_entry()->set_subject(name);
      positioned->mutable_entry()->mutable_payload()->PackFrom(fact);
      *positioned->mutable_entry()->mutable_record_time() =
          resource::FromMicros(testing::Day(2018, 1, 1) + positioned->position());
    }
  }
  ASSERT_TRUE(ledger_.Position("support").ok());
  ASSERT_TRUE(ledger_.Take("support", events).ok());
  const auto report = service_.GetCaseFlow(call_, {}).value();
  EXPECT_EQ(report.basis().metric(), "metrics/case-flow");
  EXPECT_FALSE(report.basis().definition().empty());
  EXPECT_EQ(report.total().case_count(), 5);
  EXPECT_EQ(report.total().handover_count(), 10);
  EXPECT_EQ(report.total().return_count(), 5);

  v1::ListCaseFlowCasesRequest request;
  request.set_part(v1::CASE_FLOW_PART_RETURNED);
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const auto page = service_.ListCaseFlowCases(call_, request).value();
    for (const auto& each : page.cases()) seen.push_back(each.case_());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  ASSERT_EQ(seen.size(), 5);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));

  Ledger again(runtime_.runtime());  // reads what the tables hold
  ASSERT_TRUE(again.Position("lead").ok());
  ReportService restarted(nullptr, {&again, Entries(), [this] { return progress_; }});
  EXPECT_EQ(restarted.GetCaseFlow(call_, {}).value().SerializeAsString(),
            report.SerializeAsString());
  v1::GetCaseFlowRequest before;
  before.mutable_query()->set_as_of(1);
  EXPECT_EQ(restarted.GetCaseFlow(call_, before).value().total().case_count(), 0);
}

}  // namespace
}  // namespace comity::reporting
