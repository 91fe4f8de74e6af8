// Proposals of the charter as people read them.
#ifndef COMITY_CLIENT_CHARTER_PROPOSAL_TEXT_H_
#define COMITY_CLIENT_CHARTER_PROPOSAL_TEXT_H_

#include <string>
#include <vector>

#include "comity/gateway/v1/charter_proposal.pb.h"
#include "comity/gateway/v1/charter_service.pb.h"
#include "services/client/charter/review.h"

namespace comity::client {

// `open`, `signed` …
std::string StateName(const gateway::v1::CharterProposal& proposal);
// The departments that have not signed it, where it is open.
std::vector<std::string> Awaited(const gateway::v1::CharterProposal& proposal);
// `2 of 6 have signed; awaited: sales, it (refused)`.
std::string HowFar(const gateway::v1::CharterProposal& proposal);
// What somebody does next; empty where there is nothing to do.
std::string WhatNext(const gateway::v1::CharterProposal& proposal);

std::string ShowProposals(const gateway::v1::ListProposalsResponse& reply, int width);
// Who says what of it, what was said, and what it changes.
std::string ShowReview(const Review& review, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_PROPOSAL_TEXT_H_
