#include "services/account/withdrawables.h"

#include "comity/account/v1/contact.pb.h"
#include "services/account/contact_store.h"

namespace comity::account {

std::vector<workflow::Withdrawable> Withdrawables() {
  return {workflow::WithdrawableOf<v1::Contact>(ContactResource())};
}

}  // namespace comity::account
