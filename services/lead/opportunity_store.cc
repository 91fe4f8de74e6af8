#include "services/lead/opportunity_store.h"

#include "services/lead/opportunity_rules.h"

namespace comity::lead {

using resource::ColumnType;

const resource::Resource& OpportunityResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "opportunities",
      .singular = "opportunity",
      .columns = {{"display_name", "display_name"},
                  {"account", "account", ColumnType::kReference, "accounts"},
                  {"contact", "contact", ColumnType::kReference, "contacts"},
                  {"lead", "lead", ColumnType::kReference, "leads"},
                  {"line_items", "lines", ColumnType::kMessage},
                  {"amount", "amount", ColumnType::kMoney},
                  {"expected_close_date", "expected_close_date", ColumnType::kDate},
                  {"open_time", "open_time", ColumnType::kTimestamp},
                  {"engage_time", "engage_time", ColumnType::kTimestamp},
                  {"sign_time", "sign_time", ColumnType::kTimestamp},
                  {"decline_time", "decline_time", ColumnType::kTimestamp},
                  {"owner", "owner", ColumnType::kName},
                  {"responsible_department", "responsible_department", ColumnType::kName},
                  {"withdraw_time", "withdraw_time", ColumnType::kTimestamp},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = {{"account", "account", "by_account", "by_account", /*few=*/true},
                  {"lead", "lead", "by_lead", "", /*few=*/true},
                  {"owner", "owner", "by_owner", "by_owner"},
                  {"responsible_department", "responsible_department", "by_responsible_department",
                   "by_responsible_department"},
                  {"external_id.source", "external_source", "by_external_source", ""},
                  {"external_id.id", "external_id", "external", ""}},
      .orders = {{"create_time", "", "PRIMARY", "by_id"},
                 {"expected_close_date",
                  "expected_close_date",
                  "by_expected_close_date",
                  "by_expected_close_date",
                  {{"owner", "owner", "by_owner_close_date", "by_owner_close_date"}}}},
      .list_table = "opportunity_lists",
      .list_columns = {"owner", "account", "responsible_department", "expected_close_date"},
      .occur_field = "open_time",
      .check = resource::CheckOf<v1::Opportunity>(CheckOpportunity)};
  return *resource;
}

}  // namespace comity::lead
