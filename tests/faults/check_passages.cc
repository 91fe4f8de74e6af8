// What passes from one to another: records of who leaves, what is handed over, the charter.
#include <map>
#include <set>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "tests/faults/evidence.h"
#include "tests/integration/database.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;

bool AllHoldTheSame() {
  std::set<std::string> held;
  for (const std::string& service : Suite::Get().services()) {
    held.insert(Sql(absl::StrCat("SELECT r.revision, HEX(r.signed), HEX(e.effect) FROM comity_",
                                 service, ".charter_revisions r LEFT JOIN comity_", service,
                                 ".charter_effects e ON e.revision = r.revision ORDER BY 1")));
  }
  return held.size() == 1;
}

}  // namespace

void CheckMoves(const Evidence& evidence, Problems* problems) {
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.kind() != "move-owner") continue;
    int64_t facts = 0;
    for (const auto& [service, journal] : evidence.journals) {
      for (const auto& positioned : journal) {
        fact::v1::Fact fact;
        if (!positioned.entry().payload().UnpackTo(&fact)) continue;
        if (absl::EndsWith(fact.reason(), workflow.name())) ++facts;
      }
    }
    if (facts != workflow.done()) {
      problems->push_back(absl::StrCat(workflow.name(), " says ", workflow.done(),
                                       " were moved, and ", facts, " were"));
    }
  }
}

// A revision is checked and stored once in each service, and announced once.
void CheckEnactments(const Evidence& evidence, Problems* problems) {
  std::map<std::string, int> enacted;  // by proposal
  std::map<std::string, int> prepared;
  for (const auto& [service, journal] : evidence.journals) {
    for (const auto& positioned : journal) {
      const journal::v1::Entry& entry = positioned.entry();
      if (entry.type() == "enacted") ++enacted[entry.subject()];
      if (entry.type() != "prepared") continue;
      if (++prepared[absl::StrCat(service, "'s ", entry.subject())] != 1) {
        problems->push_back(absl::StrCat(service, " has prepared ", entry.subject(), " twice"));
      }
    }
  }
  size_t workflows = 0;
  for (const Workflow& workflow : evidence.workflows) {
    if (workflow.kind() != "enact-charter") continue;
    ++workflows;
    if (enacted[workflow.subject()] != 1) {
      problems->push_back(
          absl::StrCat(workflow.subject(), " was enacted ", enacted[workflow.subject()], " times"));
    }
  }
  const size_t others = evidence.journals.size() - 1;
  if (enacted.size() != workflows || prepared.size() != workflows * others) {
    problems->push_back(absl::StrCat(workflows, " enactments, ", enacted.size(), " announced, ",
                                     prepared.size(), " prepared"));
  }
}

// What was accepted has passed on once, what was not is where it was, and nothing is in between.
void CheckHandovers(const Evidence& evidence, Problems* problems) {
  std::map<std::string, int> passed;  // by handover
  std::map<std::string, gateway::v1::Handover> handovers;
  for (const auto& [service, journal] : evidence.journals) {
    for (const auto& positioned : journal) {
      const journal::v1::Entry& entry = positioned.entry();
      workflow::v1::ResponsibilityChange change;
      gateway::v1::Handover handover;
      if (entry.payload().UnpackTo(&change)) {
        passed[change.handover()] += entry.type() == "responsibility-changed" ? 1 : -1;
      } else if (entry.payload().UnpackTo(&handover)) {
        handovers[handover.name()] = handover;
      }
    }
  }
  for (const auto& [name, handover] : handovers) {
    if (handover.state() == gateway::v1::HANDOVER_STATE_ACCEPTING) {
      problems->push_back(absl::StrCat(name, " is still being accepted"));
    }
    const int expected = handover.state() == gateway::v1::HANDOVER_STATE_ACCEPTED ? 1 : 0;
    if (passed[name] != expected) {
      problems->push_back(
          absl::StrCat(name, " has passed on ", passed[name], " times instead of ", expected));
    }
  }
}

// What was signed, and from when on it is in force, is the same everywhere: in a moment, as
// services hear of it by the gateway's journal.
void CheckCharters(Problems* problems) {
  if (!Eventually([] { return AllHoldTheSame(); })) {
    problems->push_back("services hold different revisions of the charter");
  }
}

}  // namespace comity::integration
