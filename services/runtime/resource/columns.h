// One column of a record: between its SQL values and the field of the message.
#ifndef COMITY_RUNTIME_RESOURCE_COLUMNS_H_
#define COMITY_RUNTIME_RESOURCE_COLUMNS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/runtime/resource/resource.h"
#include "services/runtime/storage/session.h"

namespace comity::resource {

// A declared column and the fields its path leads through.
struct BoundColumn {
  Column column;
  std::vector<const google::protobuf::FieldDescriptor*> path;
  std::string api_path;        // as errors name it, e.g. `lead.owner`
  bool null_if_empty = false;  // text where '' must not take part in a unique key
};

// A column list that does not fit its message is a defect: it ends the process.
BoundColumn Bind(const Column& column, const std::string& singular,
                 const google::protobuf::Descriptor* descriptor);
// The SQL columns it stands in: two for money.
std::vector<std::string> SqlNames(const BoundColumn& column);

// Appends the SQL values of the field. INVALID_ARGUMENT with the field's path: INVALID_NAME,
// DATE_INVALID, TIMESTAMP_INVALID, and the reasons of money.h.
absl::Status ToValues(const BoundColumn& column, const google::protobuf::Message& record,
                      std::vector<storage::Value>* values);
// The value of the column (not money, message or attributes) that `text` in a filter stands for.
absl::StatusOr<storage::Value> ToFilterValue(const BoundColumn& column, const std::string& text);
// Fills the field from the row's columns from `*index` on, and moves `*index` behind them. INTERNAL
// when the stored bytes do not parse.
absl::Status FromRow(const BoundColumn& column, const storage::Rows& row, int* index,
                     google::protobuf::Message* record);

// Microseconds since the epoch; what is finer is cut off.
int64_t ToMicros(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp FromMicros(int64_t micros);
absl::Time ToTime(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp FromTime(absl::Time time);

// Ends the process: a declaration in the code is wrong.
[[noreturn]] void Defect(absl::string_view what);

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_COLUMNS_H_
