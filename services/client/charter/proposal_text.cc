#include "services/client/charter/proposal_text.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/charter/charter_text.h"
#include "services/client/charter/preview_text.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"
#include "services/client/output/text.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;

const charter::v1::Signature* SignatureOf(const CharterProposal& proposal,
                                          absl::string_view department) {
  for (const auto& signature : proposal.signatures()) {
    if (signature.department() == department) return &signature;
  }
  return nullptr;
}

const gateway::v1::Refusal* RefusalOf(const CharterProposal& proposal,
                                      absl::string_view department) {
  for (const auto& refusal : proposal.refusals()) {
    if (refusal.actor().department() == department) return &refusal;
  }
  return nullptr;
}

bool IsOpen(const CharterProposal& proposal) {
  return proposal.state() == gateway::v1::CHARTER_PROPOSAL_STATE_OPEN;
}

// `2 of 6` of those whom it touches.
std::string SignedOf(const CharterProposal& proposal) {
  return absl::StrCat(CountSigners(proposal.signatures()), " of ", proposal.affected_size());
}

// `sam`, or `ana for sam`.
std::string SignerText(const charter::v1::Signature& signature) {
  const std::string steward = StewardBehind(signature);
  return absl::StrCat(ShortName(signature.person()),
                      steward.empty() ? "" : absl::StrCat(" for ", ShortName(steward)));
}

void AddSaying(const CharterProposal& proposal, const std::string& department, Table* table) {
  if (const auto* signature = SignatureOf(proposal, department)) {
    const bool decides = signature->verdict() == charter::v1::VERDICT_DECIDE;
    table->AddRow({ShortName(department), decides ? "decided as arbiter" : "signed",
                   SignerText(*signature), FormatTime(signature->sign_time())});
  } else if (const auto* refusal = RefusalOf(proposal, department)) {
    table->AddRow({ShortName(department), "does not agree", ShortName(refusal->actor().person()),
                   FormatTime(refusal->refuse_time()), refusal->reason()});
  } else {
    table->AddRow({ShortName(department), IsOpen(proposal) ? "awaited" : "has not signed"});
  }
}

// What each department says that the proposal touches, and the arbiter where he has decided.
std::string ShowSayings(const CharterProposal& proposal, int width) {
  Table table({{"DEPARTMENT"}, {"SAYS"}, {"BY"}, {"WHEN", false, true}, {"WHY"}});
  for (const std::string& department : proposal.affected()) {
    AddSaying(proposal, department, &table);
  }
  for (const auto& signature : proposal.signatures()) {
    const auto& affected = proposal.affected();
    const bool is_listed =
        std::find(affected.begin(), affected.end(), signature.department()) != affected.end();
    if (!is_listed) AddSaying(proposal, signature.department(), &table);
  }
  return table.Render(width);
}

std::string ShowComments(const CharterProposal& proposal) {
  std::string text;
  for (const auto& comment : proposal.comments()) {
    absl::StrAppend(&text, "  ", FormatTime(comment.comment_time()), " ",
                    ShowActor(comment.actor()), ": ", OneLine(comment.text()), "\n");
  }
  return text.empty() ? "" : absl::StrCat("\nWhat was said\n", text);
}

std::string ShowChanges(const Review& review) {
  const std::string title =
      absl::StrCat("\nRevision ", review.body.base_revision() + 1,
                   " would say otherwise than revision ", review.body.base_revision(), "\n");
  if (!review.changes.empty()) return absl::StrCat(title, ShowDifferences(review.changes));
  return absl::StrCat(
      "\nIt changes no word: who signs it makes the provisional charter a signed "
      "one.\n");
}

std::string ShowTimes(const CharterProposal& proposal) {
  std::string text;
  if (IsOpen(proposal) && proposal.has_arbiter_time()) {
    absl::StrAppend(&text, "The arbiter may decide from ", FormatTime(proposal.arbiter_time()),
                    " on.\n");
  }
  if (proposal.has_effective_time()) {
    absl::StrAppend(&text, "In force from ", FormatTime(proposal.effective_time()), " on.\n");
  }
  if (!proposal.workflow().empty()) {
    absl::StrAppend(&text, "Brought to the services by ", proposal.workflow(), "\n");
  }
  return text;
}

}  // namespace

std::string StateName(const CharterProposal& proposal) {
  const auto* value =
      gateway::v1::CharterProposalState_descriptor()->FindValueByNumber(proposal.state());
  return value == nullptr ? "unknown" : ShortEnum(*value);
}

std::vector<std::string> Awaited(const CharterProposal& proposal) {
  std::vector<std::string> departments;
  if (!IsOpen(proposal)) return departments;
  for (const std::string& department : proposal.affected()) {
    if (SignatureOf(proposal, department) == nullptr) departments.push_back(department);
  }
  return departments;
}

std::string HowFar(const CharterProposal& proposal) {
  std::string text = absl::StrCat(SignedOf(proposal), " have signed");
  const std::vector<std::string> awaited = Awaited(proposal);
  if (awaited.empty()) return text;
  return absl::StrCat(
      text,
      "; awaited: ", absl::StrJoin(awaited, ", ", [&](std::string* out, const auto& department) {
        const bool refused = RefusalOf(proposal, department) != nullptr;
        absl::StrAppend(out, ShortName(department), refused ? " (does not agree)" : "");
      }));
}

std::string WhatNext(const CharterProposal& proposal) {
  switch (proposal.state()) {
    case gateway::v1::CHARTER_PROPOSAL_STATE_OPEN:
      return absl::StrCat("Whoever is awaited signs it by: comity charter sign ", proposal.name(),
                          "\n");
    case gateway::v1::CHARTER_PROPOSAL_STATE_STALE:
      return absl::StrCat(
          "The charter has changed since revision ", proposal.base_revision(),
          ", so nobody can sign this any more. To propose it anew: comity charter export > "
          "charter.yaml, make the change there, comity charter propose charter.yaml\n");
    default:
      return "";
  }
}

std::string ShowProposals(const gateway::v1::ListProposalsResponse& reply, int width) {
  Table table({{"NAME", false, true},
               {"TITLE"},
               {"STATE"},
               {"CHANGES"},
               {"BY"},
               {"SIGNED", true},
               {"AWAITED"},
               {"PROPOSED"}});
  for (const CharterProposal& proposal : reply.proposals()) {
    const std::vector<std::string> awaited = Awaited(proposal);
    table.AddRow({proposal.name(), proposal.title(), StateName(proposal),
                  absl::StrCat("revision ", proposal.base_revision()), ShowActor(proposal.author()),
                  SignedOf(proposal),
                  absl::StrJoin(awaited, ", ",
                                [](std::string* out, const auto& department) {
                                  absl::StrAppend(out, ShortName(department));
                                }),
                  FormatTime(proposal.create_time())});
  }
  return table.Render(width);
}

std::string ShowReview(const Review& review, int width) {
  const CharterProposal& proposal = review.proposal;
  const std::string author = absl::StrCat(ShortName(review.body.author()), "@",
                                          ShortName(review.body.author_department()));
  std::string text =
      absl::StrCat(proposal.name(), ": ", OneLine(proposal.title()), "\n", StateName(proposal),
                   ", proposed by ", OneLine(author), " on ", FormatTime(proposal.create_time()),
                   "; ", OneLine(HowFar(proposal)), "\n");
  if (!proposal.reason().empty()) {
    absl::StrAppend(&text, "Why: ", OneLine(proposal.reason()), "\n");
  }
  absl::StrAppend(&text, "Digest of what is signed: ", absl::BytesToHexString(proposal.digest()),
                  "\n\n", ShowSayings(proposal, width), ShowTimes(proposal), ShowComments(proposal),
                  ShowChanges(review));
  const std::string headline = PreviewHeadline(proposal);
  if (!headline.empty()) absl::StrAppend(&text, "\n", headline);
  return text;
}

}  // namespace comity::client
