// What a proposal would change, as people look at it.
#ifndef COMITY_CLIENT_CHARTER_PREVIEW_TEXT_H_
#define COMITY_CLIENT_CHARTER_PREVIEW_TEXT_H_

#include <string>

#include "comity/gateway/v1/charter_proposal.pb.h"

namespace comity::client {

// In a line or two, for whoever reads the proposal: what was found, or that nobody has asked.
std::string PreviewHeadline(const gateway::v1::CharterProposal& proposal);
// Answers, reports and handovers that change, in tables that fit `width`.
std::string ShowPreview(const gateway::v1::CharterProposal& proposal, int width);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_PREVIEW_TEXT_H_
