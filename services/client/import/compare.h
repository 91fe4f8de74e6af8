// What a planned row says beyond what is held, and against it. Pure.
#ifndef COMITY_CLIENT_IMPORT_COMPARE_H_
#define COMITY_CLIENT_IMPORT_COMPARE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/client/import/held.h"
#include "services/client/import/plan.h"

namespace comity::client {

// A value that the row changes.
struct ChangedValue {
  std::string path;
  std::string said;
  std::string held;
};

struct Difference {
  std::vector<ChangedValue> changes;                 // of fields that an update may set
  std::vector<fact::v1::Fact> facts;                 // that are not held
  std::vector<judgement::v1::Judgement> judgements;  // that the department does not hold
  std::vector<Problem> contradictions;               // what the row alone may not change
  std::vector<Problem> kept;  // what stays as it is: reasons KEPT, JUDGEMENT_STANDS
  // The record says all of it, and is to remember that the file said so: no change for people.
  bool remembers = false;
  bool empty() const { return changes.empty() && facts.empty() && judgements.empty(); }
};

// Of a question that the map answers, what the charter says.
struct AskedQuestion {
  std::set<std::string> leaving;          // answers that take a subject out of the working list
  std::set<fact::v1::FactKind> deciding;  // facts that decide it, whatever was judged
};

// How a row is compared.
struct Comparison {
  std::string source;     // of the file: judgements that its imports made are its own
  bool overrule = false;  // what contradicts is corrected, where facts and judgements can be
  // What rows of the map may say: where one does not, while an earlier import of it did, it says so
  // no longer.
  std::set<fact::v1::FactKind> kinds = {};
  std::map<std::string, AskedQuestion> questions = {};
};

// The mark that a judgement of an import of `source` carries in its evidence, by the row that says
// it. Those of earlier releases end with the source.
std::string ImportMark(const std::string& source, const std::string& row_id);

// A row of an export that names a fact or judgement which its subject, as it is held, does not
// have.
std::optional<Problem> UnknownName(const RowPlan& plan, const Held& held);

// What the row changes on a record that is there: fields, of rows that are records also facts and
// judgements that come to it, and what is corrected.
std::vector<RecordChange> ChangesOf(const RowPlan& plan, const Held& held,
                                    const Difference& difference);

// Whether the record itself shows every fact of the plan as it is, and of `kinds` no other: the
// facts need not be read.
bool ShowsFacts(const RowPlan& plan, const google::protobuf::Message& record,
                const std::set<fact::v1::FactKind>& kinds = {});

// An empty cell leaves what is there. Reasons of contradictions: CONTRADICTS_RECORD (a field that
// no update sets, a fact told otherwise), EDITED_SINCE (a field that was changed both in the file
// and by somebody since the last import), FACT_VOIDED, JUDGED_SINCE (the department judged
// otherwise, by hand or later), NO_LONGER_SAID (a fact that an earlier import recorded from the
// row, or its judgement that takes the record out of the working list; other judgements are but
// noted, JUDGEMENT_STANDS).
Difference Compare(const RowPlan& plan, const Held& held, const Comparison& comparison);

}  // namespace comity::client

#endif  // COMITY_CLIENT_IMPORT_COMPARE_H_
