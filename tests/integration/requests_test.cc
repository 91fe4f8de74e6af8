// What is refused, each with its own clear error; and what happens once however often it is asked.
#include <algorithm>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/customer_service.grpc.pb.h"
#include "comity/judgement/v1/judgement_service.grpc.pb.h"
#include "comity/lead/v1/lead_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using LeadStub = lead::v1::LeadService::Stub;

absl::StatusOr<lead::v1::Lead> Update(const std::string& as, const lead::v1::Lead& lead,
                                      const std::string& path) {
  lead::v1::UpdateLeadRequest request;
  *request.mutable_lead() = lead;
  request.mutable_update_mask()->add_paths(path);
  request.set_request_id(NewRequestId());
  return Suite::Get().Call(&LeadStub::UpdateLead, "lead", as, request);
}

absl::StatusOr<lead::v1::ListLeadsResponse> List(const std::string& as,
                                                 const lead::v1::ListLeadsRequest& request) {
  return Suite::Get().Call(&LeadStub::ListLeads, "lead", as, request);
}

TEST(Requests, AnotherDepartmentsJudgementStaysItsOwn) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok()) << lead.status();
  const auto judged = Judge("mia@marketing", lead->name(), "lead-quality", "qualified");
  ASSERT_TRUE(judged.ok()) << judged.status();
  judgement::v1::WithdrawRequest request;
  request.set_name(judged->name());
  request.set_request_id(NewRequestId());
  const absl::Status status =
      Suite::Get()
          .Call(&judgement::v1::JudgementService::Stub::Withdraw, "lead", "ana@sales", request)
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(status), "OTHER_DEPARTMENT");
}

TEST(Requests, WonNeedsASignature) {
  const std::string opportunity = CreateOpportunity("ana@sales", CreateAccount("ana@sales"));
  const absl::Status status =
      Judge("ana@sales", opportunity, "opportunity-outcome", "won").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Reason(status), "FACT_MISSING");
  ASSERT_TRUE(RecordFact("ana@sales", opportunity, fact::v1::FACT_KIND_SIGNED).ok());
  EXPECT_EQ(Reason(Judge("ana@sales", opportunity, "opportunity-outcome", "lost").status()),
            "DECIDED_BY_FACT");
}

TEST(Requests, UnknownFieldPath) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok());
  const absl::Status status = Update("ana@sales", *lead, "nickname").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "UNKNOWN_FIELD_PATH");
}

TEST(Requests, TwoMebibytes) {
  const absl::Status status = CreateLead("ana@sales", std::string(2 << 20, 'x')).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
}

TEST(Requests, PageTokensAreBoundToQueryAndPerson) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(CreateLead("ana@sales").ok());
  lead::v1::ListLeadsRequest request;
  request.set_page_size(1);
  const auto first = List("ana@sales", request);
  ASSERT_TRUE(first.ok()) << first.status();
  request.set_page_token(first->next_page_token());
  EXPECT_TRUE(List("ana@sales", request).ok());
  EXPECT_EQ(Reason(List("sam@sales", request).status()), "PAGE_TOKEN_INVALID");
  request.set_filter("owner = \"persons/ana\"");
  EXPECT_EQ(Reason(List("ana@sales", request).status()), "PAGE_TOKEN_INVALID");
  request.clear_filter();
  request.set_page_token(request.page_token() + "x");
  EXPECT_EQ(Reason(List("ana@sales", request).status()), "PAGE_TOKEN_INVALID");
}

TEST(Requests, UndeclaredFilter) {
  lead::v1::ListLeadsRequest request;
  request.set_filter("family_name = \"Lovelace\"");
  const absl::Status status = List("ana@sales", request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Reason(status), "FILTER_FIELD_NOT_SUPPORTED");
}

TEST(Requests, OfTwoWritersOneWins) {
  const auto lead = CreateLead("ana@sales");
  ASSERT_TRUE(lead.ok());
  std::vector<absl::Status> outcomes(8);
  std::vector<std::thread> writers;
  for (size_t i = 0; i < outcomes.size(); ++i) {
    writers.emplace_back([&, i] {
      lead::v1::Lead mine = *lead;
      mine.set_job_title(absl::StrCat("writer ", i));
      outcomes[i] = Update(i % 2 == 0 ? "ana@sales" : "sam@sales", mine, "job_title").status();
    });
  }
  for (std::thread& writer : writers) writer.join();
  int won = 0;
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) {
      ++won;
      continue;
    }
    EXPECT_EQ(outcome.code(), absl::StatusCode::kAborted) << outcome;
    EXPECT_EQ(Reason(outcome), "ETAG_MISMATCH");
  }
  EXPECT_EQ(won, 1);
}

TEST(Requests, ARepeatedRequestHasItsEffectOnce) {
  const std::string id = NewRequestId();
  std::vector<std::string> names(8);
  std::vector<std::thread> callers;
  for (std::string& name : names) {
    callers.emplace_back([&] {
      const auto lead = CreateLead("ana@sales", "Hopper", id);
      name = lead.ok() ? lead->name() : std::string(lead.status().message());
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1) << names[0];
  const auto again = CreateLead("ana@sales", "Hopper", id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), names[0]);
  EXPECT_EQ(Reason(CreateLead("ana@sales", "Another", id).status()), "REQUEST_ID_REUSED");
}

TEST(Requests, ACustomerIsWhatAllServicesKnow) {
  const std::string account = CreateAccount("ana@sales");
  const std::string opportunity = CreateOpportunity("ana@sales", account);
  gateway::v1::GetCustomerRequest request;
  request.set_name(account);
  const auto customer = Suite::Get().Call(&gateway::v1::CustomerService::Stub::GetCustomer,
                                          "gateway", "ana@sales", request);
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(customer->account().account().name(), account);
  ASSERT_EQ(customer->opportunities().opportunities_size(), 1)
      << customer->opportunities().ShortDebugString();
  EXPECT_EQ(customer->opportunities().opportunities(0).name(), opportunity);
  for (const google::rpc::Status* status :
       {&customer->contacts().status(), &customer->relationships().status(),
        &customer->cases().status(), &customer->standings().status(),
        &customer->numbers().status()}) {
    EXPECT_EQ(status->code(), 0) << status->ShortDebugString();
  }
}

}  // namespace
}  // namespace comity::integration
