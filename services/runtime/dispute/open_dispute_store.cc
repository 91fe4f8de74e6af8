#include "services/runtime/dispute/open_dispute_store.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::dispute {
namespace {

// So few statements are prepared, whatever the size of a page: the last id is repeated.
std::vector<storage::Value> FilledUp(const std::vector<std::string>& ids) {
  size_t size = 1;
  while (size < ids.size()) size *= 2;
  std::vector<storage::Value> values(ids.begin(), ids.end());
  values.resize(size, values.back());
  return values;
}

}  // namespace

absl::Status PutDispute(storage::Transaction& tx, const gateway::v1::Dispute& dispute) {
  COMITY_ASSIGN_OR_RETURN(
      std::string subject,
      resource::IdOf(dispute.subject(), resource::CollectionOf(dispute.subject())));
  const char* const sql = dispute.has_end_time()
                              ? "DELETE FROM open_disputes WHERE subject = ? AND dispute = ?"
                              : "INSERT INTO open_disputes (subject, dispute) VALUES (?, ?) "
                                "ON DUPLICATE KEY UPDATE dispute = VALUES(dispute)";
  return tx.Execute(sql, {std::move(subject), dispute.name()}).status();
}

absl::Status DeleteDisputes(storage::Transaction& tx) {
  return tx.Execute("DELETE FROM open_disputes", {}).status();
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> ReadOpenDisputes(
    storage::Reader& reader, const std::vector<std::string>& ids) {
  std::map<std::string, std::vector<std::string>> disputes;
  if (ids.empty()) return disputes;
  const std::vector<storage::Value> values = FilledUp(ids);
  const std::vector<std::string> marks(values.size(), "?");
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query(absl::StrCat("SELECT subject, dispute FROM open_disputes WHERE subject IN (",
                                absl::StrJoin(marks, ", "), ") ORDER BY subject, dispute"),
                   values));
  while (rows->Next()) disputes[rows->Bytes(0)].push_back(rows->Bytes(1));
  return disputes;
}

}  // namespace comity::dispute
