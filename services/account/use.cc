#include "services/account/use.h"

#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::account {

absl::StatusOr<bool> IsUnusedAccount(storage::Transaction& tx, const std::string& account,
                                     absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(account, "accounts"));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      tx.Query(
          "SELECT 1 FROM accounts WHERE id = ? AND create_time < ? "
          "UNION ALL SELECT 1 FROM accounts WHERE parent_account = ? AND withdraw_time IS NULL "
          "UNION ALL SELECT 1 FROM contacts WHERE account = ? AND withdraw_time IS NULL "
          "UNION ALL SELECT 1 FROM relationships WHERE account = ? AND withdraw_time IS NULL "
          "UNION ALL SELECT 1 FROM relationships WHERE other_party = ? "
          "AND withdraw_time IS NULL LIMIT 1",
          {id, absl::ToUnixMicros(now - kUnseen), id, id, id, account}));
  return !rows->Next();
}

absl::StatusOr<bool> IsUnusedContact(storage::Transaction& tx, const std::string& contact,
                                     absl::Time now) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(contact, "contacts"));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      tx.Query("SELECT 1 FROM contacts WHERE id = ? AND create_time < ? "
               "UNION ALL SELECT 1 FROM relationships WHERE contact = ? AND withdraw_time IS NULL "
               "UNION ALL SELECT 1 FROM relationships WHERE other_party = ? "
               "AND withdraw_time IS NULL LIMIT 1",
               {id, absl::ToUnixMicros(now - kUnseen), id, contact}));
  return !rows->Next();
}

}  // namespace comity::account
