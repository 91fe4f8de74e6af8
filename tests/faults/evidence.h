// What the databases and journals hold, and the checks of it; no code of the engine's or of the
// services' rules is shared.
#ifndef COMITY_TESTS_FAULTS_EVIDENCE_H_
#define COMITY_TESTS_FAULTS_EVIDENCE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "comity/gateway/v1/workflow.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "tests/integration/journals.h"

namespace comity::integration {

using Problems = std::vector<std::string>;

struct Evidence {
  Journals journals;
  std::vector<gateway::v1::Workflow> workflows;  // as their rows say
  std::set<std::string> made;                    // records, by workflows
  std::set<std::string> withdrawn;
  std::map<std::string, int> standing;  // credit statements of an opportunity
  // As the lead service's journal says last.
  std::map<std::string, lead::v1::Lead> leads;
  std::map<std::string, lead::v1::Opportunity> opportunities;
};
Evidence ReadEvidence(Problems* problems);

void CheckEnded(const Evidence& evidence, Problems* problems);
void CheckEffects(const Evidence& evidence, Problems* problems);
void CheckLeads(const Evidence& evidence, Problems* problems);
void CheckAccounts(const Evidence& evidence, Problems* problems);
void CheckDomains(const Evidence& evidence, Problems* problems);
void CheckSignatures(const Evidence& evidence, Problems* problems);
void CheckStatements(const Evidence& evidence, Problems* problems);
void CheckRelationships(const Evidence& evidence, Problems* problems);
void CheckCases(const Evidence& evidence, Problems* problems);
void CheckMoves(const Evidence& evidence, Problems* problems);
void CheckEnactments(const Evidence& evidence, Problems* problems);
void CheckHandovers(const Evidence& evidence, Problems* problems);
void CheckCharters(Problems* problems);

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_EVIDENCE_H_
