#include "services/gateway/charter_proposal_store.h"

#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"
#include "services/runtime/storage/where.h"

namespace comity::gateway {
namespace {

absl::StatusOr<std::string> IdOf(const std::string& name) {
  return resource::IdOf(name, kCharterProposals);
}

absl::StatusOr<StoredProposal> Read(storage::Reader& reader, const std::string& name,
                                    absl::string_view how) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(name));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body, version FROM charter_proposals WHERE id = ?", how),
                   {id}));
  if (!rows->Next()) return NotFound(name);
  StoredProposal stored;
  if (!stored.proposal.ParseFromString(rows->Bytes(0))) {
    return Internal("a stored proposal does not parse");
  }
  stored.version = rows->Int(1);
  return stored;
}

}  // namespace

absl::Status InsertProposal(storage::Transaction& tx, const v1::CharterProposal& proposal) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(proposal.name()));
  return tx
      .Execute("INSERT INTO charter_proposals (id, version, state, body) VALUES (?, 1, ?, ?)",
               {id, int64_t{proposal.state()}, proposal.SerializeAsString()})
      .status();
}

absl::Status UpdateProposal(storage::Transaction& tx, const StoredProposal& stored) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, IdOf(stored.proposal.name()));
  return tx.ExecuteOne(
      "UPDATE charter_proposals SET version = version + 1, state = ?, body = ? "
      "WHERE id = ? AND version = ?",
      {int64_t{stored.proposal.state()}, stored.proposal.SerializeAsString(), id, stored.version});
}

absl::StatusOr<StoredProposal> GetProposal(storage::Reader& reader, const std::string& name) {
  return Read(reader, name, "");
}

absl::StatusOr<StoredProposal> LockProposal(storage::Transaction& tx, const std::string& name) {
  return Read(tx, name, " FOR UPDATE");
}

absl::StatusOr<std::vector<v1::CharterProposal>> ListProposals(storage::Reader& reader, int state,
                                                               const std::string& before,
                                                               int limit) {
  storage::Where where;
  if (state != 0) where.And("state = ?", int64_t{state});
  if (!before.empty()) {
    COMITY_ASSIGN_OR_RETURN(std::string id, IdOf(before));
    where.And("id < ?", std::move(id));
  }
  where.params().emplace_back(int64_t{limit});
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT body FROM charter_proposals FORCE INDEX (`",
                                state == 0 ? "PRIMARY" : "by_state", "`)", where.sql(),
                                " ORDER BY id DESC LIMIT ?"),
                   where.params()));
  std::vector<v1::CharterProposal> proposals;
  while (rows->Next()) {
    if (!proposals.emplace_back().ParseFromString(rows->Bytes(0))) {
      return Internal("a stored proposal does not parse");
    }
    proposals.back().clear_body();
  }
  return proposals;
}

}  // namespace comity::gateway
