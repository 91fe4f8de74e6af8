#include "services/@name@/@name@_store.h"

#include "services/@name@/@name@_rules.h"

namespace comity::@name@ {

using resource::ColumnType;

const resource::Resource& @Name@Resource() {
  static const auto* const resource = new resource::Resource{
      .collection = "@names@",
      .singular = "@name@",
      .columns = {{"display_name", "display_name"},
                  {"owner", "owner", ColumnType::kName},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = {{"owner", "owner", "by_owner", ""},
                  {"external_id.source", "external_source", "by_external_source", ""},
                  {"external_id.id", "external_id", "external", ""}},
      .orders = {{"create_time", "", "PRIMARY", ""}},
      .check = resource::CheckOf<v1::@Name@>(Check@Name@)};
  return *resource;
}

}  // namespace comity::@name@
