// The SQL of credit statements. Table by migrations/0107_create_credit_statements.sql.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_STORE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway::credit {

inline constexpr char kStatements[] = "credit-statements";

struct StoredStatement {
  v1::CreditStatement statement;
  int64_t version = 0;  // entries about it in the journal
};

// Inserts it and journals the events. ABORTED CONCURRENT_CHANGE where its opportunity has a
// standing one.
absl::Status InsertStatement(storage::Transaction& tx, const v1::CreditStatement& statement,
                             const CreditEvents& events);
// Writes state, acknowledgements, acceptances of late touches and the time when it became final,
// and journals the events; all else is as it was drawn. ABORTED CONCURRENT_CHANGE where it was
// changed since it was read.
absl::Status SaveStatement(storage::Transaction& tx, const StoredStatement& stored,
                           const CreditEvents& events);

// With touches and models, which the other functions leave out. NOT_FOUND.
absl::StatusOr<StoredStatement> GetStatement(storage::Reader& reader, const std::string& name);
// NOT_FOUND. Nobody waits at the row, for which the running user has no right: SaveStatement meets
// it as it was read, or the transaction is run again.
absl::StatusOr<StoredStatement> ReadStatement(storage::Reader& reader, const std::string& name);
// The one that stands; none where none does.
absl::StatusOr<std::optional<StoredStatement>> FindStanding(storage::Reader& reader,
                                                            const std::string& opportunity);
// The greatest source_position of its statements; -1: it has none.
absl::StatusOr<int64_t> LastSource(storage::Reader& reader, const std::string& opportunity);
// Names of those whose term is over by `now`, the longest first.
absl::StatusOr<std::vector<std::string>> DueStatements(storage::Reader& reader, absl::Time now,
                                                       int limit);

struct StatementQuery {
  int state = 0;  // 0: any
  std::string opportunity;
  std::string before;  // name: only those drawn before it; empty: from the latest
  int limit = 0;
};
// The latest first.
absl::StatusOr<std::vector<v1::CreditStatement>> ListStatements(storage::Reader& reader,
                                                                const StatementQuery& query);

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_STORE_H_
