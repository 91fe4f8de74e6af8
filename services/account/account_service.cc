#include "services/account/account_service.h"

#include "services/account/account_store.h"
#include "services/runtime/resource/standard_methods.h"

namespace comity::account {
namespace {

absl::Status CheckParent(storage::Transaction& tx, google::protobuf::Message* record) {
  const auto& account = static_cast<const v1::Account&>(*record);
  return CheckHierarchy(tx, account.name(), account.parent_account());
}

}  // namespace

absl::StatusOr<v1::Account> AccountService::CreateAccount(Call& call,
                                                          const v1::CreateAccountRequest& request) {
  return resource::Create<v1::Account>(call, AccountResource(), request, CheckParent);
}

absl::StatusOr<v1::BatchCreateAccountsResponse> AccountService::BatchCreateAccounts(
    Call& call, const v1::BatchCreateAccountsRequest& request) {
  return resource::BatchCreate<v1::BatchCreateAccountsResponse>(call, AccountResource(), request,
                                                                CheckParent);
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
  // Read before the transaction: two moves at the same moment could still close a circle, so those
  // who walk a hierarchy stop after a number of levels.
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) {
    return CheckHierarchy(reader, request.account().name(), request.account().parent_account());
  }));
  return resource::Update<v1::Account>(call, AccountResource(), request);
}

}  // namespace comity::account
