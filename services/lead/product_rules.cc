#include "services/lead/product_rules.h"

#include "services/runtime/status/errors.h"

namespace comity::lead {

absl::Status CheckProduct(const v1::Product* /*before*/, v1::Product* product) {
  if (product->list_price().units() < 0 || product->list_price().nanos() < 0) {
    return InvalidField("PRICE_NEGATIVE", "product.list_price", "is zero or more");
  }
  return absl::OkStatus();
}

}  // namespace comity::lead
