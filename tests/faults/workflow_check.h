// What workflows left behind, by an independent look at all five databases and journals: it shares
// no code with the engine and the services' rules.
#ifndef COMITY_TESTS_FAULTS_WORKFLOW_CHECK_H_
#define COMITY_TESTS_FAULTS_WORKFLOW_CHECK_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace comity::integration {

// Waits until no workflow is under way; false when that takes longer than `limit`, or one is stuck.
bool AwaitAllEnded(absl::Duration limit);
// How many there were.
int CountWorkflows();

// What is not as it must be: every workflow has ended; what one that succeeded has made stands
// once, what one that was withdrawn has made is withdrawn; nothing that the gateway made for a
// workflow is unknown to it; a lead has one conversion or none, and all agree on it; an opportunity
// that is signed has one onboarding, one case and a customer, any other none; no domain has two
// accounts by conversions; a move has moved what it says; a revision of the charter is stored once
// in each service, the same in all, and announced once; no handover is still being accepted, and
// each that was has passed its record on once.
std::vector<std::string> WorkflowProblems();

// All of it, for the end of a test: nothing that was acknowledged is lost (insist.h), the workflows
// have no problems, all five journals are gapless and in order, reports follow from them, and
// nothing has crashed.
void ExpectAllSound();

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_WORKFLOW_CHECK_H_
