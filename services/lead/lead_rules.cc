#include "services/lead/lead_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/string_view.h"
#include "services/runtime/status/errors.h"

namespace comity::lead {
namespace {

// Something, one @, something; whether mail arrives there only a mail can tell.
bool LooksLikeAddress(absl::string_view text) {
  const size_t at = text.find('@');
  return at != absl::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == absl::string_view::npos &&
         std::none_of(text.begin(), text.end(), [](char c) { return absl::ascii_isspace(c); });
}

}  // namespace

absl::Status CheckLead(const v1::Lead* /*before*/, v1::Lead* lead) {
  if (lead->family_name().empty() && lead->organization().empty() &&
      lead->email_address().empty() && !lead->has_external_id()) {
    return InvalidField("LEAD_UNIDENTIFIED", "lead.family_name",
                        "a lead has a family name, an organization, an e-mail address or an "
                        "external id");
  }
  if (!lead->email_address().empty() && !LooksLikeAddress(lead->email_address())) {
    return InvalidField("INVALID_EMAIL_ADDRESS", "lead.email_address", "looks like name@domain");
  }
  return absl::OkStatus();
}

void DeriveLead(const std::vector<fact::v1::Fact>& standing, v1::Lead* lead) {
  for (const fact::v1::Fact& fact : standing) {
    if (fact.kind() == fact::v1::FACT_KIND_OWNER_CHANGED) lead->set_owner(fact.owner());
  }
}

}  // namespace comity::lead
