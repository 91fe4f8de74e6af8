// What entries are known to follow by way of disputes. Pure.
#ifndef COMITY_GATEWAY_TIMELINE_DISPUTE_CAUSES_H_
#define COMITY_GATEWAY_TIMELINE_DISPUTE_CAUSES_H_

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "services/gateway/timeline/told.h"

namespace comity::gateway::timeline {

// A dispute is opened after what it is about, and what it rests on. What somebody did because of it
// follows its opening, as what was disputed stood then, and its outcome, unless it was plainly
// recorded before; that it was done is noted after it. What it does to a credit statement is of the
// same transaction.
class DisputeCauses {
 public:
  explicit DisputeCauses(const std::vector<Told>& told);
  // Adds to what the entry follows.
  void AddTo(size_t i, std::vector<size_t>* causes) const;

 private:
  using Place = std::pair<std::string, int64_t>;  // subject and version, or service and position
  using Moved = std::pair<std::string, int64_t>;  // what a dispute is about, and when it changed
  using Settled = std::tuple<std::string, std::string, std::string>;  // subject, question, answer
  struct Outcome {
    std::string effect;
    size_t entry;  // the first that said it
  };

  void Note(size_t i);
  void NoteDispute(size_t i, const v1::Dispute& dispute);
  void AddOpening(const v1::Dispute& dispute, std::vector<size_t>* causes) const;
  void AddEvidence(const google::protobuf::RepeatedPtrField<v1::DisputeEvidence>& evidence,
                   std::vector<size_t>* causes) const;
  void AddOfDispute(const journal::v1::Entry& entry, const v1::Dispute& dispute,
                    std::vector<size_t>* causes) const;
  void AddOfStatement(const journal::v1::Entry& entry, const v1::CreditStatement& statement,
                      std::vector<size_t>* causes) const;
  void AddDeed(const journal::v1::Entry& entry, const std::string& name,
               std::vector<size_t>* causes) const;

  const std::vector<Told>& told_;
  std::map<Place, size_t> by_version_;
  std::map<Place, size_t> by_position_;
  std::map<std::string, size_t> by_name_;   // facts, judgements, handovers that were accepted
  std::map<std::string, size_t> returned_;  // handover → its return
  std::map<std::string, size_t> reversed_;  // statement → its `reversed`
  std::map<Settled, size_t> settled_;       // the first that settled it so
  std::map<Moved, size_t> opened_;
  std::map<Moved, size_t> ended_;
  std::map<std::string, Outcome> outcomes_;        // dispute → the outcome that stands
  std::map<std::string, std::string> by_deed_;     // what was done → the dispute
  std::map<std::string, std::string> split_anew_;  // statement → the dispute that did
};

}  // namespace comity::gateway::timeline

#endif  // COMITY_GATEWAY_TIMELINE_DISPUTE_CAUSES_H_
