#include "services/client/output/record_view.h"

#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/journal/v1/journal_service.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "gtest/gtest.h"
#include "services/client/output/entry_line.h"
#include "services/client/output/error_text.h"
#include "services/client/output/format.h"
#include "services/client/output/json.h"
#include "services/client/profile.h"
#include "services/runtime/status/errors.h"

namespace comity::client {
namespace {

TEST(RecordViewTest, ShowsAnswersAndNoEmptyColumns) {
  lead::v1::ListLeadsResponse response;
  lead::v1::Lead* lead = response.add_leads();
  lead->set_name("leads/1");
  lead->set_owner("persons/ana");
  auto* answer = lead->add_lens_answers();
  answer->set_question("questions/lead-quality");
  answer->set_answer("qualified");
  answer->set_basis(type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_EQ(RecordTable(response, "leads", 0),
            "NAME     OWNER  QUALITY\n"
            "leads/1  ana    (qualified)\n");
  EXPECT_EQ(RecordTable(lead::v1::ListLeadsResponse(), "leads", 0).substr(0, 4), "NAME");
}

TEST(RecordViewTest, DetailShowsWhatIsSet) {
  lead::v1::Lead lead;
  lead.set_name("leads/1");
  lead.mutable_external_id()->set_source("maven");
  lead.mutable_external_id()->set_id("7");
  lead.add_lens_answers()->set_question("questions/lead-quality");
  EXPECT_EQ(RecordDetail(lead, 0),
            "FIELD                   VALUE\n"
            "name                    leads/1\n"
            "external_id             maven:7\n"
            "questions/lead-quality  undecided\n");
}

TEST(RecordViewTest, WhatImportsKeepIsNotShown) {
  lead::v1::Lead lead;
  lead.set_name("leads/1");
  (*lead.mutable_attributes())["import.said"] = "0123456789ab";
  (*lead.mutable_attributes())["colour"] = "red";
  EXPECT_EQ(RecordDetail(lead, 0),
            "FIELD       VALUE\n"
            "name        leads/1\n"
            "attributes  colour=red\n");
}

TEST(RecordViewTest, AQuestionHasItsColumnWhoeverAnsweredIt) {
  lead::v1::ListLeadsResponse response;
  lead::v1::Lead* lead = response.add_leads();
  lead->set_name("leads/1");
  lead->add_lens_answers()->set_question("questions/lead-quality");
  EXPECT_EQ(RecordTable(response, "leads", 0, Questions::kAll),
            "NAME     QUALITY\n"
            "leads/1\n");
  EXPECT_EQ(RecordTable(response, "leads", 0),
            "NAME\n"
            "leads/1\n");
}

TEST(RecordViewTest, WhatIsWithdrawnSaysSoFirst) {
  lead::v1::Opportunity opportunity;
  opportunity.set_name("opportunities/1");
  opportunity.mutable_withdraw_time()->set_seconds(1795996800);
  EXPECT_EQ(RecordDetail(opportunity, 0).rfind("WITHDRAWN 2026-11-30 00:00: ", 0), 0u)
      << RecordDetail(opportunity, 0);
}

TEST(RecordViewTest, AttributesStandInTheOrderOfTheirNames) {
  lead::v1::Lead lead;
  std::string cells;
  std::string json;
  for (char name = 'z'; name >= 'a'; --name) (*lead.mutable_attributes())[{name}] = "1";
  for (char name = 'a'; name <= 'z'; ++name) {
    absl::StrAppend(&cells, cells.empty() ? "" : ", ", std::string(1, name), "=1");
    absl::StrAppend(&json, json.empty() ? "" : ",", "\"", std::string(1, name), "\":\"1\"");
  }
  EXPECT_EQ(Cell(lead, "attributes"), cells);
  EXPECT_EQ(ToJson(lead, /*compact=*/true), absl::StrCat("{\"attributes\":{", json, "}}\n"));
}

TEST(NameLinesTest, AreOneARecordAndNoneOfAnEmptyList) {
  lead::v1::ListLeadsResponse list;
  EXPECT_EQ(NameLines(list), "");
  list.add_leads()->set_name("leads/1");
  list.add_leads()->set_name("leads/2");
  EXPECT_EQ(NameLines(list), "leads/1\nleads/2\n");
  EXPECT_EQ(NameLines(list.leads(0)), "leads/1\n");
  EXPECT_EQ(NameLines(journal::v1::ListHistoryResponse()), std::nullopt);
}

journal::v1::Entry EntryWith(const google::protobuf::Message& payload) {
  journal::v1::Entry entry;
  entry.mutable_payload()->PackFrom(payload);
  return entry;
}

TEST(EntryDetailTest, SaysWhatAnEntryChanged) {
  lead::v1::Lead before;
  before.set_name("leads/1");
  before.set_owner("persons/ana");
  before.set_source("fair");
  before.set_etag("r1");
  lead::v1::Lead after = before;
  after.set_owner("persons/ben");
  after.clear_source();
  after.set_etag("r2");
  after.mutable_conversion()->set_opportunity("opportunities/1");
  EXPECT_EQ(EntryDetail(EntryWith(after), &before),
            "conversion.opportunity: opportunities/1; owner: ana → ben; source: fair → —");
  EXPECT_EQ(EntryDetail(EntryWith(after)), "");
  EXPECT_EQ(EntryDetail(EntryWith(before), &before),
            "only what is personal, which the journal leaves out");
}

TEST(EntryDetailTest, SaysWhatAFactChanged) {
  lead::v1::Lead before;
  before.set_owner("persons/ana");
  lead::v1::Lead after;
  after.set_owner("persons/ben");
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  fact.set_owner("persons/ben");
  journal::v1::Entry entry = EntryWith(fact);
  EXPECT_EQ(EntryDetail(entry, &before), "owner-changed ben");
  EXPECT_EQ(RecordAfter(entry), nullptr);
  entry.mutable_record()->PackFrom(after);
  EXPECT_EQ(EntryDetail(entry, &before), "owner-changed; owner: ana → ben");
  ASSERT_NE(RecordAfter(entry), nullptr);
  fact.Clear();
  fact.set_kind(fact::v1::FACT_KIND_NOTE);
  fact.set_summary("Wants the offices first");
  EXPECT_EQ(EntryDetail(EntryWith(fact), &before), "note Wants the offices first");
}

TEST(ErrorTextTest, IsOneLineWithReasonAndHint) {
  const std::string text = ErrorText(EtagMismatch("leads/1", "r2"));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.rfind("ABORTED ETAG_MISMATCH: ", 0), 0u) << text;
  EXPECT_NE(ErrorText(InvalidField("INVALID_NAME", "name", "a name in leads")).find("0190c0de"),
            std::string::npos);
  EXPECT_EQ(ExitCode(EtagMismatch("leads/1", "r2")), 1);
  EXPECT_EQ(ExitCode(Usage("so not")), 2);
  EXPECT_EQ(ExitCode(absl::OkStatus()), 0);
}

TEST(ErrorTextTest, SaysAFieldOnce) {
  const std::string text = ErrorText(InvalidField("FIELD_TOO_LONG", "lead.source", "at most 64"));
  EXPECT_EQ(text, "INVALID_ARGUMENT FIELD_TOO_LONG: lead.source: at most 64");
}

}  // namespace
}  // namespace comity::client
