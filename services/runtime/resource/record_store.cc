#include "services/runtime/resource/record_store.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/plan.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::resource {
namespace {

using google::protobuf::Message;
using storage::Value;

absl::StatusOr<RecordState> Select(storage::Reader& reader, const Plan& plan,
                                   const std::string& sql, const std::string& name,
                                   Message* record) {
  COMITY_ASSIGN_OR_RETURN(const std::string key, KeyOf(*plan.resource, name));
  COMITY_ASSIGN_OR_RETURN(const auto rows, reader.Query(sql, {key}));
  if (!rows->Next()) return NotFound(name);
  record->Clear();
  return ReadRow(plan, *rows, record);
}

std::string NameOf(const Plan& plan, const Message& record) {
  return record.GetReflection()->GetString(record, plan.name);
}

int64_t MicrosOf(const google::protobuf::FieldDescriptor* field, const Message& record) {
  return ToMicros(static_cast<const google::protobuf::Timestamp&>(
      record.GetReflection()->GetMessage(record, field)));
}

// Values as a row of one SELECT.
class OneRow final : public storage::Rows {
 public:
  explicit OneRow(const std::vector<Value>& values) : values_(values) {}
  bool Next() override { return false; }
  bool IsNull(int column) const override {
    return std::holds_alternative<std::monostate>(values_[column]);
  }
  int64_t Int(int column) const override {
    return IsNull(column) ? 0 : std::get<int64_t>(values_[column]);
  }
  std::string Bytes(int column) const override {
    return IsNull(column) ? "" : std::get<std::string>(values_[column]);
  }

 private:
  const std::vector<Value>& values_;
};

absl::Status AppendColumns(const Plan& plan, const Message& record, std::vector<Value>* values) {
  for (const BoundColumn& column : plan.columns) {
    COMITY_RETURN_IF_ERROR(ToValues(column, record, values));
  }
  return absl::OkStatus();
}

// The record's whole row.
absl::StatusOr<std::vector<Value>> RowOf(const Plan& plan, const RecordAt& at) {
  const Message& record = at.record;
  COMITY_ASSIGN_OR_RETURN(std::string key, KeyOf(*plan.resource, NameOf(plan, record)));
  std::vector<Value> row = {std::move(key), at.state.version, at.state.revision,
                            MicrosOf(plan.create_time, record), MicrosOf(plan.update_time, record)};
  COMITY_RETURN_IF_ERROR(AppendColumns(plan, record, &row));
  return row;
}

absl::StatusOr<std::vector<Value>> SortKeys(const Plan& plan, const Message& record) {
  std::vector<Value> keys;
  for (const BoundColumn* column : plan.list_columns) {
    COMITY_RETURN_IF_ERROR(ToValues(*column, record, &keys));
  }
  return keys;
}

// Calls `run` with the departments that have a working list, kListChunk at a time.
template <typename Run>
absl::Status ForDepartments(const Call& call, const Plan& plan, Run run) {
  if (plan.resource->list_table.empty()) return absl::OkStatus();
  const std::vector<std::string> departments =
      call.charter().DepartmentsWithWorkingList(plan.resource->collection);
  for (size_t from = 0; from < departments.size(); from += kListChunk) {
    const size_t end = std::min(departments.size(), from + kListChunk);
    COMITY_RETURN_IF_ERROR(run(absl::MakeConstSpan(departments).subspan(from, end - from)));
  }
  return absl::OkStatus();
}

// Which of the working list's rows; a key for Transaction::Insert.
std::string ListKey(absl::string_view department, absl::string_view key) {
  return absl::StrCat(department, "/", key);
}

// Of the working list's row: department, id, listed.
constexpr size_t kListed = 2;
constexpr size_t kSortKeys = 3;

absl::Status InsertListRows(storage::Transaction& tx, const Call& call, const Plan& plan,
                            const std::string& key, const Message& record) {
  if (plan.resource->list_table.empty()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const std::vector<Value> sort, SortKeys(plan, record));
  for (const std::string& department :
       call.charter().DepartmentsWithWorkingList(plan.resource->collection)) {
    std::vector<Value> row = {department, key, int64_t{1}};
    row.insert(row.end(), sort.begin(), sort.end());
    COMITY_RETURN_IF_ERROR(tx.Insert(*plan.insert_list, ListKey(department, key), std::move(row)));
  }
  return absl::OkStatus();
}

// Changes what waits to be inserted; false: nothing does.
absl::StatusOr<bool> UpdateWaiting(storage::Transaction& tx, const Call& call, const Plan& plan,
                                   const RecordAt& after) {
  COMITY_ASSIGN_OR_RETURN(const std::string key, KeyOf(*plan.resource, NameOf(plan, after.record)));
  std::vector<Value>* const row = tx.Waiting(*plan.insert, key);
  if (row == nullptr) return false;
  COMITY_ASSIGN_OR_RETURN(*row, RowOf(plan, after));
  if (plan.resource->list_table.empty()) return true;
  COMITY_ASSIGN_OR_RETURN(const std::vector<Value> sort, SortKeys(plan, after.record));
  for (const std::string& department :
       call.charter().DepartmentsWithWorkingList(plan.resource->collection)) {
    std::vector<Value>* const listed = tx.Waiting(*plan.insert_list, ListKey(department, key));
    if (listed == nullptr) return Internal("a record waits to be inserted without its lists");
    std::copy(sort.begin(), sort.end(), listed->begin() + kSortKeys);
  }
  return true;
}

absl::Status UpdateListRows(storage::Transaction& tx, const Call& call, const Plan& plan,
                            const std::string& key, const std::vector<Value>& sort) {
  return ForDepartments(call, plan, [&](absl::Span<const std::string> departments) -> absl::Status {
    std::vector<Value> values = sort;
    values.insert(values.end(), departments.begin(), departments.end());
    values.emplace_back(key);
    return tx.Execute(plan.update_list_sql[departments.size() - 1], values).status();
  });
}

// The record that holds the values of the unique key `columns` which `record` wants.
absl::StatusOr<std::string> HolderOf(storage::Transaction& tx, const Plan& plan,
                                     const std::vector<std::string>& columns,
                                     const Message& record) {
  std::vector<Value> values;
  std::string where;
  for (const std::string& column : columns) {
    COMITY_RETURN_IF_ERROR(ToValues(plan.ColumnOfField(column), record, &values));
    absl::StrAppend(&where, where.empty() ? "" : " AND ", "`", column, "` = ?");
  }
  COMITY_ASSIGN_OR_RETURN(
      const auto rows,
      tx.Query(absl::StrCat("SELECT id FROM `", plan.resource->collection, "` WHERE ", where),
               values));
  if (!rows->Next()) return std::string();  // gone meanwhile
  if (plan.resource->chosen_id) {
    return absl::StrCat(plan.resource->collection, "/", rows->Bytes(0));
  }
  return MakeName(plan.resource->collection, rows->Bytes(0));
}

// Says which unique key a failed statement met; other errors pass unchanged. A unique key other
// than `external` and the primary one is named like its column.
absl::Status ExplainDuplicate(storage::Transaction& tx, const Plan& plan, const Message& record,
                              const absl::Status& status) {
  if (status.ok() || Reason(status) != "DUPLICATE_KEY") return status;
  const std::string key = ErrorValue(status, "key");
  if (absl::EndsWith(key, "PRIMARY")) {
    return AlreadyExists("RESOURCE_EXISTS", NameOf(plan, record), "this name is taken");
  }
  if (absl::EndsWith(key, "external")) {
    COMITY_ASSIGN_OR_RETURN(const std::string holder,
                            HolderOf(tx, plan, {"external_source", "external_id"}, record));
    return AlreadyExists("EXTERNAL_ID_TAKEN", holder,
                         "another record came from that source with that id");
  }
  const std::string column = key.substr(key.rfind('.') + 1);
  COMITY_ASSIGN_OR_RETURN(const std::string holder, HolderOf(tx, plan, {column}, record));
  return AlreadyExists(absl::StrCat(absl::AsciiStrToUpper(column), "_TAKEN"), holder,
                       absl::StrCat("another record has this ", column));
}

// The working list's sort keys, each after a comma; money is none.
std::string SortColumns(const Resource& resource) {
  std::string list;
  for (const std::string& column : resource.list_columns) {
    absl::StrAppend(&list, ", `", column, "`");
  }
  return list;
}

}  // namespace

absl::StatusOr<RecordState> GetRecord(storage::Reader& reader, const Resource& resource,
                                      const std::string& name, Message* record) {
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  return Select(reader, plan, plan.get_sql, name, record);
}

absl::StatusOr<RecordState> LockRecord(storage::Transaction& tx, const Resource& resource,
                                       const std::string& name, Message* record) {
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  return Select(tx, plan, plan.lock_sql, name, record);
}

absl::Status InsertRecord(storage::Transaction& tx, const Call& call, const Resource& resource,
                          const Message& record) {
  const Plan& plan = PlanOf(resource, record.GetDescriptor());
  COMITY_ASSIGN_OR_RETURN(std::vector<Value> row, RowOf(plan, {kNew, record}));
  const std::string key = std::get<std::string>(row.front());
  COMITY_RETURN_IF_ERROR(
      ExplainDuplicate(tx, plan, record, tx.Insert(*plan.insert, key, std::move(row))));
  return InsertListRows(tx, call, plan, key, record);
}

absl::Status AsStored(const Resource& resource, Message* record) {
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  COMITY_ASSIGN_OR_RETURN(const std::vector<Value> row, RowOf(plan, {kNew, *record}));
  record->Clear();
  return ReadRow(plan, OneRow(row), record).status();
}

absl::Status CheckStands(const Message& record) {
  const auto* field = record.GetDescriptor()->FindFieldByName("withdraw_time");
  if (field == nullptr || !record.GetReflection()->HasField(record, field)) {
    return absl::OkStatus();
  }
  const auto* name = record.GetDescriptor()->FindFieldByName("name");
  return PreconditionFailed("RECORD_WITHDRAWN", record.GetReflection()->GetString(record, name),
                            "the workflow that made it was undone: it stands in history alone");
}

void MarkEdited(const Call& call, const Resource& resource, const RecordState& after,
                Message* record) {
  const Plan& plan = PlanOf(resource, record->GetDescriptor());
  *static_cast<google::protobuf::Timestamp*>(
      record->GetReflection()->MutableMessage(record, plan.update_time)) = FromTime(call.now);
  record->GetReflection()->SetString(record, plan.etag, EtagOf(after));
}

absl::Status UpdateRecord(storage::Transaction& tx, const Call& call, const Resource& resource,
                          const RecordAt& stored, const RecordAt& after) {
  const Message& record = after.record;
  const Plan& plan = PlanOf(resource, record.GetDescriptor());
  COMITY_ASSIGN_OR_RETURN(const std::string key, KeyOf(resource, NameOf(plan, record)));
  COMITY_ASSIGN_OR_RETURN(const bool waited, UpdateWaiting(tx, call, plan, after));
  if (waited) return absl::OkStatus();
  const int64_t version = stored.state.version;
  if (after.state.revision == stored.state.revision) {
    return tx.ExecuteOne(plan.next_version_sql, {after.state.version, key, version});
  }
  std::vector<Value> values = {after.state.version, after.state.revision,
                               MicrosOf(plan.update_time, record)};
  COMITY_RETURN_IF_ERROR(AppendColumns(plan, record, &values));
  values.emplace_back(key);
  values.emplace_back(version);
  COMITY_RETURN_IF_ERROR(
      ExplainDuplicate(tx, plan, record, tx.ExecuteOne(plan.update_sql, values)));
  COMITY_ASSIGN_OR_RETURN(const std::vector<Value> before, SortKeys(plan, stored.record));
  COMITY_ASSIGN_OR_RETURN(const std::vector<Value> sort, SortKeys(plan, record));
  return before == sort ? absl::OkStatus() : UpdateListRows(tx, call, plan, key, sort);
}

absl::Status SetListed(storage::Transaction& tx, const Resource& resource, const std::string& name,
                       const std::string& department, bool listed) {
  if (resource.list_table.empty()) return absl::OkStatus();
  COMITY_ASSIGN_OR_RETURN(const std::string key, KeyOf(resource, name));
  const int64_t value = listed ? 1 : 0;
  if (const Plan* const plan = FindPlan(resource)) {
    std::vector<Value>* const row = tx.Waiting(*plan->insert_list, ListKey(department, key));
    if (row != nullptr) {
      (*row)[kListed] = value;
      return absl::OkStatus();
    }
  }
  COMITY_ASSIGN_OR_RETURN(
      const int64_t matched,
      tx.Execute(absl::StrCat("UPDATE `", resource.list_table,
                              "` SET listed = ? WHERE department = ? AND id = ?"),
                 {value, department, key}));
  if (matched > 0) return absl::OkStatus();
  // The department had no working list yet when the record was inserted.
  const std::string sort = SortColumns(resource);
  return tx
      .Execute(
          absl::StrCat("INSERT INTO `", resource.list_table, "` (department, id, listed", sort,
                       ") SELECT ?, id, ?", sort, " FROM `", resource.collection, "` WHERE id = ?"),
          {department, value, key})
      .status();
}

}  // namespace comity::resource
