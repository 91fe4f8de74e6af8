#include "services/account/withdrawables.h"

#include "comity/account/v1/contact.pb.h"
#include "services/account/contact_store.h"
#include "services/account/use.h"

namespace comity::account {

std::vector<workflow::Withdrawable> Withdrawables() {
  return {workflow::WithdrawableOf<v1::Contact>(ContactResource(), IsUnusedContact)};
}

}  // namespace comity::account
