// What follows from a Resource and its message type, made once: bound columns and SQL texts.
#ifndef COMITY_RUNTIME_RESOURCE_PLAN_H_
#define COMITY_RUNTIME_RESOURCE_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/record_store.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/multi_row.h"

namespace comity::resource {

struct Plan {
  const Resource* resource = nullptr;
  const google::protobuf::Descriptor* descriptor = nullptr;
  const google::protobuf::FieldDescriptor* name = nullptr;
  const google::protobuf::FieldDescriptor* etag = nullptr;
  const google::protobuf::FieldDescriptor* create_time = nullptr;
  const google::protobuf::FieldDescriptor* update_time = nullptr;
  const google::protobuf::FieldDescriptor* lens_answers = nullptr;   // null: not judged
  const google::protobuf::FieldDescriptor* open_disputes = nullptr;  // null: not disputed
  bool withdrawable = false;  // it has `withdraw_time`, see runtime/workflow
  bool has_external_id = false;
  std::vector<BoundColumn> columns;              // with those of external_id
  std::vector<const BoundColumn*> list_columns;  // those that the working list carries
  std::string select_columns;                    // `t`.`id`, …: what ReadRow takes
  int selected = 0;                              // how many these are
  std::string get_sql, lock_sql, update_sql, next_version_sql;
  std::optional<storage::MultiRow> insert;
  // The record beside each of its standing answers (question, department, answer, version, time)
  // and the disputes that are open about it: one round trip.
  std::string get_judged_sql;
  // Of the working list: department, id, listed, and the columns that it carries.
  std::optional<storage::MultiRow> insert_list;
  std::vector<std::string> update_list_sql;  // index n serves n + 1 departments

  // The column of that field or SQL name; a missing one is a defect.
  const BoundColumn& ColumnOfField(const std::string& field) const;
};

// Departments that one statement on the working list serves.
inline constexpr size_t kListChunk = 8;

// The plan of `resource`, which must live as long as the process, for records of `descriptor`.
const Plan& PlanOf(const Resource& resource, const google::protobuf::Descriptor* descriptor);
// That plan; null: PlanOf was not asked for it yet.
const Plan* FindPlan(const Resource& resource);

// Fills `record` from a row of `select_columns`.
absl::StatusOr<RecordState> ReadRow(const Plan& plan, const storage::Rows& row,
                                    google::protobuf::Message* record);

// The key of a name: 16 bytes, or the chosen id. INVALID_ARGUMENT INVALID_NAME.
absl::StatusOr<std::string> KeyOf(const Resource& resource, absl::string_view name);
std::string EtagOf(const RecordState& state);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_PLAN_H_
