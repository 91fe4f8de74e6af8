#include "services/account/account_store.h"

#include "absl/strings/str_cat.h"
#include "services/account/account_rules.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/status/errors.h"

namespace comity::account {
namespace {

using resource::ColumnType;

constexpr char kParent[] = "account.parent_account";
constexpr int kMostLevels = 32;

resource::Resource* MakeAccounts() {
  auto* accounts = new resource::Resource();
  accounts->collection = "accounts";
  accounts->singular = "account";
  accounts->columns = {
      {"kind", "kind", ColumnType::kInt, ""},
      {"display_name", "display_name", ColumnType::kText, ""},
      {"domain", "domain", ColumnType::kText, ""},
      {"parent_account", "parent_account", ColumnType::kReference, "accounts"},
      {"sector", "sector", ColumnType::kText, ""},
      {"country", "country", ColumnType::kText, ""},
      {"city", "city", ColumnType::kText, ""},
      {"owner", "owner", ColumnType::kName, ""},
      {"responsible_department", "responsible_department", ColumnType::kName, ""},
      {"withdraw_time", "withdraw_time", ColumnType::kTimestamp, ""},
      {"attributes", "attributes", ColumnType::kAttributes, ""},
  };
  accounts->filters = {
      {"parent_account", "parent_account", "parent_account", "by_parent_account"},
      {"domain", "domain", "domain", "by_domain"},
      {"owner", "owner", "owner", "by_owner"},
      {"sector", "sector", "sector", "by_sector"},
      {"external_id.source", "external_source", "by_external_source", ""},
      {"external_id.id", "external_id", "external", ""},
  };
  accounts->orders = {{"create_time", "", "PRIMARY", "by_id"}};
  accounts->list_table = "account_lists";
  accounts->list_columns = {"owner", "sector", "domain", "parent_account"};
  accounts->check = resource::CheckOf<v1::Account>(CheckAccount);
  return accounts;
}

std::unique_ptr<google::protobuf::Message> MakeAccount() { return std::make_unique<v1::Account>(); }

}  // namespace

const resource::Resource& AccountResource() {
  static const resource::Resource* const accounts = MakeAccounts();
  return *accounts;
}

const fact::SubjectFacts& AccountFacts() {
  static const auto* const facts = new fact::SubjectFacts{
      .resource = &AccountResource(),
      .kinds = {fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
                fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_TASK,
                fact::v1::FACT_KIND_OWNER_CHANGED, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER},
      .make = MakeAccount,
      .derive = [](const std::vector<fact::v1::Fact>& standing, google::protobuf::Message* record) {
        DeriveAccount(standing, static_cast<v1::Account*>(record));
        return absl::OkStatus();
      }};
  return *facts;
}

absl::Status CheckHierarchy(storage::Transaction& tx, const std::string& account,
                            const std::string& parent) {
  COMITY_RETURN_IF_ERROR(resource::CheckReference(tx, kParent, parent));
  v1::Account above;
  std::string name = parent;
  for (int level = 0; level < kMostLevels; ++level) {
    if (name.empty()) return absl::OkStatus();
    if (name == account) {
      return InvalidField("HIERARCHY_CYCLE", kParent,
                          absl::StrCat(account, " stands above ", parent, " already"));
    }
    COMITY_RETURN_IF_ERROR(resource::LockRecord(tx, AccountResource(), name, &above).status());
    name = above.parent_account();
  }
  return InvalidField("HIERARCHY_TOO_DEEP", kParent,
                      absl::StrCat("a hierarchy has at most ", kMostLevels, " levels"));
}

absl::Status LockDomain(storage::Transaction& tx, const std::string& domain_key) {
  // The row is locked by its insertion as well as by finding it.
  return tx
      .Execute(
          "INSERT INTO domain_locks (domain) VALUES (?) ON DUPLICATE KEY UPDATE domain = domain",
          {domain_key})
      .status();
}

absl::StatusOr<std::vector<std::string>> AccountsOfDomain(storage::Reader& reader,
                                                          const std::string& domain_key) {
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT id FROM accounts FORCE INDEX (domain) WHERE domain IN (?, ?) "
                   "AND withdraw_time IS NULL LIMIT 2",
                   {domain_key, absl::StrCat("www.", domain_key)}));
  std::vector<std::string> names;
  while (rows->Next()) names.push_back(resource::MakeName("accounts", rows->Bytes(0)));
  return names;
}

}  // namespace comity::account
