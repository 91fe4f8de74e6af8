#include "services/account/withdrawables.h"

#include "comity/account/v1/account.pb.h"
#include "comity/account/v1/contact.pb.h"
#include "comity/account/v1/relationship.pb.h"
#include "services/account/account_store.h"
#include "services/account/contact_store.h"
#include "services/account/relationship_store.h"

namespace comity::account {

std::vector<workflow::Withdrawable> Withdrawables() {
  return {workflow::WithdrawableOf<v1::Account>(AccountResource(), ReleaseAccount),
          workflow::WithdrawableOf<v1::Contact>(ContactResource()),
          workflow::WithdrawableOf<v1::Relationship>(RelationshipResource())};
}

}  // namespace comity::account
