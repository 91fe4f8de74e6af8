#include "services/gateway/dispute/dispute_state.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "services/gateway/dispute/dispute_outcome.h"

namespace comity::gateway {
namespace {

template <typename List>
bool HoldsName(const List& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

// Who has something against a decision.
void AddLosers(const v1::Dispute& dispute, std::set<std::string>* all) {
  if (dispute.outcome().verdict() != v1::DISPUTE_VERDICT_UPHELD) all->insert(dispute.department());
  if (Grants(dispute.outcome())) all->insert(dispute.others().begin(), dispute.others().end());
}

void AddAwaitedWhileOpen(const v1::Dispute& dispute, std::set<std::string>* all) {
  if (dispute.state() == v1::DISPUTE_STATE_DECIDED) return AddLosers(dispute, all);
  if (dispute.state() == v1::DISPUTE_STATE_OPENED) {
    for (const std::string& other : dispute.others()) {
      if (!HasAnswered(dispute, other)) all->insert(other);
    }
  } else {
    all->insert(dispute.hearings(dispute.hearings_size() - 1).arbiter());
  }
  if (dispute.agreement().agreed().empty()) return;
  for (const std::string& party : PartiesOf(dispute)) {
    if (!HoldsName(dispute.agreement().agreed(), party)) all->insert(party);
  }
}

}  // namespace

const v1::DisputeHearing* LastDecision(const v1::Dispute& dispute) {
  for (int i = dispute.hearings_size() - 1; i >= 0; --i) {
    if (dispute.hearings(i).has_outcome()) return &dispute.hearings(i);
  }
  return nullptr;
}

bool HasAnswered(const v1::Dispute& dispute, const std::string& department) {
  const auto& answers = dispute.answers();
  return std::any_of(answers.begin(), answers.end(),
                     [&](const auto& answer) { return answer.department() == department; });
}

bool IsOpen(const v1::Dispute& dispute) { return !dispute.has_end_time(); }

bool HasEffect(const v1::Dispute& dispute) {
  return dispute.state() == v1::DISPUTE_STATE_AGREED || dispute.state() == v1::DISPUTE_STATE_FINAL;
}

std::vector<std::string> PartiesOf(const v1::Dispute& dispute) {
  std::vector<std::string> parties = {dispute.department()};
  parties.insert(parties.end(), dispute.others().begin(), dispute.others().end());
  return parties;
}

bool IsParty(const v1::Dispute& dispute, const std::string& department) {
  return dispute.department() == department || HoldsName(dispute.others(), department);
}

std::vector<std::string> Awaits(const v1::Dispute& dispute) {
  std::set<std::string> all;
  if (IsOpen(dispute)) AddAwaitedWhileOpen(dispute, &all);
  for (const v1::DisputeRemedy& remedy : dispute.remedies()) {
    if (remedy.done_by().empty()) all.insert(remedy.department());
  }
  return std::vector<std::string>(all.begin(), all.end());
}

std::string PrecedentKey(const v1::Dispute& dispute) {
  if (!dispute.question().empty()) return dispute.question();
  return absl::StrCat(v1::DisputeKind_Name(dispute.kind()), "/", dispute.reason());
}

v1::DisputePrecedent PrecedentOf(const v1::Dispute& dispute) {
  v1::DisputePrecedent precedent;
  precedent.set_name(dispute.name());
  precedent.set_subject(dispute.subject());
  precedent.set_department(dispute.department());
  precedent.set_reason(dispute.reason());
  precedent.set_state(dispute.state());
  *precedent.mutable_outcome() = dispute.outcome();
  precedent.mutable_outcome()->clear_note();
  const v1::DisputeHearing* decision = LastDecision(dispute);
  const bool is_decided = dispute.state() == v1::DISPUTE_STATE_FINAL && decision != nullptr;
  if (is_decided) precedent.set_arbiter(decision->arbiter());
  *precedent.mutable_end_time() = dispute.end_time();
  return precedent;
}

void LeaveMoneyOut(v1::Dispute* dispute) {
  dispute->clear_amount();
  dispute->clear_current_amount();
}

v1::Dispute ForJournal(v1::Dispute dispute) {
  LeaveMoneyOut(&dispute);
  return dispute;
}

}  // namespace comity::gateway
