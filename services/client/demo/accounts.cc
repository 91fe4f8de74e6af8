// Who the company deals with: firms, households and persons, who speaks for them, and what they are
// to it.
#include <set>

#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/contact_service.pb.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "services/client/demo/calendar.h"
#include "services/client/demo/draftsman.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

using account::v1::Account;

constexpr int kAccounts = 2000;
constexpr int kParents = 40;  // the first ones may have subsidiaries

std::string FirmName(Random& random, const Place& place, std::string* kind) {
  const Words& words = DemoWords();
  *kind = random.Pick(words.firm_kinds);
  const std::string& family = random.Pick(FamilyNames());
  const std::string& partner = random.Pick(FamilyNames());
  const double share = random.Share();
  std::string name = absl::StrCat(random.Pick(words.firm_names), " ", *kind);
  if (share < 0.2) {
    name = absl::StrCat(family, " ", *kind);
  } else if (share < 0.3) {
    name = absl::StrCat(family, " & ", partner);
  } else if (share < 0.4) {
    name = absl::StrCat(place.city, " ", *kind);
  }
  return *kind == "Foundation" ? name : absl::StrCat(name, " ", place.legal_form);
}

// No two firms share a name.
void FillFirm(Random& random, std::set<std::string>* taken, DemoAccount* made, Account* account) {
  std::string kind;
  do {
    made->display_name = FirmName(random, *made->place, &kind);
  } while (!taken->insert(made->display_name).second);
  account->set_kind(account::v1::ACCOUNT_KIND_ORGANIZATION);
  account->set_domain(absl::StrCat(Slug(made->display_name), ".example"));
  account->set_sector(kind == "Foundation" ? "non-profit" : random.Pick(DemoWords().sectors));
}

void FillPeople(Random& random, DemoAccount* made, Account* account) {
  const std::string& family = random.Pick(FamilyNames());
  const bool household = random.Chance(0.6);
  account->set_kind(household ? account::v1::ACCOUNT_KIND_HOUSEHOLD
                              : account::v1::ACCOUNT_KIND_PERSON);
  made->display_name = household ? absl::StrCat("Household ", family)
                                 : absl::StrCat(random.Pick(GivenNames()), " ", family);
}

DemoAccount DrawAccount(Draftsman* d, Random& random, int number, int count) {
  DemoAccount made;
  made.key = absl::StrCat("account-", number);
  made.organization = number < count * 7 / 10;
  do {
    made.place = &random.Pick(Places());
  } while (!made.organization && made.place->currency != "EUR");  // members live near
  made.owner =
      random.Pick(made.organization ? d->teams[made.place->team] : d->members["membership"]);
  return made;
}

void MakeAccountRecords(Draftsman* d) {
  Random random(d->options.seed, "accounts");
  const std::string method = "comity.account.v1.AccountService/BatchCreateAccounts";
  Phase parents{"accounts", method, {}};
  Phase subsidiaries{"subsidiaries", method, {}};
  std::set<std::string> taken;
  const int count = d->Count(kAccounts);
  for (int i = 0; i < count; ++i) {
    DemoAccount made = DrawAccount(d, random, i, count);
    const bool subsidiary = made.organization && i >= kParents && random.Chance(0.1);
    auto* account = AddCreate(*d, subsidiary ? &subsidiaries : &parents, made.key, made.owner,
                              &account::v1::CreateAccountRequest::mutable_account);
    if (made.organization) {
      FillFirm(random, &taken, &made, account);
    } else {
      FillPeople(random, &made, account);
    }
    account->set_display_name(made.display_name);
    account->set_city(made.place->city);
    account->set_country(made.place->country);
    account->set_owner(made.owner.person);
    if (subsidiary)
      account->set_parent_account(Ref(absl::StrCat("account-", random.Below(kParents))));
    d->accounts.push_back(std::move(made));
  }
  d->company.phases.push_back(std::move(parents));
  if (!subsidiaries.drafts.empty()) d->company.phases.push_back(std::move(subsidiaries));
}

void MakeContacts(Draftsman* d) {
  Random random(d->options.seed, "contacts");
  Phase* phase = d->AddPhase("contacts", "comity.account.v1.ContactService/BatchCreateContacts");
  int number = 0;
  for (DemoAccount& made : d->accounts) {
    const int people = made.organization ? random.Between(1, 3) : random.Between(1, 2);
    for (int i = 0; i < people; ++i, ++number) {
      const std::string key = absl::StrCat("contact-", number);
      auto* contact = AddCreate(*d, phase, key, made.owner,
                                &account::v1::CreateContactRequest::mutable_contact);
      contact->set_account(Ref(made.key));
      contact->set_given_name(random.Pick(GivenNames()));
      contact->set_family_name(random.Pick(FamilyNames()));
      contact->set_email_address(absl::StrCat(Slug(contact->given_name()), ".",
                                              Slug(contact->family_name()), ".", number,
                                              "@mail.example"));
      contact->set_phone_number(absl::StrCat("+1 555 01", 10 + random.Below(90)));
      if (made.organization) contact->set_job_title(random.Pick(DemoWords().job_titles));
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
      const int days = random.Between(30, 2000);
      *relationship->mutable_start_date() = WorkingDate(d->options.now - absl::Hours(24 * days));
      if (random.Chance(0.08)) {
        *relationship->mutable_end_date() =
            WorkingDate(d->options.now - absl::Hours(24 * random.Between(3, days - 10)));
      }
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

}  // namespace

void MakeAccounts(Draftsman* draftsman) {
  MakeAccountRecords(draftsman);
  MakeContacts(draftsman);
  MakeRelationships(draftsman);
}

}  // namespace comity::client
