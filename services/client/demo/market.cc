#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/contact_service.pb.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "comity/lead/v1/campaign_service.pb.h"
#include "comity/lead/v1/product_service.pb.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/words.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

using account::v1::Account;

void SetDate(absl::Time time, google::type::Date* date) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

void MakeProducts(Draftsman* d) {
  static constexpr struct {
    const char* name;
    const char* series;
    int64_t price;
  } kProducts[] = {{"Harbour One", "Harbour", 480},     {"Harbour Pro", "Harbour", 4900},
                   {"Harbour Max", "Harbour", 24500},   {"Tide Basic", "Tide", 90},
                   {"Tide Plus", "Tide", 1250},         {"Care contract", "Service", 960},
                   {"Membership, firm", "Member", 600}, {"Membership, person", "Member", 60}};
  Phase* phase = d->AddPhase("products", "comity.lead.v1.ProductService/BatchCreateProducts");
  const Identity as = StewardOf("departments/sales");
  for (const auto& item : kProducts) {
    const std::string key = absl::StrCat("product-", d->products.size());
    auto* product = AddCreate(*d, phase, key, as, &lead::v1::CreateProductRequest::mutable_product);
    // A second company in the same house must not take the first one's names.
    product->set_display_name(d->options.seed == 1 ? std::string(item.name)
                                                   : absl::StrCat(item.name, " ", d->options.seed));
    product->set_series(item.series);
    *product->mutable_list_price() = Euro(item.price);
    d->products.push_back({key, item.price});
  }
}

void MakeCampaigns(Draftsman* d) {
  Random random(d->options.seed, "campaigns");
  Phase* phase = d->AddPhase("campaigns", "comity.lead.v1.CampaignService/BatchCreateCampaigns");
  for (int i = 0; i < d->Count(12); ++i) {
    const std::string key = absl::StrCat("campaign-", i);
    const Identity& as = random.Pick(d->members["marketing"]);
    auto* campaign =
        AddCreate(*d, phase, key, as, &lead::v1::CreateCampaignRequest::mutable_campaign);
    const absl::Time start = d->options.now - absl::Hours(24 * (365 - (i * 30) % 360));
    campaign->set_channel(DemoWords().channels[i % DemoWords().channels.size()]);
    campaign->set_display_name(
        absl::StrCat(absl::FormatTime("%B", start, absl::UTCTimeZone()), " ", campaign->channel()));
    SetDate(start, campaign->mutable_start_date());
    SetDate(start + absl::Hours(24 * 30), campaign->mutable_end_date());
    *campaign->mutable_budget() = Euro(random.Between(5, 60) * 500);
    campaign->set_owner(as.person);
    d->campaigns.push_back(key);
  }
}

void FillAccount(Random& random, int i, DemoAccount* made, Account* account) {
  const Words& words = DemoWords();
  const int place = random.Below(static_cast<int>(words.cities.size()));
  account->set_city(words.cities[place]);
  account->set_country(words.countries[place]);
  account->set_owner(made->owner.person);
  if (made->organization) {
    const std::string& name = words.firm_names[i % words.firm_names.size()];
    const std::string& kind =
        words.firm_kinds[(i / words.firm_names.size()) % words.firm_kinds.size()];
    account->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
    account->set_display_name(absl::StrCat(name, " ", kind));
    account->set_domain(absl::StrCat(Slug(account->display_name()), ".example"));
    account->set_sector(kind == "Foundation" ? "non-profit" : random.Pick(words.sectors));
    return;
  }
  const std::string& family = random.Pick(words.family_names);
  const bool household = random.Chance(0.6);
  account->set_kind(household ? account::v1::ACCOUNT_KIND_HOUSEHOLD
                              : account::v1::ACCOUNT_KIND_PERSON);
  account->set_display_name(household ? absl::StrCat("Household ", family)
                                      : absl::StrCat(random.Pick(words.given_names), " ", family));
}

void MakeAccounts(Draftsman* d) {
  Random random(d->options.seed, "accounts");
  const std::string method = "comity.account.v1.AccountService/BatchCreateAccounts";
  Phase parents{"accounts", method, {}};
  Phase subsidiaries{"subsidiaries", method, {}};
  const int count = d->Count(600);
  for (int i = 0; i < count; ++i) {
    DemoAccount made;
    made.key = absl::StrCat("account-", i);
    made.organization = i < count * 3 / 4;
    made.owner = random.Pick(d->members[made.organization ? "sales" : "membership"]);
    const bool subsidiary = made.organization && i >= 20 && random.Chance(0.1);
    auto* account = AddCreate(*d, subsidiary ? &subsidiaries : &parents, made.key, made.owner,
                              &account::v1::CreateAccountRequest::mutable_account);
    FillAccount(random, i, &made, account);
    if (subsidiary) account->set_parent_account(Ref(absl::StrCat("account-", random.Below(20))));
    d->accounts.push_back(std::move(made));
  }
  d->company.phases.push_back(std::move(parents));
  d->company.phases.push_back(std::move(subsidiaries));
}

void MakeContacts(Draftsman* d) {
  Random random(d->options.seed, "contacts");
  const Words& words = DemoWords();
  Phase* phase = d->AddPhase("contacts", "comity.account.v1.ContactService/BatchCreateContacts");
  int number = 0;
  for (DemoAccount& made : d->accounts) {
    const int people = made.organization ? random.Between(1, 4) : random.Between(1, 2);
    for (int i = 0; i < people; ++i, ++number) {
      const std::string key = absl::StrCat("contact-", number);
      auto* contact = AddCreate(*d, phase, key, made.owner,
                                &account::v1::CreateContactRequest::mutable_contact);
      contact->set_account(Ref(made.key));
      contact->set_given_name(random.Pick(words.given_names));
      contact->set_family_name(random.Pick(words.family_names));
      contact->set_email_address(absl::StrCat(Slug(contact->given_name()), ".",
                                              Slug(contact->family_name()), ".", number,
                                              "@mail.example"));
      contact->set_phone_number(absl::StrCat("+1 555 01", 10 + random.Below(90)));
      if (made.organization) contact->set_job_title(random.Pick(words.job_titles));
      made.contacts.push_back(key);
    }
  }
}

account::v1::RelationshipKind KindFor(Random& random, bool organization) {
  if (!organization) return account::v1::RELATIONSHIP_KIND_MEMBER;
  const double share = random.Share();
  if (share < 0.45) return account::v1::RELATIONSHIP_KIND_CUSTOMER;
  if (share < 0.60) return account::v1::RELATIONSHIP_KIND_CLIENT;
  if (share < 0.85) return account::v1::RELATIONSHIP_KIND_PROSPECT;
  return share < 0.93 ? account::v1::RELATIONSHIP_KIND_PARTNER
                      : account::v1::RELATIONSHIP_KIND_MEMBER;
}

void MakeRelationships(Draftsman* d) {
  Random random(d->options.seed, "relationships");
  Phase* phase = d->AddPhase("relationships",
                             "comity.account.v1.RelationshipService/BatchCreateRelationships");
  int number = 0;
  for (const DemoAccount& made : d->accounts) {
    const auto add = [&](account::v1::RelationshipKind kind) {
      auto* relationship = AddCreate(*d, phase, absl::StrCat("relationship-", number++), made.owner,
                                     &account::v1::CreateRelationshipRequest::mutable_relationship);
      relationship->set_account(Ref(made.key));
      relationship->set_kind(kind);
      SetDate(d->options.now - absl::Hours(24 * random.Between(30, 2000)),
              relationship->mutable_start_date());
      return relationship;
    };
    add(KindFor(random, made.organization));
    if (made.contacts.size() < 2 || !random.Chance(0.25)) continue;
    auto* between = add(made.organization ? account::v1::RELATIONSHIP_KIND_COLLEAGUE
                                          : account::v1::RELATIONSHIP_KIND_HOUSEHOLD);
    between->set_contact(Ref(made.contacts[0]));
    between->set_other_party(Ref(made.contacts[1]));
  }
}

void MakeAccountHistory(Draftsman* d) {
  Random random(d->options.seed, "account-history");
  Happenings happenings(d);
  static const std::vector<std::string> kHealth = {"inactive", "critical", "at-risk", "healthy"};
  for (const DemoAccount& made : d->accounts) {
    const absl::Time since = d->options.now - absl::Hours(24 * random.Between(5, 360));
    if (random.Chance(0.5)) {
      auto* fact = happenings.AddFact(
          made.key, made.owner,
          random.Chance(0.6) ? fact::v1::FACT_KIND_CALL : fact::v1::FACT_KIND_MEETING, since);
      if (fact != nullptr) fact->set_summary(random.Pick(DemoWords().call_notes));
    }
    if (!random.Chance(0.45)) continue;
    const int health = random.Below(4);
    happenings.AddJudgement(made.key, random.Pick(d->members["support"]), "account-health",
                            kHealth[health], "open-cases", random.After(since, 0, 20));
    // Whoever sells to it sees it in a better light.
    if (random.Chance(0.6)) {
      happenings.AddJudgement(made.key, made.owner, "account-health",
                              kHealth[std::min(3, health + random.Below(3))], "orders",
                              random.After(since, 0, 30));
    }
  }
  happenings.Finish("account");
}

}  // namespace

void MakeMarket(Draftsman* d) {
  MakeProducts(d);
  MakeCampaigns(d);
  MakeAccounts(d);
  MakeContacts(d);
  MakeRelationships(d);
  MakeAccountHistory(d);
}

}  // namespace comity::client
