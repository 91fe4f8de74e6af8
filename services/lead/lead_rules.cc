#include "services/lead/lead_rules.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "services/runtime/resource/columns.h"
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

absl::Status BeginConversion(const std::string& workflow, v1::Lead* lead) {
  if (!lead->has_conversion()) lead->mutable_conversion()->set_workflow(workflow);
  const v1::Conversion& held = lead->conversion();
  if (held.workflow() == workflow) return absl::OkStatus();
  if (held.has_end_time()) {
    return PreconditionFailed("LEAD_CONVERTED", held.opportunity(),
                              absl::StrCat("it is converted already: ", held.opportunity()));
  }
  return PreconditionFailed("LEAD_CONVERTED", held.workflow(),
                            absl::StrCat("it is being converted by ", held.workflow()));
}

absl::Status CompleteConversion(const v1::CompleteConversionRequest& request, absl::Time now,
                                v1::Lead* lead) {
  if (lead->conversion().workflow() != request.workflow()) {
    return PreconditionFailed("CONVERSION_NOT_HELD", lead->name(),
                              "another workflow, or none, converts this lead");
  }
  v1::Conversion* conversion = lead->mutable_conversion();
  if (conversion->has_end_time()) return absl::OkStatus();
  conversion->set_account(request.account());
  conversion->set_contact(request.contact());
  conversion->set_opportunity(request.opportunity());
  *conversion->mutable_end_time() = resource::FromTime(now);
  return absl::OkStatus();
}

void ReleaseConversion(const std::string& workflow, v1::Lead* lead) {
  const v1::Conversion& held = lead->conversion();
  if (held.workflow() == workflow && !held.has_end_time()) lead->clear_conversion();
}

}  // namespace comity::lead
