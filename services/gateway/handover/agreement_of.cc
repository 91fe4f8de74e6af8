#include "services/gateway/handover/agreement_of.h"

#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {

absl::StatusOr<OfferedBy> AgreementOf(const Call& call, const v1::Handover& handover) {
  const charter::Revision* known = call.runtime->charters->Find(handover.charter_revision());
  if (known == nullptr) return Internal("the charter of a handover is not known");
  const type::v1::Charter& charter = known->charter.document();
  const auto* agreement = FindAgreement(charter, handover.agreement());
  if (agreement != nullptr) return OfferedBy{&charter, agreement};
  return Internal("the agreement of a handover is not in its charter");
}

}  // namespace comity::gateway
