// A second gateway beside the suite's.
#ifndef COMITY_TESTS_FAULTS_GATEWAY_REPLICA_H_
#define COMITY_TESTS_FAULTS_GATEWAY_REPLICA_H_

namespace comity::integration {

// On the same database, with ports of its own; failpoints are for the first one.
class GatewayReplica {
 public:
  GatewayReplica();
  ~GatewayReplica();
  GatewayReplica(const GatewayReplica&) = delete;
  GatewayReplica& operator=(const GatewayReplica&) = delete;
  void Signal(int signal) const;

 private:
  int pid_ = 0;
};

// Waits until the services that workflows call have word from the first gateway: without it for 40
// s they serve nobody, and the other replica is none of their peers here.
void AwaitWordFromTheGateway();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_GATEWAY_REPLICA_H_
