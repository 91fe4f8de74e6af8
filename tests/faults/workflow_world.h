// What tests of workflows start, and how they bring a process down at a point.
#ifndef COMITY_TESTS_FAULTS_WORKFLOW_WORLD_H_
#define COMITY_TESTS_FAULTS_WORKFLOW_WORLD_H_

#include <string>
#include <vector>

#include "comity/account/v1/account.pb.h"
#include "comity/gateway/v1/workflow.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "google/longrunning/operations.pb.h"

namespace comity::integration {

// A lead of the firm, whose domain is `FIRM.example`.
lead::v1::Lead MakeLead(const std::string& firm);
lead::v1::Lead GetLead(const std::string& name);

// Starts a conversion: the same request until the gateway has answered, so that it is one. Returns
// the workflow.
std::string Convert(const lead::v1::Lead& lead, const std::string& account = "");
// The same for an amount that no opportunity takes: account and contact are made, and undone.
std::string ConvertInVain(const lead::v1::Lead& lead);
// Waits for a workflow's end.
google::longrunning::Operation AwaitEnd(const std::string& workflow);
gateway::v1::Workflow GetWorkflow(const std::string& name);
// The workflows about a subject, the latest first.
std::vector<gateway::v1::Workflow> WorkflowsOf(const std::string& subject,
                                               const std::string& kind = "");

struct SignedOpportunity {
  std::string account;
  std::string opportunity;
  std::string fact;  // by which it is signed
};
// An opportunity of that account, or of one of its own, that is signed now.
SignedOpportunity Sign(const std::string& firm, const std::string& account = "");
// Waits until a workflow of that kind about the subject was started; the latest one.
std::string WorkflowOf(const std::string& subject, const std::string& kind);
std::string OnboardingOf(const std::string& opportunity);
void VoidSignature(const SignedOpportunity& opportunity);

// Leads, an opportunity and an account, `count` of each, of ana's.
void MakeOwned(int count);
// Moves what ana works on to sam, or back; by sam, a steward.
std::string MoveOwner(const std::string& from, const std::string& to);
// How many leads, opportunities and accounts of sales the person works on.
int OwnedBy(const std::string& person);

// The variable by which processes find their failpoints; before the suite starts.
void UseFailpoints();
// The next time `service` comes to `point`, it does `action`; see
// services/runtime/server/failpoint.h.
void SetFailpoint(const std::string& service, const std::string& point, const char* action);
bool WasHit(const std::string& service);
// Waits until `service` was killed at its point, and starts it again.
void AwaitKilled(const std::string& service);

// Waits until the services that workflows call have word from the first gateway: without it for 40
// s they serve nobody, and the other replica is none of their peers here.
void AwaitWordFromTheGateway();

// A second gateway on the same database, with ports of its own.
class GatewayReplica {
 public:
  GatewayReplica();
  ~GatewayReplica();
  void Signal(int signal) const;

 private:
  int pid_ = 0;
};

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_WORKFLOW_WORLD_H_
