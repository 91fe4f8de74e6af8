// What a row of a file stands for. Pure: no look-ups, no clock.
#ifndef COMITY_CLIENT_IMPORT_PLAN_H_
#define COMITY_CLIENT_IMPORT_PLAN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "google/protobuf/message.h"
#include "services/client/import/csv_reader.h"
#include "services/client/import/map.h"

namespace comity::client {

// Why a row, or a part of it, is not taken.
struct Problem {
  int64_t line = 0;
  std::string column;
  std::string value;
  std::string reason;   // UPPER_SNAKE
  std::string message;  // how to mend
  // `line 7, close_date `x`: DATE_INVALID: …`.
  std::string ToText() const;
};

// Another record that the row names.
struct Reference {
  std::string path;        // of the record's field that takes its name
  std::string collection;  // `accounts`
  std::string id;          // external id, or chosen id
  std::string column;      // where it stands
  std::shared_ptr<google::protobuf::Message>
      made;  // what to create if it is not there; may be null
};

struct RowPlan {
  int64_t line = 0;
  std::string id;                                     // external or chosen id
  std::unique_ptr<google::protobuf::Message> record;  // with external_id, or name for persons
  std::vector<std::string> paths;                     // fields of the record that the row says
  std::vector<Reference> references;                  // their paths are to be filled
  std::vector<fact::v1::Fact> facts;                  // with external ids, in order of the map
  std::vector<judgement::v1::Judgement> judgements;   // without subject
  std::vector<Problem> problems;                      // not empty: the row is refused
};

// Knows where the columns stand.
class Planner {
 public:
  // INVALID_ARGUMENT reason MAP_COLUMN_MISSING naming the columns that the file does not have.
  static absl::StatusOr<Planner> Make(const ImportMap* map, const std::vector<std::string>& header);
  RowPlan Plan(const Row& row) const;
  // Columns of the file that the map neither reads nor ignores.
  const std::vector<std::string>& unread_columns() const { return unread_; }

 private:
  Planner(const ImportMap* map, std::map<std::string, size_t> columns, size_t width)
      : map_(map), columns_(std::move(columns)), width_(width) {}

  const ImportMap* map_;
  std::map<std::string, size_t> columns_;
  size_t width_;
  std::vector<std::string> unread_;
};

// `moses-frase` for `Moses Frase`: lower-case letters, digits and `-`, at most 63; letters of Latin
// alphabets lose their marks. Empty where nothing is left.
std::string Slug(absl::string_view text);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_PLAN_H_
