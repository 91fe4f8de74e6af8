// Facts and judgements that come along with an opportunity, on a real database: all or nothing, and
// the same as one by one.
#include <random>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/lead/lead_facts.h"
#include "services/lead/lead_migrations.h"
#include "services/lead/lead_service.h"
#include "services/lead/opportunity_service.h"
#include "services/runtime/fact/fact_service.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/judgement/judgement_service.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;
using google::protobuf::util::MessageDifferencer;
using judgement::v1::Judgement;
using testing::ElementsAre;
using testing::IsEmpty;
using testlib::NewRequestId;

constexpr int64_t kStart = 1'700'000'000;
constexpr int64_t kDay = 86'400;
constexpr const char* kOutcome = "questions/opportunity-outcome";

google::type::Money Eur(int64_t units) {
  google::type::Money money;
  money.set_currency_code("EUR");
  money.set_units(units);
  return money;
}

Fact FactOf(fact::v1::FactKind kind, int64_t days) {
  Fact fact;
  fact.set_kind(kind);
  fact.mutable_occur_time()->set_seconds(kStart + days * kDay);
  return fact;
}

Judgement Held(const std::string& question, const std::string& answer) {
  Judgement judgement;
  judgement.set_question(question);
  judgement.set_answer(answer);
  return judgement;
}

v1::CreateOpportunityRequest Renewal() {
  v1::CreateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  v1::Opportunity& opportunity = *request.mutable_opportunity();
  opportunity.set_display_name("Renewal");
  opportunity.set_owner("persons/ana");
  *opportunity.mutable_amount() = Eur(100);
  opportunity.mutable_open_time()->set_seconds(kStart);
  return request;
}

class AlongTest : public testing::Test {
 protected:
  absl::StatusOr<v1::Opportunity> Create(const v1::CreateOpportunityRequest& request,
                                         const std::string& who = "ana@sales") {
    Call call = runtime_.MakeCall(who, "test/Create");
    return opportunities_.CreateOpportunity(call, request);
  }

  v1::Opportunity Get(const std::string& name) {
    Call call = runtime_.MakeCall("ana@sales");
    v1::GetOpportunityRequest request;
    request.set_name(name);
    auto read = opportunities_.GetOpportunity(call, request);
    EXPECT_TRUE(read.ok()) << read.status();
    if (!read.ok()) return {};
    read->clear_lens_answers();
    return *read;
  }

  absl::Status Record(const std::string& name, const Fact& fact) {
    Call call = runtime_.MakeCall("ana@sales", "test/Record");
    fact::v1::RecordFactRequest request;
    request.set_parent(name);
    request.set_request_id(NewRequestId());
    *request.mutable_fact() = fact;
    return facts_.RecordFact(call, request).status();
  }

  absl::Status Judge(const std::string& name, Judgement judgement) {
    Call call = runtime_.MakeCall("ana@sales", "test/Judge");
    judgement::v1::JudgeRequest request;
    request.set_request_id(NewRequestId());
    judgement.set_subject(name);
    *request.mutable_judgement() = judgement;
    return judgements_.Judge(call, request).status();
  }

  std::vector<std::string> WorkingList(const std::string& who = "ana@sales") {
    Call call = runtime_.MakeCall(who);
    v1::ListOpportunitiesRequest request;
    request.set_page_size(500);
    const auto page = opportunities_.ListOpportunities(call, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    for (const auto& found : page->opportunities()) names.push_back(found.name());
    return names;
  }
  bool IsListed(const std::string& name) {
    const auto names = WorkingList();
    return std::find(names.begin(), names.end(), name) != names.end();
  }

  std::vector<std::string> EntryTypes(const std::string& name) {
    std::vector<std::string> types;
    Call call = runtime_.MakeCall("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 500));
                  for (const auto& bytes : stored) {
                    journal::v1::Entry entry;
                    EXPECT_TRUE(entry.ParseFromString(bytes.body));
                    types.push_back(absl::StrCat(entry.version(), " ", entry.type()));
                  }
                  return absl::OkStatus();
                }).ok());
    return types;
  }

  int64_t Rows(const std::string& table) {
    Call call = runtime_.MakeCall("ana@sales");
    int64_t count = -1;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(
                      const auto rows,
                      reader.Query(absl::StrCat("SELECT COUNT(*) FROM ", table), {}));
                  if (rows->Next()) count = rows->Int(0);
                  return absl::OkStatus();
                }).ok());
    return count;
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  OpportunityService opportunities_{nullptr};
  LeadService leads_{nullptr};
  fact::FactService facts_{nullptr, Subjects()};
  judgement::JudgementService judgements_{nullptr, Subjects()};
};

TEST_F(AlongTest, AnOpportunityComesWithWhatHappenedAndWhatIsHeld) {
  v1::CreateOpportunityRequest request = Renewal();
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_ENGAGED, 1);
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_SIGNED, 2);
  *request.mutable_facts(1)->mutable_amount() = Eur(90);
  *request.add_judgements() = Held(kOutcome, "won");
  const auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->sign_time().seconds(), kStart + 2 * kDay);
  EXPECT_EQ(created->amount().units(), 90);
  EXPECT_TRUE(MessageDifferencer::Equals(*created, Get(created->name())))
      << Get(created->name()).DebugString();
  EXPECT_THAT(EntryTypes(created->name()),
              ElementsAre("1 created", "2 fact-recorded", "3 fact-recorded", "4 fact-recorded",
                          "5 judged"));
  EXPECT_EQ(EntryTypes(created->name()).size(), 5u);
  const auto again = Create(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(MessageDifferencer::Equals(*created, *again));
  EXPECT_EQ(Rows("facts"), 3);
}

TEST_F(AlongTest, WhatIsRefusedLeavesNothing) {
  v1::CreateOpportunityRequest request = Renewal();
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_ENGAGED, 1);
  *request.add_judgements() = Held("questions/opportunity-stage", "engaging");
  *request.add_judgements() = Held(kOutcome, "won");
  const absl::Status refused = Create(request).status();
  EXPECT_EQ(Reason(refused), "FACT_MISSING");
  EXPECT_EQ(ErrorValue(refused, "item"), "judgements[1]");
  for (const char* table : {"opportunities", "opportunity_lists", "facts", "judgements",
                            "standings", "journal_entries", "journal_pending"}) {
    EXPECT_EQ(Rows(table), 0) << table;
  }
}

TEST_F(AlongTest, NobodySaysAlongWhatHeMayNotSayAlone) {
  v1::CreateOpportunityRequest request = Renewal();
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_SIGNED, 2);
  absl::Status refused = Create(request, "mia@marketing").status();
  EXPECT_EQ(Reason(refused), "FACT_NOT_ALLOWED");
  EXPECT_EQ(ErrorValue(refused, "item"), "facts[0]");
  request = Renewal();
  *request.add_judgements() = Held("questions/forecast-category", "commit");
  EXPECT_EQ(Reason(Create(request, "mia@marketing").status()), "NO_VOICE");
  request = Renewal();
  *request.add_judgements() = Held(kOutcome, "lost");
  request.mutable_judgements(0)->set_department("departments/marketing");
  const auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_THAT(WorkingList("ana@sales"), IsEmpty());  // sales judged, whatever the message says
  EXPECT_THAT(WorkingList("mia@marketing"), ElementsAre(created->name()));
  request = Renewal();
  *request.add_judgements() = Held(kOutcome, "lost");
  request.mutable_judgements(0)->set_subject(created->name());
  EXPECT_EQ(Reason(Create(request).status()), "OTHER_SUBJECT");
  request = Renewal();
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_CREATED, 1);
  EXPECT_EQ(Reason(Create(request).status()), "UNKNOWN_FACT_KIND");
}

TEST_F(AlongTest, WhatIsTooMuchForATransactionIsRefusedWhole) {
  v1::CreateOpportunityRequest request = Renewal();
  for (int i = 0; i < 150; ++i) {
    *request.add_facts() = FactOf(fact::v1::FACT_KIND_NOTE, 1);
    request.mutable_facts(i)->set_summary(std::string(4000, 'x'));
  }
  EXPECT_EQ(Reason(Create(request).status()), "TOO_MUCH_ALONG");
  EXPECT_EQ(Rows("opportunities"), 0);
}

TEST_F(AlongTest, TheSameFactTwiceIsOneFact) {
  v1::CreateOpportunityRequest request = Renewal();
  for (int i = 0; i < 2; ++i) {
    *request.add_facts() = FactOf(fact::v1::FACT_KIND_ENGAGED, 1);
    request.mutable_facts(i)->mutable_external_id()->set_source("crm");
    request.mutable_facts(i)->mutable_external_id()->set_id("7");
  }
  const auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(EntryTypes(created->name()).size(), 3u);
}

TEST_F(AlongTest, AFactIsOneSubjectsFact) {
  v1::CreateOpportunityRequest request = Renewal();
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_ENGAGED, 1);
  request.mutable_facts(0)->mutable_external_id()->set_source("crm");
  request.mutable_facts(0)->mutable_external_id()->set_id("7");
  const auto first = Create(request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_request_id(NewRequestId());
  const absl::Status taken = Create(request).status();
  EXPECT_EQ(Reason(taken), "EXTERNAL_ID_TAKEN");
  EXPECT_THAT(ErrorValue(taken, "name"), testing::StartsWith(first->name()));
  EXPECT_EQ(ErrorValue(taken, "item"), "facts[0]");
  EXPECT_EQ(Rows("opportunities"), 1);
}

TEST_F(AlongTest, AVoidedChangeOfOwnerFallsBackToTheFirst) {
  v1::CreateLeadRequest request;
  request.set_request_id(NewRequestId());
  request.mutable_lead()->set_family_name("Lovelace");
  request.mutable_lead()->set_owner("persons/ana");
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_OWNER_CHANGED, 1);
  request.mutable_facts(0)->set_owner("persons/sam");
  Call call = runtime_.MakeCall("ana@sales", "test/Create");
  const auto lead = leads_.CreateLead(call, request);
  ASSERT_TRUE(lead.ok()) << lead.status();
  EXPECT_EQ(lead->owner(), "persons/sam");
  fact::v1::ListFactsRequest list;
  list.set_parent(lead->name());
  const auto facts = facts_.ListFacts(call, list);
  ASSERT_TRUE(facts.ok());
  fact::v1::VoidFactRequest voiding;
  voiding.set_request_id(NewRequestId());
  voiding.set_name(facts->facts(0).name());
  voiding.set_reason("mistaken");
  ASSERT_TRUE(facts_.VoidFact(call, voiding).ok());
  v1::GetLeadRequest get;
  get.set_name(lead->name());
  EXPECT_EQ(leads_.GetLead(call, get)->owner(), "persons/ana");
}

TEST_F(AlongTest, AnUpdateTakesThemAlongOrDoesNothing) {
  const auto created = Create(Renewal());
  ASSERT_TRUE(created.ok());
  Call call = runtime_.MakeCall("ana@sales", "test/Update");
  v1::UpdateOpportunityRequest request;
  request.set_request_id(NewRequestId());
  *request.mutable_opportunity() = *created;
  request.mutable_opportunity()->set_display_name("Renewed");
  request.mutable_update_mask()->add_paths("display_name");
  *request.add_facts() = FactOf(fact::v1::FACT_KIND_ENGAGED, 1);
  *request.add_judgements() = Held(kOutcome, "won");
  EXPECT_EQ(Reason(opportunities_.UpdateOpportunity(call, request).status()), "FACT_MISSING");
  EXPECT_TRUE(MessageDifferencer::Equals(*created, Get(created->name())));
  request.mutable_judgements(0)->set_answer("lost");
  request.mutable_opportunity()->set_etag("r99");
  EXPECT_EQ(Reason(opportunities_.UpdateOpportunity(call, request).status()), "ETAG_MISMATCH");
  EXPECT_TRUE(MessageDifferencer::Equals(*created, Get(created->name())));
  request.mutable_opportunity()->set_etag(created->etag());
  const auto updated = opportunities_.UpdateOpportunity(call, request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "Renewed");
  EXPECT_TRUE(updated->has_engage_time());
  EXPECT_TRUE(MessageDifferencer::Equals(*updated, Get(created->name())));
  EXPECT_FALSE(IsListed(created->name()));
  EXPECT_THAT(EntryTypes(created->name()), ElementsAre("1 created", "2 fact-recorded", "3 updated",
                                                       "4 fact-recorded", "5 judged"));
}

TEST_F(AlongTest, ABatchOfUpdatesGoesInItsOrderAndRefusesOnlyWhatIsWrong) {
  const auto created = Create(Renewal());
  ASSERT_TRUE(created.ok());
  v1::BatchUpdateOpportunitiesRequest batch;
  const auto add = [&](fact::v1::FactKind kind, int64_t days) {
    v1::UpdateOpportunityRequest* request = batch.add_requests();
    request->set_request_id(NewRequestId());
    request->mutable_opportunity()->set_name(created->name());
    *request->add_facts() = FactOf(kind, days);
    return request;
  };
  add(fact::v1::FACT_KIND_ENGAGED, 1);
  add(fact::v1::FACT_KIND_SIGNED, 2);
  add(fact::v1::FACT_KIND_SIGNED, 3);  // it is signed already
  *add(fact::v1::FACT_KIND_NOTE, 4)->add_judgements() = Held(kOutcome, "won");
  batch.mutable_requests(3)->mutable_facts(0)->set_summary("done");
  Call call = runtime_.MakeCall("ana@sales", "test/BatchUpdate");
  const auto updated = opportunities_.BatchUpdateOpportunities(call, batch);
  ASSERT_TRUE(updated.ok()) << updated.status();
  ASSERT_EQ(updated->results_size(), 4);
  for (const int i : {0, 1, 3}) {
    EXPECT_EQ(updated->results(i).status().status().code(), 0) << updated->results(i).DebugString();
  }
  EXPECT_NE(updated->results(2).status().status().code(), 0);
  EXPECT_FALSE(updated->results(2).has_opportunity());
  EXPECT_EQ(updated->results(3).opportunity().sign_time().seconds(), kStart + 2 * kDay);
  EXPECT_EQ(EntryTypes(created->name()).size(), 6u);
}

// A random story of an opportunity: some of it does not follow.
struct Story {
  std::vector<Fact> facts;
  std::vector<Judgement> judgements;
};

Story RandomStory(std::mt19937* random) {
  const auto below = [&](int n) {
    return static_cast<int>((*random)() % static_cast<unsigned>(n));
  };
  constexpr fact::v1::FactKind kKinds[] = {
      fact::v1::FACT_KIND_ENGAGED,       fact::v1::FACT_KIND_AMOUNT_CHANGED,
      fact::v1::FACT_KIND_OWNER_CHANGED, fact::v1::FACT_KIND_NOTE,
      fact::v1::FACT_KIND_DECLINED,      fact::v1::FACT_KIND_SIGNED};
  Story story;
  for (int i = below(6); i > 0; --i) {
    Fact fact = FactOf(kKinds[below(6)], below(100));
    if (fact.kind() == fact::v1::FACT_KIND_AMOUNT_CHANGED ||
        (fact.kind() == fact::v1::FACT_KIND_SIGNED && below(2) == 0)) {
      *fact.mutable_amount() = Eur(below(1000));
    }
    if (fact.kind() == fact::v1::FACT_KIND_OWNER_CHANGED) fact.set_owner("persons/sam");
    if (fact.kind() == fact::v1::FACT_KIND_NOTE) fact.set_summary("said so");
    story.facts.push_back(std::move(fact));
  }
  constexpr const char* kStages[] = {"prospecting", "engaging"};
  constexpr const char* kOutcomes[] = {"won", "lost"};
  for (int i = below(4); i > 0; --i) {
    story.judgements.push_back(below(2) == 0
                                   ? Held("questions/opportunity-stage", kStages[below(2)])
                                   : Held(kOutcome, kOutcomes[below(2)]));
  }
  return story;
}

TEST_F(AlongTest, TogetherIsTheSameAsOneByOne) {
  std::mt19937 random(20261126);
  int refused = 0;
  for (int round = 0; round < 120; ++round) {
    const Story story = RandomStory(&random);
    const auto alone = Create(Renewal());
    ASSERT_TRUE(alone.ok());
    absl::Status first;
    for (const Fact& fact : story.facts) {
      if (first.ok()) first = Record(alone->name(), fact);
    }
    for (const Judgement& judgement : story.judgements) {
      if (first.ok()) first = Judge(alone->name(), judgement);
    }
    v1::CreateOpportunityRequest request = Renewal();
    for (const Fact& fact : story.facts) *request.add_facts() = fact;
    for (const Judgement& judgement : story.judgements) *request.add_judgements() = judgement;
    const auto together = Create(request);
    ASSERT_EQ(Reason(together.status()), Reason(first)) << request.DebugString();
    if (!first.ok()) {
      ++refused;
      continue;
    }
    v1::Opportunity one = Get(alone->name());
    v1::Opportunity other = Get(together->name());
    EXPECT_TRUE(MessageDifferencer::Equals(*together, other)) << other.DebugString();
    EXPECT_EQ(IsListed(one.name()), IsListed(other.name())) << request.DebugString();
    EXPECT_EQ(EntryTypes(one.name()), EntryTypes(other.name()));
    for (v1::Opportunity* record : {&one, &other}) {
      record->clear_name();
      record->clear_create_time();
      record->clear_update_time();
    }
    EXPECT_TRUE(MessageDifferencer::Equals(one, other))
        << one.DebugString() << other.DebugString() << request.DebugString();
  }
  EXPECT_GT(refused, 10);
  EXPECT_LT(refused, 100);
}

}  // namespace
}  // namespace comity::lead
