// Records as tables: the columns of each collection, and all that one record says.
#ifndef COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_
#define COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "comity/type/v1/resource.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace comity::client {

// Which questions have a column: those that a record has an answer to, where room is short; or all,
// so that lists look alike whatever they hold.
enum class Questions { kAnswered, kAll };
// `records`: the list field of a response, e.g. `leads` of ListLeadsResponse. One column more for
// each question; inherited answers stand in brackets.
std::string RecordTable(const google::protobuf::Message& response, absl::string_view records,
                        int width, Questions shown = Questions::kAnswered);
// Every field that is set, one a line, then the answers through the lens.
std::string RecordDetail(const google::protobuf::Message& record, int width);
// What a record tells as a whole of its own, like `onboarding`: its fields are shown one by one.
bool IsWhole(const google::protobuf::FieldDescriptor& field);
// The columns of a collection: field paths.
const std::vector<std::string>& ColumnsOf(absl::string_view collection);

// For scripts: a line with the name of the record, or of each record of a list, which may have
// none. Nothing of what has no names.
std::optional<std::string> NameLines(const google::protobuf::Message& message);

// `lost`, `(lost)` if inherited, `won!` by a fact.
std::string ShowAnswer(const type::v1::LensAnswer& answer);
// `ana@sales`.
std::string ShowActor(const type::v1::Actor& actor);

}  // namespace comity::client

#endif  // COMITY_CLIENT_OUTPUT_RECORD_VIEW_H_
