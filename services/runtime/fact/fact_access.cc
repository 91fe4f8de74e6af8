#include "services/runtime/fact/fact_access.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::fact {
namespace {

bool BeginsRecord(v1::FactKind kind) {
  return kind == v1::FACT_KIND_CREATED || kind == v1::FACT_KIND_OPENED;
}

absl::Status CheckKnown(const directory::Snapshot& directory, const v1::Fact& fact) {
  if (!fact.owner().empty() && !directory.KnowsPerson(fact.owner())) {
    return InvalidField("UNKNOWN_PERSON", "fact.owner",
                        absl::StrCat("the directory knows no ", fact.owner()));
  }
  if (!fact.team().empty() && !directory.KnowsTeam(fact.team())) {
    return InvalidField("UNKNOWN_TEAM", "fact.team",
                        absl::StrCat("the directory knows no ", fact.team(),
                                     ": a steward adds teams (DirectoryService.CreateTeam)"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status MayNotRecord(const Call& call, const std::string& collection, absl::string_view what) {
  return PermissionDenied("FACT_NOT_ALLOWED",
                          absl::StrCat(call.principal.department, " may not record ", what, " in ",
                                       collection, "; see the charter's access table"));
}

absl::Status CheckMayRecord(const Call& call, const std::string& collection, v1::FactKind kind) {
  if (call.charter().MayRecord(call.principal.department, collection, KindId(kind))) {
    return absl::OkStatus();
  }
  return MayNotRecord(call, collection, absl::StrCat("`", KindId(kind), "`"));
}

absl::Status CheckNewFact(const Call& call, const SubjectFacts& kind, const v1::Fact& fact) {
  const std::string& collection = kind.resource->collection;
  COMITY_RETURN_IF_ERROR(CheckMayRecord(call, collection, fact.kind()));
  if (fact.kind() == v1::FACT_KIND_HANDED_TO_TEAM && !fact.owner().empty()) {
    COMITY_RETURN_IF_ERROR(CheckMayRecord(call, collection, v1::FACT_KIND_OWNER_CHANGED));
  }
  COMITY_RETURN_IF_ERROR(CheckFact(kind.kinds, fact, call.now));
  if (BeginsRecord(fact.kind()) && fact.corrects().empty()) {
    return InvalidField("UNKNOWN_FACT_KIND", "fact.kind",
                        "a record begins once: this fact is recorded when it is created, and can "
                        "only be corrected");
  }
  return CheckKnown(*call.runtime->directory->snapshot(), fact);
}

}  // namespace comity::fact
