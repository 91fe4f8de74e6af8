// The charter in memory: look-ups and the pure rules that follow from it.
#ifndef COMITY_RUNTIME_CHARTER_CHARTER_H_
#define COMITY_RUNTIME_CHARTER_CHARTER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "comity/type/v1/charter.pb.h"
#include "services/runtime/charter/settlement.h"

namespace comity::charter {

// In a row of the access table: every department, or everything of its kind.
inline constexpr absl::string_view kEvery = "*";

class Charter {
 public:
  // Checks the document (unique names, how questions are settled, known departments, no right to
  // read a journal without that to read its records …). Errors: INVALID_ARGUMENT reason
  // CHARTER_INVALID naming the place.
  static absl::StatusOr<Charter> Make(type::v1::Charter document);
  // Reads YAML (field names of the proto, as in config/charter.yaml).
  static absl::StatusOr<Charter> FromYamlFile(const std::string& path);

  const type::v1::Charter& document() const { return document_; }
  int revision() const { return document_.revision(); }
  bool provisional() const { return document_.provisional(); }

  const type::v1::Question* FindQuestion(absl::string_view name) const;  // null if unknown
  static const type::v1::Answer* FindAnswer(const type::v1::Question& question,
                                            absl::string_view id);
  // Questions about a collection, in the charter's order.
  std::vector<const type::v1::Question*> QuestionsAbout(absl::string_view collection) const;
  bool HasVoice(const type::v1::Question& question, absl::string_view department) const;
  // `calendars/office`; null if unknown. Lives as long as this or a copy of it.
  const calendar::Calendar* FindCalendar(absl::string_view name) const;

  bool MayRead(absl::string_view department, absl::string_view collection) const;
  bool MayUpdate(absl::string_view department, absl::string_view collection) const;
  // `kind` as in the access table, e.g. `amount-changed`.
  bool MayRecord(absl::string_view department, absl::string_view collection,
                 absl::string_view kind) const;
  // Whether it may record any kind of fact there.
  bool MayRecordAny(absl::string_view department, absl::string_view collection) const;
  bool MayReadJournal(absl::string_view department, absl::string_view collection) const;

  // Departments whose own judgement can take a subject of `collection` out of their working list:
  // the only ones for which working-list rows are kept; for all others the list is the whole
  // collection.
  std::vector<std::string> DepartmentsWithWorkingList(absl::string_view collection) const;

  // `departments/{id}` of the charter, or `settled`. INVALID_ARGUMENT reason UNKNOWN_LENS.
  absl::Status CheckLens(absl::string_view lens) const;

 private:
  explicit Charter(type::v1::Charter document) : document_(std::move(document)) {}
  type::v1::Charter document_;
  std::shared_ptr<const std::vector<calendar::Calendar>> calendars_;
};

// Whether the subject is on `department`'s working list: unless one of its own standing judgements
// (not overridden by a fact) has an answer that leaves it. Pure.
// `own`: the department's own answer per question name.
bool OnWorkingList(const Charter& charter, absl::string_view collection,
                   absl::string_view department,
                   const std::vector<std::pair<std::string, std::string>>& own,
                   const StandingFacts& facts);

}  // namespace comity::charter

#endif  // COMITY_RUNTIME_CHARTER_CHARTER_H_
