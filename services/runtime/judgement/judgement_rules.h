// The rules of judging. Pure.
#ifndef COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_RULES_H_
#define COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/charter/settlement.h"

namespace comity::judgement {

// Whether `department` may judge so at all: the question is about this kind of subject, it has a
// voice in it, the answer exists, and the time is not in the future. Errors: INVALID_ARGUMENT
// reasons UNKNOWN_QUESTION, UNKNOWN_ANSWER, OCCURS_IN_FUTURE; PERMISSION_DENIED reason NO_VOICE.
absl::Status CheckJudgement(const charter::Charter& charter, const v1::Judgement& judgement,
                            const std::string& department, absl::Time now);

// Whether `department` has a voice in any question about the collection: without one it is not told
// what exists. PERMISSION_DENIED reason NO_VOICE.
absl::Status CheckHasVoice(const charter::Charter& charter, absl::string_view collection,
                           absl::string_view department);

// Whether the standing facts allow the answer. FAILED_PRECONDITION reasons FACT_MISSING (won
// without a signature), DECIDED_BY_FACT (lost against one).
absl::Status CheckAgainstFacts(const type::v1::Question& question, const v1::Judgement& judgement,
                               const charter::StandingFacts& facts);

// Whether `department` may withdraw `judgement`, of which `standing` is the department's standing
// judgement's version of the subject (0: none). PERMISSION_DENIED reason OTHER_DEPARTMENT;
// FAILED_PRECONDITION reason NOT_STANDING.
absl::Status CheckWithdrawal(const v1::Judgement& judgement, const std::string& department,
                             int64_t standing);

// Why the settled answer is what it is, in words: by which rule, who says what and who assents by
// silence since when, or which fact decides. `votes` are those that it was settled by.
std::string Explain(const type::v1::Question& question, const std::vector<charter::Vote>& votes,
                    const type::v1::LensAnswer& settled);

// What is known of one question about a subject.
struct Held {
  std::vector<charter::StandingAnswer> answers;  // to the question
  charter::StandingFacts facts;
  charter::Silence silence;
};

// The standing of one question, from all standing judgements of the subject.
v1::Standing StandingOf(const type::v1::Question& question, const std::string& lens,
                        const std::vector<v1::Judgement>& judgements, const Held& held);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_JUDGEMENT_RULES_H_
