#include "services/runtime/resource/plan.h"

#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/synchronization/mutex.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

constexpr const char* kBase[] = {"id", "version", "revision", "create_time", "update_time"};

std::string Quoted(absl::string_view name) { return absl::StrCat("`", name, "`"); }

std::vector<std::string> NamesOf(const std::vector<const BoundColumn*>& columns) {
  std::vector<std::string> names;
  for (const BoundColumn* column : columns) {
    for (const std::string& name : SqlNames(*column)) names.push_back(name);
  }
  return names;
}

// "`a` = ?, `b` = ?"
std::string Assignments(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, Quoted(name), " = ?");
  });
}

std::string List(const std::vector<std::string>& names) {
  return absl::StrJoin(names, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, Quoted(name));
  });
}

// "?, ?, ?"
std::string Marks(size_t count) {
  return absl::StrJoin(std::vector<absl::string_view>(count, "?"), ", ");
}

void BindColumns(Plan* plan) {
  const Resource& resource = *plan->resource;
  if (plan->descriptor->FindFieldByName("external_id") != nullptr) {
    plan->has_external_id = true;
    for (const auto& [column, field] : {std::pair("external_source", "external_id.source"),
                                        std::pair("external_id", "external_id.id")}) {
      plan->columns.push_back(
          Bind({column, field, ColumnType::kText, ""}, resource.singular, plan->descriptor));
      plan->columns.back().null_if_empty = true;
    }
  }
  plan->withdrawable = plan->descriptor->FindFieldByName("withdraw_time") != nullptr;
  for (const Column& column : resource.columns) {
    plan->columns.push_back(Bind(column, resource.singular, plan->descriptor));
  }
  for (const std::string& name : resource.list_columns) {
    const BoundColumn* found = nullptr;
    for (const BoundColumn& column : plan->columns) {
      if (column.column.column == name) found = &column;
    }
    if (found == nullptr || found->column.type == ColumnType::kMoney) {
      Defect(absl::StrCat("the working list cannot carry ", name));
    }
    plan->list_columns.push_back(found);
  }
}

void MakeRecordSql(Plan* plan) {
  std::vector<const BoundColumn*> columns;
  for (const BoundColumn& column : plan->columns) columns.push_back(&column);
  std::vector<std::string> all(std::begin(kBase), std::end(kBase));
  const std::vector<std::string> own = NamesOf(columns);
  all.insert(all.end(), own.begin(), own.end());
  plan->select_columns = absl::StrJoin(all, ", ", [](std::string* out, const std::string& name) {
    absl::StrAppend(out, "t.", Quoted(name));
  });
  const std::string table = Quoted(plan->resource->collection);
  plan->get_sql =
      absl::StrCat("SELECT ", plan->select_columns, " FROM ", table, " t WHERE t.id = ?");
  plan->selected = static_cast<int>(all.size());
  plan->get_judged_sql =
      absl::StrCat("SELECT ", plan->select_columns,
                   ", s.question, s.department, s.answer, s.version, s.said_time, "
                   "(SELECT GROUP_CONCAT(d.dispute ORDER BY d.dispute) FROM open_disputes d "
                   "WHERE d.subject = t.id) FROM ",
                   table, " t LEFT JOIN standings s ON s.subject_id = t.id WHERE t.id = ?");
  plan->lock_sql = absl::StrCat(plan->get_sql, " FOR UPDATE");
  plan->insert.emplace(absl::StrCat("INSERT INTO ", table, " (", List(all), ") VALUES "),
                       absl::StrCat("(", Marks(all.size()), ")"), "");
  plan->next_version_sql =
      absl::StrCat("UPDATE ", table, " SET version = ? WHERE id = ? AND version = ?");
  plan->update_sql =
      absl::StrCat("UPDATE ", table, " SET version = ?, revision = ?, update_time = ?",
                   own.empty() ? "" : ", ", Assignments(own), " WHERE id = ? AND version = ?");
}

void MakeListSql(Plan* plan) {
  const Resource& resource = *plan->resource;
  if (resource.list_table.empty()) return;
  const std::string table = Quoted(resource.list_table);
  const std::vector<std::string> sort = NamesOf(plan->list_columns);
  const std::string more = sort.empty() ? "" : absl::StrCat(", ", List(sort));
  plan->insert_list.emplace(
      absl::StrCat("INSERT INTO ", table, " (department, id, listed", more, ") VALUES "),
      absl::StrCat("(", Marks(3 + sort.size()), ")"), "");
  for (size_t n = 1; n <= kListChunk; ++n) {
    // No version: the record's row, changed by version before, is locked.
    plan->update_list_sql.push_back(absl::StrCat("UPDATE ", table, " SET ", Assignments(sort),
                                                 " WHERE department IN (", Marks(n),
                                                 ") AND id = ?"));
  }
}

std::unique_ptr<const Plan> MakePlan(const Resource& resource, const Descriptor* descriptor) {
  auto plan = std::make_unique<Plan>();
  plan->resource = &resource;
  plan->descriptor = descriptor;
  plan->name = descriptor->FindFieldByName("name");
  plan->etag = descriptor->FindFieldByName("etag");
  plan->create_time = descriptor->FindFieldByName("create_time");
  plan->update_time = descriptor->FindFieldByName("update_time");
  plan->lens_answers = descriptor->FindFieldByName("lens_answers");
  plan->open_disputes = descriptor->FindFieldByName("open_disputes");
  if (plan->name == nullptr || plan->etag == nullptr || plan->create_time == nullptr ||
      plan->update_time == nullptr) {
    Defect(absl::StrCat(resource.singular, " lacks name, etag, create_time or update_time"));
  }
  BindColumns(plan.get());
  MakeRecordSql(plan.get());
  MakeListSql(plan.get());
  return plan;
}

struct Plans {
  absl::Mutex mutex;
  absl::flat_hash_map<const Resource*, std::unique_ptr<const Plan>> plans ABSL_GUARDED_BY(mutex);
};

Plans* Cache() {
  static Plans* const cache = new Plans;
  return cache;
}

void SetTime(const FieldDescriptor* field, int64_t micros, google::protobuf::Message* record) {
  *static_cast<google::protobuf::Timestamp*>(
      record->GetReflection()->MutableMessage(record, field)) = FromMicros(micros);
}

}  // namespace

const BoundColumn& Plan::ColumnOfField(const std::string& field) const {
  for (const BoundColumn& column : columns) {
    if (column.column.field == field || column.column.column == field) return column;
  }
  Defect(absl::StrCat("no column for ", field));
}

const Plan* FindPlan(const Resource& resource) {
  Plans* const cache = Cache();
  absl::ReaderMutexLock lock(&cache->mutex);
  const auto found = cache->plans.find(&resource);
  return found == cache->plans.end() ? nullptr : found->second.get();
}

const Plan& PlanOf(const Resource& resource, const Descriptor* descriptor) {
  if (const Plan* const found = FindPlan(resource)) return *found;
  Plans* const cache = Cache();
  absl::MutexLock lock(&cache->mutex);
  std::unique_ptr<const Plan>& plan = cache->plans[&resource];
  if (plan == nullptr) plan = MakePlan(resource, descriptor);
  return *plan;
}

absl::StatusOr<RecordState> ReadRow(const Plan& plan, const storage::Rows& row,
                                    google::protobuf::Message* record) {
  const RecordState state{row.Int(1), row.Int(2)};
  const auto* reflection = record->GetReflection();
  const std::string id = row.Bytes(0);
  reflection->SetString(record, plan.name,
                        plan.resource->chosen_id ? absl::StrCat(plan.resource->collection, "/", id)
                                                 : MakeName(plan.resource->collection, id));
  reflection->SetString(record, plan.etag, EtagOf(state));
  SetTime(plan.create_time, row.Int(3), record);
  SetTime(plan.update_time, row.Int(4), record);
  int index = 5;
  for (const BoundColumn& column : plan.columns) {
    COMITY_RETURN_IF_ERROR(FromRow(column, row, &index, record));
  }
  return state;
}

absl::StatusOr<std::string> KeyOf(const Resource& resource, absl::string_view name) {
  if (!resource.chosen_id) return IdOf(name, resource.collection);
  if (!IsNameIn(name, resource.collection)) {
    return MakeError(absl::StatusCode::kInvalidArgument, "INVALID_NAME",
                     absl::StrCat("a name here is `", resource.collection,
                                  "/{id}`: lower-case letters, digits and -, at most 63"),
                     {{"collection", resource.collection}});
  }
  return std::string(name.substr(resource.collection.size() + 1));
}

std::string EtagOf(const RecordState& state) { return absl::StrCat("r", state.revision); }

}  // namespace comity::resource
