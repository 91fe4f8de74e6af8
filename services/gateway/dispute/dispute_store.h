// The SQL of disputes. Table by migrations/0108_create_disputes.sql.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_STORE_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "services/gateway/dispute/dispute_rules.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

inline constexpr char kDisputes[] = "disputes";

struct StoredDispute {
  v1::Dispute dispute;
  int64_t version = 0;  // entries about it in the journal
};

// Inserts it and journals `opened`. ALREADY_EXISTS reason DISPUTE_OPEN (metadata `name`) where its
// department has an open one about the same thing.
absl::Status InsertDispute(storage::Transaction& tx, const v1::Dispute& dispute);
// Writes what it says now, and journals the events, each with what it says now. ABORTED
// CONCURRENT_CHANGE where it was changed since it was read.
absl::Status SaveDispute(storage::Transaction& tx, const StoredDispute& stored,
                         const DisputeEvents& events);

// NOT_FOUND.
absl::StatusOr<StoredDispute> GetDispute(storage::Reader& reader, const std::string& name);
absl::StatusOr<StoredDispute> LockDispute(storage::Transaction& tx, const std::string& name);

// Names of the open ones about a thing.
absl::StatusOr<std::vector<std::string>> OpenDisputesAbout(storage::Reader& reader,
                                                           const std::string& about);
// Names of those whose clocks have something to say by `now`, the longest due first.
absl::StatusOr<std::vector<std::string>> DueDisputes(storage::Reader& reader, absl::Time now,
                                                     int limit);
// Earlier ones with an outcome, the latest first; see PrecedentKey.
absl::StatusOr<std::vector<v1::DisputePrecedent>> FindPrecedents(storage::Reader& reader,
                                                                 const v1::Dispute& dispute,
                                                                 int most);

struct DisputeQuery {
  int state = 0;  // 0: any
  std::optional<bool> is_open;
  int kind = 0;  // 0: any
  std::string department;
  std::string subject;
  std::string question;
  std::string awaits;  // see Awaits
  std::string before;  // name: only those opened before it; empty: from the latest
  int limit = 0;
};
// The latest first.
absl::StatusOr<std::vector<v1::Dispute>> ListDisputes(storage::Reader& reader,
                                                      const DisputeQuery& query);

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_STORE_H_
