// Leads and accounts, after conversions.
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/faults/evidence.h"
#include "tests/integration/database.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;

}  // namespace

void CheckLeads(const Evidence& evidence, Problems* problems) {
  std::map<std::string, std::string> converted;  // lead, and the workflow that converted it
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.kind() != "convert-lead") continue;
    if (workflow.state() != gateway::v1::WORKFLOW_STATE_SUCCEEDED) continue;
    if (!converted.emplace(workflow.subject(), workflow.name()).second) {
      problems->push_back(absl::StrCat(workflow.subject(), " was converted twice"));
    }
  }
  std::map<std::string, int> opportunities;  // that stand, of a lead
  for (const auto& [name, opportunity] : evidence.opportunities) {
    if (!opportunity.lead().empty() && !evidence.withdrawn.contains(name)) {
      ++opportunities[opportunity.lead()];
    }
  }
  for (const auto& [name, lead] : evidence.leads) {
    const auto by = converted.find(name);
    const std::string expected = by == converted.end() ? "" : by->second;
    const bool is_converted = lead.conversion().has_end_time();
    if (lead.has_conversion() != is_converted)
      problems->push_back(absl::StrCat(name, " is still claimed"));
    if (lead.conversion().workflow() != expected) {
      problems->push_back(absl::StrCat(name, " says it was converted by `",
                                       lead.conversion().workflow(), "`, and `", expected,
                                       "` did"));
    }
    if (opportunities[name] != (is_converted ? 1 : 0)) {
      problems->push_back(absl::StrCat(name, " has ", opportunities[name], " opportunities"));
    }
  }
}

// An account that a workflow made stands as long as one that uses it does.
void CheckAccounts(const Evidence& evidence, Problems* problems) {
  std::set<std::string> used;
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN) continue;
    if (workflow.kind() == "convert-lead") used.insert(workflow.subject());
  }
  std::set<std::string> accounts;  // of converted leads
  for (const auto& [name, lead] : evidence.leads) {
    if (used.contains(name)) accounts.insert(lead.conversion().account());
  }
  for (const std::string& record : evidence.made) {
    if (!absl::StartsWith(record, "accounts/") || evidence.withdrawn.contains(record)) continue;
    if (!accounts.contains(record))
      problems->push_back(absl::StrCat(record, " stands, and nobody uses it"));
  }
}

void CheckDomains(const Evidence& /*evidence*/, Problems* problems) {
  const std::string twice =
      Sql("SELECT domain FROM comity_account.accounts WHERE withdraw_time IS NULL AND domain <> "
          "'' GROUP BY domain HAVING COUNT(*) > 1");
  if (!twice.empty()) problems->push_back(absl::StrCat("several accounts of ", twice));
}

}  // namespace comity::integration
