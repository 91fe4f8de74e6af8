// Makes credit statements final whose term is over.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_TERMS_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_TERMS_H_

#include "services/gateway/due_timer.h"

namespace comity::gateway {

// The one whose UPDATE meets the row as it was read notes it.
class CreditTerms final : public DueTimer {
 public:
  explicit CreditTerms(const Runtime* runtime);
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_TERMS_H_
