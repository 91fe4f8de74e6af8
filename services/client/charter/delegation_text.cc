#include "services/client/charter/delegation_text.h"

#include "absl/strings/str_cat.h"
#include "services/client/output/format.h"
#include "services/client/output/record_view.h"
#include "services/client/output/table.h"

namespace comity::client {
namespace {

using gateway::v1::CharterDelegation;

std::string UsesText(const CharterDelegation& delegation) {
  if (delegation.use_count() == 0) return "not used";
  return absl::StrCat(delegation.use_count(), ", last ",
                      FormatTime(delegation.last_use().use_time()));
}

}  // namespace

std::string StateName(const CharterDelegation& delegation) {
  const auto* value =
      gateway::v1::CharterDelegationState_descriptor()->FindValueByNumber(delegation.state());
  return value == nullptr ? "unknown" : ShortEnum(*value);
}

const CharterDelegation* FindStanding(const gateway::v1::ListDelegationsResponse& reply,
                                      const std::string& person, const std::string& public_key) {
  for (const CharterDelegation& delegation : reply.delegations()) {
    charter::v1::DelegationBody body;
    const bool stands = delegation.state() == gateway::v1::CHARTER_DELEGATION_STATE_STANDING;
    if (stands && body.ParseFromString(delegation.signed_delegation().body()) &&
        body.delegate() == person && body.delegate_key() == public_key) {
      return &delegation;
    }
  }
  return nullptr;
}

std::string ShowDelegations(const gateway::v1::ListDelegationsResponse& reply, int width) {
  Table table({{"NAME", false, true},
               {"DEPARTMENT"},
               {"OF"},
               {"TO"},
               {"STATE"},
               {"UNTIL", false, true},
               {"SIGNATURES"}});
  for (const CharterDelegation& delegation : reply.delegations()) {
    table.AddRow({delegation.name(), ShortName(delegation.department()),
                  ShortName(delegation.steward()), ShortName(delegation.delegate()),
                  StateName(delegation), FormatTime(delegation.expire_time()),
                  UsesText(delegation)});
  }
  return table.Render(width);
}

std::string ShowDelegation(const CharterDelegation& delegation) {
  std::string text = absl::StrCat(
      delegation.name(), ": ", StateName(delegation), "; ", ShortName(delegation.delegate()),
      " may sign for ", ShortName(delegation.department()), " in the place of ",
      ShortName(delegation.steward()), " until ", FormatTime(delegation.expire_time()), " UTC\n");
  if (delegation.has_revoke_time()) {
    return absl::StrCat(text, "Revoked by ", ShowActor(delegation.revoker()), " on ",
                        FormatTime(delegation.revoke_time()), "\n");
  }
  return absl::StrCat(text, "By: comity charter sign charterProposals/… --as-delegate. Ended by: ",
                      "comity charter revoke ", delegation.name(), "\n");
}

}  // namespace comity::client
