// What tests of workflows start, and what becomes of it.
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
lead::v1::Lead MakeLead(const std::string& firm, const std::string& as = "ana@sales");
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

// Of a conversion, or of an onboarding, that has ended: it has made all that it makes.
void ExpectConverted(const lead::v1::Lead& lead, const google::longrunning::Operation& operation);
void ExpectOnboarded(const google::longrunning::Operation& operation);
std::string ReasonOf(const google::longrunning::Operation& operation);
bool IsWithdrawn(const std::string& workflow);
// Goes on with one that is stuck, as the system's operator.
void Resume(const std::string& workflow);
// A name that no other has in this run.
std::string NewFirm();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_WORKFLOW_WORLD_H_
