#include "services/runtime/charter/charter_entries.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comity/gateway/v1/charter_delegation.pb.h"
#include "comity/gateway/v1/charter_proposal.pb.h"
#include "services/runtime/charter/revision_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::charter {
namespace {

constexpr int kFirst = 1;  // the starting charter

absl::Duration TermOf(const Charter& charter) {
  return absl::Hours(24) * charter.document().arbiter_term_days();
}

// What the next revision follows on: the last one that is stored, also by another replica.
absl::StatusOr<Base> BaseOf(storage::Reader& reader, const Book& book, int revision,
                            std::vector<Revision>* stored) {
  if (const Revision* known = book.Find(revision)) return Base{&known->charter, known->digest};
  COMITY_ASSIGN_OR_RETURN(*stored, ReadRevisions(reader, revision));
  for (const Revision& other : *stored) {
    if (other.charter.revision() == revision) return Base{&other.charter, other.digest};
  }
  return PreconditionFailed("BASE_NOT_KNOWN", absl::StrCat("charterRevisions/", revision),
                            "this service has not stored the revision that it follows on");
}

absl::StatusOr<int> RevisionOf(const v1::SignedRevision& signed_revision) {
  v1::RevisionBody body;
  if (!body.ParseFromString(signed_revision.body())) {
    return InvalidField("REVISION_INVALID", "signed_revision.body", "it does not parse");
  }
  if (body.document().revision() > kFirst) return body.document().revision();
  return InvalidField("REVISION_INVALID", "signed_revision.body", "the first was signed by nobody");
}

// Over whom the arbiter has decided, by what this service has checked itself.
absl::StatusOr<std::vector<std::string>> OverruledBy(storage::Reader& reader, const Book& book,
                                                     int number) {
  std::vector<Revision> stored;
  COMITY_ASSIGN_OR_RETURN(const Base base, BaseOf(reader, book, number - 1, &stored));
  COMITY_ASSIGN_OR_RETURN(const auto signed_revision, ReadSigned(reader, number));
  if (!signed_revision.has_value()) return Internal("a revision in force was not stored");
  COMITY_ASSIGN_OR_RETURN(const Proposed proposed, ReadProposed(base, signed_revision->body()));
  return Overruled(proposed.affected, signed_revision->signatures());
}

// Of what the gateway says of a revision beside what was signed, its time alone counts.
absl::Status TakeEffect(storage::Transaction& tx, const journal::v1::Entry& entry, const Book& book,
                        const EntryTimes& times) {
  v1::EffectiveRevision effect;
  if (!entry.payload().UnpackTo(&effect)) return Internal("an enacted revision does not parse");
  COMITY_RETURN_IF_ERROR(PrepareRevision(tx, effect.signed_revision(), book, times.now).status());
  COMITY_ASSIGN_OR_RETURN(const int number, RevisionOf(effect.signed_revision()));
  COMITY_ASSIGN_OR_RETURN(const auto overruled, OverruledBy(tx, book, number));
  effect.set_revision(number);
  *effect.mutable_over_objection_of() = {overruled.begin(), overruled.end()};
  const absl::Time earliest = resource::ToTime(entry.record_time()) + times.notice;
  const absl::Time effective = std::max(earliest, resource::ToTime(effect.effective_time()));
  *effect.mutable_effective_time() = resource::FromTime(effective);
  return InsertEffect(tx, effect);
}

absl::Status TakeDelegation(storage::Transaction& tx, const journal::v1::Entry& entry,
                            const EntryTimes& times) {
  gateway::v1::CharterDelegation delegation;
  if (!entry.payload().UnpackTo(&delegation)) return Internal("a delegation does not parse");
  const std::string digest = DigestOf(delegation.signed_delegation().body());
  if (delegation.has_revoke_time()) return InsertRevocation(tx, digest, times.now);
  const std::string& statement = delegation.last_use().statement();
  if (statement.size() != digest.size()) return absl::OkStatus();  // none, or none that can count
  const absl::Time told = resource::ToTime(entry.record_time());
  return InsertDelegateUse(tx, digest, statement, std::max(told, times.earliest));
}

}  // namespace

bool ConcernsCharter(const journal::v1::Entry& entry) {
  return entry.payload().Is<v1::EffectiveRevision>() ||
         entry.payload().Is<gateway::v1::CharterProposal>() ||
         entry.payload().Is<gateway::v1::CharterDelegation>();
}

bool ChangesCharter(const journal::v1::Entry& entry) {
  gateway::v1::CharterProposal proposal;
  return entry.payload().Is<v1::EffectiveRevision>() ||
         (entry.payload().UnpackTo(&proposal) &&
          proposal.state() == gateway::v1::CHARTER_PROPOSAL_STATE_SIGNED);
}

absl::Status StoreCharterEntry(storage::Transaction& tx, const journal::v1::Entry& entry,
                               const Book& book, const EntryTimes& times) {
  if (entry.payload().Is<v1::EffectiveRevision>()) return TakeEffect(tx, entry, book, times);
  if (entry.payload().Is<gateway::v1::CharterDelegation>()) return TakeDelegation(tx, entry, times);
  gateway::v1::CharterProposal proposal;
  if (!entry.payload().UnpackTo(&proposal) || proposal.body().empty()) return absl::OkStatus();
  return InsertSighting(tx, proposal.body(), times.seen);
}

absl::Status LoadBook(storage::Reader& reader, Book* book) {
  COMITY_ASSIGN_OR_RETURN(std::vector<Revision> stored, ReadRevisions(reader, book->FirstOpen()));
  for (Revision& revision : stored) book->Put(std::move(revision));
  return absl::OkStatus();
}

absl::StatusOr<bool> PrepareRevision(storage::Transaction& tx,
                                     const v1::SignedRevision& signed_revision, const Book& book,
                                     absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(const int number, RevisionOf(signed_revision));
  COMITY_ASSIGN_OR_RETURN(const auto there, ReadSigned(tx, number));
  if (there.has_value()) {
    if (there->body() == signed_revision.body()) return false;
    return AlreadyExists("REVISION_DIFFERS", absl::StrCat("charterRevisions/", number),
                         "another text is signed as this revision");
  }
  std::vector<Revision> stored;
  COMITY_ASSIGN_OR_RETURN(const Base base, BaseOf(tx, book, number - 1, &stored));
  COMITY_ASSIGN_OR_RETURN(const absl::Time seen, ReadSighting(tx, signed_revision.body()));
  const bool term_is_over = seen + TermOf(*base.charter) <= now;
  COMITY_ASSIGN_OR_RETURN(const DelegateUses uses, ReadDelegateUses(tx, signed_revision));
  COMITY_RETURN_IF_ERROR(CheckRevision(base, signed_revision, term_is_over, uses));
  COMITY_RETURN_IF_ERROR(InsertRevision(tx, number, signed_revision, now));
  return true;
}

}  // namespace comity::charter
