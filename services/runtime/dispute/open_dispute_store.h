// The SQL of open disputes. Table by migrations/0012_create_open_disputes.sql.
#ifndef COMITY_RUNTIME_DISPUTE_OPEN_DISPUTE_STORE_H_
#define COMITY_RUNTIME_DISPUTE_OPEN_DISPUTE_STORE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "services/runtime/storage/transact.h"

namespace comity::dispute {

// What an entry of the gateway's journal says: it is open, or has ended. INVALID_ARGUMENT where its
// subject is no record.
absl::Status PutDispute(storage::Transaction& tx, const gateway::v1::Dispute& dispute);
// As of a journal that is no more.
absl::Status DeleteDisputes(storage::Transaction& tx);
// Names of those that are open, by record. `ids`: of 16 bytes.
absl::StatusOr<std::map<std::string, std::vector<std::string>>> ReadOpenDisputes(
    storage::Reader& reader, const std::vector<std::string>& ids);

}  // namespace comity::dispute

#endif  // COMITY_RUNTIME_DISPUTE_OPEN_DISPUTE_STORE_H_
