#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/commands/charter_commands.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

using gateway::v1::CharterProposal;

// The text of a revision with its digest: the starting charter's is its own, later ones have that
// of the body that was signed.
absl::StatusOr<BaseText> FetchText(Context& context, int revision) {
  COMITY_ASSIGN_OR_RETURN(const auto revisions, FetchRevisions(context));
  for (const auto& known : revisions.revisions()) {
    if (known.revision() != revision || known.proposal().empty()) continue;
    COMITY_ASSIGN_OR_RETURN(const CharterProposal proposal,
                            FetchProposal(context, known.proposal()));
    return SignedText(proposal.body());
  }
  COMITY_ASSIGN_OR_RETURN(const type::v1::Charter starting, FetchRevision(context, revision));
  return StartingText(starting);
}

}  // namespace

std::string ProposalName(const std::string& text) {
  return absl::StrContains(text, '/') ? text : absl::StrCat("charterProposals/", text);
}

absl::StatusOr<gateway::v1::ListRevisionsResponse> FetchRevisions(Context& context) {
  gateway::v1::ListRevisionsRequest request;
  request.set_page_size(500);
  return context.caller().Ask<gateway::v1::ListRevisionsResponse>(
      context.as(), absl::StrCat(kCharter, "ListRevisions"), request);
}

absl::StatusOr<type::v1::Charter> FetchRevision(Context& context, int revision) {
  gateway::v1::GetCharterRequest request;
  request.set_revision(revision);
  return context.caller().Ask<type::v1::Charter>(context.as(), absl::StrCat(kCharter, "GetCharter"),
                                                 request);
}

absl::StatusOr<CharterProposal> FetchProposal(Context& context, const std::string& name) {
  gateway::v1::GetProposalRequest request;
  request.set_name(ProposalName(name));
  return context.caller().Ask<CharterProposal>(context.as(), absl::StrCat(kCharter, "GetProposal"),
                                               request);
}

absl::StatusOr<ReviewedText> FetchReviewedText(Context& context, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(CharterProposal proposal, FetchProposal(context, name));
  COMITY_ASSIGN_OR_RETURN(BaseText base, FetchText(context, proposal.base_revision()));
  COMITY_ASSIGN_OR_RETURN(Review review, ReviewProposal(base, std::move(proposal)));
  return ReviewedText{std::move(base), std::move(review)};
}

absl::StatusOr<Review> FetchReview(Context& context, const std::string& name) {
  COMITY_ASSIGN_OR_RETURN(ReviewedText text, FetchReviewedText(context, name));
  return std::move(text.review);
}

}  // namespace comity::client
