// Facts as they stand in lead, account and support. A service gives its subjects' rules; the
// component does recording, correcting, voiding and reading.
#ifndef COMITY_RUNTIME_FACT_FACT_COMPONENT_H_
#define COMITY_RUNTIME_FACT_FACT_COMPONENT_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "comity/fact/v1/fact.pb.h"
#include "services/runtime/resource/record_store.h"

namespace comity::fact {

class OpenSubject;

constexpr int kMostFacts = 2'000;  // of one subject that decide its state

// How one kind of subject takes facts.
struct SubjectFacts {
  const resource::Resource* resource = nullptr;
  std::vector<v1::FactKind> kinds;                                 // which it knows
  std::unique_ptr<google::protobuf::Message> (*make)() = nullptr;  // an empty record
  // Completes what the sender left to the record, e.g. the amount that was signed. Pure. May be
  // null.
  std::function<void(const google::protobuf::Message& record, const std::vector<v1::Fact>& before,
                     v1::Fact* fact)>
      complete;
  // Checks the new fact against those that decide state and stood before it, in record order, and
  // the one that it supersedes, marked so. FAILED_PRECONDITION with a reason where it does not
  // follow. Pure. May be null.
  std::function<absl::Status(const google::protobuf::Message& record,
                             const std::vector<v1::Fact>& before, const v1::Fact& fact)>
      check;
  // Derives from the standing facts what the record says (amount, owner, sign_time …). Pure. Null:
  // facts do not change the record.
  std::function<absl::Status(const std::vector<v1::Fact>& standing,
                             google::protobuf::Message* record)>
      derive;
  // Whether nobody works on it any more. Null: somebody always may.
  bool (*has_ended)(const google::protobuf::Message& record) = nullptr;
};

// The id of a kind in the charter, e.g. `amount-changed`.
std::string KindId(v1::FactKind kind);
// The same of each fact, once each.
std::vector<std::string> KindIds(const std::vector<v1::Fact>& facts);
// Facts that stand: neither superseded nor voids themselves; ordered by occur_time, then record
// order.
std::vector<v1::Fact> Standing(const std::vector<v1::Fact>& facts);

// Records `fact` about a subject in a transaction that may do more (e.g. CreateOpportunity).
// Checks, inserts, derives what the record says, journals `fact-recorded`, `fact-corrected` or
// `fact-voided` (payload Fact, record = the subject's record); OpenSubject::Close() writes the
// record and its working lists. Returns the fact as stored. A fact whose external id one of the
// subject's facts has already is not recorded again: the same content returns the fact that stands
// in its place, or FAILED_PRECONDITION FACT_VOIDED where none does; other content is ALREADY_EXISTS
// EXTERNAL_ID_TAKEN. The caller has checked MayRecord. Other errors: fact_rules.h, `facts.check`,
// NOT_FOUND, FAILED_PRECONDITION reason TOO_MANY_FACTS (2,000 of one subject that decide its state;
// activities are not counted, and correcting and voiding go on).
absl::StatusOr<v1::Fact> Record(OpenSubject& subject, v1::Fact fact);
// The same as all that a transaction does: locks the subject, records, closes.
absl::StatusOr<v1::Fact> Record(storage::Transaction& tx, Call& call, const SubjectFacts& kind,
                                const std::string& subject, v1::Fact fact);

// Kinds (as in the charter) of the standing facts of a subject on which answers depend: `signed`.
absl::StatusOr<std::vector<std::string>> DecidingFacts(storage::Reader& reader,
                                                       const std::string& subject);

}  // namespace comity::fact

#endif  // COMITY_RUNTIME_FACT_FACT_COMPONENT_H_
