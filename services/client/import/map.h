// The map of an import: which column becomes which field, fact or judgement. See
// services/client/maps/README.md.
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

// Where a value comes from and how it is read.
struct ValueSpec {
  std::string column;                         // of the file; empty: `constant`
  std::string constant;                       // the same for every row
  std::map<std::string, std::string> values;  // what a cell stands for; others stay
  std::string format;     // of dates and times, e.g. `%m/%d/%Y`; empty: 2026-03-01 or RFC 3339
  std::string currency;   // of amounts, e.g. `USD`
  bool required = false;  // a blank cell refuses the row
  std::string find;       // collection in which the cell is an external id of `source`
  std::string name;       // collection of chosen ids: `Moses Frase` becomes persons/moses-frase
  // What is made when it is not there (with `find` or `name`): field → value. The cell itself
  // becomes display_name.
  bool make = false;
  std::map<std::string, ValueSpec> make_fields;
};

// Column → cells for which something holds.
using Conditions = std::map<std::string, std::set<std::string>>;

struct FactSpec {
  fact::v1::FactKind kind = fact::v1::FACT_KIND_UNSPECIFIED;
  Conditions when;
  std::map<std::string, ValueSpec> fields;  // of Fact, e.g. occur_time, amount
};

struct JudgementSpec {
  std::string question;  // `questions/opportunity-stage`
  std::string answer;    // the answer's id
  Conditions when;
  std::map<std::string, ValueSpec> fields;  // of Judgement, e.g. occur_time, reason
};

struct ImportMap {
  Collection collection;
  std::string source;            // the system the file comes from
  std::string identity;          // column of the record's identity there
  std::string department;        // for whom judgements are made and memberships given; empty: any
  std::set<std::string> blanks;  // cells that say nothing; the empty one always
  absl::TimeZone zone;           // of dates and times without one
  std::map<std::string, ValueSpec> fields;
  std::vector<FactSpec> facts;
  std::vector<JudgementSpec> judgements;
  std::vector<type::v1::Role> roles;  // persons: what they are in `department`
  std::set<std::string> ignored;      // columns that are left out on purpose

  // Every column that the map reads.
  std::set<std::string> Columns() const;
};

// Errors: INVALID_ARGUMENT reason MAP_INVALID, the field names path and line.
absl::StatusOr<ImportMap> ReadMap(const std::string& path);
absl::StatusOr<ImportMap> ParseMap(const std::string& yaml, const std::string& path);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_MAP_H_
