#include "services/support/case_store.h"

#include "comity/support/v1/case.pb.h"
#include "services/support/case_rules.h"

namespace comity::support {
namespace {

using resource::ColumnType;

resource::Resource* MakeCases() {
  auto* cases = new resource::Resource();
  cases->collection = "cases";
  cases->singular = "case";
  cases->columns = {
      {"title", "title", ColumnType::kText, ""},
      {"account", "account", ColumnType::kReference, "accounts"},
      {"contact", "contact", ColumnType::kReference, "contacts"},
      {"channel", "channel", ColumnType::kText, ""},
      {"product", "product", ColumnType::kReference, "products"},
      {"team", "team", ColumnType::kName, ""},
      {"open_time", "open_time", ColumnType::kTimestamp, ""},
      {"resolve_time", "resolve_time", ColumnType::kTimestamp, ""},
      {"close_time", "close_time", ColumnType::kTimestamp, ""},
      {"waiting_for_customer", "waiting_for_customer", ColumnType::kInt, ""},
      {"state", "state", ColumnType::kInt, ""},
      {"owner", "owner", ColumnType::kName, ""},
      {"responsible_department", "responsible_department", ColumnType::kName, ""},
      {"withdraw_time", "withdraw_time", ColumnType::kTimestamp, ""},
      {"onboarding", "onboarding", ColumnType::kMessage, ""},
      {"attributes", "attributes", ColumnType::kAttributes, ""},
  };
  cases->filters = {
      {"account", "account", "account", "by_account"},
      {"owner", "owner", "by_owner_state", "by_owner_state", /*few=*/false, /*also=*/"state"},
      {"owner", "owner", "owner", "by_owner"},
      {"team", "team", "by_team_state", "by_team_state", /*few=*/false, /*also=*/"state"},
      {"team", "team", "team", "by_team"},
      {"state", "state", "by_state", "by_state"},
      {"external_id.source", "external_source", "by_external_source", ""},
      {"external_id.id", "external_id", "external", ""},
  };
  cases->orders = {{"create_time", "", "PRIMARY", "by_id"}};
  cases->list_table = "case_lists";
  cases->list_columns = {"account", "team", "owner", "state"};
  cases->occur_field = "open_time";
  return cases;
}

std::unique_ptr<google::protobuf::Message> MakeCase() { return std::make_unique<v1::Case>(); }

}  // namespace

const resource::Resource& CaseResource() {
  static const resource::Resource* const cases = MakeCases();
  return *cases;
}

const fact::SubjectFacts& CaseFacts() {
  static const auto* const facts = new fact::SubjectFacts{
      .resource = &CaseResource(),
      .kinds = {fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_MEETING, fact::v1::FACT_KIND_MAIL,
                fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_TASK, fact::v1::FACT_KIND_OPENED,
                fact::v1::FACT_KIND_HANDED_TO_TEAM, fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER,
                fact::v1::FACT_KIND_RESOLVED, fact::v1::FACT_KIND_REOPENED,
                fact::v1::FACT_KIND_CLOSED, fact::v1::FACT_KIND_OWNER_CHANGED},
      .make = MakeCase,
      .check = CheckCaseFact,
      .derive = DeriveCase,
      .has_ended = [](const google::protobuf::Message& record) {
        return static_cast<const v1::Case&>(record).state() == v1::CASE_STATE_CLOSED;
      }};
  return *facts;
}

}  // namespace comity::support
