#include "services/runtime/workflow/move_owned.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_access.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::workflow {
namespace {

// Whether all that the person works on is the department's to move: he works for no other, or no
// longer for any.
bool WorksForNoOther(const Call& call, const std::string& person, const std::string& department) {
  const auto directory = call.runtime->directory->snapshot();
  const auto known = directory->persons.find(person);
  if (known == directory->persons.end()) return false;
  const auto& memberships = known->second.memberships();
  if (memberships.empty()) return known->second.home() == department;
  return std::all_of(memberships.begin(), memberships.end(),
                     [&](const auto& membership) { return membership.department() == department; });
}

// Names of what the person works on in a collection, from `after` on.
absl::StatusOr<std::vector<std::string>> OwnedBy(storage::Reader& reader, const Call& call,
                                                 const fact::SubjectFacts& kind,
                                                 const v1::MoveOwnedRequest& request,
                                                 const std::string& after, int limit) {
  const std::string& collection = kind.resource->collection;
  const bool may_be_withdrawn =
      kind.make()->GetDescriptor()->FindFieldByName("withdraw_time") != nullptr;
  std::string id(16, '\0');
  if (!after.empty()) {
    COMITY_ASSIGN_OR_RETURN(id, resource::IdOf(after, collection));
  }
  std::string sql = absl::StrCat("SELECT id FROM `", collection, "` WHERE owner = ? AND id > ?",
                                 may_be_withdrawn ? " AND withdraw_time IS NULL" : "");
  std::vector<storage::Value> values = {request.person(), id};
  if (!WorksForNoOther(call, request.person(), request.department())) {
    absl::StrAppend(&sql, " AND responsible_department = ?");
    values.emplace_back(request.department());
  }
  absl::StrAppend(&sql, " ORDER BY id LIMIT ?");
  values.emplace_back(static_cast<int64_t>(limit));
  COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query(sql, values));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName(collection, rows->Bytes(0)));
  return names;
}

fact::v1::Fact NewOwner(const v1::MoveOwnedRequest& request, int64_t turn) {
  fact::v1::Fact fact;
  fact.set_kind(fact::v1::FACT_KIND_OWNER_CHANGED);
  fact.set_owner(request.successors(static_cast<int>(turn % request.successors_size())));
  fact.set_reason(absl::StrCat("moved by ", request.workflow()));
  return fact;
}

// False: it keeps its owner, or has another one by now.
absl::StatusOr<bool> Move(storage::Transaction& tx, Call& call, const fact::SubjectFacts& kind,
                          const std::string& name, const std::string& person,
                          const fact::v1::Fact& fact) {
  auto subject = fact::OpenSubject::Lock(tx, call, kind, name);
  if (Reason(subject.status()) == "RECORD_WITHDRAWN") return false;
  COMITY_RETURN_IF_ERROR(subject.status());
  const auto owner = [&] { return resource::TextField(subject->record(), "owner"); };
  if (owner() != person || (kind.has_ended && kind.has_ended(subject->record()))) return false;
  const absl::Status recorded = fact::Record(*subject, fact).status();
  if (absl::IsFailedPrecondition(recorded)) return false;
  COMITY_RETURN_IF_ERROR(recorded);
  COMITY_RETURN_IF_ERROR(subject->Close());
  // A change of owner that lies ahead of the clock still decides.
  return owner() != person;
}

}  // namespace

absl::StatusOr<v1::MoveOwnedResponse> MoveOwned(storage::Transaction& tx, Call& call,
                                                const std::vector<fact::SubjectFacts>& subjects,
                                                const v1::MoveOwnedRequest& request) {
  v1::MoveOwnedResponse response;
  int left = request.limit();
  const std::string begun = resource::CollectionOf(request.after());  // earlier ones are done
  bool reached = begun.empty();
  for (const fact::SubjectFacts& kind : subjects) {
    const std::string& collection = kind.resource->collection;
    const bool goes_on = collection == begun;
    reached = reached || goes_on;
    if (!reached) continue;
    if (!fact::CheckMayRecord(call, collection, fact::v1::FACT_KIND_OWNER_CHANGED).ok()) continue;
    COMITY_ASSIGN_OR_RETURN(const auto names,
                            OwnedBy(tx, call, kind, request, goes_on ? request.after() : "", left));
    for (const std::string& name : names) {
      COMITY_ASSIGN_OR_RETURN(const bool moved,
                              Move(tx, call, kind, name, request.person(),
                                   NewOwner(request, request.moved() + response.moved())));
      moved ? response.set_moved(response.moved() + 1) : response.set_kept(response.kept() + 1);
      response.set_next(name);
    }
    left -= static_cast<int>(names.size());
    if (left == 0) return response;
  }
  response.clear_next();
  return response;
}

}  // namespace comity::workflow
