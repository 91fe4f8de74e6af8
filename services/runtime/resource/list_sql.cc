#include "services/runtime/resource/list_sql.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using storage::Value;

constexpr absl::string_view kExternalId = "external_id.id";

const Restriction* FindRestriction(const Conjunction& conjunction, absl::string_view field) {
  const auto found =
      std::find_if(conjunction.begin(), conjunction.end(),
                   [&](const Restriction& restriction) { return restriction.field == field; });
  return found == conjunction.end() ? nullptr : &*found;
}

const Filter& FilterOf(const Resource& resource, absl::string_view field) {
  for (const Filter& filter : resource.filters) {
    if (filter.field == field) return filter;
  }
  Defect(absl::StrCat("no filter ", field));
}

// The filter whose index serves the conjunction: an external id (at most a few rows) before all;
// else, where the order is by id, the first in the resource's declaration; else one that has an
// index with the order, or few rows. Null: the order's index.
const Filter* DrivingFilter(const Resource& resource, const Conjunction& conjunction,
                            const Order& order) {
  if (FindRestriction(conjunction, kExternalId) != nullptr) {
    return &FilterOf(resource, kExternalId);
  }
  for (const Filter& filter : order.with) {
    if (FindRestriction(conjunction, filter.field) != nullptr) return &filter;
  }
  for (const Filter& filter : resource.filters) {
    const bool serves = order.column.empty() || filter.few;
    const bool whole = filter.also.empty() || FindRestriction(conjunction, filter.also) != nullptr;
    if (serves && whole && FindRestriction(conjunction, filter.field) != nullptr) return &filter;
  }
  return nullptr;
}

// How the rows are reached: which table leads, through which index.
struct Access {
  bool list = false;        // the working list leads, the collection's rows follow
  bool listed_too = false;  // the collection leads, the working list is asked by its key
  std::string index;
};

Access AccessFor(const Filter* driver, const Order& order, bool working_list) {
  const std::string& view = driver != nullptr ? driver->view_index : order.view_index;
  Access access;
  access.list = working_list && !view.empty();
  access.listed_too = working_list && !access.list;
  access.index = access.list ? view : driver != nullptr ? driver->index : order.index;
  return access;
}

std::string From(const Resource& resource, const Access& access) {
  const std::string table = absl::StrCat("`", resource.collection, "` t");
  const std::string list = absl::StrCat("`", resource.list_table, "` l");
  const std::string force = absl::StrCat(" FORCE INDEX (`", access.index, "`)");
  if (access.list) return absl::StrCat(list, force, " STRAIGHT_JOIN ", table, " ON t.id = l.id");
  if (!access.listed_too) return absl::StrCat(table, force);
  return absl::StrCat(table, force, " STRAIGHT_JOIN ", list, " ON l.id = t.id");
}

// A statement in the making.
struct Draft {
  std::string where;
  std::vector<Value> params;

  void And(absl::string_view condition) {
    absl::StrAppend(&where, where.empty() ? "" : " AND ", condition);
  }
  // `column` compared with a value that may be NULL.
  void Compare(const std::string& column, const char* op, const Value& value) {
    And(absl::StrCat(column, " ", op, " ?"));
    params.push_back(value);
  }
  void OneOf(const std::string& column, std::vector<Value> values) {
    if (values.size() == 1) return Compare(column, "=", values.front());
    const std::vector<absl::string_view> marks(values.size(), "?");
    And(absl::StrCat(column, " IN (", absl::StrJoin(marks, ", "), ")"));
    std::move(values.begin(), values.end(), std::back_inserter(params));
  }
  void Equal(const std::string& column, const Value& value) {
    if (std::holds_alternative<std::monostate>(value)) {
      And(absl::StrCat(column, " IS NULL"));
    } else {
      Compare(column, "=", value);
    }
  }
};

// The working list carries its own copy of some columns: there the index holds them.
std::string Qualified(const Resource& resource, const Access& access, const std::string& column) {
  const auto& copies = resource.list_columns;
  const bool copied = std::find(copies.begin(), copies.end(), column) != copies.end();
  return absl::StrCat(access.list && (copied || column == "id") ? "l" : "t", ".`", column, "`");
}

// The ranges behind `after`, in order.
std::vector<Draft> Ranges(const Draft& base, const ListQuery& query, const std::string& column,
                          const std::string& id, const std::optional<Place>& after) {
  if (!after.has_value()) return {base};
  const char* beyond = query.descending ? "<" : ">";
  std::vector<Draft> ranges = {base};
  if (column.empty()) {
    ranges[0].Compare(id, beyond, after->id);
    return ranges;
  }
  ranges[0].Equal(column, after->key);
  ranges[0].Compare(id, beyond, after->id);
  const bool null = std::holds_alternative<std::monostate>(after->key);
  if (!null) {
    ranges.push_back(base);
    ranges.back().Compare(column, beyond, after->key);
  }
  // NULL comes before all values.
  if (null != query.descending) {
    ranges.push_back(base);
    ranges.back().And(absl::StrCat(column, query.descending ? " IS NULL" : " IS NOT NULL"));
  }
  return ranges;
}

absl::StatusOr<Draft> Base(const Plan& plan, const ListQuery& query, const Access& access,
                           const Gathered& gathered) {
  Draft base;
  if (!query.working_list_of.empty()) {
    base.Compare("l.department", "=", query.working_list_of);
    base.And("l.listed = 1");
  }
  if (plan.withdrawable) base.And("t.withdraw_time IS NULL");
  for (const Restriction& restriction : gathered.conjunction) {
    const std::string column =
        Qualified(*plan.resource, access, FilterOf(*plan.resource, restriction.field).column);
    const BoundColumn& bound = plan.ColumnOfField(restriction.field);
    if (restriction.field == kExternalId) {
      std::vector<Value> ids;
      for (const std::string& id : gathered.ids) {
        COMITY_ASSIGN_OR_RETURN(ids.emplace_back(), ToFilterValue(bound, id));
      }
      base.OneOf(column, std::move(ids));
    } else {
      COMITY_ASSIGN_OR_RETURN(const Value value, ToFilterValue(bound, restriction.value));
      base.Equal(column, value);
    }
  }
  return base;
}

// Whether they differ in nothing but their external ids, which both have.
bool DifferInExternalId(const Conjunction& a, const Conjunction& b) {
  if (FindRestriction(a, kExternalId) == nullptr || a.size() != b.size()) return false;
  return std::all_of(b.begin(), b.end(), [&](const Restriction& restriction) {
    const Restriction* const same = FindRestriction(a, restriction.field);
    return same != nullptr && (restriction.field == kExternalId || *same == restriction);
  });
}

}  // namespace

absl::Status CheckServed(const Resource& resource, const ListQuery& query) {
  for (const Conjunction& conjunction : query.alternatives) {
    const Restriction* id = FindRestriction(conjunction, kExternalId);
    if (id != nullptr && id->value.empty()) {
      return InvalidField("FILTER_INVALID", "filter", "an external id is not empty");
    }
    if (conjunction.empty() || query.order->column.empty() ||
        DrivingFilter(resource, conjunction, *query.order) != nullptr) {
      continue;
    }
    return InvalidField(
        "ORDER_NOT_SUPPORTED", "order_by",
        absl::StrCat(query.order->field, " has no index together with a filter by ",
                     conjunction.front().field, ": leave out the one or the other"));
  }
  return absl::OkStatus();
}

std::vector<Gathered> Gather(const std::vector<Conjunction>& alternatives) {
  std::vector<Gathered> all;
  for (const Conjunction& conjunction : alternatives) {
    auto found = std::find_if(all.begin(), all.end(), [&](const Gathered& gathered) {
      return DifferInExternalId(gathered.conjunction, conjunction);
    });
    if (found == all.end()) found = all.insert(all.end(), {conjunction, {}});
    if (const Restriction* const id = FindRestriction(conjunction, kExternalId)) {
      found->ids.push_back(id->value);
    }
  }
  return all;
}

absl::StatusOr<std::vector<ListStatement>> MakeStatements(const Plan& plan, const ListQuery& query,
                                                          const Gathered& gathered,
                                                          const std::optional<Place>& after) {
  const Resource& resource = *plan.resource;
  const Access access = AccessFor(DrivingFilter(resource, gathered.conjunction, *query.order),
                                  *query.order, !query.working_list_of.empty());
  COMITY_ASSIGN_OR_RETURN(const Draft base, Base(plan, query, access, gathered));
  const std::string id = Qualified(resource, access, "id");
  const std::string column =
      query.order->column.empty() ? "" : Qualified(resource, access, query.order->column);
  const char* direction = query.descending ? " DESC" : "";
  const std::string order = absl::StrCat(" ORDER BY ", column, column.empty() ? "" : direction,
                                         column.empty() ? "" : ", ", id, direction, " LIMIT ?");
  const std::string head =
      absl::StrCat("SELECT ", plan.select_columns, " FROM ", From(resource, access));
  std::vector<ListStatement> statements;
  for (Draft& range : Ranges(base, query, column, id, after)) {
    statements.push_back(
        {absl::StrCat(head, range.where.empty() ? "" : " WHERE ", range.where, order),
         std::move(range.params)});
  }
  return statements;
}

}  // namespace comity::resource
