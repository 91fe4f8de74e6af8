// Cases in SQL: table cases, working lists case_lists (migrations/0101_create_cases.sql).
#ifndef COMITY_SUPPORT_CASE_STORE_H_
#define COMITY_SUPPORT_CASE_STORE_H_

#include "services/runtime/fact/fact_component.h"
#include "services/runtime/resource/resource.h"

namespace comity::support {

const resource::Resource& CaseResource();
// Which facts cases take: the case's events, and activities.
const fact::SubjectFacts& CaseFacts();

}  // namespace comity::support

#endif  // COMITY_SUPPORT_CASE_STORE_H_
