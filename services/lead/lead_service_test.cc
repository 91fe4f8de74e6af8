// The standard methods on a real database. Leads stand for every resource.
#include "services/lead/lead_service.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/lead/lead_migrations.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::lead {
namespace {

using absl::StatusCode;
using google::protobuf::util::MessageDifferencer;
using testing::ElementsAre;
using testlib::NewRequestId;

class LeadServiceTest : public testing::Test {
 protected:
  Call As(const std::string& who, const std::string& method = "CreateLead") {
    return runtime_.MakeCall(who, "comity.lead.v1.LeadService/" + method);
  }

  static v1::CreateLeadRequest Request(const std::string& family_name) {
    v1::CreateLeadRequest request;
    request.set_request_id(NewRequestId());
    request.mutable_lead()->set_family_name(family_name);
    return request;
  }

  absl::StatusOr<v1::Lead> Create(const v1::CreateLeadRequest& request,
                                  const std::string& who = "ana@sales") {
    Call call = As(who);
    return service_.CreateLead(call, request);
  }

  v1::Lead MustCreate(const v1::CreateLeadRequest& request) {
    const absl::StatusOr<v1::Lead> lead = Create(request);
    EXPECT_TRUE(lead.ok()) << lead.status();
    return lead.ok() ? *lead : v1::Lead();
  }

  absl::StatusOr<v1::Lead> Get(const std::string& name, const std::string& lens = "",
                               const std::string& who = "ana@sales") {
    Call call = As(who, "GetLead");
    v1::GetLeadRequest request;
    request.set_name(name);
    request.set_lens(lens);
    return service_.GetLead(call, request);
  }

  absl::StatusOr<v1::Lead> Update(const v1::Lead& lead, std::initializer_list<const char*> paths,
                                  bool validate_only = false) {
    Call call = As("ana@sales", "UpdateLead");
    v1::UpdateLeadRequest request;
    *request.mutable_lead() = lead;
    for (const char* path : paths) request.mutable_update_mask()->add_paths(path);
    request.set_request_id(NewRequestId());
    request.set_validate_only(validate_only);
    return service_.UpdateLead(call, request);
  }

  std::vector<journal::v1::Entry> History(const std::string& name) {
    std::vector<journal::v1::Entry> entries;
    Call call = As("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto stored,
                                          journal::ReadHistory(reader, name, 0, 100));
                  for (const journal::StoredEntry& entry : stored) {
                    EXPECT_TRUE(entries.emplace_back().ParseFromString(entry.body));
                  }
                  return absl::OkStatus();
                }).ok());
    return entries;
  }

  int64_t Count(const std::string& table) {
    int64_t count = -1;
    Call call = As("ana@sales");
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(const auto rows,
                                          reader.Query("SELECT COUNT(*) FROM " + table, {}));
                  rows->Next();
                  count = rows->Int(0);
                  return absl::OkStatus();
                }).ok());
    return count;
  }

  testlib::Database database_{LeadMigrations()};
  testlib::TestRuntime runtime_{&database_};
  LeadService service_{nullptr};
};

TEST_F(LeadServiceTest, CreatesAndReadsBackTheSame) {
  v1::CreateLeadRequest request = Request("Muster");
  request.mutable_lead()->set_given_name("Petra");
  request.mutable_lead()->set_owner("persons/sam");
  request.mutable_lead()->mutable_capture_time()->set_seconds(1'700'000'000);
  request.mutable_lead()->mutable_capture_time()->set_nanos(123'456'789);
  (*request.mutable_lead()->mutable_attributes())["region"] = "north";
  request.mutable_lead()->set_name("leads/chosen");  // the service sets these
  request.mutable_lead()->mutable_create_time()->set_seconds(1);
  request.mutable_lead()->set_etag("mine");
  const v1::Lead lead = MustCreate(request);
  EXPECT_EQ(lead.responsible_department(), "departments/sales");
  EXPECT_EQ(lead.given_name(), "Petra");
  EXPECT_EQ(lead.capture_time().nanos(), 123'456'000);
  EXPECT_NE(lead.name(), "leads/chosen");
  EXPECT_NE(lead.etag(), "mine");
  EXPECT_GT(lead.create_time().seconds(), 1'000'000'000);

  absl::StatusOr<v1::Lead> read = Get(lead.name());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->lens_answers_size(), 1);
  EXPECT_EQ(read->lens_answers(0).question(), "questions/lead-quality");
  EXPECT_EQ(read->lens_answers(0).answer(), "");
  read->clear_lens_answers();
  EXPECT_TRUE(MessageDifferencer::Equals(lead, *read)) << read->DebugString();
}

TEST_F(LeadServiceTest, JournalsWhoCreatedItWithoutPersonalData) {
  v1::CreateLeadRequest request = Request("Muster");
  request.mutable_lead()->set_source("web-form");
  request.mutable_lead()->mutable_capture_time()->set_seconds(1'700'000'000);
  const v1::Lead lead = MustCreate(request);
  const auto history = History(lead.name());
  ASSERT_EQ(history.size(), 1u);
  EXPECT_EQ(history[0].type(), "created");
  EXPECT_EQ(history[0].version(), 1);
  EXPECT_EQ(history[0].actor().person(), "persons/ana");
  EXPECT_EQ(history[0].actor().department(), "departments/sales");
  EXPECT_EQ(history[0].request_id(), request.request_id());
  EXPECT_EQ(history[0].occur_time().seconds(), 1'700'000'000);
  EXPECT_EQ(history[0].charter_revision(), 1);
  v1::Lead recorded;
  ASSERT_TRUE(history[0].payload().UnpackTo(&recorded));
  EXPECT_EQ(recorded.source(), "web-form");
  EXPECT_EQ(recorded.family_name(), "");
}

TEST_F(LeadServiceTest, RefusesWhatARecordMustNotBe) {
  v1::CreateLeadRequest request = Request("");
  EXPECT_EQ(Reason(Create(request).status()), "LEAD_UNIDENTIFIED");
  request = Request("Muster");
  request.mutable_lead()->set_owner("persons/nobody");
  EXPECT_EQ(Reason(Create(request).status()), "UNKNOWN_PERSON");
  request.mutable_lead()->set_owner("ana");
  EXPECT_EQ(Reason(Create(request).status()), "INVALID_NAME");
  request = Request("Muster");
  request.mutable_lead()->mutable_external_id()->set_source("maven");
  EXPECT_EQ(Reason(Create(request).status()), "EXTERNAL_ID_INCOMPLETE");
  request = Request("Muster");
  (*request.mutable_lead()->mutable_attributes())["x"] = std::string(1025, 'x');
  EXPECT_EQ(Reason(Create(request).status()), "ATTRIBUTES_INVALID");
  request = Request("Muster");
  for (int i = 0; i < 65; ++i) {
    (*request.mutable_lead()->mutable_attributes())[absl::StrCat("k", i)] = "v";
  }
  EXPECT_EQ(Reason(Create(request).status()), "ATTRIBUTES_INVALID");
  request.mutable_lead()->mutable_attributes()->erase("k0");
  (*request.mutable_lead()->mutable_attributes())["import.said"] = std::string(1020, '0');
  request.set_validate_only(true);
  EXPECT_EQ(Create(request).status(), absl::OkStatus());
  request = Request("Muster");
  request.mutable_lead()->set_responsible_department("departments/marketing");
  const absl::Status foreign = Create(request).status();
  EXPECT_EQ(foreign.code(), StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(foreign), "RESPONSIBILITY_NOT_OWN");
  request = Request("Muster");
  request.clear_request_id();
  EXPECT_EQ(Reason(Create(request).status()), "REQUEST_ID_REQUIRED");
  request.set_request_id("1");
  EXPECT_EQ(Reason(Create(request).status()), "REQUEST_ID_INVALID");
  request = Request("Muster");
  request.clear_lead();
  EXPECT_EQ(Reason(Create(request).status()), "FIELD_REQUIRED");
  EXPECT_EQ(Count("leads"), 0);
}

TEST_F(LeadServiceTest, AnExternalIdIsTakenOnce) {
  v1::CreateLeadRequest request = Request("Muster");
  request.mutable_lead()->mutable_external_id()->set_source("maven");
  request.mutable_lead()->mutable_external_id()->set_id("7");
  const v1::Lead lead = MustCreate(request);
  request.set_request_id(NewRequestId());
  const absl::Status taken = Create(request).status();
  EXPECT_EQ(taken.code(), StatusCode::kAlreadyExists);
  EXPECT_EQ(Reason(taken), "EXTERNAL_ID_TAKEN");
  EXPECT_EQ(ErrorValue(taken, "name"), lead.name());
  request.mutable_lead()->mutable_external_id()->set_source("elsewhere");
  request.set_request_id(NewRequestId());
  const v1::Lead other = MustCreate(request);
  v1::Lead patch = other;
  patch.mutable_external_id()->set_source("maven");
  EXPECT_EQ(Reason(Update(patch, {"external_id"}).status()), "EXTERNAL_ID_TAKEN");
}

TEST_F(LeadServiceTest, ARepeatedRequestHasItsEffectOnce) {
  const v1::CreateLeadRequest request = Request("Muster");
  const v1::Lead lead = MustCreate(request);
  const v1::Lead again = MustCreate(request);
  EXPECT_TRUE(MessageDifferencer::Equals(lead, again));
  EXPECT_EQ(Count("leads"), 1);
  v1::CreateLeadRequest other = request;
  other.mutable_lead()->set_family_name("Beispiel");
  EXPECT_EQ(Reason(Create(other).status()), "REQUEST_ID_REUSED");
  EXPECT_TRUE(Create(request, "sam@sales").ok());  // another person's id is another request
  EXPECT_EQ(Count("leads"), 2);
}

TEST_F(LeadServiceTest, ValidateOnlyChecksAndStoresNothing) {
  v1::CreateLeadRequest request = Request("Muster");
  request.set_validate_only(true);
  EXPECT_EQ(MustCreate(request).family_name(), "Muster");
  EXPECT_EQ(Count("leads"), 0);
  EXPECT_EQ(Count("journal_entries"), 0);
  request.mutable_lead()->set_owner("persons/nobody");
  EXPECT_EQ(Reason(Create(request).status()), "UNKNOWN_PERSON");
}

TEST_F(LeadServiceTest, GetSaysWhatIsMissing) {
  EXPECT_EQ(Reason(Get("leads/0190f3a1-1234-7abc-8def-0123456789ab").status()),
            "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Reason(Get("leads/1").status()), "INVALID_NAME");
  EXPECT_EQ(Reason(Get("accounts/0190f3a1-1234-7abc-8def-0123456789ab").status()), "INVALID_NAME");
  EXPECT_EQ(Reason(Get(MustCreate(Request("Muster")).name(), "departments/nothing").status()),
            "UNKNOWN_LENS");
}

TEST_F(LeadServiceTest, UpdatesByMaskAndJournalsIt) {
  v1::Lead lead = MustCreate(Request("Muster"));
  v1::Lead patch = lead;
  patch.set_country("CH");
  patch.set_source("fair");
  const absl::StatusOr<v1::Lead> updated = Update(patch, {"country"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->country(), "CH");
  EXPECT_EQ(updated->source(), "");
  EXPECT_NE(updated->etag(), lead.etag());
  absl::StatusOr<v1::Lead> read = Get(lead.name());
  ASSERT_TRUE(read.ok());
  read->clear_lens_answers();
  EXPECT_TRUE(MessageDifferencer::Equals(*updated, *read));
  const auto history = History(lead.name());
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].type(), "updated");
  EXPECT_EQ(history[1].version(), 2);
}

TEST_F(LeadServiceTest, AnUpdateThatChangesNothingLeavesNoTrace) {
  const v1::Lead lead = MustCreate(Request("Muster"));
  const absl::StatusOr<v1::Lead> same = Update(lead, {});
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_TRUE(MessageDifferencer::Equals(lead, *same));
  EXPECT_EQ(History(lead.name()).size(), 1u);
}

TEST_F(LeadServiceTest, RefusesUpdatesOfWhatIsNotThereNotKnownOrFixed) {
  v1::Lead lead = MustCreate(Request("Muster"));
  EXPECT_EQ(Reason(Update(lead, {"nothing"}).status()), "UNKNOWN_FIELD_PATH");
  EXPECT_EQ(Reason(Update(lead, {"create_time"}).status()), "FIELD_NOT_UPDATABLE");
  EXPECT_EQ(Reason(Update(lead, {"owner"}).status()), "FIELD_NOT_UPDATABLE");
  lead.clear_family_name();
  EXPECT_EQ(Reason(Update(lead, {"family_name"}).status()), "LEAD_UNIDENTIFIED");
  lead.set_name("leads/0190f3a1-1234-7abc-8def-0123456789ab");
  EXPECT_EQ(Reason(Update(lead, {"country"}).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(LeadServiceTest, ValidateOnlyUpdatesNothing) {
  v1::Lead lead = MustCreate(Request("Muster"));
  lead.set_country("CH");
  EXPECT_EQ(Update(lead, {"country"}, true)->country(), "CH");
  EXPECT_EQ(Get(lead.name())->country(), "");
}

TEST_F(LeadServiceTest, OfTwoWritersOneWins) {
  const v1::Lead lead = MustCreate(Request("Muster"));
  for (int round = 0; round < 10; ++round) {
    v1::Lead patch = *Get(lead.name());
    absl::Status outcomes[2];
    std::vector<std::thread> writers;
    for (int i = 0; i < 2; ++i) {
      writers.emplace_back([&, i, patch]() mutable {
        patch.set_country(absl::StrCat(round, "-", i));
        outcomes[i] = Update(patch, {"country"}).status();
      });
    }
    for (std::thread& writer : writers) writer.join();
    ASSERT_NE(outcomes[0].ok(), outcomes[1].ok());
    const absl::Status& loser = outcomes[0].ok() ? outcomes[1] : outcomes[0];
    EXPECT_EQ(loser.code(), StatusCode::kAborted);
    EXPECT_EQ(Reason(loser), "ETAG_MISMATCH");
    EXPECT_EQ(Get(lead.name())->country(), absl::StrCat(round, outcomes[0].ok() ? "-0" : "-1"));
  }
  EXPECT_EQ(History(lead.name()).size(), 11u);
}

TEST_F(LeadServiceTest, WritersWithoutEtagLoseNoFieldOfEachOther) {
  v1::Lead lead = MustCreate(Request("Muster"));
  lead.clear_etag();
  std::vector<std::thread> writers;
  for (const char* field : {"country", "source", "domain", "job_title"}) {
    writers.emplace_back([&, field, patch = lead]() mutable {
      patch.set_country("x");
      patch.set_source("x");
      patch.set_domain("x");
      patch.set_job_title("x");
      EXPECT_TRUE(Update(patch, {field}).ok());
    });
  }
  for (std::thread& writer : writers) writer.join();
  const v1::Lead read = *Get(lead.name());
  EXPECT_EQ(read.country() + read.source() + read.domain() + read.job_title(), "xxxx");
}

TEST_F(LeadServiceTest, ABatchHasOneResultEach) {
  v1::BatchCreateLeadsRequest request;
  *request.add_requests() = Request("Eins");
  *request.add_requests() = Request("");
  *request.add_requests() = Request("Drei");
  Call call = As("ana@sales", "BatchCreateLeads");
  const auto reply = service_.BatchCreateLeads(call, request);
  ASSERT_TRUE(reply.ok()) << reply.status();
  ASSERT_EQ(reply->results_size(), 3);
  EXPECT_EQ(reply->results(0).lead().family_name(), "Eins");
  EXPECT_EQ(reply->results(0).status().status().code(), 0);
  EXPECT_FALSE(reply->results(1).has_lead());
  EXPECT_EQ(Reason(FromRpcStatus(reply->results(1).status().status())), "LEAD_UNIDENTIFIED");
  EXPECT_EQ(reply->results(2).lead().family_name(), "Drei");
  EXPECT_EQ(Count("leads"), 2);
  Call again = As("ana@sales", "BatchCreateLeads");
  const auto repeated = service_.BatchCreateLeads(again, request);
  ASSERT_TRUE(repeated.ok());
  EXPECT_EQ(repeated->results(2).lead().name(), reply->results(2).lead().name());
  EXPECT_EQ(Count("leads"), 2);
  while (request.requests_size() <= 200) *request.add_requests() = Request("Viele");
  EXPECT_EQ(Reason(service_.BatchCreateLeads(call, request).status()), "BATCH_TOO_LARGE");
}

}  // namespace
}  // namespace comity::lead
