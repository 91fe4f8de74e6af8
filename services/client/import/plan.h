// What a row of a file stands for. Pure: no look-ups, no clock.
#ifndef COMITY_CLIENT_IMPORT_PLAN_H_
#define COMITY_CLIENT_IMPORT_PLAN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/judgement/v1/judgement.pb.h"
#include "google/protobuf/message.h"
#include "services/client/import/date_text.h"
#include "services/client/import/map.h"
#include "services/client/import/problem.h"
#include "services/client/import/row.h"

namespace comity::client {

// Another record that the row names.
struct Reference {
  std::string path;        // of the field that takes its name
  int fact = -1;           // index of the fact that has the field; -1: the record
  std::string collection;  // `accounts`
  std::string id;          // external id, or chosen id
  std::string text;        // as it is called
  std::string column;      // where it stands
  std::shared_ptr<google::protobuf::Message>
      made;                                  // what to create if it is not there; may be null
  std::vector<std::string> made_paths = {};  // fields of it that the row says
};

struct RowPlan {
  int64_t line = 0;
  std::string id;       // external or chosen id; of a row about a subject: its own identity
  std::string subject;  // rows about a subject: the subject's external id
  // With external_id, or name for persons. Rows about a subject: what the subject is made as; null
  // if it is not.
  std::unique_ptr<google::protobuf::Message> record;
  std::vector<std::string> paths;     // fields of the record that the row says
  std::vector<Reference> references;  // their paths are to be filled
  // How the external ids of its facts begin; empty where it is of a fact that it names.
  std::string fact_prefix;
  std::vector<fact::v1::Fact> facts;                 // with external ids, in order of the map
  std::vector<judgement::v1::Judgement> judgements;  // without subject
  std::vector<Problem> problems;                     // not empty: the row is refused
};

// What the row alone does not say.
struct RowContext {
  // Cells of the row before it about the same subject, by column; null: there is none.
  const std::map<std::string, std::string>* before = nullptr;
  int64_t occurrence = 1;  // how often the file has shown this very row, with it
};

// Knows where the columns stand.
class Planner {
 public:
  // INVALID_ARGUMENT reason MAP_COLUMN_MISSING naming the columns that the file does not have.
  static absl::StatusOr<Planner> Make(const ImportMap* map, const std::vector<std::string>& header);
  RowPlan Plan(const Row& row, const RowContext& context = {}) const;
  // Columns of the file that the map neither reads nor ignores.
  const std::vector<std::string>& unread_columns() const { return unread_; }
  // In which order the dates of a column stand; year first where nothing was said.
  void SetOrders(std::map<std::string, DateOrder> orders) { orders_ = std::move(orders); }

  // The stripped cell of a column in a row that is whole; empty where the map calls it blank.
  std::string TextOf(const Row& row, const std::string& column) const;
  // What tells the row from others, without its occurrence; empty if it has none.
  std::string KeyOf(const Row& row) const;
  // The hash of what the map reads of the row: where rows may repeat, those of one identity are
  // equal.
  uint64_t HashOfRead(const Row& row) const;
  size_t width() const { return width_; }

 private:
  friend class RowPlanner;
  Planner(const ImportMap* map, std::map<std::string, size_t> columns, size_t width)
      : map_(map), columns_(std::move(columns)), width_(width) {}
  void CollectKnown();

  const ImportMap* map_;
  std::map<std::string, size_t> columns_;
  size_t width_;
  std::vector<size_t> read_;  // places of columns that the map reads
  std::vector<std::string> unread_;
  Conditions known_;  // cells of the columns in conditions that the map names
  std::map<std::string, DateOrder> orders_;
};

// `moses-frase` for `Moses Frase`: lower-case letters, digits and `-`, at most 63; letters of Latin
// alphabets lose their marks. Empty where nothing is left.
std::string Slug(absl::string_view text);
// Letters of Western and Central European alphabets without their marks: `Verkaeufer`, `strasse`.
std::string WithoutMarks(absl::string_view text);
// Of a row's id what stands in the external ids of its facts and in the marks of its judgements.
std::string RowKey(const std::string& id);
// An id of at most `most` bytes: what is longer ends in a digest of it.
std::string ShortId(const std::string& id, size_t most);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_PLAN_H_
