// Delegations of a department's signature as people read them.
#ifndef COMITY_CLIENT_CHARTER_DELEGATION_TEXT_H_
#define COMITY_CLIENT_CHARTER_DELEGATION_TEXT_H_

#include <string>

#include "comity/gateway/v1/charter_service.pb.h"

namespace comity::client {

// `standing`, `expired`, `revoked`.
std::string StateName(const gateway::v1::CharterDelegation& delegation);
// The delegation that lets `person` sign with the key (base64); null where none stands.
const gateway::v1::CharterDelegation* FindStanding(
    const gateway::v1::ListDelegationsResponse& reply, const std::string& person,
    const std::string& public_key);

std::string ShowDelegations(const gateway::v1::ListDelegationsResponse& reply, int width);
// In a line or two, with what to do next.
std::string ShowDelegation(const gateway::v1::CharterDelegation& delegation);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_DELEGATION_TEXT_H_
