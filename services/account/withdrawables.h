// Which records a workflow may withdraw here; accounts and relationships are released by name.
#ifndef COMITY_ACCOUNT_WITHDRAWABLES_H_
#define COMITY_ACCOUNT_WITHDRAWABLES_H_

#include <vector>

#include "services/runtime/workflow/participant_service.h"

namespace comity::account {

std::vector<workflow::Withdrawable> Withdrawables();

}  // namespace comity::account

#endif  // COMITY_ACCOUNT_WITHDRAWABLES_H_
