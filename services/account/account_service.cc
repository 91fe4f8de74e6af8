#include "services/account/account_service.h"

#include <string>
#include <vector>

#include "services/account/account_rules.h"
#include "services/account/account_store.h"
#include "services/account/holds.h"
#include "services/account/use.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/workflow/withdraw.h"

namespace comity::account {
namespace {

using google::protobuf::Message;

absl::Status CheckParent(storage::Transaction& tx, const v1::Account& account) {
  if (account.parent_account().empty()) return absl::OkStatus();
  COMITY_RETURN_IF_ERROR(
      resource::CheckReference(tx, "account.parent_account", account.parent_account()));
  return CheckHierarchy(tx, account.name(), account.parent_account());
}

absl::Status CheckMove(storage::Transaction& tx, const Message& before, const Message& record) {
  const auto& account = static_cast<const v1::Account&>(record);
  if (static_cast<const v1::Account&>(before).parent_account() == account.parent_account()) {
    return absl::OkStatus();
  }
  return CheckHierarchy(tx, account.name(), account.parent_account());
}

resource::AfterInsert AfterInsert(Call& call) {
  resource::AfterInsert along = judgement::RecordAlong(call, AccountFacts());
  const auto act = [record_along = along.act](storage::Transaction& tx, const Message& request,
                                              Message* record) -> absl::Status {
    COMITY_RETURN_IF_ERROR(CheckParent(tx, static_cast<const v1::Account&>(*record)));
    return record_along(tx, request, record);
  };
  return {along.check, act};
}

// The one account with that domain; empty where there is none. Holds the domain.
absl::StatusOr<std::string> FindByDomain(storage::Transaction& tx, const v1::Account& account) {
  const std::string key = DomainKey(account.domain());
  if (key.empty()) return std::string();
  COMITY_RETURN_IF_ERROR(LockDomain(tx, key));
  COMITY_ASSIGN_OR_RETURN(const std::vector<std::string> names, AccountsOfDomain(tx, key));
  if (names.size() > 1) {
    return PreconditionFailed("ACCOUNT_AMBIGUOUS", key,
                              "several accounts have this domain: name the one that is meant");
  }
  return names.empty() ? std::string() : names.front();
}

// It may be withdrawn meanwhile: then it is looked for anew.
absl::Status LockStanding(storage::Transaction& tx, const std::string& name, v1::Account* account) {
  COMITY_RETURN_IF_ERROR(resource::LockRecord(tx, AccountResource(), name, account).status());
  if (resource::CheckStands(*account).ok()) return absl::OkStatus();
  return ConcurrentChange("the account was withdrawn meanwhile");
}

absl::Status Make(storage::Transaction& tx, Call& call, const v1::EnsureAccountRequest& request,
                  v1::Account* account) {
  v1::CreateAccountRequest create;
  *create.mutable_account() = request.account();
  create.mutable_account()->set_domain(DomainKey(request.account().domain()));
  return resource::CreateIn(tx, call, AccountResource(), create, AfterInsert(call), account);
}

}  // namespace

absl::StatusOr<v1::Account> AccountService::CreateAccount(Call& call,
                                                          const v1::CreateAccountRequest& request) {
  return resource::Create<v1::Account>(call, AccountResource(), request, AfterInsert(call));
}

absl::StatusOr<v1::BatchCreateAccountsResponse> AccountService::BatchCreateAccounts(
    Call& call, const v1::BatchCreateAccountsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateAccountsResponse>(call, AccountResource(), request,
                                                                AfterInsert(call));
}

absl::StatusOr<v1::Account> AccountService::GetAccount(Call& call,
                                                       const v1::GetAccountRequest& request) {
  return resource::Get<v1::Account>(call, AccountResource(), request);
}

absl::StatusOr<v1::ListAccountsResponse> AccountService::ListAccounts(
    Call& call, const v1::ListAccountsRequest& request) {
  return resource::List<v1::ListAccountsResponse>(call, AccountResource(), request);
}

absl::StatusOr<v1::Account> AccountService::UpdateAccount(Call& call,
                                                          const v1::UpdateAccountRequest& request) {
  return resource::Update<v1::Account>(call, AccountResource(), request, CheckMove,
                                       judgement::RecordAlongUpdate(call, AccountFacts()));
}

absl::StatusOr<v1::BatchUpdateAccountsResponse> AccountService::BatchUpdateAccounts(
    Call& call, const v1::BatchUpdateAccountsRequest& request) {
  return resource::BatchUpdate<v1::BatchUpdateAccountsResponse>(
      call, AccountResource(), request, CheckMove,
      judgement::RecordAlongUpdate(call, AccountFacts()));
}

absl::StatusOr<v1::EnsureAccountResponse> AccountService::EnsureAccount(
    Call& call, const v1::EnsureAccountRequest& request) {
  return storage::Transact<v1::EnsureAccountResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::EnsureAccountResponse> {
        v1::EnsureAccountResponse response;
        v1::Account* const account = response.mutable_account();
        const std::string& named = request.account().name();
        if (!named.empty()) {
          COMITY_RETURN_IF_ERROR(
              resource::LockRecord(tx, AccountResource(), named, account).status());
          COMITY_RETURN_IF_ERROR(resource::CheckStands(*account));
        } else {
          COMITY_ASSIGN_OR_RETURN(const std::string found, FindByDomain(tx, request.account()));
          response.set_made(found.empty());
          COMITY_RETURN_IF_ERROR(found.empty() ? Make(tx, call, request, account)
                                               : LockStanding(tx, found, account));
        }
        if (!request.workflow().empty()) {
          COMITY_RETURN_IF_ERROR(
              Hold(tx, AccountResource(), account->name(), request.workflow(), response.made()));
        }
        return response;
      });
}

absl::StatusOr<v1::ReleaseAccountResponse> AccountService::ReleaseAccount(
    Call& call, const v1::ReleaseAccountRequest& request) {
  static const auto* const kind = new workflow::Withdrawable(
      workflow::WithdrawableOf<v1::Account>(AccountResource(), IsUnusedAccount));
  return storage::Transact<v1::ReleaseAccountResponse>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::ReleaseAccountResponse> {
        v1::ReleaseAccountResponse response;
        v1::Account account;
        COMITY_RETURN_IF_ERROR(
            resource::LockRecord(tx, AccountResource(), request.name(), &account).status());
        COMITY_ASSIGN_OR_RETURN(
            const bool is_free,
            ReleaseHold(tx, AccountResource(), request.name(), request.workflow()));
        if (!is_free) return response;
        COMITY_ASSIGN_OR_RETURN(const bool withdrawn,
                                workflow::Withdraw(tx, call, *kind, request.name()));
        response.set_withdrawn(withdrawn);
        return response;
      });
}

}  // namespace comity::account
