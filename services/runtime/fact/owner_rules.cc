#include "services/runtime/fact/owner_rules.h"

#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/status/errors.h"

namespace comity::fact {

absl::Status CheckOwnerFact(const google::protobuf::Message& /*record*/,
                            const std::vector<v1::Fact>& before, const v1::Fact& fact) {
  if (fact.kind() != v1::FACT_KIND_VOIDED) return absl::OkStatus();
  const v1::Fact* voided = FindFact(before, fact.voids());
  if (voided == nullptr || voided->kind() != v1::FACT_KIND_OWNER_CHANGED) return absl::OkStatus();
  for (const v1::Fact& other : before) {
    if (other.kind() == v1::FACT_KIND_OWNER_CHANGED && other.superseded_by().empty()) {
      return absl::OkStatus();
    }
  }
  return PreconditionFailed("LAST_OWNER_CHANGE", fact.voids(),
                            "nothing says who owned it before: correct this fact, naming the right "
                            "owner, or record another change");
}

absl::Status DeriveOwner(const std::vector<v1::Fact>& standing, google::protobuf::Message* record) {
  const auto* owner = record->GetDescriptor()->FindFieldByName("owner");
  for (const v1::Fact& fact : standing) {
    if (fact.kind() == v1::FACT_KIND_OWNER_CHANGED) {
      record->GetReflection()->SetString(record, owner, fact.owner());
    }
  }
  return absl::OkStatus();
}

}  // namespace comity::fact
