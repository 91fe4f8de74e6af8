#include "services/account/account_service.h"

#include "services/account/account_store.h"
#include "services/runtime/judgement/along.h"
#include "services/runtime/resource/references.h"
#include "services/runtime/resource/standard_methods.h"

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

}  // namespace comity::account
