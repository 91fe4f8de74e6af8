// Judging in a transaction: what JudgementService's handlers do with the database.
#ifndef COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_COMPONENT_H_
#define COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_COMPONENT_H_

#include <string>

#include "absl/status/statusor.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/runtime/fact/open_subject.h"

namespace comity::judgement {

// Records a judgement that CheckJudgement has passed: checks it against the facts, appends it,
// makes it the standing one, journals `judged`. OpenSubject::Close() then writes the working lists.
// Errors: FAILED_PRECONDITION (judgement_rules.h).
absl::StatusOr<v1::Judgement> RecordJudgement(fact::OpenSubject& subject, v1::Judgement judgement);

// Withdraws the acting department's standing judgement `name`; journals `withdrawn`. Errors:
// NOT_FOUND, those of CheckWithdrawal.
absl::StatusOr<v1::Judgement> RecordWithdrawal(fact::OpenSubject& subject, const std::string& name,
                                               const std::string& reason);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_COMPONENT_H_
