// Where a map reads dates whose format it does not say. Pure.
#ifndef COMITY_CLIENT_IMPORT_DATE_SOURCE_H_
#define COMITY_CLIENT_IMPORT_DATE_SOURCE_H_

#include <string>
#include <vector>

#include "services/client/import/column_dates.h"
#include "services/client/import/map.h"

namespace comity::client {

// A column, or what is made of several or of a part of one: all its dates are read alike.
struct DateSource {
  std::string name;   // as DateNameOf has it
  ValueSpec value;    // how the cells make a text
  std::string each;   // column of which each part makes one; empty: the row makes one
  std::string split;  // between them
};

struct DateColumns {
  // A source of the same name may stand here several times.
  std::vector<DateSource> sources;
  std::vector<std::string> names;  // of those that are dates of a field
  // By `not_before`, and as nothing happens to a record before it begins.
  std::vector<NotBefore> rules;
};
DateColumns DateColumnsOf(const ImportMap& map);

// `close_date`, `day + time`, `period, part 2`.
std::string DateNameOf(const ValueSpec& spec);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_DATE_SOURCE_H_
