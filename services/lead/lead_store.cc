#include "services/lead/lead_store.h"

#include "services/lead/lead_rules.h"

namespace comity::lead {

using resource::ColumnType;

const resource::Resource& LeadResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "leads",
      .singular = "lead",
      .columns = {{"given_name", "given_name"},
                  {"family_name", "family_name"},
                  {"email_address", "email_address"},
                  {"phone_number", "phone_number"},
                  {"job_title", "job_title"},
                  {"organization", "organization"},
                  {"domain", "domain"},
                  {"country", "country"},
                  {"source", "source"},
                  {"capture_time", "capture_time", ColumnType::kTimestamp},
                  {"owner", "owner", ColumnType::kName},
                  {"responsible_department", "responsible_department", ColumnType::kName},
                  {"conversion", "conversion", ColumnType::kMessage},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = {{"owner", "owner", "by_owner", "by_owner"},
                  {"source", "source", "by_source", "by_source"},
                  {"responsible_department", "responsible_department", "by_responsible_department",
                   "by_responsible_department"},
                  {"external_id.source", "external_source", "by_external_source", ""},
                  {"external_id.id", "external_id", "external", ""}},
      .orders = {{"create_time", "", "PRIMARY", "by_id"}},
      .list_table = "lead_lists",
      .list_columns = {"owner", "responsible_department", "source"},
      .occur_field = "capture_time",
      .check = resource::CheckOf<v1::Lead>(CheckLead)};
  return *resource;
}

}  // namespace comity::lead
