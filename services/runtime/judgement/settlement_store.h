// The SQL of settlements. Tables by runtime/migrations/0009_create_settlements.sql.
#ifndef COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_STORE_H_
#define COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_STORE_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/type/v1/settled.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::judgement {

// A judgement that is awaited of a department before its silence assents.
struct Awaited {
  std::string subject;  // its name
  std::string question;
  std::string department;
  absl::Time delivered;
  absl::Time due;
};

// What was settled of one subject, as it was last journaled.
absl::StatusOr<std::vector<type::v1::SettledAnswer>> ReadSettlements(storage::Reader& reader,
                                                                     const std::string& subject);
// The same of at most 500 subjects of which `subjects` are the names.
absl::StatusOr<std::vector<type::v1::SettledAnswer>> ReadSettlementsOf(
    storage::Reader& reader, const std::vector<std::string>& subjects);
absl::Status PutSettlement(storage::Transaction& tx, const type::v1::SettledAnswer& settled);

absl::Status InsertAwaited(storage::Transaction& tx, const std::vector<Awaited>& awaited);
// Nothing is awaited about the subject any more, as far as the question goes (empty: any).
absl::Status DeleteAwaited(storage::Transaction& tx, const std::string& subject,
                           const std::string& question = "");
// Names of subjects with a term that has ended by `now`, the earliest first.
absl::StatusOr<std::vector<std::string>> ReadEndedTerms(storage::Reader& reader, absl::Time now,
                                                        int limit);
// Where a page of a department's awaited judgements begins: after that one.
struct AwaitedAfter {
  int64_t due = 0;         // microseconds
  std::string subject_id;  // 16 bytes
  std::string question;
};
absl::StatusOr<std::vector<Awaited>> ListAwaited(storage::Reader& reader,
                                                 const std::string& department,
                                                 const std::string& collection,
                                                 const AwaitedAfter& after, int limit);
// What is awaited of the department about one subject.
absl::StatusOr<std::vector<Awaited>> ListAwaitedAbout(storage::Reader& reader,
                                                      const std::string& department,
                                                      const std::string& subject);

// How far a collection has been settled anew.
struct SettlementPass {
  int revision = 0;
  int rule_version = 0;
  std::string last_id = std::string(16, '\0');  // of the last subject that was looked at
  bool done = false;
};
// Before the first one: revision 0.
absl::StatusOr<SettlementPass> ReadPass(storage::Reader& reader, const std::string& collection);
// Where it stands as in `before`; else ABORTED reason CONCURRENT_CHANGE.
absl::Status PutPass(storage::Transaction& tx, const std::string& collection,
                     const SettlementPass& before, const SettlementPass& pass);
// Names of the next subjects after that id.
absl::StatusOr<std::vector<std::string>> ReadSubjectsAfter(storage::Reader& reader,
                                                           const std::string& collection,
                                                           const std::string& after, int limit);

}  // namespace comity::judgement

#endif  // COMITY_RUNTIME_JUDGEMENT_SETTLEMENT_STORE_H_
