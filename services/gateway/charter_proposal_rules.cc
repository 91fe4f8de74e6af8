#include "services/gateway/charter_proposal_rules.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

bool LeavesList(const type::v1::Question& question) {
  const auto& answers = question.answers();
  return std::any_of(answers.begin(), answers.end(),
                     [](const auto& answer) { return !answer.leaves_working_list_of().empty(); });
}

// What the stored rows of working lists follow from: which answers to which questions leave whose
// list, and, of those questions, about what they are and which facts their answers need.
std::set<std::string> WorkingListRules(const type::v1::Charter& document) {
  std::set<std::string> rules;
  for (const auto& question : document.questions()) {
    if (!LeavesList(question)) continue;
    rules.insert(absl::StrCat(question.name(), " is about ", question.collection()));
    for (const auto& answer : question.answers()) {
      const std::string rule = absl::StrCat(question.name(), " ", answer.id(), " ");
      if (!answer.decided_by_fact().empty()) {
        rules.insert(absl::StrCat(rule, "needs ", answer.decided_by_fact()));
      }
      for (const std::string& department : answer.leaves_working_list_of()) {
        rules.insert(absl::StrCat(rule, department));
      }
    }
  }
  return rules;
}

bool SameWords(type::v1::Charter before, type::v1::Charter after) {
  for (type::v1::Charter* charter : {&before, &after}) {
    charter->clear_revision();
    charter->clear_provisional();
  }
  return before.SerializeAsString() == after.SerializeAsString();
}

std::vector<std::string> AffectedBy(const v1::CharterProposal& proposal) {
  return {proposal.affected().begin(), proposal.affected().end()};
}

void RemoveRefusal(const std::string& department, v1::CharterProposal* proposal) {
  auto& refusals = *proposal->mutable_refusals();
  refusals.erase(std::remove_if(refusals.begin(), refusals.end(),
                                [&](const v1::Refusal& refusal) {
                                  return refusal.actor().department() == department;
                                }),
                 refusals.end());
}

absl::Status CheckDocument(const charter::Base& base, const type::v1::Charter& document) {
  const type::v1::Charter& before = base.charter->document();
  if (document.revision() != before.revision()) {
    return PreconditionFailed(
        "BASE_NOT_IN_FORCE", absl::StrCat("charterRevisions/", document.revision()),
        absl::StrCat("revision ", before.revision(), " is in force: propose a change of that one"));
  }
  if (!before.provisional() && SameWords(before, document)) {
    return InvalidField("NOTHING_CHANGES", "document", "it says what the charter in force says");
  }
  if (WorkingListRules(before) != WorkingListRules(document)) {
    return PreconditionFailed(
        "WORKING_LISTS_CHANGE", "leaves_working_list_of",
        "which answers leave whose working list, and what those questions rest on, "
        "cannot be changed yet");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SetText(const charter::Base& base, type::v1::Charter document,
                     v1::CharterProposal* proposal) {
  COMITY_RETURN_IF_ERROR(CheckDocument(base, document));
  document.set_revision(base.charter->revision() + 1);
  document.set_provisional(false);
  charter::v1::RevisionBody former;  // empty of a new one
  if (!former.ParseFromString(proposal->body())) return Internal("a proposal does not parse");
  charter::v1::RevisionBody body;
  if (!proposal->body().empty()) body.set_amendment(former.amendment() + 1);
  body.set_proposal(proposal->name());
  body.set_base_revision(base.charter->revision());
  body.set_base_digest(base.digest);
  *body.mutable_document() = std::move(document);
  body.set_author(proposal->author().person());
  body.set_author_department(proposal->author().department());
  proposal->set_body(body.SerializeAsString());
  proposal->set_digest(charter::DigestOf(proposal->body()));
  COMITY_ASSIGN_OR_RETURN(const charter::Proposed read,
                          charter::ReadProposed(base, proposal->body()));
  proposal->set_base_revision(base.charter->revision());
  *proposal->mutable_affected() = {read.affected.begin(), read.affected.end()};
  proposal->clear_signatures();
  proposal->clear_refusals();
  proposal->clear_preview();
  return absl::OkStatus();
}

v1::CharterProposalState StateOf(const v1::CharterProposal& proposal, int in_force) {
  const bool is_open = proposal.state() == v1::CHARTER_PROPOSAL_STATE_OPEN;
  return is_open && proposal.base_revision() != in_force ? v1::CHARTER_PROPOSAL_STATE_STALE
                                                         : proposal.state();
}

absl::Status CheckOpen(const v1::CharterProposal& proposal, int in_force) {
  switch (StateOf(proposal, in_force)) {
    case v1::CHARTER_PROPOSAL_STATE_OPEN:
      return absl::OkStatus();
    case v1::CHARTER_PROPOSAL_STATE_STALE:
      return PreconditionFailed(
          "PROPOSAL_STALE", proposal.name(),
          absl::StrCat("it changes revision ", proposal.base_revision(), ", and revision ",
                       in_force, " is in force: propose it anew"));
    default:
      return PreconditionFailed(
          "PROPOSAL_CLOSED", proposal.name(),
          absl::StrCat("its state is ", v1::CharterProposalState_Name(proposal.state())));
  }
}

absl::Status CheckMaySpeak(const v1::CharterProposal& proposal, const std::string& department) {
  const auto& affected = proposal.affected();
  if (std::find(affected.begin(), affected.end(), department) == affected.end()) {
    return PreconditionFailed("NOT_AFFECTED", proposal.name(),
                              absl::StrCat("it does not touch ", department));
  }
  if (charter::MissingSignatures({department}, proposal.signatures()).empty()) {
    return PreconditionFailed("ALREADY_SIGNED", proposal.name(),
                              absl::StrCat(department, " has signed it"));
  }
  return absl::OkStatus();
}

absl::Status CheckOwn(const charter::v1::Signature& signature, const type::v1::Actor& actor) {
  if (signature.person() == actor.person() && signature.department() == actor.department()) {
    return absl::OkStatus();
  }
  return InvalidField("SIGNATURE_OF_ANOTHER", "signature",
                      "you sign as who you are, for the department that you act for");
}

absl::Status AddSignature(const charter::Base& base, const type::v1::Actor& actor, absl::Time now,
                          charter::v1::Signature signature, v1::CharterProposal* proposal) {
  COMITY_RETURN_IF_ERROR(CheckOwn(signature, actor));
  const bool decides = signature.verdict() == charter::v1::VERDICT_DECIDE;
  if (!decides) COMITY_RETURN_IF_ERROR(CheckMaySpeak(*proposal, signature.department()));
  COMITY_ASSIGN_OR_RETURN(const charter::Proposed read,
                          charter::ReadProposed(base, proposal->body()));
  COMITY_RETURN_IF_ERROR(charter::CheckSignature(base, read.body, proposal->body(), signature));
  charter::v1::SignedRevision together = SignedSoFar(*proposal);
  *together.add_signatures() = signature;
  COMITY_RETURN_IF_ERROR(charter::CheckDistinct(together));
  *signature.mutable_sign_time() = resource::FromTime(now);
  RemoveRefusal(signature.department(), proposal);
  *proposal->add_signatures() = std::move(signature);
  return absl::OkStatus();
}

charter::v1::SignedRevision SignedSoFar(const v1::CharterProposal& proposal) {
  charter::v1::SignedRevision result;
  result.set_body(proposal.body());
  *result.mutable_signatures() = proposal.signatures();
  return result;
}

bool IsComplete(const v1::CharterProposal& proposal) {
  const auto& signatures = proposal.signatures();
  const bool is_decided = std::any_of(signatures.begin(), signatures.end(), [](const auto& one) {
    return one.verdict() == charter::v1::VERDICT_DECIDE;
  });
  return is_decided ||
         charter::MissingSignatures(AffectedBy(proposal), proposal.signatures()).empty();
}

void AddRefusal(v1::Refusal refusal, v1::CharterProposal* proposal) {
  RemoveRefusal(refusal.actor().department(), proposal);
  *proposal->add_refusals() = std::move(refusal);
}

}  // namespace comity::gateway
