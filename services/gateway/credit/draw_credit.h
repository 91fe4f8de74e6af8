// The workflow by which a signature draws its credit statement. A voided signature undoes it: the
// statement is negated by another one.
#ifndef COMITY_GATEWAY_CREDIT_DRAW_CREDIT_H_
#define COMITY_GATEWAY_CREDIT_DRAW_CREDIT_H_

#include "services/gateway/workflow/definition.h"

namespace comity::gateway {

inline constexpr char kDrawCredit[] = "draw-credit";

// Its input is a DrawCreditInput; nobody calls it.
Definition DrawCreditWorkflow();

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CREDIT_DRAW_CREDIT_H_
