// What disputes do to the credit statements that they are about, in the transaction of the dispute.
#ifndef COMITY_GATEWAY_DISPUTE_DISPUTE_EFFECTS_H_
#define COMITY_GATEWAY_DISPUTE_DISPUTE_EFFECTS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/gateway/v1/dispute.pb.h"
#include "services/gateway/credit/credit_store.h"
#include "services/runtime/storage/transact.h"

namespace comity::gateway {

// All of them write the statement's row, so that of two at the same time one is run again.

// A dispute opens. Errors: those of credit::NoteDisputed.
absl::Status MarkDisputed(storage::Transaction& tx, const v1::Dispute& dispute, absl::Time now);
// A dispute has ended: by an outcome that grants something the statement is reversed and drawn
// anew, which `dispute` names then; else it stands.
absl::Status ApplyEnd(storage::Transaction& tx, absl::Time now, v1::Dispute* dispute);
// Makes the statement reversed by another one, whose name it returns, and ends the disputes about
// it, but `except`: they are overtaken.
absl::StatusOr<std::string> ReverseStatementIn(storage::Transaction& tx, absl::Time now,
                                               credit::StoredStatement stored,
                                               const std::string& reason,
                                               const std::string& except = "");

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_DISPUTE_DISPUTE_EFFECTS_H_
