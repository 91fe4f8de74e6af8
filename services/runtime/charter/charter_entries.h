// What the gateway's journal says of the charter, taken over into this service's own tables.
#ifndef COMITY_RUNTIME_CHARTER_CHARTER_ENTRIES_H_
#define COMITY_RUNTIME_CHARTER_CHARTER_ENTRIES_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/journal/v1/journal.pb.h"
#include "services/runtime/charter/book.h"
#include "services/runtime/storage/transact.h"

namespace comity::charter {

// Whether the entry is about the charter: a proposal, a delegation, or a revision that comes into
// force.
bool ConcernsCharter(const journal::v1::Entry& entry);

// Whether it is about one that is signed: what StoreCharterEntry, or PrepareRevision at another
// replica, has put into the tables by then.
bool ChangesCharter(const journal::v1::Entry& entry);

struct EntryTimes {
  absl::Duration notice;  // of a revision, at least, after its entry was recorded
  absl::Time now;
  absl::Time seen;  // from when on the arbiter's term of a proposal in the entry counts
  // When all of the journal had last been read, without the entry, by this service's own clock.
  absl::Time earliest = absl::InfinitePast();
};

// Stores what it says. A revision that is not stored here yet (this database is new, or older than
// the journal) is checked as PrepareRevision would. It is in force at the time that the entry
// names, at the earliest the notice after it was recorded. Errors: those of CheckRevision; then the
// journal is not followed, so that nobody is served by rules that were not signed. Of delegations
// it notes what was revoked, and what was signed before that: not earlier than the entry says and
// this service knows, so that a gateway whose clock was put back gives nobody more time.
absl::Status StoreCharterEntry(storage::Transaction& tx, const journal::v1::Entry& entry,
                               const Book& book, const EntryTimes& times);

// Puts into the book what is stored, but for what it knows already.
absl::Status LoadBook(storage::Reader& reader, Book* book);

// Checks the next revision against the last one that is stored, and stores it. False: it was there.
// Errors: those of CheckRevision; ALREADY_EXISTS reason REVISION_DIFFERS.
absl::StatusOr<bool> PrepareRevision(storage::Transaction& tx,
                                     const v1::SignedRevision& signed_revision, const Book& book,
                                     absl::Time now);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_CHARTER_ENTRIES_H_
