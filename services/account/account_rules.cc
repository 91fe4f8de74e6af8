#include "services/account/account_rules.h"

#include <tuple>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/status/errors.h"

namespace comity::account {
namespace {

bool IsDomain(absl::string_view domain) {
  if (!absl::StrContains(domain, '.') || domain.front() == '.' || domain.back() == '.') {
    return false;
  }
  for (const char c : domain) {
    const bool ascii = absl::ascii_isalnum(c) || c == '-' || c == '.';
    if (!ascii && static_cast<unsigned char>(c) < 0x80) return false;
  }
  return true;
}

bool IsEmailAddress(absl::string_view address) {
  const size_t at = address.rfind('@');
  return at != absl::string_view::npos && at > 0 && at + 1 < address.size() &&
         !absl::StrContains(address, ' ');
}

auto Day(const google::type::Date& date) {
  return std::tuple(date.year(), date.month(), date.day());
}

bool NeedsOtherParty(v1::RelationshipKind kind) {
  return kind == v1::RELATIONSHIP_KIND_COLLEAGUE || kind == v1::RELATIONSHIP_KIND_HOUSEHOLD ||
         kind == v1::RELATIONSHIP_KIND_SUPPLIER;
}

}  // namespace

absl::Status CheckAccount(const v1::Account* /*before*/, v1::Account* account) {
  account->set_domain(absl::AsciiStrToLower(account->domain()));
  if (!account->domain().empty() && !IsDomain(account->domain())) {
    return InvalidField("INVALID_DOMAIN", "account.domain",
                        "a domain is written like `example.org`, without https:// and path");
  }
  if (!account->parent_account().empty() && account->parent_account() == account->name()) {
    return InvalidField("HIERARCHY_CYCLE", "account.parent_account",
                        "no account stands above itself");
  }
  return absl::OkStatus();
}

std::string DomainKey(absl::string_view domain) {
  std::string key = absl::AsciiStrToLower(domain);
  absl::StripAsciiWhitespace(&key);
  if (absl::EndsWith(key, ".")) key.pop_back();
  if (absl::StartsWith(key, "www.")) key.erase(0, 4);
  return key;
}

absl::Status CheckContact(const v1::Contact* /*before*/, v1::Contact* contact) {
  if (contact->given_name().empty() && contact->family_name().empty() &&
      contact->email_address().empty()) {
    return InvalidField("NAME_REQUIRED", "contact.family_name",
                        "a contact has a given name, a family name or an e-mail address");
  }
  if (!contact->email_address().empty() && !IsEmailAddress(contact->email_address())) {
    return InvalidField("INVALID_EMAIL_ADDRESS", "contact.email_address",
                        "an address is written like `ada@example.org`");
  }
  return absl::OkStatus();
}

absl::Status CheckRelationship(const v1::Relationship* /*before*/, v1::Relationship* relationship) {
  if (relationship->has_start_date() && relationship->has_end_date() &&
      Day(relationship->end_date()) < Day(relationship->start_date())) {
    return InvalidField("ENDS_BEFORE_START", "relationship.end_date",
                        "a relationship does not end before it starts");
  }
  const std::string& other = relationship->other_party();
  if (!other.empty() && (other == relationship->account() || other == relationship->contact())) {
    return InvalidField("SAME_PARTY", "relationship.other_party",
                        "a relationship is with another party; leave it empty for one to us");
  }
  if (other.empty() && NeedsOtherParty(relationship->kind())) {
    return InvalidField("OTHER_PARTY_REQUIRED", "relationship.other_party",
                        "colleagues, households and suppliers name the other account or contact");
  }
  return absl::OkStatus();
}

void DeriveAccount(const std::vector<fact::v1::Fact>& standing, v1::Account* account) {
  for (const fact::v1::Fact& fact : standing) {
    if (fact.kind() == fact::v1::FACT_KIND_OWNER_CHANGED) account->set_owner(fact.owner());
  }
}

}  // namespace comity::account
