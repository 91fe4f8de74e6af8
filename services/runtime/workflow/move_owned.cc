#include "services/runtime/workflow/move_owned.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "services/runtime/fact/fact_access.h"
#include "services/runtime/fact/open_subject.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/request_fields.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/workflow/change_owner.h"

namespace comity::workflow {
namespace {

// Names of what the person works on in a collection for the department, or for none, from `after`
// on.
absl::StatusOr<std::vector<std::string>> OwnedBy(storage::Reader& reader,
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
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT id FROM `", collection, "` WHERE owner = ? AND id > ?",
                                may_be_withdrawn ? " AND withdraw_time IS NULL" : "",
                                " AND responsible_department IN (?, '') ORDER BY id LIMIT ?"),
                   {request.person(), id, request.department(), int64_t{limit}}));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName(collection, rows->Bytes(0)));
  return names;
}

const std::string& Successor(const v1::MoveOwnedRequest& request, int64_t turn) {
  return request.successors(static_cast<int>(turn % request.successors_size()));
}

// Inside a department work passes freely; what none is responsible for, as the charter says.
bool MayMove(const Call& call, const fact::OpenSubject& subject, const std::string& department) {
  const std::string responsible = resource::TextField(subject.record(), "responsible_department");
  if (responsible == department) return true;
  return responsible.empty() && fact::CheckMayRecord(call, subject.kind().resource->collection,
                                                     fact::v1::FACT_KIND_OWNER_CHANGED)
                                    .ok();
}

// False: it keeps its owner, or has another one by now.
absl::StatusOr<bool> Move(storage::Transaction& tx, Call& call, const fact::SubjectFacts& kind,
                          const std::string& name, const v1::MoveOwnedRequest& request,
                          const std::string& successor) {
  auto subject = fact::OpenSubject::Lock(tx, call, kind, name);
  if (Reason(subject.status()) == "RECORD_WITHDRAWN") return false;
  COMITY_RETURN_IF_ERROR(subject.status());
  if (resource::TextField(subject->record(), "owner") != request.person()) return false;
  if (kind.has_ended && kind.has_ended(subject->record())) return false;
  if (!MayMove(call, *subject, request.department())) return false;
  const absl::Status changed =
      ChangeOwner(*subject, successor, absl::StrCat("moved by ", request.workflow()));
  if (absl::IsFailedPrecondition(changed)) return false;
  COMITY_RETURN_IF_ERROR(changed);
  COMITY_RETURN_IF_ERROR(subject->Close());
  return true;
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
    COMITY_ASSIGN_OR_RETURN(const auto names,
                            OwnedBy(tx, kind, request, goes_on ? request.after() : "", left));
    for (const std::string& name : names) {
      COMITY_ASSIGN_OR_RETURN(const bool moved,
                              Move(tx, call, kind, name, request,
                                   Successor(request, request.moved() + response.moved())));
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
