#include "tests/integration/proposals.h"

#include <fstream>
#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/charter_service.grpc.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/charter/signed_revision.h"
#include "services/runtime/identity/signature.h"
#include "services/runtime/resource/columns.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::CharterProposal;
using CharterStub = gateway::v1::CharterService::Stub;

constexpr char kReader[] = "sam@sales";
constexpr char kQuestion[] = "questions/lead-quality";

identity::PrivateKey KeyOf(const std::string& person) {
  std::stringstream pem;
  pem << std::ifstream(Suite::Get().KeyOf(person)).rdbuf();
  auto key = identity::PrivateKey::FromPem(pem.str());
  EXPECT_TRUE(key.ok()) << person << key.status();
  return *std::move(key);
}

CharterProposal ProposalOf(const absl::StatusOr<CharterProposal>& answer) {
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.value_or(CharterProposal());
}

}  // namespace

type::v1::Charter CharterInForce() {
  const auto charter = Suite::Get().Call(&CharterStub::GetCharter, "gateway", kReader,
                                         gateway::v1::GetCharterRequest());
  EXPECT_TRUE(charter.ok()) << charter.status();
  return charter.value_or(type::v1::Charter());
}

type::v1::Charter CharterWithCriteria(const std::string& criteria) {
  type::v1::Charter document = CharterInForce();
  for (auto& question : *document.mutable_questions()) {
    if (question.name() == kQuestion) question.mutable_answers()->rbegin()->set_criteria(criteria);
  }
  return document;
}

CharterProposal Propose(const std::string& as, const type::v1::Charter& document) {
  gateway::v1::CreateProposalRequest request;
  *request.mutable_document() = document;
  request.set_title("Of a test");
  request.set_request_id(NewRequestId());
  return ProposalOf(Suite::Get().Call(&CharterStub::CreateProposal, "gateway", as, request));
}

CharterProposal GetProposal(const std::string& name) {
  gateway::v1::GetProposalRequest request;
  request.set_name(name);
  return ProposalOf(Suite::Get().Call(&CharterStub::GetProposal, "gateway", kReader, request));
}

charter::v1::Signature SignatureOf(const std::string& as, absl::string_view body,
                                   charter::v1::Verdict verdict) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(as, '@');
  const identity::PrivateKey key = KeyOf(parts.first);
  charter::v1::Signature signature;
  signature.set_person(absl::StrCat("persons/", parts.first));
  signature.set_department(absl::StrCat("departments/", parts.second));
  signature.set_public_key(absl::Base64Escape(*key.RawPublicKey()));
  signature.set_verdict(verdict);
  signature.set_signature(*key.Sign(charter::SigningText(body, signature)));
  return signature;
}

absl::StatusOr<CharterProposal> Sign(const std::string& as, const CharterProposal& proposal,
                                     charter::v1::Verdict verdict) {
  gateway::v1::SignProposalRequest request;
  request.set_name(proposal.name());
  *request.mutable_signature() = SignatureOf(as, proposal.body(), verdict);
  request.set_request_id(NewRequestId());
  return Suite::Get().Call(&CharterStub::SignProposal, "gateway", as, request);
}

charter::v1::SignedDelegation DelegationOf(const std::string& as, const std::string& delegate,
                                           const std::string& delegate_key, absl::Time issued,
                                           absl::Duration time) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(as, '@');
  const identity::PrivateKey key = KeyOf(parts.first);
  charter::v1::DelegationBody body;
  body.set_department(absl::StrCat("departments/", parts.second));
  body.set_steward(absl::StrCat("persons/", parts.first));
  body.set_steward_key(absl::Base64Escape(*key.RawPublicKey()));
  body.set_delegate(delegate);
  body.set_delegate_key(delegate_key);
  *body.mutable_issue_time() = resource::FromTime(issued);
  *body.mutable_expire_time() = resource::FromTime(issued + time);
  charter::v1::SignedDelegation delegation;
  delegation.set_body(body.SerializeAsString());
  delegation.set_signature(*key.Sign(charter::DelegationText(delegation.body())));
  return delegation;
}

std::string StewardOf(const std::string& department) {
  for (const char* as : {"sam@sales", "mia@marketing", "sue@support", "max@management", "ida@it",
                         "meg@membership"}) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(as, '@');
    if (absl::StrCat("departments/", parts.second) == department) return as;
  }
  ADD_FAILURE() << department << " has no steward";
  return kReader;
}

CharterProposal SignByAll(const CharterProposal& proposal) {
  CharterProposal last = proposal;
  for (const std::string& department : proposal.affected()) {
    last = ProposalOf(Sign(StewardOf(department), proposal));
  }
  return last;
}

CharterProposal AwaitState(const std::string& name, gateway::v1::CharterProposalState state) {
  gateway::v1::GetProposalRequest request;
  request.set_name(name);
  absl::StatusOr<CharterProposal> proposal;
  EXPECT_TRUE(Eventually([&] {
    proposal = Suite::Get().Call(&CharterStub::GetProposal, "gateway", kReader, request);
    return proposal.ok() && proposal->state() == state;
  })) << name
      << " does not come as far as " << gateway::v1::CharterProposalState_Name(state) << ": "
      << proposal.status();
  return proposal.value_or(CharterProposal());
}

void AwaitRevision(int revision) {
  EXPECT_TRUE(Eventually([&] {
    const auto charter = Suite::Get().Call(&CharterStub::GetCharter, "gateway", kReader,
                                           gateway::v1::GetCharterRequest());
    return charter.ok() && charter->revision() == revision;
  })) << revision;
}

}  // namespace comity::integration
