// What must be so for an opportunity and its facts. Pure.
#ifndef COMITY_LEAD_OPPORTUNITY_RULES_H_
#define COMITY_LEAD_OPPORTUNITY_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/lead/v1/opportunity.pb.h"
#include "comity/lead/v1/product.pb.h"

namespace comity::lead {

// INVALID_ARGUMENT reasons: OPPORTUNITY_UNIDENTIFIED (none of name, account, lead and external id),
// AMOUNT_NEGATIVE, LINE_INVALID, LINE_CURRENCY (another than the amount's, or than another line's),
// and those of runtime/resource/money.h for a line's price.
absl::Status CheckOpportunity(const v1::Opportunity* before, v1::Opportunity* opportunity);

// The fact with which a new opportunity begins: it keeps what the record began with, so that voided
// changes fall back to it.
fact::v1::Fact CreatedFact(const v1::Opportunity& opportunity);

// A signature without an amount signs the current one: of the signature that it corrects, else of
// the record. It is written into the fact, so that no later or earlier change alters what was
// signed.
void CompleteOpportunityFact(const v1::Opportunity& opportunity,
                             const std::vector<fact::v1::Fact>& before, fact::v1::Fact* fact);

// Whether `fact` follows what was recorded before (`before` marks what it supersedes). Facts are
// checked in the order in which they are recorded, whenever they happened: a history may be
// imported late. FAILED_PRECONDITION reasons: ALREADY_CREATED, ALREADY_SIGNED, ALREADY_DECLINED,
// SIGNED_WITHOUT_AMOUNT. INVALID_ARGUMENT reason AMOUNT_NEGATIVE.
absl::Status CheckOpportunityFact(const v1::Opportunity& opportunity,
                                  const std::vector<fact::v1::Fact>& before,
                                  const fact::v1::Fact& fact);

// Sets amount, expected close date, owner, and the times of opening, engaging, signing and
// declining as the standing facts, in the order in which they happened, say.
void DeriveOpportunity(const std::vector<fact::v1::Fact>& standing, v1::Opportunity* opportunity);

// What an account becomes by a signature for products of those kinds: a member, else a client, else
// a customer.
v1::BuyerKind BuyerOf(const std::vector<v1::BuyerKind>& products);

}  // namespace comity::lead

#endif  // COMITY_LEAD_OPPORTUNITY_RULES_H_
