// The rules of cases. Pure.
#ifndef COMITY_SUPPORT_CASE_RULES_H_
#define COMITY_SUPPORT_CASE_RULES_H_

#include <vector>

#include "absl/status/status.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/support/v1/case.pb.h"
#include "google/protobuf/message.h"

namespace comity::support {

// The fact by which a new case begins: when it was opened, with the team and owner it began with.
fact::v1::Fact OpenedFact(const v1::Case& record);

// SubjectFacts::check of cases, as the case stood when the fact happened: a closed case is only
// reopened (or closed events corrected and voided, and notes taken); only a resolved or closed one
// is reopened.
// FAILED_PRECONDITION reasons CASE_CLOSED, CASE_OPEN.
absl::Status CheckCaseFact(const google::protobuf::Message& record,
                           const std::vector<fact::v1::Fact>& before, const fact::v1::Fact& fact);

// SubjectFacts::derive of cases: open, resolve and close times, waiting, team and owner, by the
// facts that stand in the order in which they happened.
absl::Status DeriveCase(const std::vector<fact::v1::Fact>& standing,
                        google::protobuf::Message* record);

}  // namespace comity::support

#endif  // COMITY_SUPPORT_CASE_RULES_H_
