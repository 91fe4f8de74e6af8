#include "services/lead/campaign_store.h"

#include "services/lead/campaign_rules.h"

namespace comity::lead {

using resource::ColumnType;

const resource::Resource& CampaignResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "campaigns",
      .singular = "campaign",
      .columns = {{"display_name", "display_name"},
                  {"channel", "channel"},
                  {"start_date", "start_date", ColumnType::kDate},
                  {"end_date", "end_date", ColumnType::kDate},
                  {"budget", "budget", ColumnType::kMoney},
                  {"owner", "owner", ColumnType::kName},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = {{"channel", "channel", "by_channel", ""},
                  {"external_id.source", "external_source", "by_external_source", ""},
                  {"external_id.id", "external_id", "external", ""}},
      .orders = {{"create_time", "", "PRIMARY", ""}},
      .check = resource::CheckOf<v1::Campaign>(CheckCampaign)};
  return *resource;
}

}  // namespace comity::lead
