// Why a row, or a part of it, is not taken, and what it changes.
#ifndef COMITY_CLIENT_IMPORT_PROBLEM_H_
#define COMITY_CLIENT_IMPORT_PROBLEM_H_

#include <cstdint>
#include <string>

namespace comity::client {

struct Problem {
  int64_t line = 0;
  std::string column;
  std::string value;
  std::string reason;   // UPPER_SNAKE
  std::string message;  // how to mend
  // `line 7, close_date `x`: DATE_INVALID: …`.
  std::string ToText() const;
};

// What a row changes on a record that is there.
struct RecordChange {
  int64_t line = 0;
  std::string record;  // as the file calls it
  std::string field;   // a path; the kind of a fact; a question
  std::string before;
  std::string after;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_PROBLEM_H_
