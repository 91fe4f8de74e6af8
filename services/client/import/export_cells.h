// Cells of an export: exact, and as an import reads them. Pure.
#ifndef COMITY_CLIENT_IMPORT_EXPORT_CELLS_H_
#define COMITY_CLIENT_IMPORT_EXPORT_CELLS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"

namespace comity::client {

// How an export is written.
struct ExportOptions {
  std::string lens;    // whose answers and judgements; `departments/sales`
  std::string filter;  // of records; empty: all
  bool json_lines = false;
  // The map's `source`, where the file is to make records of its own, here or in another suite:
  // names that services gave are then ids of that source. Empty: the file comes back to the records
  // that it shows.
  std::string as_source;
};

// The value of `column` (a path, or a question: of those, the lens's own answer alone). With
// `as_source`, the ids of the record and of those that it refers to stand without their collection.
std::string ExportCell(const google::protobuf::Message& record, const std::string& column,
                       bool as_source = false);
// How a map reads that column as `field`.
std::string MapValue(const google::protobuf::FieldDescriptor& field, const std::string& column,
                     bool as_source);

// A line without its end. An object has every key: a map's column that a file never has is taken
// for a mistake.
std::string ExportLine(const std::vector<std::string>& columns,
                       const std::vector<std::string>& cells, bool json_lines);
// The line that names the columns; of CSV alone.
std::string ExportHeader(const std::vector<std::string>& columns);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_EXPORT_CELLS_H_
