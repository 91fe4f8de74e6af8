// The handlers of CharterService, and the workflow that follows, on real databases.
#include "services/gateway/charter_service.h"

#include <algorithm>
#include <thread>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "comity/charter/v1/revision_service.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/enact_charter.h"
#include "services/gateway/gateway_migrations.h"
#include "services/gateway/workflow/workflow_store.h"
#include "services/runtime/charter/revision_service.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/directory/directory_copy.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::gateway {
namespace {

using charter::v1::VERDICT_DECIDE;
using charter::v1::VERDICT_SIGN;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr absl::Duration kNotice = absl::Hours(1);
constexpr absl::Duration kTerm = absl::Hours(24 * 14);

Call CallOf(Runtime* runtime, const char* method) {
  Call call;
  call.runtime = runtime;
  call.method = method;
  call.principal.workload = "service/gateway";
  call.now = absl::Now();
  call.deadline = call.now + absl::Seconds(10);
  return call;
}

// The services as the workflow meets them: one database stands for the four others, each of which
// answers as if it were the first.
class Services final : public StepCaller {
 public:
  Services(Runtime* gateway, Runtime* other) : gateway_(gateway), other_(other) {}
  std::string down;  // the service that is away
  std::vector<std::string> asked;
  CharterService* charter_service = nullptr;

  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(
      const StepCall& step, const type::v1::Actor& actor) override {
    EXPECT_EQ(actor.person(), "") << "by nobody's right";
    asked.push_back(step.service);
    if (step.service == down) return Unavailable("SERVICE_UNAVAILABLE", "away");
    if (step.service == "gateway") return Enact(step);
    charter::RevisionService service(nullptr);
    comity::Call call = CallOf(other_, "comity.charter.v1.RevisionService/PrepareRevision");
    return Reply(service.PrepareRevision(
        call, static_cast<const charter::v1::PrepareRevisionRequest&>(*step.request)));
  }

 private:
  using Answer = absl::StatusOr<std::unique_ptr<google::protobuf::Message>>;

  template <typename Message>
  static Answer Reply(absl::StatusOr<Message> reply) {
    if (!reply.ok()) return reply.status();
    return std::make_unique<Message>(*std::move(reply));
  }
  Answer Enact(const StepCall& step) {
    comity::Call call = CallOf(gateway_, "comity.gateway.v1.CharterService/EnactProposal");
    return Reply(charter_service->EnactProposal(
        call, static_cast<const v1::EnactProposalRequest&>(*step.request)));
  }

  Runtime* const gateway_;
  Runtime* const other_;
};

class CharterServiceTest : public testing::Test {
 protected:
  CharterServiceTest() {
    services_.charter_service = &service_;
    for (testlib::TestRuntime* runtime : {&runtime_, &other_}) {
      runtime->runtime()->charters =
          charter::MakeBook(*charter::Charter::Make(charter::CharterWithKeys(1, &keys_)));
      runtime->runtime()->charter_notice = kNotice;
    }
  }

  Call As(const std::string& who, const std::string& method) {
    Call call = runtime_.MakeCall(who, absl::StrCat("comity.gateway.v1.CharterService/", method));
    call.now += later_;
    return call;
  }
  const charter::Charter& InForce() { return As("ana@sales", "GetCharter").charter(); }
  // Other criteria, which touch sales and marketing.
  type::v1::Charter Changed(const std::string& criteria) {
    type::v1::Charter document = InForce().document();
    document.mutable_questions(0)->mutable_answers(0)->set_criteria(criteria);
    return document;
  }

  absl::StatusOr<v1::CharterProposal> Create(const v1::CreateProposalRequest& request,
                                             const std::string& who = "sam@sales") {
    Call call = As(who, "CreateProposal");
    return service_.CreateProposal(call, request);
  }
  v1::CreateProposalRequest ToCreate(const std::string& criteria) {
    v1::CreateProposalRequest request;
    *request.mutable_document() = Changed(criteria);
    request.set_title("Leads without means");
    request.set_reason("They cost more than they bring.");
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  v1::CharterProposal Propose(const std::string& criteria, const std::string& who = "sam@sales") {
    const auto proposal = Create(ToCreate(criteria), who);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    return proposal.value_or(v1::CharterProposal());
  }
  v1::AmendProposalRequest ToAmend(const v1::CharterProposal& proposal,
                                   const std::string& criteria) {
    v1::AmendProposalRequest request;
    request.set_name(proposal.name());
    *request.mutable_document() = Changed(criteria);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CharterProposal> Amend(const v1::AmendProposalRequest& request,
                                            const std::string& who = "sam@sales") {
    Call call = As(who, "AmendProposal");
    return service_.AmendProposal(call, request);
  }
  v1::SignProposalRequest ToSign(const v1::CharterProposal& proposal, const std::string& who,
                                 charter::v1::Verdict verdict = VERDICT_SIGN) {
    v1::SignProposalRequest request;
    request.set_name(proposal.name());
    *request.mutable_signature() = keys_.Sign(who, proposal.body(), verdict);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CharterProposal> Sign(const v1::SignProposalRequest& request,
                                           const std::string& who) {
    Call call = As(who, "SignProposal");
    return service_.SignProposal(call, request);
  }
  absl::StatusOr<v1::CharterProposal> Sign(const v1::CharterProposal& proposal,
                                           const std::string& who,
                                           charter::v1::Verdict verdict = VERDICT_SIGN) {
    return Sign(ToSign(proposal, who, verdict), who);
  }
  absl::StatusOr<v1::CharterProposal> Refuse(const v1::CharterProposal& proposal,
                                             const std::string& who) {
    v1::RefuseProposalRequest request;
    request.set_name(proposal.name());
    request.set_reason("Means come later.");
    request.set_request_id(testlib::NewRequestId());
    Call call = As(who, "RefuseProposal");
    return service_.RefuseProposal(call, request);
  }
  absl::StatusOr<v1::CharterProposal> Comment(const v1::CharterProposal& proposal,
                                              const std::string& who, const std::string& text) {
    v1::CommentOnProposalRequest request;
    request.set_name(proposal.name());
    request.set_text(text);
    request.set_request_id(testlib::NewRequestId());
    Call call = As(who, "CommentOnProposal");
    return service_.CommentOnProposal(call, request);
  }
  absl::StatusOr<v1::CharterProposal> Withdraw(const v1::CharterProposal& proposal,
                                               const std::string& who) {
    v1::WithdrawProposalRequest request;
    request.set_name(proposal.name());
    request.set_request_id(testlib::NewRequestId());
    Call call = As(who, "WithdrawProposal");
    return service_.WithdrawProposal(call, request);
  }
  absl::StatusOr<v1::CharterProposal> Enact(const v1::CharterProposal& proposal) {
    v1::EnactProposalRequest request;
    request.set_name(proposal.name());
    request.set_request_id(testlib::NewRequestId());
    Call call = CallOf(runtime_.runtime(), "comity.gateway.v1.CharterService/EnactProposal");
    return service_.EnactProposal(call, request);
  }
  v1::CharterProposal Get(const v1::CharterProposal& proposal) {
    v1::GetProposalRequest request;
    request.set_name(proposal.name());
    Call call = As("ana@sales", "GetProposal");
    const auto found = service_.GetProposal(call, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(v1::CharterProposal());
  }
  absl::StatusOr<v1::ListProposalsResponse> List(const std::string& filter, int size = 0,
                                                 const std::string& token = "") {
    v1::ListProposalsRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    request.set_page_token(token);
    Call call = As("ana@sales", "ListProposals");
    return service_.ListProposals(call, request);
  }
  std::vector<std::string> NamesOf(const std::string& filter) {
    const auto response = List(filter);
    EXPECT_TRUE(response.ok()) << response.status();
    std::vector<std::string> names;
    for (const auto& proposal : response->proposals()) names.push_back(proposal.name());
    return names;
  }
  std::vector<v1::CharterRevision> Revisions() {
    Call call = As("ana@sales", "ListRevisions");
    const auto response = service_.ListRevisions(call, {});
    EXPECT_TRUE(response.ok()) << response.status();
    return {response->revisions().begin(), response->revisions().end()};
  }

  // The gateway follows its own journal, as its process does.
  void Follow() {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    while (*journal::SequenceBatch(*session) > 0) {
    }
    const std::vector<journal::v1::Entry> entries = journal::ReadAll(*session);
    directory::Entries batch;
    for (; followed_ < entries.size(); ++followed_) {
      batch.Add()->set_position(static_cast<int64_t>(followed_));
      *batch.rbegin()->mutable_entry() = entries[followed_];
    }
    const absl::Status taken = copy_.Take(batch, static_cast<int64_t>(followed_));
    EXPECT_TRUE(taken.ok()) << taken;
  }
  std::vector<journal::v1::Entry> History(const std::string& subject) {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    storage::Reader reader(&*session);
    std::vector<journal::v1::Entry> entries;
    const auto stored = journal::ReadHistory(reader, subject, 0, 500);
    for (const auto& bytes : *stored) {
      EXPECT_TRUE(entries.emplace_back().ParseFromString(bytes.body));
    }
    return entries;
  }
  std::vector<std::string> TypesOf(const v1::CharterProposal& proposal) {
    std::vector<std::string> types;
    for (const journal::v1::Entry& entry : History(proposal.name())) {
      types.push_back(entry.type());
      EXPECT_EQ(entry.version(), static_cast<int64_t>(types.size()));
    }
    return types;
  }
  std::vector<v1::Workflow> Workflows() {
    std::vector<v1::Workflow> workflows;
    Call call = As("ana@sales", "test");
    WorkflowQuery query;
    query.limit = 100;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  COMITY_ASSIGN_OR_RETURN(workflows, ListWorkflows(reader, query));
                  return absl::OkStatus();
                }).ok());
    return workflows;
  }
  // Signed by both, brought to all services, and in force.
  v1::CharterProposal BringIntoForce(const std::string& criteria) {
    const v1::CharterProposal proposal = Propose(criteria);
    EXPECT_TRUE(Sign(proposal, "ana@sales").ok());
    EXPECT_TRUE(Sign(proposal, "mia@marketing").ok());
    Follow();
    runner_.RunDue();
    Follow();
    later_ += kNotice + absl::Minutes(1);
    return Get(proposal);
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::Database other_database_;
  testlib::TestRuntime runtime_{&database_};
  testlib::TestRuntime other_{&other_database_};
  charter::TestKeys keys_;
  Services services_{runtime_.runtime(), other_.runtime()};
  Runner runner_{runtime_.runtime(), {EnactCharterWorkflow()}, &services_, {}};
  CharterService service_{nullptr, &runner_, &services_};
  directory::Directory directory_;
  directory::DirectoryCopy copy_{runtime_.runtime(), &directory_, "gateway"};
  size_t followed_ = 0;
  absl::Duration later_ = absl::ZeroDuration();  // calls' time, after the clock's
};

TEST_F(CharterServiceTest, AProposalSaysWhomItTouches) {
  const v1::CharterProposal proposal = Propose("Neither need nor means.");
  EXPECT_THAT(proposal.affected(), ElementsAre("departments/sales", "departments/marketing"));
  EXPECT_EQ(proposal.state(), v1::CHARTER_PROPOSAL_STATE_OPEN);
  EXPECT_EQ(proposal.author().person(), "persons/sam");
  EXPECT_EQ(proposal.etag(), "1");
  EXPECT_TRUE(proposal.has_arbiter_time());
  EXPECT_EQ(Get(proposal).SerializeAsString(), proposal.SerializeAsString());
  const auto listed = List("");
  ASSERT_EQ(listed->proposals_size(), 1);
  EXPECT_EQ(listed->proposals(0).body(), "");
  EXPECT_EQ(listed->proposals(0).title(), "Leads without means");
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed"));
  v1::CharterProposal journaled;
  ASSERT_TRUE(History(proposal.name())[0].payload().UnpackTo(&journaled));
  EXPECT_EQ(journaled.body(), proposal.body()) << "from which services count the arbiter's term";
}

TEST_F(CharterServiceTest, WhatIsNoChangeOfTheCharterInForceIsNotProposed) {
  v1::CreateProposalRequest request = ToCreate("Neither.");
  request.mutable_document()->set_revision(2);
  EXPECT_EQ(Reason(Create(request).status()), "BASE_NOT_IN_FORCE");
  *request.mutable_document() = InForce().document();
  EXPECT_EQ(Reason(Create(request).status()), "NOTHING_CHANGES");
  *request.mutable_document() = Changed("");
  EXPECT_EQ(Reason(Create(request).status()), "CHARTER_INVALID");
  EXPECT_THAT(NamesOf(""), IsEmpty());
}

TEST_F(CharterServiceTest, WhatIsOnlyCheckedLeavesNothing) {
  v1::CreateProposalRequest create = ToCreate("Neither.");
  create.set_validate_only(true);
  const auto checked = Create(create);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_THAT(checked->affected(), ElementsAre("departments/sales", "departments/marketing"));
  EXPECT_THAT(NamesOf(""), IsEmpty());

  const v1::CharterProposal proposal = Propose("Neither.");
  v1::AmendProposalRequest amend = ToAmend(proposal, "No means.");
  amend.set_validate_only(true);
  EXPECT_TRUE(Amend(amend).ok());
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  v1::SignProposalRequest last = ToSign(proposal, "mia@marketing");
  last.set_validate_only(true);
  EXPECT_EQ(Sign(last, "mia@marketing")->state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_EQ(Get(proposal).state(), v1::CHARTER_PROPOSAL_STATE_OPEN);
  EXPECT_EQ(Get(proposal).etag(), "2");
  EXPECT_THAT(Workflows(), IsEmpty());
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "signed"));
}

TEST_F(CharterServiceTest, ARepetitionGetsTheFirstAnswer) {
  const v1::CreateProposalRequest create = ToCreate("Neither.");
  const v1::CharterProposal proposal = *Create(create);
  EXPECT_EQ(Create(create)->SerializeAsString(), proposal.SerializeAsString());
  EXPECT_THAT(NamesOf(""), SizeIs(1));
  const v1::SignProposalRequest first = ToSign(proposal, "ana@sales");
  const auto signed_once = Sign(first, "ana@sales");
  EXPECT_EQ(Sign(first, "ana@sales")->etag(), signed_once->etag());
  EXPECT_EQ(Reason(Sign(proposal, "ana@sales").status()), "ALREADY_SIGNED") << "as another request";
  v1::SignProposalRequest other = ToSign(proposal, "mia@marketing");
  other.set_request_id(first.request_id());
  EXPECT_EQ(Reason(Sign(other, "ana@sales").status()), "REQUEST_ID_REUSED");
}

TEST_F(CharterServiceTest, AlsoOnceTheCharterHasMovedOn) {
  const v1::CreateProposalRequest create = ToCreate("Neither.");
  const v1::CharterProposal proposal = *Create(create);
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  const v1::SignProposalRequest last = ToSign(proposal, "mia@marketing");
  const auto answer = Sign(last, "mia@marketing");
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto expect_the_first_answer = [&](const char* when) {
    const auto again = Sign(last, "mia@marketing");
    ASSERT_TRUE(again.ok()) << when << again.status();
    EXPECT_EQ(again->SerializeAsString(), answer->SerializeAsString()) << when;
    EXPECT_EQ(Create(create)->name(), proposal.name()) << when;
  };
  expect_the_first_answer("at once");
  Follow();
  expect_the_first_answer("while it is under way");
  runner_.RunDue();
  Follow();
  later_ = kNotice + absl::Minutes(1);
  ASSERT_EQ(InForce().revision(), 2);
  expect_the_first_answer("when it is in force");
}

TEST_F(CharterServiceTest, AnotherTextVoidsSignatures) {
  const v1::CharterProposal proposal = Propose("Neither.");
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  v1::AmendProposalRequest request = ToAmend(proposal, "No means.");
  request.set_etag("1");
  const absl::Status changed_since = Amend(request).status();
  EXPECT_EQ(changed_since.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(Reason(changed_since), "ETAG_MISMATCH");
  request.set_etag("2");
  const auto amended = Amend(request);
  ASSERT_TRUE(amended.ok()) << amended.status();
  EXPECT_THAT(amended->signatures(), IsEmpty());
  EXPECT_EQ(amended->title(), proposal.title()) << "what is not said stays";
  EXPECT_NE(amended->digest(), proposal.digest());
  EXPECT_EQ(Reason(Sign(proposal, "ana@sales").status()), "SIGNATURE_INVALID") << "of the old text";
  EXPECT_TRUE(Sign(*amended, "ana@sales").ok());
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "signed", "amended", "signed"));
  v1::CharterProposal journaled;
  const auto history = History(proposal.name());
  ASSERT_TRUE(history[1].payload().UnpackTo(&journaled));
  EXPECT_EQ(journaled.body(), "") << "it stands in the entry before";
  ASSERT_TRUE(history[2].payload().UnpackTo(&journaled));
  EXPECT_EQ(journaled.body(), amended->body());
}

TEST_F(CharterServiceTest, ItsAuthorsDepartmentAloneAmendsAndWithdraws) {
  const v1::CharterProposal proposal = Propose("Neither.");
  const v1::AmendProposalRequest request = ToAmend(proposal, "No means.");
  EXPECT_EQ(Reason(Amend(request, "mia@marketing").status()), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(Reason(Withdraw(proposal, "mia@marketing").status()), "NOT_OWN_DEPARTMENT");
  const auto amended = Amend(request, "ana@sales");
  ASSERT_TRUE(amended.ok()) << amended.status();
  EXPECT_EQ(amended->author().person(), "persons/ana") << "who wrote the text leaves signing";
  EXPECT_EQ(Reason(Sign(*amended, "ana@sales").status()), "AUTHOR_SIGNS");
  EXPECT_TRUE(Sign(*amended, "sam@sales").ok());
  EXPECT_EQ(Withdraw(proposal, "sam@sales")->state(), v1::CHARTER_PROPOSAL_STATE_WITHDRAWN);
  EXPECT_EQ(Reason(Sign(*amended, "mia@marketing").status()), "PROPOSAL_CLOSED");
  EXPECT_EQ(Reason(Amend(ToAmend(proposal, "No.")).status()), "PROPOSAL_CLOSED");
  EXPECT_EQ(Reason(Withdraw(proposal, "sam@sales").status()), "PROPOSAL_CLOSED");
  EXPECT_EQ(Reason(Comment(proposal, "sam@sales", "so").status()), "PROPOSAL_CLOSED");
  EXPECT_EQ(Reason(Enact(proposal).status()), "PROPOSAL_NOT_SIGNED");
  EXPECT_THAT(NamesOf("state = WITHDRAWN"), ElementsAre(proposal.name()));
}

TEST_F(CharterServiceTest, WhoSignsDoesItForHisDepartmentWithHisKey) {
  const v1::CharterProposal proposal = Propose("Neither.");
  EXPECT_EQ(Reason(Sign(proposal, "sam@sales").status()), "AUTHOR_SIGNS");
  EXPECT_EQ(Reason(Sign(proposal, "max@management").status()), "NOT_AFFECTED");
  EXPECT_EQ(Reason(Sign(ToSign(proposal, "mia@marketing"), "ana@sales").status()),
            "SIGNATURE_OF_ANOTHER");
  EXPECT_EQ(Reason(Sign(proposal, "eve@marketing").status()), "SIGNATURE_INVALID");
  EXPECT_EQ(Reason(Sign(proposal, "mia@marketing", VERDICT_DECIDE).status()), "NOT_ARBITER");
  EXPECT_THAT(Get(proposal).signatures(), IsEmpty());
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed"));
}

TEST_F(CharterServiceTest, ARefusalIsSaidAndTakenBackBySigning) {
  const v1::CharterProposal proposal = Propose("Neither.");
  EXPECT_EQ(Reason(Refuse(proposal, "max@management").status()), "NOT_AFFECTED");
  const auto refused = Refuse(proposal, "mia@marketing");
  ASSERT_TRUE(refused.ok()) << refused.status();
  ASSERT_THAT(refused->refusals(), SizeIs(1));
  EXPECT_EQ(refused->refusals(0).actor().person(), "persons/mia");
  EXPECT_EQ(refused->refusals(0).reason(), "Means come later.");
  EXPECT_EQ(refused->state(), v1::CHARTER_PROPOSAL_STATE_OPEN);
  ASSERT_TRUE(Sign(proposal, "mia@marketing").ok());
  EXPECT_THAT(Get(proposal).refusals(), IsEmpty());
  EXPECT_EQ(Reason(Refuse(proposal, "mia@marketing").status()), "ALREADY_SIGNED");
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "refused", "signed"));
  EXPECT_EQ(History(proposal.name())[1].actor().person(), "persons/mia");
}

TEST_F(CharterServiceTest, EverybodyMaySaySomething) {
  const v1::CharterProposal proposal = Propose("Neither.");
  ASSERT_TRUE(Comment(proposal, "max@management", "How many are there?").ok());
  const auto answered = Comment(proposal, "sam@sales", "Forty a month.");
  ASSERT_TRUE(answered.ok()) << answered.status();
  ASSERT_THAT(answered->comments(), SizeIs(2));
  EXPECT_EQ(answered->comments(0).actor().department(), "departments/management");
  EXPECT_EQ(answered->comments(1).text(), "Forty a month.");
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "commented", "commented"));
}

TEST_F(CharterServiceTest, SoMuchIsSaidAsAMessageHolds) {
  const v1::CharterProposal proposal = Propose("Neither.");
  std::string reason;
  int said = 0;
  for (; reason.empty() && said < 300; ++said) {
    reason = Reason(Comment(proposal, "max@management", std::string(4000, 'x')).status());
  }
  EXPECT_EQ(reason, "TOO_MANY_COMMENTS");
  EXPECT_GT(said, 50);
  EXPECT_LT(Get(proposal).ByteSizeLong(), 300u << 10);
}

TEST_F(CharterServiceTest, ListsTheLatestFirstByPages) {
  std::vector<std::string> names;
  for (const char* criteria : {"One.", "Two.", "Three."}) {
    names.insert(names.begin(), Propose(criteria).name());
  }
  EXPECT_EQ(NamesOf(""), names);
  EXPECT_EQ(NamesOf("state = OPEN"), names);
  EXPECT_THAT(NamesOf("state = SIGNED"), IsEmpty());
  const auto first = List("state = OPEN", 2);
  ASSERT_THAT(first->proposals(), SizeIs(2));
  const auto rest = List("state = OPEN", 2, first->next_page_token());
  ASSERT_THAT(rest->proposals(), SizeIs(1));
  EXPECT_EQ(rest->proposals(0).name(), names[2]);
  EXPECT_EQ(rest->next_page_token(), "");
  EXPECT_EQ(Reason(List("", 2, first->next_page_token()).status()), "PAGE_TOKEN_INVALID");
  EXPECT_EQ(Reason(List("state = STALE").status()), "FILTER_INVALID");
  EXPECT_EQ(Reason(List("state = OPEN OR state = SIGNED").status()), "FILTER_TOO_COMPLEX");
}

TEST_F(CharterServiceTest, WithTheLastSignatureItGoesToAllServicesAndComesIntoForce) {
  const v1::CharterProposal proposal = Propose("Neither.");
  EXPECT_EQ(Sign(proposal, "mia@marketing")->state(), v1::CHARTER_PROPOSAL_STATE_OPEN);
  const auto signed_by_all = Sign(proposal, "ana@sales");
  ASSERT_TRUE(signed_by_all.ok()) << signed_by_all.status();
  EXPECT_EQ(signed_by_all->state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  ASSERT_THAT(Workflows(), SizeIs(1));
  EXPECT_EQ(signed_by_all->workflow(), Workflows()[0].name());
  EXPECT_EQ(Workflows()[0].subject(), proposal.name());
  EXPECT_EQ(Reason(Withdraw(proposal, "sam@sales").status()), "PROPOSAL_CLOSED");
  runner_.RunDue();
  EXPECT_THAT(services_.asked, ElementsAre("lead", "account", "support", "reporting", "gateway"));
  EXPECT_EQ(Workflows()[0].state(), v1::WORKFLOW_STATE_SUCCEEDED) << Workflows()[0].DebugString();
  const v1::CharterProposal enacted = Get(proposal);
  EXPECT_EQ(enacted.state(), v1::CHARTER_PROPOSAL_STATE_ENACTED);
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "signed", "signed", "enacted"));
  Follow();
  EXPECT_EQ(InForce().revision(), 1) << "not before its time";
  EXPECT_FALSE(Revisions()[0].in_force());
  later_ = kNotice + absl::Minutes(1);
  EXPECT_EQ(InForce().revision(), 2);
  EXPECT_EQ(InForce().document().questions(0).answers(0).criteria(), "Neither.");
  const v1::CharterRevision latest = Revisions()[0];
  EXPECT_TRUE(latest.in_force());
  EXPECT_EQ(latest.proposal(), proposal.name());
  EXPECT_EQ(latest.effective_time().seconds(), enacted.effective_time().seconds());
  EXPECT_THAT(latest.signatures(), SizeIs(2));
  EXPECT_THAT(latest.over_objection_of(), IsEmpty());
  EXPECT_FALSE(Revisions()[1].in_force());
  EXPECT_EQ(other_.runtime()->charters->last().charter.revision(), 2);
}

TEST_F(CharterServiceTest, UntilAllHaveItItWaits) {
  services_.down = "support";
  const v1::CharterProposal proposal = Propose("Neither.");
  ASSERT_TRUE(Sign(proposal, "mia@marketing").ok());
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  runner_.RunDue();
  EXPECT_EQ(Workflows()[0].step(), "prepare-support");
  EXPECT_EQ(Get(proposal).state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_FALSE(Get(proposal).has_effective_time());
  services_.down = "";
  ASSERT_TRUE(journal::Eventually([&] {
    runner_.RunDue();
    return Get(proposal).state() == v1::CHARTER_PROPOSAL_STATE_ENACTED;
  }));
}

TEST_F(CharterServiceTest, IsEnactedOnceHoweverOftenThatIsAsked) {
  const v1::CharterProposal proposal = Propose("Neither.");
  EXPECT_EQ(Reason(Enact(proposal).status()), "PROPOSAL_NOT_SIGNED");
  ASSERT_TRUE(Sign(proposal, "mia@marketing").ok());
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  const auto enacted = Enact(proposal);
  ASSERT_TRUE(enacted.ok()) << enacted.status();
  EXPECT_EQ(Enact(proposal)->SerializeAsString(), enacted->SerializeAsString());
  EXPECT_THAT(TypesOf(proposal), ElementsAre("proposed", "signed", "signed", "enacted"));
}

TEST_F(CharterServiceTest, StewardsWhoSignAtOnceStartOneWorkflow) {
  const v1::CharterProposal proposal = Propose("Neither.");
  const std::vector<std::string> stewards = {"ana@sales", "mia@marketing"};
  std::vector<absl::Status> answers(stewards.size(), absl::UnknownError("not asked"));
  std::vector<std::thread> threads;
  for (size_t i = 0; i < stewards.size(); ++i) {
    const v1::SignProposalRequest request = ToSign(proposal, stewards[i]);
    threads.emplace_back([&, i, request] { answers[i] = Sign(request, stewards[i]).status(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& answer : answers) EXPECT_TRUE(answer.ok()) << answer;
  EXPECT_EQ(Get(proposal).state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_THAT(Workflows(), SizeIs(1));
}

TEST_F(CharterServiceTest, OfTwoProposalsCompletedAtOnceOneBecomesTheNextRevision) {
  const std::vector<v1::CharterProposal> proposals = {Propose("Neither."), Propose("No means.")};
  std::vector<v1::SignProposalRequest> requests;
  for (const v1::CharterProposal& proposal : proposals) {
    ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
    requests.push_back(ToSign(proposal, "mia@marketing"));
  }
  std::vector<std::string> reasons(2, "not asked");
  std::vector<std::thread> threads;
  for (size_t i = 0; i < proposals.size(); ++i) {
    threads.emplace_back(
        [&, i] { reasons[i] = Reason(Sign(requests[i], "mia@marketing").status()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(reasons, testing::UnorderedElementsAre("", "REVISION_DIFFERS"));
  EXPECT_THAT(Workflows(), SizeIs(1));
  EXPECT_THAT(NamesOf("state = SIGNED"), SizeIs(1));
  EXPECT_THAT(NamesOf("state = OPEN"), SizeIs(1));
}

TEST_F(CharterServiceTest, WhileOneIsUnderWayNoneIsProposedOrSigned) {
  const v1::CharterProposal other = Propose("No means.");
  const v1::CharterProposal proposal = Propose("Neither.");
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  ASSERT_TRUE(Sign(proposal, "mia@marketing").ok());
  Follow();
  EXPECT_EQ(Reason(Create(ToCreate("Whatever.")).status()), "REVISION_UNDER_WAY");
  EXPECT_EQ(Reason(Sign(other, "ana@sales").status()), "REVISION_UNDER_WAY");
  EXPECT_TRUE(Comment(other, "ana@sales", "Too late?").ok());
}

TEST_F(CharterServiceTest, WhatTheCharterLeftBehindIsStale) {
  const v1::CharterProposal left = Propose("No means.");
  ASSERT_TRUE(Sign(left, "ana@sales").ok());
  const v1::CharterProposal enacted = BringIntoForce("Neither.");
  EXPECT_EQ(enacted.state(), v1::CHARTER_PROPOSAL_STATE_ENACTED);
  EXPECT_EQ(Get(left).state(), v1::CHARTER_PROPOSAL_STATE_STALE);
  EXPECT_EQ(List("state = OPEN")->proposals(0).state(), v1::CHARTER_PROPOSAL_STATE_STALE);
  EXPECT_EQ(Reason(Sign(left, "mia@marketing").status()), "PROPOSAL_STALE");
  EXPECT_EQ(Reason(Amend(ToAmend(left, "No.")).status()), "PROPOSAL_STALE");
  EXPECT_EQ(Reason(Refuse(left, "mia@marketing").status()), "PROPOSAL_STALE");
}

// Every action on a proposal in every state that is not open.
TEST_F(CharterServiceTest, NoStateIsLeftByAWayThatIsNone) {
  const v1::CharterProposal withdrawn = Propose("Whatever.");
  ASSERT_TRUE(Withdraw(withdrawn, "sam@sales").ok());
  const v1::CharterProposal stale = Propose("No means.");
  const v1::CharterProposal passed = Propose("Neither.");
  ASSERT_TRUE(Sign(passed, "ana@sales").ok());
  ASSERT_TRUE(Sign(passed, "mia@marketing").ok());
  const auto expect = [&](const v1::CharterProposal& proposal, const std::string& refusal,
                          const std::string& enacting) {
    EXPECT_EQ(Reason(Amend(ToAmend(proposal, "Other.")).status()), refusal);
    EXPECT_EQ(Reason(Sign(proposal, "ana@sales").status()), refusal);
    EXPECT_EQ(Reason(Sign(proposal, "max@management", VERDICT_DECIDE).status()), refusal);
    EXPECT_EQ(Reason(Refuse(proposal, "mia@marketing").status()), refusal);
    EXPECT_EQ(Reason(Comment(proposal, "max@management", "So.").status()), refusal);
    EXPECT_EQ(Reason(Withdraw(proposal, "sam@sales").status()), refusal);
    EXPECT_EQ(Reason(Enact(proposal).status()), enacting);
  };
  expect(withdrawn, "PROPOSAL_CLOSED", "PROPOSAL_NOT_SIGNED");
  expect(passed, "PROPOSAL_CLOSED", "");  // signed, and enacted at the end
  expect(passed, "PROPOSAL_CLOSED", "");
  Follow();
  later_ = kNotice + absl::Minutes(1);
  expect(passed, "PROPOSAL_CLOSED", "");
  expect(stale, "PROPOSAL_STALE", "PROPOSAL_NOT_SIGNED");
  EXPECT_THAT(TypesOf(stale), ElementsAre("proposed"));
  EXPECT_THAT(TypesOf(withdrawn), ElementsAre("proposed", "withdrawn"));
}

TEST_F(CharterServiceTest, TheNextFollowsOnTheOneInForce) {
  BringIntoForce("Neither.");
  const v1::CharterProposal next = BringIntoForce("No means.");
  EXPECT_EQ(next.base_revision(), 2);
  EXPECT_EQ(next.state(), v1::CHARTER_PROPOSAL_STATE_ENACTED);
  EXPECT_EQ(InForce().revision(), 3);
  Call call = As("ana@sales", "GetCharter");
  for (const auto& [revision, criteria] :
       {std::pair(1, "No need is known."), {2, "Neither."}, {3, "No means."}, {0, "No means."}}) {
    v1::GetCharterRequest request;
    request.set_revision(revision);
    EXPECT_EQ(service_.GetCharter(call, request)->questions(0).answers(0).criteria(), criteria);
  }
  v1::GetCharterRequest unknown;
  unknown.set_revision(4);
  EXPECT_EQ(service_.GetCharter(call, unknown).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(CharterServiceTest, TheArbiterDecidesOverThoseWhoDoNotSignAfterTheTerm) {
  const v1::CharterProposal proposal = Propose("Neither.");
  ASSERT_TRUE(Sign(proposal, "ana@sales").ok());
  ASSERT_TRUE(Refuse(proposal, "mia@marketing").ok());
  EXPECT_EQ(Reason(Sign(proposal, "max@management", VERDICT_DECIDE).status()), "TERM_NOT_OVER");
  Follow();  // from now on the term runs
  later_ = kTerm - absl::Minutes(1);
  EXPECT_EQ(Reason(Sign(proposal, "max@management", VERDICT_DECIDE).status()), "TERM_NOT_OVER");
  EXPECT_THAT(Get(proposal).signatures(), SizeIs(1));
  later_ = kTerm + absl::Minutes(1);
  const auto decided = Sign(proposal, "max@management", VERDICT_DECIDE);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  // The others count the term by what they have seen themselves: never, here.
  runner_.RunDue();
  EXPECT_EQ(Workflows()[0].state(), v1::WORKFLOW_STATE_RUNNING);
  EXPECT_EQ(Workflows()[0].step(), "prepare-lead");
  ASSERT_TRUE(Enact(proposal).ok());  // as if they had
  Follow();
  EXPECT_THAT(Revisions()[0].over_objection_of(), ElementsAre("departments/marketing"));
}

}  // namespace
}  // namespace comity::gateway
