#include "services/lead/product_store.h"

#include "services/lead/product_rules.h"

namespace comity::lead {

using resource::ColumnType;

const resource::Resource& ProductResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "products",
      .singular = "product",
      .columns = {{"display_name", "display_name"},
                  {"series", "series"},
                  {"list_price", "list_price", ColumnType::kMoney},
                  {"buyer_becomes", "buyer_becomes", ColumnType::kInt},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = {{"display_name", "display_name", "display_name", ""},
                  {"external_id.source", "external_source", "by_external_source", ""},
                  {"external_id.id", "external_id", "external", ""}},
      .orders = {{"create_time", "", "PRIMARY", ""}},
      .check = resource::CheckOf<v1::Product>(CheckProduct)};
  return *resource;
}

}  // namespace comity::lead
