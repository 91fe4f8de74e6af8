#include "tests/faults/evidence.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "tests/integration/database.h"

namespace comity::integration {
namespace {

constexpr char kGateway[] = "service/gateway";

void ReadWorkflows(Evidence* evidence, Problems* problems) {
  for (const absl::string_view line : absl::StrSplit(
           Sql("SELECT HEX(body) FROM comity_gateway.workflows"), '\n', absl::SkipEmpty())) {
    gateway::v1::WorkflowRecord record;
    if (!record.ParseFromString(absl::HexStringToBytes(line))) {
      problems->push_back("a workflow is no record");
    }
    evidence->workflows.push_back(record.workflow());
  }
}

// A statement is drawn, not created, and taken back by one that negates it.
void IndexStatement(const journal::v1::Entry& entry, Evidence* evidence) {
  gateway::v1::CreditStatement statement;
  if (!entry.payload().UnpackTo(&statement)) return;
  if (entry.type() == "drawn" && statement.reverses().empty()) {
    evidence->made.insert(entry.subject());
    ++evidence->standing[statement.opportunity()];
  } else if (entry.type() == "reversed") {
    evidence->withdrawn.insert(entry.subject());
    --evidence->standing[statement.opportunity()];
  }
}

// An offer that a workflow made, and not a person.
void IndexOffer(const journal::v1::Entry& entry, Evidence* evidence) {
  gateway::v1::Handover handover;
  if (!entry.payload().UnpackTo(&handover)) return;
  const bool is_by_workflow = entry.actor().workload() == kGateway;
  if (entry.type() == "offered" && is_by_workflow) evidence->made.insert(entry.subject());
  if (entry.type() == "withdrawn" && is_by_workflow) evidence->withdrawn.insert(entry.subject());
}

// The state after the change, where the entry is about such a record.
template <typename Record>
void IndexState(const journal::v1::Entry& entry, const char* collection,
                std::map<std::string, Record>* records) {
  Record record;
  if (!absl::StartsWith(entry.subject(), collection)) return;
  if (entry.payload().UnpackTo(&record) || entry.record().UnpackTo(&record)) {
    (*records)[entry.subject()] = record;
  }
}

void IndexEntry(const std::string& service, const journal::v1::Entry& entry, Evidence* evidence) {
  // What the gateway's own journal has is its directory, which no workflow makes.
  if (entry.type() == "created" && entry.actor().workload() == kGateway && service != "gateway") {
    evidence->made.insert(entry.subject());
  }
  if (entry.type() == "record-withdrawn") evidence->withdrawn.insert(entry.subject());
  IndexStatement(entry, evidence);
  IndexOffer(entry, evidence);
  if (service != "lead") return;
  IndexState(entry, "leads/", &evidence->leads);
  IndexState(entry, "opportunities/", &evidence->opportunities);
}

}  // namespace

Evidence ReadEvidence(Problems* problems) {
  Evidence evidence;
  ReadOn(&evidence.journals);
  ReadWorkflows(&evidence, problems);
  for (const auto& [service, journal] : evidence.journals) {
    for (const auto& positioned : journal) IndexEntry(service, positioned.entry(), &evidence);
  }
  return evidence;
}

}  // namespace comity::integration
