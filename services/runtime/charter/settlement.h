// The organisation's answer, from what the departments hold. Pure: the same standing and facts give
// the same answer, in whatever order they come, so a replay of the journal settles as it was.
#ifndef COMITY_RUNTIME_CHARTER_SETTLEMENT_H_
#define COMITY_RUNTIME_CHARTER_SETTLEMENT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/type/v1/charter.pb.h"
#include "comity/type/v1/resource.pb.h"
#include "comity/type/v1/settled.pb.h"

namespace comity::calendar {
class Calendar;
}
namespace comity::charter {

// The version of the rules in settlement.cc. A release that settles anything otherwise counts it up
// and keeps what was, so that a journal is evaluated by the rules under which it was written.
inline constexpr int kRuleVersion = 1;

// The lens of what is settled, beside those of departments.
inline constexpr absl::string_view kSettled = "settled";

// One department's latest judgement, as far as the rules need it. Empty answer: withdrawn.
struct StandingAnswer {
  std::string department;
  std::string answer;
  // Since when it has held an answer without a break (a new judgement is none), or has withdrawn
  // it.
  absl::Time said = absl::InfinitePast();
  int64_t version = 0;  // of the subject, made by that judgement
};

// What silence says, at a moment. See SilenceAt in silence.h.
struct Silence {
  const calendar::Calendar* calendar = nullptr;  // null: silence says nothing
  absl::Duration term;                           // business time after which it assents
  absl::Time since = absl::InfinitePast();       // from when on the charter says so
  absl::Time now = absl::InfinitePast();
  // Of each voice that is asked, from when on it has been, by that term. One that is missing:
  // `since`.
  std::map<std::string, absl::Time, std::less<>> asked_since = {};
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
  int64_t version = 0;  // see StandingAnswer
  // Of a department that the rule asks and that has not judged, where others hold an answer: when
  // that came to its inbox, and when its silence assents.
  absl::Time delivered = absl::InfiniteFuture();
  absl::Time due = absl::InfiniteFuture();
  // Its silence assents: `answer` is what it assents to. It is no judgement of its own.
  bool silent = false;
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
//
// Silence: a department that the rule asks (the decider, those of the precedence, every voice where
// weight is gathered) and that has not judged is delivered the question when another voice holds an
// answer, or when it has withdrawn its own, whichever is later, and never before the charter asks
// it and says that its silence assents. When the term has passed since, and as long as it is
// silent, it assents to what the judgements of the others hold:
//   unanimity   the one answer that all who have judged give;
//   majority    the answer that is ahead by the weight of those who have judged, none at a tie;
//   decider     the same, for the silent decider;
//   precedence  the answer of the first in the order that holds one.
// So it follows the others where they come to another answer, until it judges.
std::vector<Vote> VotesOf(const type::v1::Question& question,
                          const std::vector<StandingAnswer>& standing, const StandingFacts& facts,
                          const Silence& silence = {});
// When the next of the votes will assent by silence; absl::InfiniteFuture(): none will.
absl::Time NextTerm(const std::vector<Vote>& votes, const Silence& silence);

// The organisation's answer: by fact, else by the question's rule; empty when there is none. Names
// a department where the judgement of one is the answer.
type::v1::LensAnswer Settle(const type::v1::Question& question,
                            const std::vector<StandingAnswer>& standing, const StandingFacts& facts,
                            const Silence& silence = {});
// The answer through `lens` (a department or `settled`): by fact, own, else settled.
type::v1::LensAnswer AnswerThrough(const type::v1::Question& question, absl::string_view lens,
                                   const std::vector<StandingAnswer>& standing,
                                   const StandingFacts& facts, const Silence& silence = {});

// The same as Settle, as the journal tells of it: with what made it, without subject, revision and
// settle_time. While a fact decides, no end of a term is told; its time counts.
type::v1::SettledAnswer SettledOf(const type::v1::Question& question,
                                  const std::vector<StandingAnswer>& standing,
                                  const StandingFacts& facts, const Silence& silence);
// Whether both settle the same: answer, whose it is, the fact, and who assents by silence.
bool SettlesTheSame(const type::v1::SettledAnswer& a, const type::v1::SettledAnswer& b);

// The answer that a standing fact gives; null when none does.
const type::v1::Answer* DecidedByFact(const type::v1::Question& question,
                                      const StandingFacts& facts);
// Whether facts of `kind` (empty: of any) decide an answer to the question.
bool FactsDecide(const type::v1::Question& question, absl::string_view kind = "");

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_SETTLEMENT_H_
