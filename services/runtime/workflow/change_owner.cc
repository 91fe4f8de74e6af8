#include "services/runtime/workflow/change_owner.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/runtime/resource/columns.h"
#include "services/runtime/status/macros.h"

namespace comity::workflow {

absl::Status ChangeOwner(fact::OpenSubject& subject, const std::string& owner,
                         const std::string& reason) {
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  fact.set_owner(owner);
  fact.set_reason(reason);
  COMITY_ASSIGN_OR_RETURN(const std::vector<fact::v1::Fact>* deciding, subject.Deciding());
  int64_t micros = absl::ToUnixMicros(subject.call().now);
  for (const fact::v1::Fact& other : *deciding) {
    if (other.owner().empty()) continue;  // says nothing of the owner
    micros = std::max(micros, resource::ToMicros(other.occur_time()) + 1);
  }
  *fact.mutable_occur_time() = resource::FromMicros(micros);
  return fact::Record(subject, std::move(fact)).status();
}

}  // namespace comity::workflow
