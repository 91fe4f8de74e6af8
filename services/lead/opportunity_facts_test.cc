// Facts and judgements about opportunities, through the handlers, on a real database.
#include <functional>

#include "comity/lead/v1/opportunity_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/opportunity_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;

constexpr int64_t kDay = 86'400;  // seconds
constexpr char kOutcome[] = "questions/opportunity-outcome";

google::type::Money Euros(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

void AddPostponed(type::v1::Question* question) {
  type::v1::Answer* answer = question->add_answers();
  answer->set_id("postponed");
  answer->set_criteria("The counterpart has named a later year.");
}

class OpportunityFactsTest : public ::testing::Test {
 protected:
  v1::Opportunity Create(int64_t amount) {
    v1::CreateOpportunityRequest request;
    request.set_request_id(testlib::NewRequestId());
    request.mutable_opportunity()->set_display_name("Renewal");
    request.mutable_opportunity()->set_owner("persons/ana");
    *request.mutable_opportunity()->mutable_amount() = Euros(amount);
    Call call = runtime_.MakeCall("ana@sales");
    auto made = opportunities_.CreateOpportunity(call, request);
    EXPECT_TRUE(made.ok()) << made.status();
    return *made;
  }
  v1::Opportunity Get(const std::string& name, const std::string& as = "ana@sales") {
    v1::GetOpportunityRequest request;
    request.set_name(name);
    Call call = runtime_.MakeCall(as);
    auto got = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(got.ok()) << got.status();
    return *got;
  }
  absl::StatusOr<Fact> Record(const std::string& name, Fact fact,
                              const std::string& as = "ana@sales") {
    fact::v1::RecordFactRequest request;
    request.set_parent(name);
    *request.mutable_fact() = std::move(fact);
    request.set_request_id(testlib::NewRequestId());
    Call call = runtime_.MakeCall(as);
    return facts_.RecordFact(call, request);
  }
  absl::StatusOr<Fact> Record(const std::string& name, fact::v1::FactKind kind) {
    Fact fact;
    fact.set_kind(kind);
    return Record(name, fact);
  }
  absl::StatusOr<Fact> Void(const std::string& name) {
    fact::v1::VoidFactRequest request;
    request.set_name(name);
    request.set_reason("entered by mistake");
    request.set_request_id(testlib::NewRequestId());
    Call call = runtime_.MakeCall("ana@sales");
    return facts_.VoidFact(call, request);
  }
  absl::StatusOr<judgement::v1::Judgement> Judge(const std::string& name, const std::string& answer,
                                                 const std::string& as = "ana@sales") {
    judgement::v1::JudgeRequest request;
    request.mutable_judgement()->set_subject(name);
    request.mutable_judgement()->set_question(kOutcome);
    request.mutable_judgement()->set_answer(answer);
    request.set_request_id(testlib::NewRequestId());
    Call call = runtime_.MakeCall(as);
    return judgements_.Judge(call, request);
  }
  // Names on the working list of `as`.
  std::vector<std::string> WorkingList(const std::string& as, bool show_all = false) {
    v1::ListOpportunitiesRequest request;
    request.set_show_all(show_all);
    Call call = runtime_.MakeCall(as);
    auto page = opportunities_.ListOpportunities(call, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const auto& opportunity : page->opportunities()) names.push_back(opportunity.name());
    return names;
  }
  // The next revision of the charter, in force from now on.
  void Enact(const std::function<void(type::v1::Question*)>& change) {
    charter::Book& book = *runtime_.runtime()->charters;
    type::v1::Charter document = book.last().charter.document();
    document.set_revision(document.revision() + 1);
    for (auto& question : *document.mutable_questions()) {
      if (question.name() == kOutcome) change(&question);
    }
    book.Put({charter::Charter::Make(document).value(), "", absl::Now()});
  }
  judgement::v1::GetStandingResponse Standing(const std::string& name, const std::string& as) {
    judgement::v1::GetStandingRequest request;
    request.set_subject(name);
    request.set_question(kOutcome);
    Call call = runtime_.MakeCall(as);
    const auto standing = judgements_.GetStanding(call, request);
    EXPECT_TRUE(standing.ok()) << standing.status();
    return standing.value_or(judgement::v1::GetStandingResponse());
  }
  std::string Outcome(const std::string& name, const std::string& as) {
    const v1::Opportunity opportunity = Get(name, as);
    for (const auto& answer : opportunity.lens_answers()) {
      if (answer.question() == kOutcome) return answer.answer();
    }
    return "?";
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  judgement::JudgementService judgements_{nullptr, Subjects()};
};

TEST_F(OpportunityFactsTest, AnAmountChangesByFactsAndAVoidedChangeFallsBack) {
  const v1::Opportunity made = Create(100);
  Fact change;
  change.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *change.mutable_amount() = Euros(150);
  const auto changed = Record(made.name(), change);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(Get(made.name()).amount().units(), 150);
  EXPECT_NE(Get(made.name()).etag(), made.etag());
  ASSERT_TRUE(Void(changed->name()).ok());
  EXPECT_EQ(Get(made.name()).amount().units(), 100);
  EXPECT_EQ(Reason(Void(changed->name()).status()), "ALREADY_SUPERSEDED");
}

Fact Signed(int64_t seconds_ago) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_SIGNED);
  fact.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - seconds_ago);
  return fact;
}

TEST_F(OpportunityFactsTest, ASignatureKeepsTheAmountThatItSigned) {
  const v1::Opportunity made = Create(100);
  Fact change;
  change.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *change.mutable_amount() = Euros(200);
  ASSERT_TRUE(Record(made.name(), change).ok());
  // Dated before the change, recorded after it.
  const auto signature = Record(made.name(), Signed(kDay));
  ASSERT_TRUE(signature.ok()) << signature.status();
  EXPECT_EQ(signature->amount().units(), 200);
  EXPECT_EQ(Get(made.name()).amount().units(), 200);
  Fact correction = Signed(2 * kDay);
  correction.set_corrects(signature->name());
  correction.set_reason("the date on the paper");
  const auto corrected = Record(made.name(), correction);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->amount().units(), 200);
  EXPECT_EQ(Get(made.name()).amount().units(), 200);
}

// A change of the amount; `days` ago, or now.
Fact AmountChanged(int64_t amount, int64_t days = 0) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_AMOUNT_CHANGED);
  *fact.mutable_amount() = Euros(amount);
  if (days != 0) {
    fact.mutable_occur_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) - days * kDay);
  }
  return fact;
}

TEST_F(OpportunityFactsTest, ACorrectionKeepsTheTimeOfWhatItCorrects) {
  const v1::Opportunity made = Create(50);
  const auto first = Record(made.name(), AmountChanged(100, 3));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Record(made.name(), AmountChanged(200, 2)).ok());
  Fact correction = AmountChanged(110);
  correction.set_corrects(first->name());
  correction.set_reason("a digit was wrong");
  const auto corrected = Record(made.name(), correction);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(corrected->occur_time().seconds(), first->occur_time().seconds());
  EXPECT_EQ(Get(made.name()).amount().units(), 200);
}

TEST_F(OpportunityFactsTest, OfTwoAtTheSameTimeACorrectionKeepsItsPlace) {
  const v1::Opportunity made = Create(50);
  const Fact one = AmountChanged(100, 2);
  Fact two = one;
  *two.mutable_amount() = Euros(200);
  const auto first = Record(made.name(), one);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Record(made.name(), two).ok());
  std::string name = first->name();
  for (int64_t amount : {110, 120}) {  // a correction of the correction as well
    Fact correction = one;
    *correction.mutable_amount() = Euros(amount);
    correction.set_corrects(name);
    correction.set_reason("a digit was wrong");
    const auto corrected = Record(made.name(), correction);
    ASSERT_TRUE(corrected.ok()) << corrected.status();
    EXPECT_EQ(corrected->subject_version(), first->subject_version());
    name = corrected->name();
  }
  EXPECT_EQ(Get(made.name()).amount().units(), 200);
}

TEST_F(OpportunityFactsTest, PagesOfFactsFitAMessage) {
  const v1::Opportunity made = Create(50);
  Fact wide;
  wide.set_kind(fact::v1::FACT_KIND_NOTE);
  wide.set_summary(std::string(4000, 's'));
  for (int i = 0; i < 15; ++i) {
    (*wide.mutable_attributes())[absl::StrCat("a", i)] = std::string(1024, 'a');
  }
  constexpr int kNotes = 150;  // some 3 MB
  for (int i = 0; i < kNotes; ++i) ASSERT_TRUE(Record(made.name(), wide).ok());
  fact::v1::ListFactsRequest request;
  request.set_parent(made.name());
  request.set_page_size(500);
  int seen = 0;
  do {
    Call call = runtime_.MakeCall("ana@sales", "test/ListFacts");
    const auto page = facts_.ListFacts(call, request);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_LT(page->ByteSizeLong(), 3 << 20);
    seen += page->facts_size();
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, kNotes + 1);  // and the beginning
}

TEST_F(OpportunityFactsTest, AFactIsReadUnderItsOwnNameOnly) {
  const v1::Opportunity made = Create(100);
  Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  note.set_summary("met at the fair");
  const auto recorded = Record(made.name(), note);
  ASSERT_TRUE(recorded.ok());
  fact::v1::GetFactRequest request;
  Call call = runtime_.MakeCall("ana@sales");
  request.set_name(recorded->name());
  EXPECT_TRUE(facts_.GetFact(call, request).ok());
  // Another collection of this service, whose rights may be others.
  request.set_name("leads" + recorded->name().substr(std::string("opportunities").size()));
  EXPECT_EQ(facts_.GetFact(call, request).status().code(), absl::StatusCode::kNotFound);
  request.set_name("products" + recorded->name().substr(std::string("opportunities").size()));
  EXPECT_EQ(Reason(facts_.GetFact(call, request).status()), "OTHER_SERVICES_SUBJECT");
}

TEST_F(OpportunityFactsTest, AVoidedFactIsNotTakenForOneThatStands) {
  const v1::Opportunity made = Create(100);
  Fact signature = Signed(10);
  signature.mutable_external_id()->set_source("maven");
  signature.mutable_external_id()->set_id("1/signed");
  const auto first = Record(made.name(), signature);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(Record(made.name(), signature)->name(), first->name());
  Fact correction = Signed(20);
  correction.set_corrects(first->name());
  correction.set_reason("the hour was wrong");
  const auto corrected = Record(made.name(), correction);
  ASSERT_TRUE(corrected.ok()) << corrected.status();
  EXPECT_EQ(Record(made.name(), signature)->name(), corrected->name());
  ASSERT_TRUE(Void(corrected->name()).ok());
  EXPECT_EQ(Reason(Record(made.name(), signature).status()), "FACT_VOIDED");
}

TEST_F(OpportunityFactsTest, FinerTimesThanStoredChangeNothingLater) {
  const v1::Opportunity made = Create(100);
  Fact engaged;
  engaged.set_kind(fact::v1::FACT_KIND_ENGAGED);
  engaged.mutable_occur_time()->set_seconds(1'700'000'000);
  engaged.mutable_occur_time()->set_nanos(123'456'789);
  ASSERT_TRUE(Record(made.name(), engaged).ok());
  const std::string etag = Get(made.name()).etag();
  ASSERT_TRUE(Record(made.name(), fact::v1::FACT_KIND_NOTE).ok());
  Fact close;
  close.set_kind(fact::v1::FACT_KIND_CLOSE_DATE_CHANGED);
  close.mutable_close_date()->set_year(2030);
  close.mutable_close_date()->set_month(1);
  close.mutable_close_date()->set_day(1);
  EXPECT_EQ(Get(made.name()).etag(), etag);
  ASSERT_TRUE(Record(made.name(), close).ok());
  EXPECT_EQ(Get(made.name()).expected_close_date().year(), 2030);
}

TEST_F(OpportunityFactsTest, OneBadItemOfABatchIsTheOnlyOne) {
  const v1::Opportunity made = Create(100);
  fact::v1::BatchRecordFactsRequest batch;
  for (int i = 0; i < 4; ++i) {
    auto* request = batch.add_requests();
    request->set_parent(made.name());
    request->set_request_id(testlib::NewRequestId());
    request->mutable_fact()->set_kind(fact::v1::FACT_KIND_NOTE);
  }
  batch.mutable_requests(1)->mutable_fact()->set_summary(std::string(5000, 'x'));
  batch.mutable_requests(2)->set_parent("opportunities/0190f3a1-1234-7abc-8def-0123456789ab");
  Call call = runtime_.MakeCall("ana@sales");
  const auto reply = facts_.BatchRecordFacts(call, batch);
  ASSERT_TRUE(reply.ok()) << reply.status();
  const auto reason = [&](int i) {
    return Reason(FromRpcStatus(reply->results(i).status().status()));
  };
  EXPECT_EQ(reason(0), "");
  EXPECT_EQ(reason(1), "FIELD_TOO_LONG");
  EXPECT_EQ(reason(2), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(reason(3), "");
  EXPECT_FALSE(reply->results(3).fact().name().empty());
  EXPECT_FALSE(reply->results(1).has_fact());
}

TEST_F(OpportunityFactsTest, WhatItNamesOfThisServiceIsThere) {
  v1::CreateOpportunityRequest request;
  request.set_request_id(testlib::NewRequestId());
  request.mutable_opportunity()->set_display_name("Renewal");
  auto* line = request.mutable_opportunity()->add_lines();
  line->set_product("products/0190f3a1-1234-7abc-8def-0123456789ab");
  line->set_quantity(1);
  Call call = runtime_.MakeCall("ana@sales");
  EXPECT_EQ(Reason(opportunities_.CreateOpportunity(call, request).status()),
            "REFERENCE_NOT_FOUND");
}

TEST_F(OpportunityFactsTest, AVoidedChangeOfOwnerFallsBackToTheFirstOwner) {
  const v1::Opportunity made = Create(100);
  Fact change;
  change.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  change.set_owner("persons/sam");
  const auto changed = Record(made.name(), change);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_EQ(Get(made.name()).owner(), "persons/sam");
  ASSERT_TRUE(Void(changed->name()).ok());
  EXPECT_EQ(Get(made.name()).owner(), "persons/ana");
  change.set_owner("persons/nobody");
  EXPECT_EQ(Reason(Record(made.name(), change).status()), "UNKNOWN_PERSON");
}

TEST_F(OpportunityFactsTest, SignedIsWonInEveryLensUntilItIsVoided) {
  const std::string name = Create(100).name();
  EXPECT_EQ(Reason(Judge(name, "won").status()), "FACT_MISSING");
  ASSERT_TRUE(Judge(name, "lost").ok());
  const auto signature = Record(name, fact::v1::FACT_KIND_SIGNED);
  ASSERT_TRUE(signature.ok()) << signature.status();
  for (const char* as : {"ana@sales", "mia@marketing", "max@management", "sue@support"}) {
    EXPECT_EQ(Outcome(name, as), "won") << as;
  }
  EXPECT_EQ(Reason(Judge(name, "lost").status()), "DECIDED_BY_FACT");
  ASSERT_TRUE(Void(signature->name()).ok());
  EXPECT_EQ(Outcome(name, "ana@sales"), "lost");
}

TEST_F(OpportunityFactsTest, AnOwnLostLeavesOnlyTheOwnWorkingListAndASignatureBringsItBack) {
  const std::string name = Create(100).name();
  ASSERT_TRUE(Judge(name, "lost").ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::IsEmpty());
  EXPECT_THAT(WorkingList("ana@sales", /*show_all=*/true), ::testing::ElementsAre(name));
  EXPECT_THAT(WorkingList("mia@marketing"), ::testing::ElementsAre(name));
  EXPECT_THAT(WorkingList("max@management"), ::testing::ElementsAre(name));
  const auto signature = Record(name, fact::v1::FACT_KIND_SIGNED);
  ASSERT_TRUE(signature.ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::ElementsAre(name));
  ASSERT_TRUE(Void(signature->name()).ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::IsEmpty());
}

TEST_F(OpportunityFactsTest, AWithdrawnJudgementPutsItBackOnTheList) {
  const std::string name = Create(100).name();
  const auto lost = Judge(name, "lost");
  ASSERT_TRUE(lost.ok());
  judgement::v1::WithdrawRequest request;
  request.set_name(lost->name());
  request.set_request_id(testlib::NewRequestId());
  Call other = runtime_.MakeCall("mia@marketing");
  EXPECT_EQ(Reason(judgements_.Withdraw(other, request).status()), "OTHER_DEPARTMENT");
  Call own = runtime_.MakeCall("ana@sales");
  ASSERT_TRUE(judgements_.Withdraw(own, request).ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::ElementsAre(name));
  EXPECT_EQ(Outcome(name, "ana@sales"), "");
}

TEST_F(OpportunityFactsTest, TheAccessTableSaysWhoRecordsWhat) {
  const std::string name = Create(100).name();
  Fact signature;
  signature.set_kind(fact::v1::FACT_KIND_SIGNED);
  EXPECT_EQ(Reason(Record(name, signature, "mia@marketing").status()), "FACT_NOT_ALLOWED");
  Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  note.set_summary("Met at the fair.");
  EXPECT_TRUE(Record(name, note, "mia@marketing").ok());
}

TEST_F(OpportunityFactsTest, AnExternalIdIsRecordedOnce) {
  const std::string name = Create(100).name();
  Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  note.set_summary("one");
  note.mutable_external_id()->set_source("log");
  note.mutable_external_id()->set_id("17");
  const auto first = Record(name, note);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Record(name, note)->name(), first->name());
  note.set_summary("two");
  EXPECT_EQ(Reason(Record(name, note).status()), "EXTERNAL_ID_TAKEN");
  EXPECT_EQ(Reason(Record(Create(5).name(), note).status()), "EXTERNAL_ID_TAKEN");
}

TEST_F(OpportunityFactsTest, AReplayedRequestHasItsEffectOnceAndAnotherBodyIsRefused) {
  const std::string name = Create(100).name();
  fact::v1::RecordFactRequest request;
  request.set_parent(name);
  request.mutable_fact()->set_kind(fact::v1::FACT_KIND_SIGNED);
  request.set_request_id(testlib::NewRequestId());
  Call call = runtime_.MakeCall("ana@sales", "test/RecordFact");
  const auto first = facts_.RecordFact(call, request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(facts_.RecordFact(call, request)->name(), first->name());
  request.mutable_fact()->set_kind(fact::v1::FACT_KIND_DECLINED);
  EXPECT_EQ(Reason(facts_.RecordFact(call, request).status()), "REQUEST_ID_REUSED");
}

TEST_F(OpportunityFactsTest, TheHistoryHoldsEveryChangeInOrderWithoutPersonalData) {
  const std::string name = Create(100).name();
  Fact note;
  note.set_kind(fact::v1::FACT_KIND_NOTE);
  note.set_summary("canary-7f3a");
  ASSERT_TRUE(Record(name, note).ok());
  ASSERT_TRUE(Judge(name, "lost").ok());
  Call call = runtime_.MakeCall("ana@sales");
  std::vector<std::string> types;
  ASSERT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                COMITY_ASSIGN_OR_RETURN(const auto history,
                                        journal::ReadHistory(reader, name, 0, 100));
                for (size_t i = 0; i < history.size(); ++i) {
                  journal::v1::Entry entry;
                  EXPECT_TRUE(entry.ParseFromString(history[i].body));
                  EXPECT_EQ(entry.version(), static_cast<int64_t>(i) + 1);
                  EXPECT_EQ(entry.actor().person(), "persons/ana");
                  EXPECT_EQ(entry.charter_revision(), 1);
                  EXPECT_EQ(history[i].body.find("canary-7f3a"), std::string::npos);
                  types.push_back(entry.type());
                }
                return absl::OkStatus();
              }).ok());
  EXPECT_THAT(types, ::testing::ElementsAre("created", "fact-recorded", "fact-recorded", "judged"));
}

TEST_F(OpportunityFactsTest, AStandingShowsBothSides) {
  const std::string name = Create(100).name();
  ASSERT_TRUE(Judge(name, "lost").ok());
  judgement::v1::GetStandingRequest request;
  request.set_subject(name);
  request.set_question(kOutcome);
  Call call = runtime_.MakeCall("mia@marketing");
  const auto standing = judgements_.GetStanding(call, request);
  ASSERT_TRUE(standing.ok()) << standing.status();
  ASSERT_EQ(standing->standings_size(), 1);
  EXPECT_EQ(standing->standings(0).judgements_size(), 1);
  EXPECT_EQ(standing->standings(0).lens_answer().answer(), "lost");
  EXPECT_EQ(standing->standings(0).lens_answer().basis(), type::v1::ANSWER_BASIS_SETTLED);
  EXPECT_TRUE(standing->provisional());
  request.set_subject("opportunities/0190a000-0000-7000-8000-000000000002");
  EXPECT_EQ(Reason(judgements_.GetStanding(call, request).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(OpportunityFactsTest, AnAnswerThatTheCharterNoLongerHasIsShownAndCountsAsNone) {
  const std::string name = Create(100).name();
  EXPECT_EQ(Reason(Judge(name, "postponed", "max@management").status()), "UNKNOWN_ANSWER");
  Enact([](type::v1::Question* question) {
    AddPostponed(question);
    question->set_decider("departments/management");
  });
  const auto judged = Judge(name, "postponed", "max@management");
  ASSERT_TRUE(judged.ok()) << judged.status();
  EXPECT_EQ(judged->charter_revision(), 2);
  EXPECT_EQ(Outcome(name, "ana@sales"), "postponed");
  EXPECT_EQ(Standing(name, "ana@sales").charter_revision(), 2);

  Enact([](type::v1::Question* question) { question->mutable_answers()->RemoveLast(); });
  EXPECT_EQ(Outcome(name, "ana@sales"), "");
  EXPECT_EQ(Outcome(name, "max@management"), "");
  const auto standing = Standing(name, "max@management");
  EXPECT_EQ(standing.charter_revision(), 3);
  ASSERT_EQ(standing.standings(0).judgements_size(), 1);
  EXPECT_EQ(standing.standings(0).judgements(0).SerializeAsString(), judged->SerializeAsString());
  EXPECT_EQ(standing.standings(0).settled().answer(), "");
  EXPECT_EQ(standing.standings(0).explanation(),
            "Undecided, because departments/management decides this question and says `postponed` "
            "(which the charter no longer has). By revision 3 of the charter.");
  const absl::Status refused = Judge(name, "postponed", "max@management").status();
  EXPECT_EQ(Reason(refused), "UNKNOWN_ANSWER");
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("revision 3"));
  EXPECT_TRUE(Judge(name, "lost", "max@management").ok());
  EXPECT_EQ(Outcome(name, "ana@sales"), "lost");
}

TEST_F(OpportunityFactsTest, WorkingListsStayRightWhenVoicesAndAnswersChange) {
  const std::string lost = Create(100).name();
  const std::string open = Create(200).name();
  ASSERT_TRUE(Judge(lost, "lost").ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::ElementsAre(open));
  Enact([](type::v1::Question* question) {
    AddPostponed(question);
    question->set_decider("departments/management");
    question->mutable_voices()->DeleteSubrange(0, 1);  // of sales
  });
  EXPECT_EQ(Reason(Judge(open, "lost").status()), "NO_VOICE");
  // What sales held counts no more, and is still what its people took from their list.
  EXPECT_EQ(Outcome(lost, "ana@sales"), "");
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::ElementsAre(open));
  EXPECT_THAT(WorkingList("ana@sales", /*show_all=*/true),
              ::testing::UnorderedElementsAre(lost, open));
  const std::string later = Create(300).name();
  EXPECT_TRUE(Judge(later, "lost", "mia@marketing").ok());
  EXPECT_TRUE(Judge(open, "postponed", "mia@marketing").ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::UnorderedElementsAre(open, later));
  EXPECT_THAT(WorkingList("mia@marketing"), ::testing::UnorderedElementsAre(lost, open));
  // The voice given back changes nothing, and a signature brings back what it decides.
  Enact([](type::v1::Question* question) { question->add_voices("departments/sales"); });
  ASSERT_TRUE(Record(lost, fact::v1::FACT_KIND_SIGNED).ok());
  EXPECT_THAT(WorkingList("ana@sales"), ::testing::UnorderedElementsAre(lost, open, later));
  EXPECT_EQ(Outcome(lost, "ana@sales"), "won");
}

}  // namespace
}  // namespace comity::lead
