// What the gateway is made of.
#ifndef COMITY_GATEWAY_GATEWAY_FACTS_H_
#define COMITY_GATEWAY_GATEWAY_FACTS_H_

#include <vector>

#include "services/gateway/workflow/definition.h"
#include "services/runtime/server/serve.h"

namespace comity::gateway {

// Every workflow that it runs.
std::vector<Definition> GatewayWorkflows();

server::ServerFacts GatewayFacts();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_GATEWAY_FACTS_H_
