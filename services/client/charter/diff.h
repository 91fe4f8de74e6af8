// What one charter says otherwise than another, by section. Pure.
#ifndef COMITY_CLIENT_CHARTER_DIFF_H_
#define COMITY_CLIENT_CHARTER_DIFF_H_

#include <string>
#include <vector>

#include "comity/type/v1/charter.pb.h"

namespace comity::client {

struct Change {
  std::string section;  // `questions`
  std::string element;  // `questions/lead-quality`; empty where a section is no list of elements
  std::string field;    // `answers.nurture.criteria`; empty: the whole element
  std::string before;   // as YAML; empty: it was not there
  std::string after;    // empty: it is to be there no more
  bool operator==(const Change& other) const = default;
};

// In the order of the sections. Elements are told apart by their names, whatever their places;
// revision and signatures are no words of a charter.
std::vector<Change> Differences(const type::v1::Charter& before, const type::v1::Charter& after);

// As people read it: what was, what is to be. Empty where nothing differs.
std::string ShowDifferences(const std::vector<Change>& changes);
// A list of objects with the fields of Change.
std::string DifferencesJson(const std::vector<Change>& changes);

}  // namespace comity::client

#endif  // COMITY_CLIENT_CHARTER_DIFF_H_
