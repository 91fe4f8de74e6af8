#include "services/gateway/timeline/dispute_causes.h"

#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::timeline {
namespace {

using journal::v1::Entry;

// Clocks of services are apart, but hardly more than that.
constexpr absl::Duration kClocksApart = absl::Minutes(5);

// What an outcome comes to, in whatever words.
std::string EffectOf(v1::DisputeOutcome outcome) {
  outcome.clear_reason();
  outcome.clear_note();
  return outcome.SerializeAsString();
}

template <typename Key>
void AddFound(const std::map<Key, size_t>& known, const Key& key, std::vector<size_t>* causes) {
  const auto found = known.find(key);
  if (found != known.end()) causes->push_back(found->second);
}

}  // namespace

DisputeCauses::DisputeCauses(const std::vector<Told>& told) : told_(told) {
  for (size_t i = 0; i < told.size(); ++i) Note(i);
}

void DisputeCauses::Note(size_t i) {
  const Entry& entry = told_[i].entry();
  by_version_[{entry.subject(), entry.version()}] = i;
  if (told_[i].positioned.position() >= 0) {
    by_position_[{told_[i].service, told_[i].positioned.position()}] = i;
  }
  for (const auto& settled : entry.settlements()) {
    settled_.try_emplace({settled.subject(), settled.question(), settled.answer()}, i);
  }
  fact::v1::Fact fact;
  judgement::v1::Judgement judgement;
  v1::Handover handover;
  v1::Dispute dispute;
  if (entry.payload().UnpackTo(&fact)) {
    by_name_[fact.name()] = i;
  } else if (entry.payload().UnpackTo(&judgement)) {
    by_name_[judgement.name()] = i;
  } else if (entry.payload().UnpackTo(&handover)) {
    if (entry.type() == "accepted") by_name_[handover.name()] = i;
    if (entry.type() == "returned") returned_[handover.name()] = i;
  } else if (entry.payload().UnpackTo(&dispute)) {
    NoteDispute(i, dispute);
  } else if (entry.type() == "reversed") {
    reversed_[entry.subject()] = i;
  }
}

void DisputeCauses::NoteDispute(size_t i, const v1::Dispute& dispute) {
  const Entry& entry = told_[i].entry();
  const Moved moved = {dispute.about(), resource::ToMicros(entry.record_time())};
  if (entry.version() == 1) opened_[moved] = i;
  if (dispute.has_end_time()) ended_.try_emplace(moved, i);
  if (dispute.has_outcome()) {
    const std::string effect = EffectOf(dispute.outcome());
    const auto said = outcomes_.find(dispute.name());
    const bool is_said = said != outcomes_.end() && said->second.effect == effect;
    if (!is_said) outcomes_[dispute.name()] = {effect, i};
  } else {
    outcomes_.erase(dispute.name());
  }
  for (const v1::DisputeRemedy& remedy : dispute.remedies()) {
    if (!remedy.done_by().empty()) by_deed_[remedy.done_by()] = dispute.name();
  }
  if (!dispute.statement().empty()) split_anew_[dispute.about()] = dispute.name();
}

void DisputeCauses::AddTo(size_t i, std::vector<size_t>* causes) const {
  const Entry& entry = told_[i].entry();
  fact::v1::Fact fact;
  judgement::v1::Judgement judgement;
  v1::Handover handover;
  v1::Dispute dispute;
  v1::CreditStatement statement;
  if (entry.payload().UnpackTo(&fact)) {
    AddDeed(entry, fact.name(), causes);
  } else if (entry.payload().UnpackTo(&judgement)) {
    AddDeed(entry, judgement.name(), causes);
  } else if (entry.payload().UnpackTo(&handover)) {
    if (entry.type() == "accepted") AddDeed(entry, handover.name(), causes);
  } else if (entry.payload().UnpackTo(&dispute)) {
    AddOfDispute(entry, dispute, causes);
  } else if (entry.payload().UnpackTo(&statement)) {
    AddOfStatement(entry, statement, causes);
  }
}

void DisputeCauses::AddEvidence(
    const google::protobuf::RepeatedPtrField<v1::DisputeEvidence>& evidence,
    std::vector<size_t>* causes) const {
  for (const v1::DisputeEvidence& each : evidence) {
    AddFound(by_position_, Place{each.service(), each.position()}, causes);
  }
}

void DisputeCauses::AddOpening(const v1::Dispute& dispute, std::vector<size_t>* causes) const {
  AddFound(by_version_, Place{dispute.subject(), 1}, causes);
  AddEvidence(dispute.evidence(), causes);
  switch (dispute.kind()) {
    case v1::DISPUTE_KIND_SETTLEMENT:
      return AddFound(settled_, Settled{dispute.subject(), dispute.question(), dispute.disputed()},
                      causes);
    case v1::DISPUTE_KIND_CREDIT_STATEMENT:
      return AddFound(by_version_, Place{dispute.about(), 1}, causes);
    case v1::DISPUTE_KIND_HANDOVER:
      return AddFound(returned_, dispute.about(), causes);
    default:
      return AddFound(by_name_, dispute.about(), causes);
  }
}

void DisputeCauses::AddOfDispute(const Entry& entry, const v1::Dispute& dispute,
                                 std::vector<size_t>* causes) const {
  if (entry.version() == 1) return AddOpening(dispute, causes);
  if (entry.type() == "answered") {
    for (const v1::DisputeAnswer& answer : dispute.answers()) {
      const bool is_its = answer.department() == entry.actor().department();
      if (is_its) AddEvidence(answer.evidence(), causes);
    }
  } else if (entry.type() == "fulfilled") {
    for (const v1::DisputeRemedy& remedy : dispute.remedies()) {
      AddFound(by_name_, remedy.done_by(), causes);
    }
  } else if (entry.type() == "overtaken") {
    AddFound(reversed_, dispute.about(), causes);
  }
}

void DisputeCauses::AddOfStatement(const Entry& entry, const v1::CreditStatement& statement,
                                   std::vector<size_t>* causes) const {
  const Moved moved = {statement.name(), resource::ToMicros(entry.record_time())};
  const auto add_outcome = [&](const std::string& dispute) {
    const auto outcome = outcomes_.find(dispute);
    if (outcome != outcomes_.end()) causes->push_back(outcome->second.entry);
  };
  if (entry.type() == "disputed") {
    AddFound(opened_, moved, causes);
  } else if (entry.type() == "dispute-ended") {
    AddFound(ended_, moved, causes);
  } else if (entry.type() == "reversed") {
    const auto dispute = split_anew_.find(statement.name());
    if (dispute != split_anew_.end()) add_outcome(dispute->second);
  } else if (entry.type() == "drawn" && !statement.dispute().empty()) {
    add_outcome(statement.dispute());
  }
}

void DisputeCauses::AddDeed(const Entry& entry, const std::string& name,
                            std::vector<size_t>* causes) const {
  const auto dispute = by_deed_.find(name);
  if (dispute == by_deed_.end()) return;
  const auto is_before = [&](size_t said) {
    return resource::ToTime(entry.record_time()) + kClocksApart <
           resource::ToTime(told_[said].entry().record_time());
  };
  // The handover may be a later one than was disputed, and an earlier one than the dispute.
  const auto opening = by_version_.find({dispute->second, 1});
  const bool is_known = !entry.payload().Is<v1::Handover>();
  if (opening != by_version_.end() && (is_known || !is_before(opening->second))) {
    causes->push_back(opening->second);
  }
  const auto outcome = outcomes_.find(dispute->second);
  if (outcome != outcomes_.end() && !is_before(outcome->second.entry)) {
    causes->push_back(outcome->second.entry);
  }
}

}  // namespace comity::gateway::timeline
