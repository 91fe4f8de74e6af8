// Previews of proposals on a real database; reporting answers from memory.
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "comity/reporting/v1/report_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/charter_service.h"
#include "services/gateway/enact_charter.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/handover/handover_store.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/journal/journal_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"
#include "services/runtime/testlib/database.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kLeadAgreement[] = "agreements/qualified-lead";

class Reporting final : public StepCaller {
 public:
  int times = 0;
  type::v1::Actor actor;
  reporting::v1::GetCharterPreviewRequest request;
  absl::Status refusal;
  std::function<void()> meanwhile = [] {};

  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const StepCall& call, const type::v1::Actor& on_behalf) override {
    EXPECT_EQ(call.service, "reporting");
    EXPECT_EQ(call.method, "comity.reporting.v1.ReportService/GetCharterPreview");
    ++times;
    actor = on_behalf;
    request = static_cast<const reporting::v1::GetCharterPreviewRequest&>(*call.request);
    meanwhile();
    if (!refusal.ok()) return refusal;
    auto preview = std::make_unique<reporting::v1::CharterPreview>();
    preview->mutable_basis()->set_as_of(40 + times);
    auto* answers = preview->add_answers();
    answers->set_lens("settled");
    answers->set_subject_count(7);
    answers->add_examples()->set_subject("opportunities/1");
    return preview;
  }
};

class CharterPreviewServiceTest : public testing::Test {
 protected:
  CharterPreviewServiceTest() {
    type::v1::Charter document = runtime_.runtime()->charters->last().charter.document();
    for (const std::string& department : document.departments()) {
      keys_.Register("kim@" + department.substr(std::string("departments/").size()), &document);
    }
    runtime_.runtime()->charters = charter::MakeBook(*charter::Charter::Make(document));
  }

  Call As(const std::string& who) { return runtime_.MakeCall(who, "test/Preview"); }
  type::v1::Charter Changed(double accept_hours) {
    type::v1::Charter document = As("sam@sales").charter().document();
    document.mutable_handovers(0)->set_accept_hours(accept_hours);
    document.mutable_handovers()->RemoveLast();
    return document;
  }
  v1::CharterProposal Propose() {
    v1::CreateProposalRequest request;
    *request.mutable_document() = Changed(9);
    request.set_title("Another hour");
    request.set_request_id(testlib::NewRequestId());
    Call call = As("sam@sales");
    const auto proposal = service_.CreateProposal(call, request);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    return proposal.value_or(v1::CharterProposal());
  }
  absl::StatusOr<v1::CharterProposal> Amend(const v1::CharterProposal& proposal) {
    v1::AmendProposalRequest request;
    request.set_name(proposal.name());
    *request.mutable_document() = Changed(10);
    request.set_request_id(testlib::NewRequestId());
    Call call = As("sam@sales");
    return service_.AmendProposal(call, request);
  }
  v1::PreviewProposalRequest ToPreview(const v1::CharterProposal& proposal) {
    v1::PreviewProposalRequest request;
    request.set_name(proposal.name());
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CharterProposal> Preview(const v1::PreviewProposalRequest& request,
                                              const std::string& who = "ana@sales") {
    Call call = As(who);
    return service_.PreviewProposal(call, request);
  }
  v1::CharterProposal Get(const v1::CharterProposal& proposal,
                          const std::string& who = "ana@sales") {
    v1::GetProposalRequest request;
    request.set_name(proposal.name());
    Call call = As(who);
    const auto found = service_.GetProposal(call, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(v1::CharterProposal());
  }
  std::vector<journal::v1::Entry> History(const v1::CharterProposal& proposal) {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    storage::Reader reader(&*session);
    std::vector<journal::v1::Entry> entries;
    const auto stored = journal::ReadHistory(reader, proposal.name(), 0, 500);
    for (const auto& bytes : *stored) {
      EXPECT_TRUE(entries.emplace_back().ParseFromString(bytes.body));
    }
    return entries;
  }
  // An offered one, or what became of it.
  std::string AddHandover(const std::string& agreement, v1::HandoverState state) {
    v1::Handover handover;
    handover.set_name(resource::MakeName(kHandovers, resource::NewId(absl::Now())));
    handover.set_agreement(agreement);
    handover.set_subject(resource::MakeName("leads", resource::NewId(absl::Now())));
    handover.set_from("departments/marketing");
    handover.set_to("departments/sales");
    handover.set_state(state);
    *handover.mutable_create_time() = resource::FromTime(absl::Now());
    Call call = As("mia@marketing");
    v1::Handover reply;
    const absl::Status added = storage::TransactInto(
        call, {},
        [&](storage::Transaction& tx) {
          return InsertHandover(tx, handover, absl::InfiniteFuture());
        },
        &reply);
    EXPECT_TRUE(added.ok()) << added;
    return handover.name();
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::TestRuntime runtime_{&database_};
  charter::TestKeys keys_;
  Reporting reporting_;
  Runner runner_{runtime_.runtime(), {EnactCharterWorkflow()}, &reporting_, {}};
  CharterService service_{nullptr, &runner_, &reporting_};
};

TEST_F(CharterPreviewServiceTest, IsKeptWithTheProposalAndJournaledByItsDigest) {
  const v1::CharterProposal proposal = Propose();
  EXPECT_FALSE(proposal.has_preview());
  const auto previewed = Preview(ToPreview(proposal));
  ASSERT_TRUE(previewed.ok()) << previewed.status();
  EXPECT_EQ(reporting_.actor.person(), "persons/ana");
  EXPECT_EQ(reporting_.actor.department(), "departments/sales");
  EXPECT_EQ(reporting_.request.document().revision(), 2);
  EXPECT_EQ(reporting_.request.document().handovers(0).accept_hours(), 9);
  const v1::ProposalPreview& preview = previewed->preview();
  EXPECT_EQ(preview.actor().person(), "persons/ana");
  EXPECT_EQ(preview.as_of(), 41);
  EXPECT_EQ(preview.contents().record().answers(0).subject_count(), 7);
  EXPECT_EQ(preview.digest(), charter::DigestOf(preview.contents().SerializeAsString()));
  EXPECT_EQ(Get(proposal).SerializeAsString(), previewed->SerializeAsString());
  EXPECT_EQ(previewed->body(), proposal.body());

  const std::vector<journal::v1::Entry> entries = History(proposal);
  ASSERT_THAT(entries, SizeIs(2));
  EXPECT_EQ(entries[1].type(), "previewed");
  EXPECT_EQ(entries[1].actor().person(), "persons/ana");
  v1::CharterProposal journaled;
  ASSERT_TRUE(entries[1].payload().UnpackTo(&journaled));
  EXPECT_EQ(journaled.preview().digest(), preview.digest());
  EXPECT_EQ(journaled.preview().as_of(), 41);
  EXPECT_FALSE(journaled.preview().has_contents()) << "all departments read that journal";

  const auto again = Preview(ToPreview(proposal), "mia@marketing");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(Get(proposal).preview().as_of(), 42) << "the latest counts";
  EXPECT_EQ(Get(proposal).preview().actor().department(), "departments/marketing");
}

TEST_F(CharterPreviewServiceTest, CountsTheOpenHandoversOfAgreementsThatChange) {
  const auto& agreements = As("sam@sales").charter().document().handovers();
  const std::string last = agreements.rbegin()->name();
  ASSERT_GE(agreements.size(), 3);
  std::vector<std::string> open;
  for (int i = 0; i < 25; ++i) {
    open.push_back(AddHandover(
        kLeadAgreement, i % 2 == 0 ? v1::HANDOVER_STATE_OFFERED : v1::HANDOVER_STATE_ACCEPTING));
  }
  AddHandover(kLeadAgreement, v1::HANDOVER_STATE_RETURNED);
  AddHandover(agreements[1].name(), v1::HANDOVER_STATE_OFFERED);
  const v1::CharterProposal previewed = *Preview(ToPreview(Propose()));
  const auto& touched = previewed.preview().contents().handovers();
  ASSERT_THAT(touched, SizeIs(2));
  EXPECT_EQ(touched[0].agreement(), kLeadAgreement);
  EXPECT_FALSE(touched[0].removed());
  EXPECT_EQ(touched[0].open_count(), 25);
  std::sort(open.begin(), open.end());
  open.resize(20);
  EXPECT_THAT(touched[0].examples(), testing::ElementsAreArray(open));
  EXPECT_EQ(touched[1].agreement(), last);
  EXPECT_TRUE(touched[1].removed());
  EXPECT_EQ(touched[1].open_count(), 0);
}

TEST_F(CharterPreviewServiceTest, ShowsEachReaderWhatHeMayRead) {
  const v1::CharterProposal proposal = Propose();
  const auto previewed = Preview(ToPreview(proposal));
  ASSERT_TRUE(previewed.ok()) << previewed.status();
  EXPECT_THAT(previewed->preview().withheld(), IsEmpty());
  EXPECT_THAT(Get(proposal, "aud@management").preview().withheld(), IsEmpty());
  const v1::ProposalPreview of_operator = Get(proposal, "ivo@it").preview();
  EXPECT_THAT(of_operator.withheld(), ElementsAre("opportunities", "reports", "handovers"));
  EXPECT_EQ(of_operator.contents().ByteSizeLong(), 0u);
  EXPECT_EQ(of_operator.digest(), previewed->preview().digest());
  Call call = As("ana@sales");
  const auto listed = service_.ListProposals(call, {});
  ASSERT_THAT(listed->proposals(), SizeIs(1));
  EXPECT_EQ(listed->proposals(0).preview().as_of(), 41);
  EXPECT_FALSE(listed->proposals(0).preview().has_contents());
}

TEST_F(CharterPreviewServiceTest, AnotherTextVoidsIt) {
  const v1::CharterProposal proposal = Propose();
  ASSERT_TRUE(Preview(ToPreview(proposal)).ok());
  const auto amended = Amend(proposal);
  ASSERT_TRUE(amended.ok()) << amended.status();
  EXPECT_FALSE(amended->has_preview());
  EXPECT_FALSE(Get(proposal).has_preview());
  ASSERT_TRUE(Preview(ToPreview(proposal)).ok());
  EXPECT_EQ(reporting_.request.document().handovers(0).accept_hours(), 10);
}

TEST_F(CharterPreviewServiceTest, WhatIsComputedOfAnEarlierTextIsNotKept) {
  const v1::CharterProposal proposal = Propose();
  reporting_.meanwhile = [&] { EXPECT_TRUE(Amend(proposal).ok()); };
  const auto previewed = Preview(ToPreview(proposal));
  EXPECT_EQ(previewed.status().code(), absl::StatusCode::kAborted) << previewed.status();
  EXPECT_FALSE(Get(proposal).has_preview());
}

TEST_F(CharterPreviewServiceTest, ARepetitionGetsTheFirstAnswerAlsoLater) {
  const v1::CharterProposal proposal = Propose();
  const v1::PreviewProposalRequest request = ToPreview(proposal);
  const auto first = Preview(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Preview(request)->SerializeAsString(), first->SerializeAsString());
  v1::WithdrawProposalRequest withdraw;
  withdraw.set_name(proposal.name());
  withdraw.set_request_id(testlib::NewRequestId());
  Call call = As("sam@sales");
  ASSERT_TRUE(service_.WithdrawProposal(call, withdraw).ok());
  const int asked = reporting_.times;
  EXPECT_EQ(Preview(request)->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Reason(Preview(ToPreview(proposal)).status()), "PROPOSAL_CLOSED");
  EXPECT_EQ(reporting_.times, asked) << "of what is closed nobody asks reporting";
  EXPECT_TRUE(Get(proposal).has_preview()) << "what people signed or refused by";
}

TEST_F(CharterPreviewServiceTest, WhatIsOnlyComputedIsNotKept) {
  const v1::CharterProposal proposal = Propose();
  v1::PreviewProposalRequest request = ToPreview(proposal);
  request.set_validate_only(true);
  const auto computed = Preview(request);
  ASSERT_TRUE(computed.ok()) << computed.status();
  EXPECT_EQ(computed->preview().as_of(), 41);
  EXPECT_FALSE(Get(proposal).has_preview());
  EXPECT_THAT(History(proposal), SizeIs(1));
}

TEST_F(CharterPreviewServiceTest, RefusesAsReportingDoes) {
  const v1::CharterProposal proposal = Propose();
  reporting_.refusal = PermissionDenied("RIGHT_REQUIRED", "no opportunities for you");
  EXPECT_EQ(Reason(Preview(ToPreview(proposal)).status()), "RIGHT_REQUIRED");
  reporting_.refusal = Unavailable("SERVICE_UNAVAILABLE", "away");
  EXPECT_EQ(Reason(Preview(ToPreview(proposal)).status()), "SERVICE_UNAVAILABLE");
  EXPECT_FALSE(Get(proposal).has_preview());
  v1::CharterProposal absent;
  absent.set_name(resource::MakeName("charterProposals", resource::NewId(absl::Now())));
  const int asked = reporting_.times;
  EXPECT_EQ(Preview(ToPreview(absent)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(reporting_.times, asked);
}

}  // namespace
}  // namespace comity::gateway
