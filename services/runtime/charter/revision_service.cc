#include "services/runtime/charter/revision_service.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/charter/charter_entries.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/storage/transact.h"

namespace comity::charter {
namespace {

// A service's own entry says when it has checked and stored the revision.
journal::v1::Entry EntryOf(int revision, const v1::SignedRevision& signed_revision) {
  journal::v1::Entry entry;
  entry.set_subject(absl::StrCat("charterRevisions/", revision));
  entry.set_version(1);
  entry.set_type("prepared");
  entry.mutable_payload()->PackFrom(signed_revision);
  return entry;
}

}  // namespace

absl::StatusOr<v1::PrepareRevisionResponse> RevisionService::PrepareRevision(
    Call& call, const v1::PrepareRevisionRequest& request) {
  const Book& book = *call.runtime->charters;
  auto response = storage::Transact<v1::PrepareRevisionResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::PrepareRevisionResponse> {
        v1::RevisionBody body;
        COMITY_ASSIGN_OR_RETURN(
            const bool is_new,
            charter::PrepareRevision(tx, request.signed_revision(), book, call.now));
        body.ParseFromString(request.signed_revision().body());
        const int revision = body.document().revision();
        if (is_new) tx.Append(EntryOf(revision, request.signed_revision()));
        v1::PrepareRevisionResponse reply;
        reply.set_revision(revision);
        return reply;
      });
  COMITY_RETURN_IF_ERROR(response.status());
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) {
    return LoadBook(reader, call.runtime->charters.get());
  }));
  return response;
}

}  // namespace comity::charter
