// The SQL of handovers. Table by migrations/0106_create_handovers.sql and
// 0112_add_handovers_escalated_to.sql.
#ifndef COMITY_GATEWAY_HANDOVER_HANDOVER_STORE_H_
#define COMITY_GATEWAY_HANDOVER_HANDOVER_STORE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/handover.pb.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

inline constexpr char kHandovers[] = "handovers";

struct StoredHandover {
  v1::Handover handover;
  int64_t version = 0;  // entries about it in the journal
};

// Inserts it and journals `offered`. ALREADY_EXISTS reason HANDOVER_OPEN (metadata `name`) where
// the subject has an open one.
absl::Status InsertHandover(storage::Transaction& tx, const v1::Handover& handover,
                            absl::Time next_look);
// Writes what it says now, and journals the events, each with what it says now. ABORTED
// CONCURRENT_CHANGE where it was changed since it was read.
absl::Status SaveHandover(storage::Transaction& tx, const StoredHandover& stored,
                          const std::vector<HandoverEvent>& events, absl::Time next_look);

// NOT_FOUND.
absl::StatusOr<StoredHandover> GetHandover(storage::Reader& reader, const std::string& name);
absl::StatusOr<StoredHandover> LockHandover(storage::Transaction& tx, const std::string& name);

// How often the subject was offered by that agreement.
absl::StatusOr<int> CountOffers(storage::Reader& reader, const std::string& subject,
                                const std::string& agreement);
struct OpenHandovers {
  int64_t count = 0;
  std::vector<std::string> first;  // by name
};
// Those of an agreement that are offered or being accepted, the first `most` by name.
absl::StatusOr<OpenHandovers> FindOpenHandovers(storage::Reader& reader,
                                                const std::string& agreement, int most);
// Names of those whose clocks have something to say by `now`, the longest due first.
absl::StatusOr<std::vector<std::string>> DueHandovers(storage::Reader& reader, absl::Time now,
                                                      int limit);

struct HandoverQuery {
  int state = 0;  // 0: any
  std::string from;
  std::string to;
  std::string subject;
  std::string awaits;        // see Awaits
  std::string escalated_to;  // see EscalatedTo
  std::string before;        // name: only those offered before it; empty: from the latest
  int limit = 0;
};
// The latest first.
absl::StatusOr<std::vector<v1::Handover>> ListHandovers(storage::Reader& reader,
                                                        const HandoverQuery& query);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_HANDOVER_HANDOVER_STORE_H_
