// What imports of a source said of a record last, kept with the record: so a repetition of a file
// is told from news, and what people changed since from what the file changed. Pure.
#ifndef COMITY_CLIENT_IMPORT_LAST_SAID_H_
#define COMITY_CLIENT_IMPORT_LAST_SAID_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/client/import/plan.h"
#include "services/client/import/record_paths.h"

namespace comity::client {

// A digest of each path, with the source, and of the text there: 12 characters a field, in the
// attribute kLastSaidKey.
class LastSaid {
 public:
  // Of a record, as far as `source` said it; nothing where no import of it has kept any.
  static LastSaid Of(const google::protobuf::Message& record, const std::string& source);

  // Whether anything is known of that source.
  bool knows_source() const;
  bool Knows(absl::string_view path) const;
  // Whether that is what was said of `path`.
  bool Is(absl::string_view path, absl::string_view text) const;

  // Writes into the plan's record what it says, over what this knew. Nothing is kept of records
  // without attributes, and an empty memory where more than 84 fields are said.
  // Returns whether that is another memory than the one held.
  bool Keep(RowPlan* plan) const { return Keep(plan->paths, plan->record.get()); }
  // The same of a record that says `paths`, and with it what the file said beside the record's
  // fields, by a name that no path has.
  bool Keep(const std::vector<std::string>& paths, google::protobuf::Message* record,
            const std::map<std::string, std::string>& beside = {}) const;
  // Copies what a plan's record keeps into a record that is to be written; false: nothing.
  static bool Copy(const google::protobuf::Message& from, google::protobuf::Message* to);
  // The record as people know it.
  static std::unique_ptr<google::protobuf::Message> Without(
      const google::protobuf::Message& record);

 private:
  LastSaid(std::string source, std::map<std::string, std::string> said)
      : source_(std::move(source)), said_(std::move(said)) {}
  std::string KeyOf(absl::string_view path) const;

  std::string source_;
  std::map<std::string, std::string> said_;  // digests, also those of other sources
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_LAST_SAID_H_
