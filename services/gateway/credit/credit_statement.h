// The credit statement of a signed opportunity. Pure: ids and the clock are arguments.
// Source: methods.md section 1.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_STATEMENT_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_STATEMENT_H_

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "google/type/money.pb.h"

namespace comity::gateway::credit {

// The position of a touch that has none yet: after all that have one.
inline constexpr int64_t kNoPosition = std::numeric_limits<int64_t>::max() - 1;

// The signature that a statement is drawn for.
struct Signing {
  std::string opportunity;
  std::string signature;  // the fact SIGNED
  absl::Time sign_time;
  google::type::Money amount;  // as signed; may be 0 or negative
  // One for each journal that touches come from: what it held before the signature.
  std::vector<v1::CreditCut> cuts;
  // There were more touches before it than are split among: there are no numbers.
  bool too_many_touches = false;
};

// What a new statement is called, and when it is drawn.
struct Drawing {
  std::string name;
  int32_t charter_revision = 0;  // LockedRevision's: the one that `rule` is of
  absl::Time draw_time;
};

// The statement: DRAWN, its term ending `rule.term_days` (of 24 hours) after draw_time.
//
// `touches` are those of the opportunity, of the leads that it came from and of its contacts, in
// any order; a fact that is there twice counts once, and is what any of them says it is: direct,
// a milestone, accepted. Give them as they stood at the cuts: what was voided before the signature
// says so (`voided_by`), and what was voided or corrected since stands as it was (it changes a
// statement only by a decision). Fields up to `accepted` and `voided_by` are read.
//
// A touch counts if its department is one of the rule's, it happened at most `window_days` before
// the signature, and it was recorded before the signature. For that the journal's position is
// decisive alone: a signature that is dated back cuts nobody off, and a touch that is dated back
// and recorded afterwards counts only if it is `accepted` by all parties (and did not happen
// afterwards).
//
// The parties: whoever has a touch that counts or is late, and by department the rule's
// departments; each has a line, if with 0, for who is given nothing may dispute that too.
//
// Errors: INVALID_ARGUMENT reasons CREDIT_RULE_INVALID (model, party or days),
// CREDIT_SHARES_INVALID, CREDIT_TOUCH_INVALID (no name, department or time), CREDIT_CUT_MISSING (of
// the journal of a touch) and those of resource::ToMinorUnits. No touches are no error: result
// NO_TOUCHES; too many neither: result TOO_MANY_TOUCHES, for the departments of the rule.
absl::StatusOr<v1::CreditStatement> DrawStatement(const type::v1::CreditRule& rule,
                                                  const Signing& signing,
                                                  const std::vector<v1::CreditTouch>& touches,
                                                  const Drawing& drawing);

// Lines that negate those of `statement`, party by party: FINAL at once. Whoever records it makes
// `statement` REVERSED in the same transaction; then the lines of all statements of an opportunity
// sum, after each statement, to those of the one that stands, or to nothing. Errors:
// FAILED_PRECONDITION reasons CREDIT_STATEMENT_REVERSED (it is already) and
// CREDIT_STATEMENT_IS_REVERSAL.
absl::StatusOr<v1::CreditStatement> ReverseStatement(const v1::CreditStatement& statement,
                                                     const std::string& name,
                                                     const std::string& reason,
                                                     absl::Time draw_time);

// The departments among which the rule splits; empty: all.
std::vector<std::string> DepartmentsOf(const type::v1::CreditRule& rule);

// Whether a touch counts under `rule`, and why not. Errors: CREDIT_CUT_MISSING.
absl::StatusOr<v1::CreditStanding> StandingUnder(const type::v1::CreditRule& rule,
                                                 const Signing& signing,
                                                 const v1::CreditTouch& touch);

// Whether a touch counts under `rule` without anybody's acceptance, and has weight under its model:
// it was recorded before the signature, and is not direct where the rule leaves direct ones out.
// Errors: CREDIT_CUT_MISSING.
absl::StatusOr<bool> MayCount(const type::v1::CreditRule& rule, const Signing& signing,
                              const v1::CreditTouch& touch);

// The charter revision by whose rule an opportunity's credit is split, as `lock` says: that of the
// first touch, or the one under which the opportunity was created. The first touch is the one
// recorded first, whatever it is dated: nobody chooses a revision by a date. A touch that was
// recorded after the signature locks nothing; without touches the creation locks. Give only touches
// that may count: what is voided, too old, or nobody's locks nothing.
// Errors: CREDIT_CUT_MISSING, as DrawStatement.
absl::StatusOr<int32_t> LockedRevision(type::v1::CreditLock lock, const Signing& signing,
                                       absl::Span<const v1::CreditTouch> touches,
                                       int32_t revision_at_creation);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_STATEMENT_H_
