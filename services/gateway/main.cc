// comity-gateway: the directory, the view over all services, the charter, workflows, the HTTP/JSON
// door.
#include "services/gateway/gateway_facts.h"

int main(int argc, char** argv) {
  return comity::server::Serve(argc, argv, comity::gateway::GatewayFacts());
}
