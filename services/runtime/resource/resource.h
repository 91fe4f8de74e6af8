// A kind of record as data: its table, columns, filters, orders. From it follow the standard
// methods (standard_methods.h) and all their SQL. The proto message is the record in every room.
#ifndef COMITY_RUNTIME_RESOURCE_RESOURCE_H_
#define COMITY_RUNTIME_RESOURCE_RESOURCE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"

namespace comity::resource {

// How a field stands in SQL.
enum class ColumnType {
  kText,       // string ↔ VARCHAR; empty ↔ ''
  kInt,        // int32, int64, enum, bool ↔ BIGINT/INT
  kTimestamp,  // google.protobuf.Timestamp ↔ BIGINT microseconds since the epoch; unset ↔ NULL
  kDate,       // google.type.Date ↔ INT yyyymmdd (incomplete dates are refused); unset ↔ NULL
  kMoney,  // google.type.Money ↔ BIGINT minor units in `column`, CHAR(3) in `column`_currency;
           // unset ↔ NULL. Minor units by the currency (JPY 0, EUR 2, KWD 3); finer is refused
  kReference,  // resource name with a UUID ↔ BINARY(16) where the collection is fixed; empty ↔ NULL
  kName,     // resource name ↔ VARCHAR(80) (persons/…, departments/…, or several collections)
  kMessage,  // message or repeated message ↔ BLOB of a serialised wrapper
  kAttributes,  // map<string,string> ↔ BLOB (JSON text)
};

struct Column {
  std::string column;  // e.g. `owner`
  std::string field;   // proto path, e.g. `owner` or `external_id.source`
  ColumnType type = ColumnType::kText;
  std::string collection;  // kReference: of the name, e.g. `accounts`
};

// A field that lists may filter by equality, with the index that serves it.
struct Filter {
  std::string field;  // as in the API, e.g. `owner`
  std::string column;
  std::string index;       // on the table: (column, id)
  std::string view_index;  // on the working list: (department, listed, column, id)
  bool few = false;        // so few records have one value that they may be sorted as they are read
  // The indexes serve this filter together with one by this field: (column, its column, id), and
  // (department, listed, column, its column, id). Stands before the filter by `field` alone.
  std::string also = "";
};

// An order of lists. Ties are broken by id in the same direction.
struct Order {
  std::string field;   // e.g. `expected_close_date`; `create_time` is the id's own order
  std::string column;  // empty: the id
  std::string index;
  std::string view_index;
  // Filters that have an index together with this order: (filter, column, id), and on the working
  // list (department, listed, filter, column, id). Those which are neither here nor `few` are
  // refused together with it.
  std::vector<Filter> with = {};
};

// Lives as long as the process: what follows from it is made once, for its address.
struct Resource {
  std::string collection;  // `leads`; also the SQL table
  std::string singular;    // `lead`: the field of Create and Update requests
  bool chosen_id = false;  // the caller names it (persons/ana); the key column is then VARCHAR(63)
  std::vector<Column> columns;  // beside id, version, revision, create_time, update_time
  std::vector<Filter> filters;
  std::vector<Order> orders;  // the first is the default
  // Working-list table with a row per department and subject, e.g. `lead_lists`; empty: not judged.
  // It carries (department, id, listed) and the columns named in `list_columns`.
  std::string list_table;
  std::vector<std::string> list_columns;
  // The Timestamp field that says when it came into being in the world, e.g. `open_time`: the time
  // of its entry `created`. Empty, or unset: when it was recorded.
  std::string occur_field;
  // Checks and completes a new record, or a changed one (before ≠ null). Pure.
  std::function<absl::Status(const google::protobuf::Message* before,
                             google::protobuf::Message* record)>
      check;
};

// A rule on records of type R as a resource's check.
template <typename R>
std::function<absl::Status(const google::protobuf::Message*, google::protobuf::Message*)> CheckOf(
    absl::Status (*rule)(const R* before, R* record)) {
  return [rule](const google::protobuf::Message* before, google::protobuf::Message* record) {
    return rule(static_cast<const R*>(before), static_cast<R*>(record));
  };
}

// Every table of a resource has: id BINARY(16) (or VARCHAR(63)) PRIMARY KEY, version BIGINT
// (entries about it in the journal), revision BIGINT (edits of the record: the etag), create_time
// BIGINT, update_time BIGINT, and, where the message has external_id: external_source VARCHAR(64)
// NULL, external_id VARCHAR(191) NULL with UNIQUE KEY external (external_id, external_source).
// Another unique key is named like its column: a duplicate is then ALREADY_EXISTS {COLUMN}_TAKEN.

}  // namespace comity::resource

#endif  // COMITY_RUNTIME_RESOURCE_RESOURCE_H_
