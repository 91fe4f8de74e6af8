#include "services/gateway/dispute/dispute_effects.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/gateway/credit/credit_decision.h"
#include "services/gateway/credit/credit_rules.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/gateway/dispute/dispute_outcome.h"
#include "services/gateway/dispute/dispute_rules.h"
#include "services/gateway/dispute/dispute_store.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

constexpr char kDisputeEnded[] = "DISPUTE_ENDED";

std::string NewStatement(absl::Time now) {
  return resource::MakeName(credit::kStatements, resource::NewId(now));
}

absl::StatusOr<std::vector<std::string>> OthersAbout(storage::Reader& reader,
                                                     const std::string& about,
                                                     const std::string& except) {
  COMITY_ASSIGN_OR_RETURN(std::vector<std::string> names, OpenDisputesAbout(reader, about));
  names.erase(std::remove(names.begin(), names.end(), except), names.end());
  return names;
}

absl::Status OvertakeAll(storage::Transaction& tx, absl::Time now, const std::string& about,
                         const std::string& except) {
  COMITY_ASSIGN_OR_RETURN(const auto names, OthersAbout(tx, about, except));
  for (const std::string& name : names) {
    COMITY_ASSIGN_OR_RETURN(StoredDispute stored, LockDispute(tx, name));
    const DisputeEvents events = Overtake(now, &stored.dispute);
    *stored.dispute.mutable_update_time() = resource::FromTime(now);
    if (!events.empty()) COMITY_RETURN_IF_ERROR(SaveDispute(tx, stored, events));
  }
  return absl::OkStatus();
}

// Once the old one is reversed: one stands at a time.
absl::Status DrawAnew(storage::Transaction& tx, absl::Time now, const std::string& old_name,
                      v1::Dispute* dispute) {
  // With its touches and models.
  COMITY_ASSIGN_OR_RETURN(credit::StoredStatement old, credit::GetStatement(tx, old_name));
  COMITY_ASSIGN_OR_RETURN(const v1::CreditStatement drawn,
                          credit::DrawByOutcome(old.statement, *dispute, NewStatement(now), now));
  COMITY_RETURN_IF_ERROR(
      ReverseStatementIn(tx, now, std::move(old), kDisputeEnded, dispute->name()).status());
  COMITY_RETURN_IF_ERROR(credit::InsertStatement(tx, drawn, {"drawn", "final"}));
  dispute->set_statement(drawn.name());
  return absl::OkStatus();
}

}  // namespace

absl::Status MarkDisputed(storage::Transaction& tx, const v1::Dispute& dispute, absl::Time now) {
  if (dispute.kind() != v1::DISPUTE_KIND_CREDIT_STATEMENT) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(credit::StoredStatement stored,
                          credit::ReadStatement(tx, dispute.about()));
  COMITY_ASSIGN_OR_RETURN(const credit::CreditEvents events,
                          credit::NoteDisputed(dispute.department(), now, &stored.statement));
  return credit::SaveStatement(tx, stored, events);
}

absl::Status ApplyEnd(storage::Transaction& tx, absl::Time now, v1::Dispute* dispute) {
  if (dispute->kind() != v1::DISPUTE_KIND_CREDIT_STATEMENT) return absl::OkStatus();
  if (HasEffect(*dispute) && Grants(dispute->outcome())) {
    return DrawAnew(tx, now, dispute->about(), dispute);
  }
  COMITY_ASSIGN_OR_RETURN(credit::StoredStatement stored,
                          credit::ReadStatement(tx, dispute->about()));
  COMITY_ASSIGN_OR_RETURN(const auto others, OthersAbout(tx, dispute->about(), dispute->name()));
  const credit::CreditEvents events =
      credit::NoteDisputeEnded(!others.empty(), now, &stored.statement);
  return credit::SaveStatement(tx, stored, events);
}

absl::StatusOr<std::string> ReverseStatementIn(storage::Transaction& tx, absl::Time now,
                                               credit::StoredStatement stored,
                                               const std::string& reason,
                                               const std::string& except) {
  COMITY_ASSIGN_OR_RETURN(
      const v1::CreditStatement reversal,
      credit::ReverseStatement(stored.statement, NewStatement(now), reason, now));
  stored.statement.set_state(v1::CREDIT_STATE_REVERSED);
  COMITY_RETURN_IF_ERROR(credit::SaveStatement(tx, stored, {"reversed"}));
  COMITY_RETURN_IF_ERROR(credit::InsertStatement(tx, reversal, {"drawn"}));
  COMITY_RETURN_IF_ERROR(OvertakeAll(tx, now, stored.statement.name(), except));
  return reversal.name();
}

}  // namespace comity::gateway
