// Values of records at a path, exactly: what a table's cell would round is kept. Pure.
#ifndef COMITY_CLIENT_IMPORT_RECORD_PATHS_H_
#define COMITY_CLIENT_IMPORT_RECORD_PATHS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "services/runtime/resource/import_memory.h"

namespace comity::client {

// The attribute in which a record keeps what an import said of it (last_said.h). It is not the
// record's own: views, exports and the text of all attributes leave it out.
inline constexpr const char* kLastSaidKey = resource::kImportMemoryKey;

// The value at `path` (`owner`, `attributes.x`, `lines.0.product`): equal texts are equal values.
// Times to the microsecond in UTC. Empty if unset.
std::string TextAt(const google::protobuf::Message& message, absl::string_view path);
// The same for telling whether two say the same: what services write otherwise (a domain in lower
// case) is no difference, and blanks around a text say nothing, as those around a cell.
std::string ComparedText(const google::protobuf::Message& message, absl::string_view path);
// Sets what `from` says at `path`, and nothing else: other entries of a map and other parts of a
// list's item stay.
void CopyPath(const google::protobuf::Message& from, absl::string_view path,
              google::protobuf::Message* to);

// What the lens's department answered itself; empty: nothing, or the record shows no answers.
std::string OwnAnswer(const google::protobuf::Message& record, const std::string& question);

bool IsSetByServices(const google::protobuf::FieldDescriptor& field);
bool IsAmount(const google::protobuf::FieldDescriptor& field);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_RECORD_PATHS_H_
