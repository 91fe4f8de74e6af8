// The handlers of delegations, and what another service makes of them, on real databases.
#include <algorithm>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "google/protobuf/empty.pb.h"
#include "gtest/gtest.h"
#include "services/gateway/charter_service.h"
#include "services/gateway/enact_charter.h"
#include "services/gateway/gateway_migrations.h"
#include "services/runtime/charter/charter_entries.h"
#include "services/runtime/charter/signing_test_charter.h"
#include "services/runtime/directory/directory_copy.h"
#include "services/runtime/journal/entries.h"
#include "services/runtime/journal/journal_testing.h"
#include "services/runtime/journal/sequencer.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/testlib/call.h"

namespace comity::gateway {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Nobody is asked by the workflow here.
class NoServices final : public StepCaller {
 public:
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Call(const StepCall&,
                                                                  const type::v1::Actor&) override {
    return Unavailable("SERVICE_UNAVAILABLE", "away");
  }
};

// Mia of marketing proposes; sam, a steward of sales, lets deb sign in his place.
class CharterDelegationTest : public testing::Test {
 protected:
  CharterDelegationTest() {
    for (testlib::TestRuntime* runtime : {&runtime_, &other_}) {
      runtime->runtime()->charters =
          charter::MakeBook(*charter::Charter::Make(charter::CharterWithKeys(1, &keys_)));
    }
    SetRoles("persons/deb", {type::v1::ROLE_MEMBER});
    runtime_.runtime()->directory = &persons_;
    for (const char* steward : {"persons/sam", "persons/ana"}) {
      SetRoles(steward, {type::v1::ROLE_STEWARD});
    }
  }

  void SetRoles(const std::string& person, const std::vector<type::v1::Role>& roles) {
    auto snapshot =
        std::make_shared<directory::Snapshot>(*runtime_.runtime()->directory->snapshot());
    gateway::v1::Person& known = snapshot->persons[person];
    known.set_name(person);
    known.clear_memberships();
    gateway::v1::Membership& membership = *known.add_memberships();
    membership.set_person(person);
    membership.set_department("departments/sales");
    for (const type::v1::Role role : roles) membership.add_roles(role);
    persons_.Replace(std::move(snapshot));
  }
  absl::Time GatewayNow() const { return absl::Now() + later_; }
  Call As(const std::string& who, const std::string& method) {
    Call call = runtime_.MakeCall(who, absl::StrCat("comity.gateway.v1.CharterService/", method));
    call.now += later_;
    return call;
  }
  v1::CharterProposal Propose(const std::string& as = "mia@marketing") {
    v1::CreateProposalRequest request;
    *request.mutable_document() = As(as, "").charter().document();
    request.mutable_document()->mutable_questions(0)->mutable_answers(0)->set_criteria("Neither.");
    request.set_title("Leads without means");
    request.set_request_id(testlib::NewRequestId());
    Call call = As(as, "CreateProposal");
    const auto proposal = service_.CreateProposal(call, request);
    EXPECT_TRUE(proposal.ok()) << proposal.status();
    return proposal.value_or(v1::CharterProposal());
  }
  v1::DelegateSignatureRequest ToDelegate(const std::string& steward = "sam@sales",
                                          const std::string& delegate = "deb@sales",
                                          absl::Duration time = absl::Hours(24)) {
    v1::DelegateSignatureRequest request;
    *request.mutable_signed_delegation() =
        keys_.Delegate(steward, delegate, GatewayNow(), GatewayNow() + time);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CharterDelegation> Delegate(const v1::DelegateSignatureRequest& request,
                                                 const std::string& as = "sam@sales") {
    Call call = As(as, "DelegateSignature");
    return service_.DelegateSignature(call, request);
  }
  v1::CharterDelegation Delegated() {
    const auto delegation = Delegate(ToDelegate());
    EXPECT_TRUE(delegation.ok()) << delegation.status();
    return delegation.value_or(v1::CharterDelegation());
  }
  v1::SignAsDelegateRequest ToSign(const v1::CharterProposal& proposal,
                                   const v1::CharterDelegation& delegation) {
    v1::SignAsDelegateRequest request;
    request.set_name(proposal.name());
    *request.mutable_signature() =
        keys_.SignBy(delegation.signed_delegation(), "deb@sales", proposal.body(), GatewayNow());
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  absl::StatusOr<v1::CharterProposal> Sign(const v1::SignAsDelegateRequest& request,
                                           const std::string& as = "deb@sales") {
    Call call = As(as, "SignAsDelegate");
    return service_.SignAsDelegate(call, request);
  }
  std::string ReasonOfSigning(const v1::CharterProposal& proposal,
                              const v1::CharterDelegation& delegation) {
    return Reason(Sign(ToSign(proposal, delegation)).status());
  }
  absl::StatusOr<v1::CharterProposal> SignBySteward(const std::string& who,
                                                    const v1::CharterProposal& proposal) {
    v1::SignProposalRequest request;
    request.set_name(proposal.name());
    *request.mutable_signature() = keys_.Sign(who, proposal.body());
    request.set_request_id(testlib::NewRequestId());
    Call call = As(who, "SignProposal");
    return service_.SignProposal(call, request);
  }
  absl::StatusOr<v1::CharterDelegation> Revoke(const v1::CharterDelegation& delegation,
                                               const std::string& as = "ana@sales") {
    v1::RevokeDelegationRequest request;
    request.set_name(delegation.name());
    request.set_request_id(testlib::NewRequestId());
    Call call = As(as, "RevokeDelegation");
    return service_.RevokeDelegation(call, request);
  }
  v1::CharterDelegation Get(const v1::CharterDelegation& delegation) {
    v1::GetDelegationRequest request;
    request.set_name(delegation.name());
    Call call = As("mia@marketing", "GetDelegation");
    const auto found = service_.GetDelegation(call, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(v1::CharterDelegation());
  }
  v1::ListDelegationsResponse List(const std::string& filter, int size = 0,
                                   const std::string& token = "") {
    v1::ListDelegationsRequest request;
    request.set_filter(filter);
    request.set_page_size(size);
    request.set_page_token(token);
    Call call = As("mia@marketing", "ListDelegations");
    const auto response = service_.ListDelegations(call, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::ListDelegationsResponse());
  }

  // The other service reads what is new in the gateway's journal.
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
    copy_.Confirm(server::Uptime());
  }
  // What it says of the proposal with these signatures.
  std::string ReasonThere(const v1::CharterProposal& proposal) {
    charter::v1::SignedRevision signed_revision;
    signed_revision.set_body(proposal.body());
    *signed_revision.mutable_signatures() = proposal.signatures();
    Call call = other_.MakeCall("ana@sales");
    google::protobuf::Empty none;
    return Reason(storage::TransactInto(
        call, {},
        [&](storage::Transaction& tx) {
          return charter::PrepareRevision(tx, signed_revision, *other_.runtime()->charters,
                                          call.now)
              .status();
        },
        &none));
  }
  std::vector<std::string> TypesOf(const std::string& subject) {
    storage::Lease session = *database_.pool()->Borrow(absl::Now() + absl::Seconds(10));
    storage::Reader reader(&*session);
    std::vector<std::string> types;
    const auto stored = journal::ReadHistory(reader, subject, 0, 500);
    for (const auto& bytes : *stored) {
      journal::v1::Entry entry;
      EXPECT_TRUE(entry.ParseFromString(bytes.body));
      types.push_back(entry.type());
      EXPECT_EQ(entry.version(), static_cast<int64_t>(types.size()));
    }
    return types;
  }

  testlib::Database database_{GatewayMigrations()};
  testlib::Database other_database_;
  testlib::TestRuntime runtime_{&database_};
  testlib::TestRuntime other_{&other_database_};
  directory::Directory persons_;
  charter::TestKeys keys_;
  NoServices services_;
  Runner runner_{runtime_.runtime(), {EnactCharterWorkflow()}, &services_, {}};
  CharterService service_{nullptr, &runner_, &services_};
  directory::Directory directory_;
  directory::DirectoryCopy copy_{other_.runtime(), &directory_, "gateway"};
  size_t followed_ = 0;
  absl::Duration later_ = absl::ZeroDuration();  // the gateway's time, after the clock's
};

TEST_F(CharterDelegationTest, WhoeverWasNamedSignsAndEveryServiceSeesByWhatRight) {
  const v1::CharterDelegation delegation = Delegated();
  EXPECT_EQ(delegation.state(), v1::CHARTER_DELEGATION_STATE_STANDING);
  EXPECT_EQ(delegation.delegate(), "persons/deb");
  const v1::CharterProposal proposal = Propose();
  ASSERT_TRUE(SignBySteward("mia@marketing", proposal).ok());
  const auto complete = Sign(ToSign(proposal, delegation));
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(complete->state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  EXPECT_EQ(complete->signatures(1).person(), "persons/deb");
  EXPECT_EQ(ReasonThere(*complete), "DELEGATION_NOT_SEEN") << "it has not read of it yet";
  Follow();
  EXPECT_EQ(ReasonThere(*complete), "");
  const v1::CharterDelegation used = Get(delegation);
  EXPECT_EQ(used.use_count(), 1);
  EXPECT_EQ(used.last_use().proposal(), proposal.name());
  EXPECT_THAT(TypesOf(delegation.name()), ElementsAre("delegated", "used"));
  EXPECT_THAT(TypesOf(proposal.name()), ElementsAre("proposed", "signed", "signed"));
}

TEST_F(CharterDelegationTest, ARevokedOneSignsNothingMore) {
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  EXPECT_EQ(Reason(Revoke(delegation, "mia@marketing").status()), "NOT_OWN_DEPARTMENT");
  const auto revoked = Revoke(delegation);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), v1::CHARTER_DELEGATION_STATE_REVOKED);
  EXPECT_EQ(revoked->revoker().person(), "persons/ana") << "any steward of the department";
  EXPECT_EQ(ReasonOfSigning(proposal, delegation), "DELEGATION_REVOKED");
  EXPECT_EQ(Reason(Revoke(delegation).status()), "DELEGATION_REVOKED");
  // Nor past the gateway.
  ASSERT_TRUE(SignBySteward("mia@marketing", proposal).ok());
  v1::CharterProposal forged = proposal;
  *forged.add_signatures() = keys_.Sign("mia@marketing", proposal.body());
  *forged.add_signatures() = ToSign(proposal, delegation).signature();
  Follow();
  EXPECT_EQ(ReasonThere(forged), "DELEGATION_REVOKED");
  EXPECT_THAT(TypesOf(delegation.name()), ElementsAre("delegated", "revoked"));
}

TEST_F(CharterDelegationTest, WhatWasSignedBeforeItsEndStaysSigned) {
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  ASSERT_TRUE(Sign(ToSign(proposal, delegation)).ok());
  ASSERT_TRUE(Revoke(delegation).ok());
  const auto complete = SignBySteward("mia@marketing", proposal);
  ASSERT_TRUE(complete.ok()) << complete.status();
  EXPECT_EQ(complete->state(), v1::CHARTER_PROPOSAL_STATE_SIGNED);
  Follow();
  EXPECT_EQ(ReasonThere(*complete), "") << "it reads them in this order";
}

TEST_F(CharterDelegationTest, AClockThatIsPutBackGivesNoTime) {
  const v1::CharterProposal proposal = Propose();
  Follow();  // and by its own clock the service knows that this is all
  later_ = -absl::Hours(48);
  const v1::CharterDelegation delegation = Delegated();  // until yesterday
  v1::SignAsDelegateRequest request = ToSign(proposal, delegation);
  ASSERT_TRUE(Sign(request).ok()) << "by the gateway's clock";
  const auto complete = SignBySteward("mia@marketing", proposal);
  ASSERT_TRUE(complete.ok()) << complete.status();
  Follow();
  EXPECT_EQ(ReasonThere(*complete), "DELEGATION_EXPIRED");
}

// Else it would never agree to what all others have, and every change would wait for it.
TEST_F(CharterDelegationTest, AServiceThatWasAwayGoesByTheJournal) {
  later_ = -absl::Hours(48);  // two days ago
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  ASSERT_TRUE(Sign(ToSign(proposal, delegation)).ok());
  const auto complete = SignBySteward("mia@marketing", proposal);
  ASSERT_TRUE(complete.ok()) << complete.status();
  Follow();  // its time is over by now
  EXPECT_EQ(ReasonThere(*complete), "");
}

TEST_F(CharterDelegationTest, HasItsTime) {
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  later_ = absl::Hours(24) - absl::Minutes(6);
  v1::SignAsDelegateRequest late = ToSign(proposal, delegation);
  late.set_validate_only(true);
  EXPECT_TRUE(Sign(late).ok());
  later_ = absl::Hours(24) - absl::Minutes(4);
  EXPECT_EQ(ReasonOfSigning(proposal, delegation), "DELEGATION_EXPIRED") << "the last minutes";
  later_ = absl::Hours(24);
  EXPECT_EQ(Get(delegation).state(), v1::CHARTER_DELEGATION_STATE_EXPIRED);
  EXPECT_EQ(Reason(Revoke(delegation).status()), "DELEGATION_EXPIRED");
}

TEST_F(CharterDelegationTest, NamesAMemberOfTheDepartmentInOnesOwnName) {
  EXPECT_EQ(Reason(Delegate(ToDelegate("sam@sales", "mia@sales")).status()), "DELEGATE_NOT_MEMBER");
  EXPECT_EQ(Reason(Delegate(ToDelegate("sam@sales", "nobody@sales")).status()),
            "DELEGATE_NOT_MEMBER");
  EXPECT_EQ(Reason(Delegate(ToDelegate(), "ana@sales").status()), "DELEGATION_OF_ANOTHER");
  const absl::Status foreign = Delegate(ToDelegate(), "mia@marketing").status();
  EXPECT_EQ(Reason(foreign), "NOT_OWN_DEPARTMENT");
  EXPECT_EQ(foreign.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Reason(Delegate(ToDelegate("eve@sales"), "eve@sales").status()), "DELEGATION_INVALID");
  SetRoles("persons/deb", {type::v1::ROLE_OPERATOR});
  EXPECT_EQ(Reason(Delegate(ToDelegate()).status()), "DELEGATE_NOT_MEMBER");
  EXPECT_THAT(List("").delegations(), IsEmpty());
}

TEST_F(CharterDelegationTest, IsTakenInOnce) {
  const v1::DelegateSignatureRequest request = ToDelegate();
  v1::DelegateSignatureRequest tried = request;
  tried.set_validate_only(true);
  tried.set_request_id(testlib::NewRequestId());
  EXPECT_TRUE(Delegate(tried).ok());
  EXPECT_THAT(List("").delegations(), IsEmpty());
  const auto delegation = Delegate(request);
  ASSERT_TRUE(delegation.ok()) << delegation.status();
  EXPECT_EQ(Delegate(request)->name(), delegation->name());
  v1::DelegateSignatureRequest again = request;
  again.set_request_id(testlib::NewRequestId());
  EXPECT_EQ(Reason(Delegate(again).status()), "DELEGATION_EXISTS") << "also once it is revoked";
  EXPECT_THAT(List("").delegations(), SizeIs(1));
}

TEST_F(CharterDelegationTest, EachSignsByTheWayThatIsHis) {
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  v1::SignAsDelegateRequest request = ToSign(proposal, delegation);
  EXPECT_EQ(Reason(Sign(request, "sam@sales").status()), "SIGNATURE_OF_ANOTHER");
  v1::SignProposalRequest by_steward;
  by_steward.set_name(proposal.name());
  *by_steward.mutable_signature() = request.signature();
  by_steward.set_request_id(testlib::NewRequestId());
  Call call = As("deb@sales", "SignProposal");
  EXPECT_EQ(Reason(service_.SignProposal(call, by_steward).status()), "DELEGATION_NOT_EXPECTED");
  *request.mutable_signature() = keys_.Sign("ana@sales", proposal.body());
  EXPECT_EQ(Reason(Sign(request, "ana@sales").status()), "DELEGATION_REQUIRED");
  v1::CharterDelegation untold;
  *untold.mutable_signed_delegation() = ToDelegate("ana@sales").signed_delegation();
  EXPECT_EQ(ReasonOfSigning(proposal, untold), "DELEGATION_UNKNOWN");
  request = ToSign(proposal, delegation);
  *request.mutable_signature() = keys_.SignBy(delegation.signed_delegation(), "deb@sales",
                                              proposal.body(), GatewayNow() + absl::Minutes(10));
  EXPECT_EQ(Reason(Sign(request).status()), "STATEMENT_TIME_INVALID");
}

TEST_F(CharterDelegationTest, EndsWithTheOfficeOfWhoeverGaveIt) {
  const v1::CharterDelegation delegation = Delegated();
  const v1::CharterProposal proposal = Propose();
  SetRoles("persons/sam", {type::v1::ROLE_MEMBER});
  EXPECT_EQ(ReasonOfSigning(proposal, delegation), "DELEGATION_LAPSED");
  SetRoles("persons/sam", {type::v1::ROLE_STEWARD});
  EXPECT_EQ(ReasonOfSigning(proposal, delegation), "");
  EXPECT_EQ(ReasonOfSigning(proposal, delegation), "ALREADY_SIGNED");
}

TEST_F(CharterDelegationTest, AuthorsHaveNobodySignForThem) {
  const v1::CharterDelegation delegation = Delegated();
  EXPECT_EQ(ReasonOfSigning(Propose("sam@sales"), delegation), "AUTHOR_SIGNS");
  EXPECT_EQ(ReasonOfSigning(Propose("deb@sales"), delegation), "AUTHOR_SIGNS");
  EXPECT_EQ(ReasonOfSigning(Propose("ana@sales"), delegation), "");
  EXPECT_EQ(Get(delegation).use_count(), 1);
}

TEST_F(CharterDelegationTest, ListsTheLatestFirstByPages) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) names.insert(names.begin(), Delegated().name());
  const auto names_of = [](const v1::ListDelegationsResponse& response) {
    std::vector<std::string> found;
    for (const auto& delegation : response.delegations()) found.push_back(delegation.name());
    return found;
  };
  EXPECT_EQ(names_of(List("")), names);
  EXPECT_EQ(names_of(List("department = departments/sales")), names);
  EXPECT_THAT(names_of(List("department = departments/marketing")), IsEmpty());
  const auto first = List("department = departments/sales", 2);
  EXPECT_THAT(names_of(first), ElementsAre(names[0], names[1]));
  const auto rest = List("department = departments/sales", 2, first.next_page_token());
  EXPECT_THAT(names_of(rest), ElementsAre(names[2]));
  EXPECT_EQ(rest.next_page_token(), "");
}

}  // namespace
}  // namespace comity::gateway
