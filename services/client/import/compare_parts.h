// What the two halves of a comparison share: compare.cc has the record and its facts,
// compare_judgements.cc its judgements.
#ifndef COMITY_CLIENT_IMPORT_COMPARE_PARTS_H_
#define COMITY_CLIENT_IMPORT_COMPARE_PARTS_H_

#include <algorithm>
#include <string>
#include <vector>

#include "services/client/import/compare.h"

namespace comity::client {

// What the row says of `path` against what is held, and may not change: CONTRADICTS_RECORD.
Problem Contradiction(const RowPlan& plan, const std::string& path, const std::string& said,
                      const std::string& held);

// A fact or judgement; null if there is none.
template <typename Part>
const Part* FindByName(const std::vector<Part>& parts, const std::string& name) {
  const auto found = std::find_if(parts.begin(), parts.end(),
                                  [&](const Part& part) { return part.name() == name; });
  return found == parts.end() ? nullptr : &*found;
}

// A judgement of the row against those of the department. Adds to `difference`.
void CompareJudgement(const RowPlan& plan, const judgement::v1::Judgement& judgement,
                      const Held& held, const Comparison& comparison, Difference* difference);

// A judgement of an earlier import of the row, on which it says nothing any more.
void CompareUnsaidJudgement(const RowPlan& plan, const std::string& question,
                            const AskedQuestion& asked, const Held& held,
                            const Comparison& comparison, Difference* difference);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_COMPARE_PARTS_H_
