// The owner of a subject that has no beginning fact (leads, accounts): the last standing
// `owner-changed`, else the owner it was created with. Pure.
#ifndef COMITY_RUNTIME_FACT_OWNER_RULES_H_
#define COMITY_RUNTIME_FACT_OWNER_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "comity/fact/v1/fact.pb.h"
#include "google/protobuf/message.h"

namespace comity::fact {

// FAILED_PRECONDITION reason LAST_OWNER_CHANGE: the only standing change cannot be voided, for
// nothing says who owned it before. `before` marks what `fact` voids as superseded.
absl::Status CheckOwnerFact(const google::protobuf::Message& record,
                            const std::vector<v1::Fact>& before, const v1::Fact& fact);
// Sets `owner` of the record.
absl::Status DeriveOwner(const std::vector<v1::Fact>& standing, google::protobuf::Message* record);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_OWNER_RULES_H_
