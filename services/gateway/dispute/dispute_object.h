// What a dispute can be about, from what the services say of it. Pure.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_OBJECT_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_OBJECT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "comity/gateway/v1/handover.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "google/type/money.pb.h"

namespace comity::gateway {

// What is objected to.
struct DisputeObject {
  v1::DisputeKind kind = v1::DISPUTE_KIND_UNSPECIFIED;
  std::string about;
  std::string subject;   // the record
  std::string question;  // of a judgement or settlement
  std::string disputed;  // what it says: an answer, a kind of fact, a reason
  // Whose it is; the department that objects may be among them.
  std::vector<std::string> others;
  // Those that alone may object; empty: whoever may read it.
  std::vector<std::string> parties;
  std::optional<google::type::Money> amount;
};

// Kind, about, subject and question, by the names alone. INVALID_ARGUMENT reasons ABOUT_INVALID,
// QUESTION_NOT_EXPECTED.
absl::StatusOr<DisputeObject> ParseAbout(const std::string& about, const std::string& question);

// The following fill in what the one who keeps it says.
// FAILED_PRECONDITION reason JUDGEMENT_NOT_STANDING.
absl::Status TakeJudgement(const judgement::v1::GetStandingResponse& standing,
                           DisputeObject* object);
// The other side are the departments whose judgements made it. FAILED_PRECONDITION reasons
// NOT_SETTLED, SETTLED_BY_FACT.
absl::Status TakeSettlement(const judgement::v1::GetStandingResponse& standing,
                            DisputeObject* object);
// FAILED_PRECONDITION reason FACT_SUPERSEDED.
absl::Status TakeFact(const fact::v1::Fact& fact, DisputeObject* object);
void TakeStatement(const v1::CreditStatement& statement, DisputeObject* object);
// FAILED_PRECONDITION reason HANDOVER_NOT_RETURNED.
absl::Status TakeHandover(const v1::Handover& handover, DisputeObject* object);

// By what a department has acted on the outcome of a dispute that ended, by what the services say
// now: empty, it has not. `standing` is that of the dispute's question.
std::string DoneByJudgement(const v1::Dispute& dispute, const std::string& department,
                            const judgement::v1::GetStandingResponse& standing);
std::string DoneByFact(const fact::v1::Fact& disputed);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_OBJECT_H_
