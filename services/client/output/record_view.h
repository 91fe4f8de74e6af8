// Records as tables: the columns of each collection, and all that one record says.
#ifndef COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_
#define COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "comity/type/v1/resource.pb.h"
#include "google/protobuf/message.h"

namespace comity::client {

// `records`: the list field of a response, e.g. `leads` of ListLeadsResponse. One column more for
// each question that a record carries an answer to; inherited answers stand in brackets.
std::string RecordTable(const google::protobuf::Message& response, absl::string_view records,
                        int width);
// Every field that is set, one a line, then the answers through the lens.
std::string RecordDetail(const google::protobuf::Message& record, int width);
// The columns of a collection: field paths.
const std::vector<std::string>& ColumnsOf(absl::string_view collection);

// `lost`, `(lost)` if inherited, `won!` by a fact.
std::string ShowAnswer(const type::v1::LensAnswer& answer);
// `ana@sales`.
std::string ShowActor(const type::v1::Actor& actor);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_
