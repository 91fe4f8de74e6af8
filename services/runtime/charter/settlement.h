// The organisation's answer, from what the departments hold. Pure: the same standing and facts give
// the same answer, in whatever order they come, so a replay of the journal settles as it was.
#ifndef COMITY_RUNTIME_CHARTER_SETTLEMENT_H_
#define COMITY_RUNTIME_CHARTER_SETTLEMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/type/v1/charter.pb.h"
#include "comity/type/v1/resource.pb.h"

namespace comity::charter {

// The lens of what is settled, beside those of departments.
inline constexpr absl::string_view kSettled = "settled";

// One department's latest judgement, as far as the rules need it. Empty answer: withdrawn.
struct StandingAnswer {
  std::string department;
  std::string answer;
};

// The facts of a subject that stand, as far as answers depend on them: kinds as in the charter,
// e.g. `signed`.
using StandingFacts = std::vector<std::string>;

// What one voice says. Views into the question and the standing that it was told from.
struct Vote {
  absl::string_view department;
  absl::string_view answer;  // empty: has not judged, or has withdrawn
  // Whether the answer counts. One that only a fact gives does not without that fact: after a
  // voided signature a department's earlier `won` holds no more. Nor does one that was given under
  // an earlier revision, and that the question no longer has.
  bool holds = false;
  int64_t weight = 1;
};

// A question's rule in the form to which all rules come down: departments are asked in turn, or
// answers gather weight.
struct SettlementTerms {
  std::vector<absl::string_view> asked;  // the first of them that holds an answer decides
  int64_t total = 0;                     // weight of all voices, silent ones included
  int64_t needed = 0;                    // the weight that an answer needs; 0: those asked decide
};

// Checks how a question is settled: the decider, or who else is asked, or what voices weigh.
// Errors: INVALID_ARGUMENT reason CHARTER_INVALID naming the place.
absl::Status CheckSettlement(const type::v1::Charter& document, const type::v1::Question& question);

SettlementTerms TermsOf(const type::v1::Question& question);
// The weight of a department's voice: 1 unless the charter names another.
int64_t WeightOf(const type::v1::Question& question, absl::string_view department);

// The votes of all voices, in the charter's order. Judgements of departments without a voice are
// left out: they bear on no answer.
std::vector<Vote> VotesOf(const type::v1::Question& question,
                          const std::vector<StandingAnswer>& standing, const StandingFacts& facts);

// The organisation's answer: by fact, else by the question's rule; empty when there is none. Names
// a department where the judgement of one is the answer.
type::v1::LensAnswer Settle(const type::v1::Question& question,
                            const std::vector<StandingAnswer>& standing,
                            const StandingFacts& facts);
// The answer through `lens` (a department or `settled`): by fact, own, else settled.
type::v1::LensAnswer AnswerThrough(const type::v1::Question& question, absl::string_view lens,
                                   const std::vector<StandingAnswer>& standing,
                                   const StandingFacts& facts);

// The answer that a standing fact gives; null when none does.
const type::v1::Answer* DecidedByFact(const type::v1::Question& question,
                                      const StandingFacts& facts);
// Whether facts of `kind` (empty: of any) decide an answer to the question.
bool FactsDecide(const type::v1::Question& question, absl::string_view kind = "");

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SETTLEMENT_H_
