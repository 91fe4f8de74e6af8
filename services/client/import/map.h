// The map of an import: which column becomes which field, fact or judgement. See
// services/client/maps/README.md and map.schema.json beside it.
#ifndef COMITY_CLIENT_IMPORT_MAP_H_
#define COMITY_CLIENT_IMPORT_MAP_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/type/v1/policy.pb.h"
#include "services/client/api/schema.h"

namespace comity::client {

// What becomes of a cell that `values` does not name.
enum class OtherValues { kKeep, kRefuse, kBlank };

inline constexpr char kCurrencyInCell[] = "*";

// Where a value comes from and how it is read.
struct ValueSpec {
  std::vector<std::string> columns;  // of the file; several are joined; none: `constant`
  std::string join = " ";            // between several
  std::string constant;              // the same for every row
  std::string split;                 // at which a cell falls into parts; empty: it does not
  int part = 1;                      // which of them, from 1; -1 is the last
  std::map<std::string, std::string> values;  // what a cell stands for
  OtherValues others = OtherValues::kKeep;
  std::set<std::string> blanks;  // cells that say nothing here, beside the map's
  std::vector<std::string>
      formats;             // of dates and times, e.g. `%m/%d/%Y`; none: told from the file
  std::string not_before;  // the column of an earlier time
  std::string currency;    // of amounts, e.g. `USD`; kCurrencyInCell: behind each
  bool required = false;   // a blank cell refuses the row
  std::string find;        // collection in which the cell is an external id of `source`
  std::string name;        // collection of chosen ids: `Moses Frase` becomes persons/moses-frase
  std::string prefix;      // of chosen ids: persons/helpdesk-value-2
  // What is made when it is not there (with `find` or `name`): field → value. The cell itself
  // becomes display_name.
  bool make = false;
  std::map<std::string, ValueSpec> make_fields;

  bool refers() const { return !find.empty() || !name.empty(); }
  const std::string& collection() const { return find.empty() ? name : find; }
};

using Fields = std::map<std::string, ValueSpec>;

// Column → cells for which something holds; kAnyCell stands for every one that is not blank.
using Conditions = std::map<std::string, std::set<std::string>>;
inline constexpr char kAnyCell[] = "*";

// When a fact or judgement holds: all of these.
struct WhenSpec {
  Conditions when;                // of the row
  Conditions unless;              // of the row: none of these
  Conditions before;              // of the row before it that is about the same subject
  std::set<std::string> changed;  // columns of which one is other than in the row before
  bool otherwise = false;         // nothing above it held
};

struct FactSpec {
  fact::v1::FactKind kind = fact::v1::FACT_KIND_UNSPECIFIED;
  WhenSpec when;
  std::string each;   // column that holds several, one fact each; empty: one fact
  std::string split;  // between them
  Fields fields;      // of Fact, e.g. occur_time, amount
};

struct JudgementSpec {
  std::string question;  // `questions/opportunity-stage`
  ValueSpec answer;      // the answer's id
  WhenSpec when;
  Fields fields;  // of Judgement, e.g. occur_time, reason
};

// How a row is told from all others of its source.
struct IdentitySpec {
  std::vector<std::string> columns;  // unique together
  bool repeats = false;              // the same row again is another one: they are numbered
};

// Rows that are about a record rather than being one.
struct SubjectSpec {
  std::string column;  // its external id; empty: the row's own identity
  Collection collection;
  bool make = false;  // from the first row about it
  Fields make_fields;
};

struct ImportMap {
  // `accounts` …, or what rows are about a subject: `case-events`, `touches`, `activities`,
  // `judgements`.
  std::string kind;
  Collection collection;  // of the records; of subjects: theirs
  bool about_subjects = false;
  SubjectSpec subject;
  std::string source;  // the system the file comes from
  IdentitySpec identity;
  std::string department;        // for whom judgements are made and memberships given; empty: any
  std::set<std::string> blanks;  // cells that say nothing; the empty one always
  absl::TimeZone zone;           // of dates and times without one
  char delimiter = 0;            // 0: told from the file
  char decimal = 0;              // of numbers: `,` or `.`, digits grouped or not; 0: never grouped
  Fields fields;
  std::vector<FactSpec> facts;
  std::vector<JudgementSpec> judgements;
  std::vector<type::v1::Role> roles;  // persons: what they are in `department`
  std::set<std::string> ignored;      // columns that are left out on purpose
  Conditions known;                   // cells of columns in conditions that decide nothing

  // Every column that the map reads.
  std::set<std::string> Columns() const;
  // Columns of which the writer of an event needs the row before.
  std::set<std::string> ColumnsBefore() const;
};

// Errors: INVALID_ARGUMENT reason MAP_INVALID, the field names path and line.
absl::StatusOr<ImportMap> ReadMap(const std::string& path);
absl::StatusOr<ImportMap> ParseMap(const std::string& yaml, const std::string& path);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_MAP_H_
