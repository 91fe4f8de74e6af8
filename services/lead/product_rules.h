// What must be so for a product. Pure.
#ifndef COMITY_LEAD_PRODUCT_RULES_H_
#define COMITY_LEAD_PRODUCT_RULES_H_

#include "absl/status/status.h"
#include "comity/lead/v1/product.pb.h"

namespace comity::lead {

// INVALID_ARGUMENT reason PRICE_NEGATIVE.
absl::Status CheckProduct(const v1::Product* before, v1::Product* product);

}  // namespace comity::lead

#endif  // COMITY_LEAD_PRODUCT_RULES_H_
