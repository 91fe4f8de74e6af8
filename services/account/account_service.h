// Handlers of AccountService; errors as the proto says.
#ifndef COMITY_ACCOUNT_ACCOUNT_SERVICE_H_
#define COMITY_ACCOUNT_ACCOUNT_SERVICE_H_

#include "comity/account/v1/account_service.grpc.pb.h"
#include "services/runtime/server/unary.h"

namespace comity::account {

class AccountService final : public v1::AccountService::CallbackService {
 public:
  using Api = v1::AccountService;
  explicit AccountService(server::Edge* edge) : edge_(edge) {}
  COMITY_UNARY(CreateAccount, v1::CreateAccountRequest, v1::Account)
  COMITY_UNARY(BatchCreateAccounts, v1::BatchCreateAccountsRequest, v1::BatchCreateAccountsResponse)
  COMITY_UNARY(GetAccount, v1::GetAccountRequest, v1::Account)
  COMITY_UNARY(ListAccounts, v1::ListAccountsRequest, v1::ListAccountsResponse)
  COMITY_UNARY(UpdateAccount, v1::UpdateAccountRequest, v1::Account)
  COMITY_UNARY(BatchUpdateAccounts, v1::BatchUpdateAccountsRequest, v1::BatchUpdateAccountsResponse)
  COMITY_UNARY(EnsureAccount, v1::EnsureAccountRequest, v1::EnsureAccountResponse)
  COMITY_UNARY(ReleaseAccount, v1::ReleaseAccountRequest, v1::ReleaseAccountResponse)

 private:
  server::Edge* const edge_;
};

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_ACCOUNT_SERVICE_H_
