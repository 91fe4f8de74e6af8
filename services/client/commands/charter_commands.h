// What the commands of the charter share: its documents, as the services have them.
#ifndef COMITY_CLIENT_COMMANDS_CHARTER_COMMANDS_H_
#define COMITY_CLIENT_COMMANDS_CHARTER_COMMANDS_H_

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/statusor.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/client/charter/review.h"
#include "services/client/commands/context.h"

namespace comity::client {

inline constexpr char kCharter[] = "comity.gateway.v1.CharterService/";

void AddProposalCommands(CLI::App* charter, Context* context);  // propose, amend, proposals …
void AddSignCommand(CLI::App* charter, Context* context);
void AddDelegationCommands(CLI::App* charter, Context* context);  // delegate, delegations, revoke

// `charterProposals/…`, also of its id alone.
std::string ProposalName(const std::string& text);
// A revision; 0: the one in force. After Connect, as all of these.
absl::StatusOr<type::v1::Charter> FetchRevision(Context& context, int revision);
// The last 500: a charter that changes monthly has them for forty years.
absl::StatusOr<gateway::v1::ListRevisionsResponse> FetchRevisions(Context& context);
absl::StatusOr<gateway::v1::CharterProposal> FetchProposal(Context& context,
                                                           const std::string& name);
// A proposal against the charter that it changes. Errors: those of ReviewProposal.
struct ReviewedText {
  BaseText base;
  Review review;
};
absl::StatusOr<ReviewedText> FetchReviewedText(Context& context, const std::string& name);
absl::StatusOr<Review> FetchReview(Context& context, const std::string& name);

}  // namespace comity::client

#endif  // COMITY_CLIENT_COMMANDS_CHARTER_COMMANDS_H_
