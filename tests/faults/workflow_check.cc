#include "tests/faults/workflow_check.h"

#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "comity/account/v1/relationship.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/gateway/v1/workflow.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/support/v1/case.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "tests/faults/check_references.h"
#include "tests/integration/database.h"
#include "tests/integration/journals.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Workflow;

constexpr char kGateway[] = "service/gateway";

// What several workflows rely on stays as long as one of them does: it has checks of its own.
bool IsShared(const std::string& record) {
  return absl::StartsWith(record, "accounts/") || absl::StartsWith(record, "relationships/");
}

class Check {
 public:
  std::vector<std::string> Run() {
    ReadOn(&journals_);
    ReadWorkflows();
    IndexRecords();
    CheckEnded();
    CheckEffects();
    CheckMade();
    CheckLeads();
    CheckSignatures();
    CheckStatements();
    CheckRelationships();
    CheckAccounts();
    CheckCases();
    CheckDomains();
    CheckMoves();
    CheckEnactments();
    CheckHandovers();
    for (const std::string& dangling : DanglingReferences()) Problem(dangling);
    return problems_;
  }

 private:
  void Problem(const std::string& what) { problems_.push_back(what); }

  void ReadWorkflows() {
    for (const absl::string_view line : absl::StrSplit(
             Sql("SELECT HEX(body) FROM comity_gateway.workflows"), '\n', absl::SkipEmpty())) {
      gateway::v1::WorkflowRecord record;
      if (!record.ParseFromString(absl::HexStringToBytes(line))) Problem("a workflow is no record");
      workflows_.push_back(record.workflow());
    }
  }

  // Every record that the gateway's workflows made, and every one that was withdrawn.
  void IndexRecords() {
    for (const auto& [service, journal] : journals_) {
      for (const auto& positioned : journal) {
        const journal::v1::Entry& entry = positioned.entry();
        const bool is_directory = service == "gateway";
        if (entry.type() == "created" && entry.actor().workload() == kGateway && !is_directory) {
          made_.insert(entry.subject());
        }
        if (entry.type() == "record-withdrawn") withdrawn_.insert(entry.subject());
        if (service == "lead") last_[entry.subject()] = &entry;
        IndexStatement(entry);
      }
    }
  }

  // A statement is drawn, not created, and taken back by one that negates it.
  void IndexStatement(const journal::v1::Entry& entry) {
    gateway::v1::CreditStatement statement;
    if (!entry.payload().UnpackTo(&statement)) return;
    if (entry.type() == "drawn" && statement.reverses().empty()) {
      made_.insert(entry.subject());
      ++standing_[statement.opportunity()];
    } else if (entry.type() == "reversed") {
      withdrawn_.insert(entry.subject());
      --standing_[statement.opportunity()];
    }
  }

  void CheckEnded() {
    for (const Workflow& workflow : workflows_) {
      if (workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED) continue;
      if (workflow.state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN) continue;
      Problem(absl::StrCat(workflow.name(), " has not ended: ", workflow.ShortDebugString()));
    }
  }

  // What a workflow's steps say they made, and what is to be seen of it.
  void CheckEffects() {
    for (const Workflow& workflow : workflows_) {
      const bool stands = workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED;
      for (const auto& step : workflow.steps()) {
        // Nobody but workflows touches what they make here; accounts and relationships they share.
        if (step.undoes() && step.has_error() && !IsShared(step.record())) {
          Problem(absl::StrCat(step.record(), " stays"));
        }
      }
      for (const auto& step : workflow.steps()) {
        const std::string& record = step.record();
        if (record.empty()) continue;
        named_[record].insert(workflow.name());
        if (!made_.contains(record)) Problem(absl::StrCat(record, " is in no journal"));
        const bool is_withdrawn = withdrawn_.contains(record);
        if (stands && is_withdrawn) {
          Problem(absl::StrCat(record, " of ", workflow.name(), " is withdrawn"));
        }
        if (!stands && !is_withdrawn && !IsShared(record)) {
          Problem(absl::StrCat(record, " of ", workflow.name(), " stands though it was withdrawn"));
        }
      }
    }
  }

  // Nothing was made beside what a workflow knows, and nothing by two.
  void CheckMade() {
    for (const std::string& record : made_) {
      const auto named = named_.find(record);
      const size_t makers = named == named_.end() ? 0 : named->second.size();
      if (makers != 1 && !(makers == 0 && withdrawn_.contains(record))) {
        Problem(absl::StrCat(record, " was made by ", makers, " workflows"));
      }
    }
  }

  template <typename Record>
  static bool Unpack(const journal::v1::Entry& entry, Record* record) {
    return entry.payload().UnpackTo(record) || entry.record().UnpackTo(record);
  }

  void CheckLeads() {
    std::map<std::string, std::string> converted;  // lead, and the workflow that converted it
    for (const Workflow& workflow : workflows_) {
      if (workflow.kind() != "convert-lead") continue;
      if (workflow.state() != gateway::v1::WORKFLOW_STATE_SUCCEEDED) continue;
      if (!converted.emplace(workflow.subject(), workflow.name()).second) {
        Problem(absl::StrCat(workflow.subject(), " was converted twice"));
      }
    }
    std::map<std::string, int> opportunities;  // that stand, of a lead
    for (const auto& [name, entry] : last_) {
      lead::v1::Opportunity opportunity;
      if (!absl::StartsWith(name, "opportunities/") || !Unpack(*entry, &opportunity)) continue;
      if (!opportunity.lead().empty() && !withdrawn_.contains(name)) {
        ++opportunities[opportunity.lead()];
      }
    }
    for (const auto& [name, entry] : last_) {
      lead::v1::Lead lead;
      if (!absl::StartsWith(name, "leads/") || !Unpack(*entry, &lead)) continue;
      const auto by = converted.find(name);
      const std::string expected = by == converted.end() ? "" : by->second;
      const bool is_converted = lead.conversion().has_end_time();
      if (lead.has_conversion() != is_converted) Problem(absl::StrCat(name, " is still claimed"));
      if (lead.conversion().workflow() != expected) {
        Problem(absl::StrCat(name, " says it was converted by `", lead.conversion().workflow(),
                             "`, and `", expected, "` did"));
      }
      if (opportunities[name] != (is_converted ? 1 : 0)) {
        Problem(absl::StrCat(name, " has ", opportunities[name], " opportunities"));
      }
    }
  }

  // Of what is signed one statement stands, and of what is not, none.
  void CheckStatements() {
    for (const auto& [name, entry] : last_) {
      lead::v1::Opportunity opportunity;
      if (!absl::StartsWith(name, "opportunities/") || !Unpack(*entry, &opportunity)) continue;
      const int expected = opportunity.has_sign_time() ? 1 : 0;
      if (standing_[name] != expected) {
        Problem(absl::StrCat(name, " has ", standing_[name], " statements instead of ", expected));
      }
    }
  }

  void CheckSignatures() {
    std::map<std::string, int> onboarded;
    for (const Workflow& workflow : workflows_) {
      if (workflow.kind() != "onboard-customer") continue;
      if (workflow.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED)
        ++onboarded[workflow.subject()];
    }
    for (const auto& [name, entry] : last_) {
      lead::v1::Opportunity opportunity;
      if (!absl::StartsWith(name, "opportunities/") || !Unpack(*entry, &opportunity)) continue;
      const int expected = opportunity.has_sign_time() ? 1 : 0;
      if (onboarded[name] != expected) {
        Problem(absl::StrCat(name, " has ", onboarded[name], " onboardings instead of ", expected));
      }
      if (expected == 1) CheckRelated(name, opportunity.account());
    }
  }

  // An account that has signed is a customer, once.
  void CheckRelated(const std::string& opportunity, const std::string& account) {
    if (account.empty()) return;
    const std::string hex = absl::StrCat("'", account.substr(std::string("accounts/").size()), "'");
    const std::string count =
        Sql(absl::StrCat("SELECT COUNT(*) FROM comity_account.relationships WHERE account = "
                         "UNHEX(REPLACE(",
                         hex, ", '-', '')) AND withdraw_time IS NULL AND kind = 2"));
    if (count != "1") {
      Problem(absl::StrCat(account, " of ", opportunity, " is ", count, " times a customer"));
    }
  }

  // What workflows made an account stands as long as one of its signatures does.
  void CheckRelationships() {
    std::set<std::string> customers;
    for (const auto& [name, entry] : last_) {
      lead::v1::Opportunity opportunity;
      if (!absl::StartsWith(name, "opportunities/") || !Unpack(*entry, &opportunity)) continue;
      if (opportunity.has_sign_time()) customers.insert(opportunity.account());
    }
    for (const auto& positioned : journals_["account"]) {
      account::v1::Relationship relationship;
      if (!positioned.entry().payload().UnpackTo(&relationship)) continue;
      const bool stands = !withdrawn_.contains(relationship.name());
      if (stands && !customers.contains(relationship.account())) {
        Problem(absl::StrCat(relationship.name(), " stands, and nothing is signed"));
      }
    }
  }

  // An account that a workflow made stands as long as one that uses it does.
  void CheckAccounts() {
    std::set<std::string> used;
    for (const Workflow& workflow : workflows_) {
      if (workflow.state() == gateway::v1::WORKFLOW_STATE_WITHDRAWN) continue;
      if (workflow.kind() == "convert-lead") used.insert(workflow.subject());
    }
    std::set<std::string> accounts;  // of converted leads
    for (const auto& [name, entry] : last_) {
      lead::v1::Lead lead;
      if (!absl::StartsWith(name, "leads/") || !Unpack(*entry, &lead)) continue;
      if (used.contains(name)) accounts.insert(lead.conversion().account());
    }
    for (const std::string& record : made_) {
      if (!absl::StartsWith(record, "accounts/") || withdrawn_.contains(record)) continue;
      if (!accounts.contains(record)) Problem(absl::StrCat(record, " stands, and nobody uses it"));
    }
  }

  // One case that stands for each signature that does.
  void CheckCases() {
    std::map<std::string, int> cases;
    for (const auto& positioned : journals_["support"]) {
      support::v1::Case told;
      if (positioned.entry().type() != "onboarding-told") continue;
      if (!positioned.entry().payload().UnpackTo(&told)) continue;
      if (!withdrawn_.contains(told.name())) ++cases[told.onboarding().opportunity()];
    }
    for (const auto& [name, entry] : last_) {
      lead::v1::Opportunity opportunity;
      if (!absl::StartsWith(name, "opportunities/") || !Unpack(*entry, &opportunity)) continue;
      const int expected = opportunity.has_sign_time() ? 1 : 0;
      if (cases[name] != expected) {
        Problem(absl::StrCat(name, " has ", cases[name], " cases instead of ", expected));
      }
    }
  }

  void CheckDomains() {
    const std::string twice =
        Sql("SELECT domain FROM comity_account.accounts WHERE withdraw_time IS NULL AND domain <> "
            "'' GROUP BY domain HAVING COUNT(*) > 1");
    if (!twice.empty()) Problem(absl::StrCat("several accounts of ", twice));
  }

  void CheckMoves() {
    for (const Workflow& workflow : workflows_) {
      if (workflow.kind() != "move-owner") continue;
      int64_t facts = 0;
      for (const auto& [service, journal] : journals_) {
        for (const auto& positioned : journal) {
          fact::v1::Fact fact;
          if (!positioned.entry().payload().UnpackTo(&fact)) continue;
          if (absl::EndsWith(fact.reason(), workflow.name())) ++facts;
        }
      }
      if (facts != workflow.done()) {
        Problem(absl::StrCat(workflow.name(), " says ", workflow.done(), " were moved, and ", facts,
                             " were"));
      }
    }
  }

  // A revision is checked and stored once in each service, and announced once.
  void CheckEnactments() {
    std::map<std::string, int> enacted;  // by proposal
    std::map<std::string, int> prepared;
    for (const auto& [service, journal] : journals_) {
      for (const auto& positioned : journal) {
        const journal::v1::Entry& entry = positioned.entry();
        if (entry.type() == "enacted") ++enacted[entry.subject()];
        if (entry.type() != "prepared") continue;
        if (++prepared[absl::StrCat(service, "'s ", entry.subject())] != 1) {
          Problem(absl::StrCat(service, " has prepared ", entry.subject(), " twice"));
        }
      }
    }
    size_t workflows = 0;
    for (const Workflow& workflow : workflows_) {
      if (workflow.kind() != "enact-charter") continue;
      ++workflows;
      if (enacted[workflow.subject()] != 1) {
        Problem(absl::StrCat(workflow.subject(), " was enacted ", enacted[workflow.subject()],
                             " times"));
      }
    }
    const size_t others = journals_.size() - 1;
    if (enacted.size() != workflows || prepared.size() != workflows * others) {
      Problem(absl::StrCat(workflows, " enactments, ", enacted.size(), " announced, ",
                           prepared.size(), " prepared"));
    }
  }

  // What was accepted has passed on once, what was not is where it was, and nothing is in between.
  void CheckHandovers() {
    std::map<std::string, int> passed;  // by handover
    std::map<std::string, gateway::v1::Handover> handovers;
    for (const auto& [service, journal] : journals_) {
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
        Problem(absl::StrCat(name, " is still being accepted"));
      }
      const int expected = handover.state() == gateway::v1::HANDOVER_STATE_ACCEPTED ? 1 : 0;
      if (passed[name] != expected) {
        Problem(
            absl::StrCat(name, " has passed on ", passed[name], " times instead of ", expected));
      }
    }
  }

  Journals journals_;
  std::vector<Workflow> workflows_;
  std::set<std::string> made_;
  std::set<std::string> withdrawn_;
  std::map<std::string, int> standing_;                    // statements of an opportunity
  std::map<std::string, std::set<std::string>> named_;     // record, and the workflows that name it
  std::map<std::string, const journal::v1::Entry*> last_;  // of leads and opportunities
  std::vector<std::string> problems_;
};

int Count(const std::string& sql) {
  int count = -1;
  return absl::SimpleAtoi(Sql(sql), &count) ? count : -1;
}

}  // namespace

bool AwaitAllEnded(absl::Duration limit) {
  const auto ended = [] {
    return Count(
               "SELECT COUNT(*) FROM comity_gateway.workflows WHERE state IN (1, 2) OR due = 1") ==
           0;
  };
  // What was signed or voided last may not have been seen yet: it must be quiet for a while.
  return Eventually(
      [&] {
        if (!ended()) return false;
        absl::SleepFor(absl::Seconds(1));
        return ended();
      },
      limit);
}

int CountWorkflows() { return Count("SELECT COUNT(*) FROM comity_gateway.workflows"); }

std::vector<std::string> WorkflowProblems() { return Check().Run(); }

}  // namespace comity::integration
