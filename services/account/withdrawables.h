// Which records of accounts a workflow may withdraw.
#ifndef COMITY_ACCOUNT_WITHDRAWABLES_H_
#define COMITY_ACCOUNT_WITHDRAWABLES_H_

#include <vector>

#include "services/runtime/workflow/participant_service.h"

namespace comity::account {

std::vector<workflow::Withdrawable> Withdrawables();

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_WITHDRAWABLES_H_
