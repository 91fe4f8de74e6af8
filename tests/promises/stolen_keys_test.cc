// Promise 3, the hard way: whoever has the gateway's certificate, the key of its assertions and the
// key of the issuer of tokens still enacts nothing. What departments have not signed with keys of
// their own, each service refuses by itself.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "comity/charter/v1/revision_service.grpc.pb.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/channel/channel.h"
#include "services/runtime/charter/signing_test_keys.h"
#include "services/runtime/status/errors.h"
#include "tests/integration/proposals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using charter::v1::SignedRevision;
using charter::v1::VERDICT_DECIDE;
using CharterStub = gateway::v1::CharterService::Stub;

// Calls with the certificate of a workload, e.g. `gateway`, stolen from where it runs.
template <typename Stub, typename Request, typename Response>
absl::Status CallFrom(const std::string& workload, const std::string& service,
                      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                      const Request& request, const std::string& token = "") {
  const client::Profile& profile = Suite::Get().profile();
  const std::string pki = absl::StrCat(Suite::Get().folder(), "/pki/", workload);
  const channel::Channels channels({pki + ".crt", pki + ".key", profile.tls_ca}, profile.addresses);
  return Suite::CallWith<Stub, Request, Response>(channels.To(service), method, token, request)
      .status();
}

absl::Status Prepare(const std::string& workload, const std::string& service,
                     const SignedRevision& signed_revision) {
  charter::v1::PrepareRevisionRequest request;
  *request.mutable_signed_revision() = signed_revision;
  request.set_request_id(NewRequestId());
  request.set_validate_only(true);  // what is good here is not to be in force for other tests
  return CallFrom(workload, service, &charter::v1::RevisionService::Stub::PrepareRevision, request);
}

class StolenKeys : public testing::Test {
 protected:
  StolenKeys() : proposal_(Propose("ida@it", CharterWithCriteria("Whatever IT says."))) {
    EXPECT_TRUE(body_.ParseFromString(proposal_.body()));
  }

  // Signed by the stewards of these departments, with their true keys.
  SignedRevision SignedFor(const std::vector<std::string>& departments) const {
    SignedRevision result;
    result.set_body(body_.SerializeAsString());
    for (const std::string& department : departments) {
      *result.add_signatures() = SignatureOf(StewardOf(department), result.body());
    }
    return result;
  }
  SignedRevision SignedByAll() const {
    return SignedFor({proposal_.affected().begin(), proposal_.affected().end()});
  }
  void ExpectRefusedByAll(const SignedRevision& signed_revision, const std::string& reason) const {
    for (const std::string& service : Suite::Get().services()) {
      const absl::Status status = Prepare("gateway", service, signed_revision);
      EXPECT_EQ(Reason(status), reason) << service << status;
    }
  }
  // Keys of the operator's own making, registered for every steward in the text.
  charter::TestKeys SwapKeys() {
    charter::TestKeys of_operator;
    for (auto& key : *body_.mutable_document()->mutable_keys()) {
      key.set_public_key(of_operator.PublicOf(WhoseKey(key)));
    }
    return of_operator;
  }
  static std::string WhoseKey(const type::v1::StewardKey& key) {
    return absl::StrCat(absl::StripPrefix(key.person(), "persons/"), "@",
                        absl::StripPrefix(key.department(), "departments/"));
  }

  gateway::v1::CharterProposal proposal_;
  charter::v1::RevisionBody body_;
};

TEST_F(StolenKeys, WhatAllHaveSignedIsGoodInEveryService) {
  ExpectRefusedByAll(SignedByAll(), "");  // else the refusals below would prove nothing
}

TEST_F(StolenKeys, WithoutEverySignatureNoServiceTakesIt) {
  ExpectRefusedByAll(SignedFor({}), "SIGNATURE_MISSING");
  ExpectRefusedByAll(SignedFor({"departments/it"}), "SIGNATURE_MISSING");
  SignedRevision all_but_one = SignedByAll();
  all_but_one.mutable_signatures()->RemoveLast();
  ExpectRefusedByAll(all_but_one, "SIGNATURE_MISSING");
}

TEST_F(StolenKeys, NoKeyOfTheOperatorsSignsForADepartment) {
  charter::TestKeys of_operator = SwapKeys();
  SignedRevision forged = SignedFor({});
  for (const auto& key : body_.document().keys()) {
    *forged.add_signatures() = of_operator.Sign(WhoseKey(key), forged.body());
  }
  ExpectRefusedByAll(forged, "SIGNATURE_INVALID");
  // Under the names of the true keys.
  for (int i = 0; i < forged.signatures_size(); ++i) {
    forged.mutable_signatures(i)->set_public_key(CharterInForce().keys(i).public_key());
  }
  ExpectRefusedByAll(forged, "SIGNATURE_INVALID");
}

TEST_F(StolenKeys, SignaturesOfAnotherTextSignNothing) {
  SignedRevision moved = SignedByAll();
  body_.mutable_document()->mutable_questions(0)->set_text("And now for something else.");
  moved.set_body(body_.SerializeAsString());
  ExpectRefusedByAll(moved, "SIGNATURE_INVALID");
}

TEST_F(StolenKeys, NothingIsDecidedInSecretOrByWhoeverCallsHimselfArbiter) {
  const auto expect_refused = [&](const std::string& by, const std::string& reason) {
    SignedRevision decided = SignedFor({"departments/it"});
    *decided.add_signatures() = SignatureOf(by, decided.body(), VERDICT_DECIDE);
    ExpectRefusedByAll(decided, reason);
  };
  expect_refused("mia@marketing", "NOT_ARBITER");
  // The arbiter himself, over a text that no service has ever seen proposed.
  body_.mutable_document()->mutable_questions(0)->set_text("And now for something else.");
  expect_refused("max@management", "TERM_NOT_OVER");
  body_.mutable_document()->set_arbiter("departments/marketing");
  expect_refused("mia@marketing", "NOT_ARBITER");
}

// Whoever has the gateway in his hand, and a delegate's key as well.
TEST_F(StolenKeys, ADelegateWithoutHisStewardOrBeyondHisTimeSignsNothing) {
  charter::TestKeys of_operator;
  const absl::Time now = absl::Now();
  const auto expect_refused = [&](const charter::v1::SignedDelegation& delegation,
                                  absl::Time stated, const std::string& reason) {
    SignedRevision forged = SignedByAll();
    for (auto& signature : *forged.mutable_signatures()) {
      if (signature.department() != "departments/sales") continue;
      signature = of_operator.SignBy(delegation, "ana@sales", forged.body(), stated);
    }
    ExpectRefusedByAll(forged, reason);
  };
  expect_refused(of_operator.Delegate("sam@sales", "ana@sales", now, now + absl::Hours(24)), now,
                 "DELEGATION_INVALID");
  const auto by_sam = [&](absl::Time issued, absl::Duration time) {
    return DelegationOf("sam@sales", "persons/ana", of_operator.PublicOf("ana@sales"), issued,
                        time);
  };
  expect_refused(by_sam(now, absl::Hours(24 * 365)), now, "DELEGATION_INVALID");
  expect_refused(by_sam(now - absl::Hours(48), absl::Hours(24)), now, "DELEGATION_EXPIRED");
  // Dated back: what is in no journal was not signed in time.
  expect_refused(by_sam(now - absl::Hours(48), absl::Hours(24)), now - absl::Hours(30),
                 "DELEGATION_NOT_SEEN");
}

TEST_F(StolenKeys, TheGatewayEnactsNothingThatIsNotSigned) {
  gateway::v1::EnactProposalRequest request;
  request.set_name(proposal_.name());
  request.set_request_id(NewRequestId());
  EXPECT_EQ(Reason(CallFrom("gateway", "gateway", &CharterStub::EnactProposal, request)),
            "PROPOSAL_NOT_SIGNED");
}

TEST_F(StolenKeys, WhoIssuesTokensSignsNothing) {
  // A token for any steward, and the signature that its bearer cannot make.
  charter::TestKeys of_issuer;
  gateway::v1::SignProposalRequest request;
  request.set_name(proposal_.name());
  request.set_request_id(NewRequestId());
  *request.mutable_signature() = of_issuer.Sign("mia@marketing", proposal_.body());
  const auto sign = [&] {
    return Reason(Suite::Get()
                      .Call(&CharterStub::SignProposal, "gateway", "mia@marketing", request)
                      .status());
  };
  EXPECT_EQ(sign(), "SIGNATURE_INVALID");
  request.mutable_signature()->set_public_key(
      SignatureOf("mia@marketing", proposal_.body()).public_key());
  EXPECT_EQ(sign(), "SIGNATURE_INVALID");
  EXPECT_TRUE(GetProposal(proposal_.name()).signatures().empty());
}

TEST_F(StolenKeys, OthersThanTheGatewayPassNothingOn) {
  const SignedRevision good = SignedByAll();
  for (const std::string workload : {"lead", "account", "support", "reporting", "client"}) {
    for (const std::string& service : Suite::Get().services()) {
      EXPECT_EQ(Reason(Prepare(workload, service, good)), "WORKLOAD_NOT_ALLOWED")
          << workload << " to " << service;
    }
    gateway::v1::EnactProposalRequest request;
    request.set_name(proposal_.name());
    request.set_request_id(NewRequestId());
    EXPECT_EQ(Reason(CallFrom(workload, "gateway", &CharterStub::EnactProposal, request)),
              "WORKLOAD_NOT_ALLOWED")
        << workload;
  }
}

}  // namespace
}  // namespace comity::integration
