#include "services/account/relationship_store.h"

#include "services/account/account_rules.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/macros.h"

namespace comity::account {
namespace {

using resource::ColumnType;

resource::Resource* MakeRelationships() {
  auto* relationships = new resource::Resource();
  relationships->collection = "relationships";
  relationships->singular = "relationship";
  relationships->columns = {
      {"account", "account", ColumnType::kReference, "accounts"},
      {"contact", "contact", ColumnType::kReference, "contacts"},
      {"kind", "kind", ColumnType::kInt, ""},
      {"other_party", "other_party", ColumnType::kName, ""},
      {"start_date", "start_date", ColumnType::kDate, ""},
      {"end_date", "end_date", ColumnType::kDate, ""},
      {"withdraw_time", "withdraw_time", ColumnType::kTimestamp, ""},
      {"attributes", "attributes", ColumnType::kAttributes, ""},
  };
  relationships->filters = {
      {"account", "account", "account", ""},
      {"contact", "contact", "by_contact", ""},
      {"other_party", "other_party", "by_other_party", ""},
      {"kind", "kind", "by_kind", ""},
      {"external_id.source", "external_source", "by_external_source", ""},
      {"external_id.id", "external_id", "external", ""},
  };
  relationships->orders = {{"create_time", "", "PRIMARY", ""}};
  relationships->check = resource::CheckOf<v1::Relationship>(CheckRelationship);
  return relationships;
}

}  // namespace

const resource::Resource& RelationshipResource() {
  static const resource::Resource* const relationships = MakeRelationships();
  return *relationships;
}

absl::StatusOr<std::string> FindLasting(storage::Reader& reader, const std::string& account,
                                        v1::RelationshipKind kind) {
  COMITY_ASSIGN_OR_RETURN(const std::string id, resource::IdOf(account, "accounts"));
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      reader.Query("SELECT id FROM relationships WHERE account = ? AND kind = ? AND "
                   "other_party = '' AND contact IS NULL AND end_date IS NULL AND "
                   "withdraw_time IS NULL "
                   "ORDER BY id LIMIT 1",
                   {id, static_cast<int64_t>(kind)}));
  return rows->Next() ? resource::MakeName("relationships", rows->Bytes(0)) : std::string();
}

}  // namespace comity::account
