#include "services/gateway/directory_store.h"

#include "services/gateway/directory_rules.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {

using resource::ColumnType;

namespace {

// Their ids are chosen: they say nothing of when a record was created.
std::vector<resource::Order> Orders(std::vector<resource::Order> more = {}) {
  std::vector<resource::Order> orders = {{"name", "", "PRIMARY", ""},
                                         {"create_time", "create_time", "by_create_time", ""}};
  orders.insert(orders.end(), more.begin(), more.end());
  return orders;
}

std::vector<resource::Filter> FiltersWith(std::vector<resource::Filter> filters) {
  filters.push_back({"external_id.source", "external_source", "by_external_source", ""});
  filters.push_back({"external_id.id", "external_id", "external", ""});
  return filters;
}

}  // namespace

const resource::Resource& DepartmentResource() {
  static const auto* const resource =
      new resource::Resource{.collection = "departments",
                             .singular = "department",
                             .chosen_id = true,
                             .columns = {{"display_name", "display_name"},
                                         {"attributes", "attributes", ColumnType::kAttributes}},
                             .orders = Orders()};
  return *resource;
}

const resource::Resource& TeamResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "teams",
      .singular = "team",
      .chosen_id = true,
      .columns = {{"department", "department", ColumnType::kName},
                  {"display_name", "display_name"},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = FiltersWith({{"department", "department", "by_department", ""}}),
      .orders = Orders()};
  return *resource;
}

const resource::Resource& PersonResource() {
  static const auto* const resource = new resource::Resource{
      .collection = "persons",
      .singular = "person",
      .chosen_id = true,
      .columns = {{"display_name", "display_name"},
                  {"email_address", "email_address"},
                  {"team", "team", ColumnType::kName},
                  {"office", "office"},
                  {"home", "home", ColumnType::kName},
                  {"manager", "manager", ColumnType::kName},
                  {"memberships", "memberships", ColumnType::kMessage},
                  {"attributes", "attributes", ColumnType::kAttributes}},
      .filters = FiltersWith({{"team", "team", "by_team", ""},
                              {"office", "office", "by_office", ""},
                              {"home", "home", "by_home", ""}}),
      .orders = Orders({{"display_name", "display_name", "by_display_name", ""}}),
      .check = resource::CheckOf<v1::Person>(CheckPerson)};
  return *resource;
}

absl::StatusOr<int64_t> CountOtherStewards(storage::Reader& reader, const std::string& department,
                                           const std::string& person) {
  COMITY_ASSIGN_OR_RETURN(
      auto rows,
      reader.Query("SELECT COUNT(*) FROM department_stewards WHERE department = ? AND person <> ?",
                   {department, person}));
  return rows->Next() ? rows->Int(0) : 0;
}

absl::Status SetSteward(storage::Transaction& tx, const std::string& department,
                        const std::string& person, bool steward) {
  return tx
      .Execute(steward ? "INSERT INTO department_stewards (department, person) VALUES (?, ?) "
                         "ON DUPLICATE KEY UPDATE person = person"
                       : "DELETE FROM department_stewards WHERE department = ? AND person = ?",
               {department, person})
      .status();
}

absl::StatusOr<bool> IsEmpty(storage::Reader& reader) {
  COMITY_ASSIGN_OR_RETURN(auto rows, reader.Query("SELECT EXISTS (SELECT 1 FROM departments) OR "
                                                  "EXISTS (SELECT 1 FROM persons)",
                                                  {}));
  return rows->Next() && rows->Int(0) == 0;
}

}  // namespace comity::gateway
