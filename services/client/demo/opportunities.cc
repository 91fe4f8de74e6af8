#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/client/demo/calendar.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/opportunity_course.h"

namespace comity::client {
namespace {

// What something that costs `euros` is offered for in another currency, rounded as prices are.
int64_t LocalPrice(int64_t euros, const std::string& currency) {
  const int64_t percent = currency == "CAD" ? 150 : currency == "USD" ? 110 : 100;
  return percent == 100 ? euros : (euros * percent / 100 + 4) / 5 * 5;
}

const DemoProduct& PickProduct(Draftsman* d, Random& random, bool membership) {
  while (true) {
    const DemoProduct& product = random.Pick(d->products);
    if (product.membership == membership) return product;
  }
}

// One to three lines; the amount is their sum.
void AddLines(Draftsman* d, Random& random, const DemoAccount& account,
              lead::v1::Opportunity* opportunity) {
  const std::string& currency = account.place->currency;
  const int lines = account.organization ? random.Between(1, 3) : 1;
  int64_t amount = 0;
  for (int i = 0; i < lines; ++i) {
    const DemoProduct& product = PickProduct(d, random, !account.organization);
    const int64_t price = LocalPrice(product.price, currency);
    auto* line = opportunity->add_lines();
    line->set_product(Ref(product.key));
    const int most = product.membership ? 2 : product.price > 5000 ? 3 : 12;
    line->set_quantity(random.Between(1, most));
    *line->mutable_unit_price() = ToMoney(currency, price);
    amount += price * line->quantity();
    if (i == 0) {
      opportunity->set_display_name(absl::StrCat(account.display_name, ": ", product.display_name));
    }
  }
  *opportunity->mutable_amount() = ToMoney(currency, amount);
}

// Leads that sales holds qualified, each of which may become one opportunity.
std::vector<const DemoLead*> Convertible(const Draftsman& d) {
  std::vector<const DemoLead*> leads;
  for (const DemoLead& lead : d.leads) {
    if (lead.account != nullptr && lead.qualified < d.options.now) leads.push_back(&lead);
  }
  return leads;
}

const DemoAccount& PickAccount(Draftsman* d, Random& random) {
  const bool organization = random.Chance(0.9);
  while (true) {
    const DemoAccount& account = random.Pick(d->accounts);
    if (account.organization == organization) return account;
  }
}

void MakeOpportunity(Draftsman* d, Random& random, const DemoLead* lead, const std::string& key,
                     Phase* phase, Happenings* first, Happenings* later) {
  const DemoAccount& account = lead != nullptr ? *lead->account : PickAccount(d, random);
  const absl::Time open = lead != nullptr ? lead->qualified + absl::Minutes(random.Between(5, 50))
                                          : BeginTime(random, d->options.now);
  const Identity owner =
      random.Chance(0.85) ? account.owner : random.Pick(d->Colleagues(account.owner));
  auto* opportunity =
      AddCreate(*d, phase, key, owner, &lead::v1::CreateOpportunityRequest::mutable_opportunity);
  AddLines(d, random, account, opportunity);
  opportunity->set_account(Ref(account.key));
  opportunity->set_contact(Ref(random.Pick(account.contacts)));
  if (lead != nullptr) opportunity->set_lead(Ref(lead->key));
  opportunity->set_owner(owner.person);
  SetTime(open, opportunity->mutable_open_time());
  *opportunity->mutable_expected_close_date() =
      WorkingDate(open + absl::Hours(24 * random.Between(30, 150)));
  OpportunityCourse(d, random, first, later, {key, owner, open, opportunity->amount()}).Go();
}

}  // namespace

void MakeOpportunities(Draftsman* d) {
  constexpr int kOpportunities = 2000;
  Random random(d->options.seed, "opportunities");
  Happenings first(d, "opportunity");
  Happenings later(d, "later opportunity");
  Phase phase{"opportunities", "comity.lead.v1.OpportunityService/BatchCreateOpportunities", {}};
  const std::vector<const DemoLead*> leads = Convertible(*d);
  const int count = d->Count(kOpportunities);
  for (int i = 0; i < count; ++i) {
    const bool from_lead = i < static_cast<int>(leads.size()) && i < count / 2;
    MakeOpportunity(d, random, from_lead ? leads[i] : nullptr, absl::StrCat("opportunity-", i),
                    &phase, &first, &later);
  }
  d->company.phases.push_back(std::move(phase));
  first.Finish();
  later.Finish();
}

}  // namespace comity::client
