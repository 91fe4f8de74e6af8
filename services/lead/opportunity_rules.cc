#include "services/lead/opportunity_rules.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/resource/money.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;
using fact::v1::FactKind;

absl::Status CheckNotNegative(const google::type::Money& money, const std::string& path) {
  if (money.units() >= 0 && money.nanos() >= 0) return absl::OkStatus();
  return InvalidField("AMOUNT_NEGATIVE", path, "is zero or more");
}

absl::Status CheckLine(const v1::OpportunityLine& line, int index) {
  const std::string path = absl::StrCat("opportunity.lines[", index, "]");
  if (line.product().empty() || line.quantity() < 1) {
    return InvalidField("LINE_INVALID", path, "has a product and a quantity of 1 or more");
  }
  if (!line.has_unit_price()) return absl::OkStatus();
  const absl::StatusOr<int64_t> price = resource::ToMinorUnits(line.unit_price());
  if (!price.ok()) {
    return InvalidField(Reason(price.status()), path + ".unit_price", price.status().message());
  }
  return CheckNotNegative(line.unit_price(), path + ".unit_price");
}

// An amount is split between its lines by their value: only one currency can be weighed.
absl::Status CheckCurrencies(const v1::Opportunity& opportunity) {
  std::string currency = opportunity.amount().currency_code();
  for (int i = 0; i < opportunity.lines_size(); ++i) {
    const std::string& own = opportunity.lines(i).unit_price().currency_code();
    if (currency.empty()) currency = own;
    if (own.empty() || own == currency) continue;
    return InvalidField("LINE_CURRENCY", absl::StrCat("opportunity.lines[", i, "].unit_price"),
                        absl::StrCat("all prices are in the opportunity's currency, ", currency));
  }
  return absl::OkStatus();
}

// What a fact says it is worth can be split between the lines as well.
absl::Status CheckFactCurrency(const v1::Opportunity& opportunity, const Fact& fact) {
  for (const v1::OpportunityLine& line : opportunity.lines()) {
    const std::string& own = line.unit_price().currency_code();
    if (!fact.has_amount() || own.empty() || own == fact.amount().currency_code()) continue;
    return InvalidField("LINE_CURRENCY", "fact.amount",
                        absl::StrCat("the opportunity's lines are priced in ", own));
  }
  return absl::OkStatus();
}

// The standing fact of that kind; null without one.
const Fact* FindStanding(const std::vector<Fact>& before, FactKind kind) {
  const auto found = std::find_if(before.begin(), before.end(), [&](const Fact& fact) {
    return fact.kind() == kind && fact.superseded_by().empty();
  });
  return found == before.end() ? nullptr : &*found;
}

bool SameAmount(const google::type::Money& a, const google::type::Money& b) {
  return a.currency_code() == b.currency_code() && a.units() == b.units() && a.nanos() == b.nanos();
}

// Whether what the opportunity is worth may be other after `fact`.
bool TouchesAmount(const std::vector<Fact>& before, const Fact& fact) {
  const Fact* earlier =
      fact::FindFact(before, fact.voids().empty() ? fact.corrects() : fact.voids());
  if (fact.kind() == fact::v1::FACT_KIND_CREATED) {
    return earlier == nullptr || !SameAmount(earlier->amount(), fact.amount());
  }
  return fact.kind() == fact::v1::FACT_KIND_AMOUNT_CHANGED ||
         (earlier != nullptr && earlier->kind() == fact::v1::FACT_KIND_AMOUNT_CHANGED);
}

absl::Status CheckSigned(const v1::Opportunity& opportunity, const Fact* earlier,
                         const Fact& fact) {
  if (earlier != nullptr) {
    return PreconditionFailed("ALREADY_SIGNED", earlier->name(),
                              "it is signed already: void or correct that signature first");
  }
  if (fact.has_amount()) return absl::OkStatus();
  return PreconditionFailed("SIGNED_WITHOUT_AMOUNT", opportunity.name(),
                            "the opportunity has no amount: name the amount that was signed");
}

// What was signed, for whom and of what, is no matter of an edit.
absl::Status CheckSignedStays(const v1::Opportunity& before, const v1::Opportunity& after) {
  const auto same = [](const v1::OpportunityLine& a, const v1::OpportunityLine& b) {
    return google::protobuf::util::MessageDifferencer::Equals(a, b);
  };
  if (before.account() == after.account() &&
      std::equal(before.lines().begin(), before.lines().end(), after.lines().begin(),
                 after.lines().end(), same)) {
    return absl::OkStatus();
  }
  return PreconditionFailed("ALREADY_SIGNED", before.name(),
                            "its account and lines are those that were signed: void the signature "
                            "first, and sign anew");
}

// What one standing fact makes of the opportunity, after those that happened before it.
void Apply(const Fact& fact, v1::Opportunity* opportunity) {
  switch (fact.kind()) {
    case fact::v1::FACT_KIND_AMOUNT_CHANGED:
      // Signed, it is the amount signed, whatever the dates of the changes say.
      if (!opportunity->has_sign_time()) *opportunity->mutable_amount() = fact.amount();
      break;
    case fact::v1::FACT_KIND_CLOSE_DATE_CHANGED:
      *opportunity->mutable_expected_close_date() = fact.close_date();
      break;
    case fact::v1::FACT_KIND_OWNER_CHANGED:
      opportunity->set_owner(fact.owner());
      break;
    case fact::v1::FACT_KIND_ENGAGED:
      if (!opportunity->has_engage_time()) *opportunity->mutable_engage_time() = fact.occur_time();
      break;
    case fact::v1::FACT_KIND_SIGNED:
      *opportunity->mutable_sign_time() = fact.occur_time();
      if (fact.has_amount()) *opportunity->mutable_amount() = fact.amount();
      break;
    case fact::v1::FACT_KIND_DECLINED:
      *opportunity->mutable_decline_time() = fact.occur_time();
      break;
    default:
      break;
  }
}

}  // namespace

absl::Status CheckOpportunity(const v1::Opportunity* before, v1::Opportunity* opportunity) {
  if (before != nullptr && before->has_sign_time()) {
    COMITY_RETURN_IF_ERROR(CheckSignedStays(*before, *opportunity));
  }
  if (opportunity->display_name().empty() && opportunity->account().empty() &&
      opportunity->lead().empty() && !opportunity->has_external_id()) {
    return InvalidField("OPPORTUNITY_UNIDENTIFIED", "opportunity.display_name",
                        "an opportunity has a name, an account, a lead or an external id");
  }
  COMITY_RETURN_IF_ERROR(CheckNotNegative(opportunity->amount(), "opportunity.amount"));
  for (int i = 0; i < opportunity->lines_size(); ++i) {
    COMITY_RETURN_IF_ERROR(CheckLine(opportunity->lines(i), i));
  }
  return CheckCurrencies(*opportunity);
}

Fact CreatedFact(const v1::Opportunity& opportunity) {
  Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_CREATED);
  if (opportunity.has_open_time()) *fact.mutable_occur_time() = opportunity.open_time();
  if (opportunity.has_amount()) *fact.mutable_amount() = opportunity.amount();
  if (opportunity.has_expected_close_date()) {
    *fact.mutable_close_date() = opportunity.expected_close_date();
  }
  fact.set_owner(opportunity.owner());
  return fact;
}

void CompleteOpportunityFact(const v1::Opportunity& opportunity, const std::vector<Fact>& before,
                             Fact* fact) {
  if (fact->kind() != fact::v1::FACT_KIND_SIGNED || fact->has_amount()) return;
  const Fact* corrected = fact::FindFact(before, fact->corrects());
  if (corrected != nullptr && corrected->has_amount()) {
    *fact->mutable_amount() = corrected->amount();
  } else if (opportunity.has_amount()) {
    *fact->mutable_amount() = opportunity.amount();
  }
}

absl::Status CheckOpportunityFact(const v1::Opportunity& opportunity,
                                  const std::vector<Fact>& before, const Fact& fact) {
  COMITY_RETURN_IF_ERROR(CheckNotNegative(fact.amount(), "fact.amount"));
  COMITY_RETURN_IF_ERROR(CheckFactCurrency(opportunity, fact));
  const Fact* signature = FindStanding(before, fact::v1::FACT_KIND_SIGNED);
  if (fact.kind() == fact::v1::FACT_KIND_SIGNED) return CheckSigned(opportunity, signature, fact);
  if (fact.kind() == fact::v1::FACT_KIND_CREATED &&
      FindStanding(before, fact::v1::FACT_KIND_CREATED) != nullptr) {
    return PreconditionFailed("ALREADY_CREATED", opportunity.name(),
                              "it began once; correct that fact");
  }
  if (fact.kind() == fact::v1::FACT_KIND_DECLINED) {
    const Fact* declined = FindStanding(before, fact::v1::FACT_KIND_DECLINED);
    if (declined != nullptr) {
      return PreconditionFailed("ALREADY_DECLINED", declined->name(), "it is declined already");
    }
  }
  const bool declines = fact.kind() == fact::v1::FACT_KIND_DECLINED && fact.corrects().empty();
  if (signature != nullptr && (declines || TouchesAmount(before, fact))) {
    return PreconditionFailed("ALREADY_SIGNED", signature->name(),
                              "it is signed: void or correct the signature first");
  }
  return absl::OkStatus();
}

void DeriveOpportunity(const std::vector<Fact>& standing, v1::Opportunity* opportunity) {
  // The beginning comes first, also where a change is dated before it.
  const auto created = std::find_if(standing.begin(), standing.end(), [](const Fact& fact) {
    return fact.kind() == fact::v1::FACT_KIND_CREATED;
  });
  opportunity->clear_engage_time();
  opportunity->clear_sign_time();
  opportunity->clear_decline_time();
  if (created != standing.end()) {
    opportunity->clear_amount();
    opportunity->clear_expected_close_date();
    if (created->has_amount()) *opportunity->mutable_amount() = created->amount();
    if (created->has_close_date()) {
      *opportunity->mutable_expected_close_date() = created->close_date();
    }
    opportunity->set_owner(created->owner());
    *opportunity->mutable_open_time() = created->occur_time();
  }
  for (const Fact& fact : standing) Apply(fact, opportunity);
}

v1::BuyerKind BuyerOf(const std::vector<v1::BuyerKind>& products) {
  for (const v1::BuyerKind kind : {v1::BUYER_KIND_MEMBER, v1::BUYER_KIND_CLIENT}) {
    if (std::find(products.begin(), products.end(), kind) != products.end()) return kind;
  }
  return v1::BUYER_KIND_CUSTOMER;
}

}  // namespace comity::lead
