// Answers through a lens, fast: charter::AnswerThrough over packed standings. What was judged is
// packed as it was said; the words of one revision of the charter are compiled once per report, so
// that the same record can be read by any of them. answers_test.cc holds the two equal.
#ifndef COMITY_REPORTING_ANSWERS_H_
#define COMITY_REPORTING_ANSWERS_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "services/reporting/effects.h"
#include "services/runtime/charter/charter.h"
#include "services/runtime/charter/settlement.h"

namespace comity::reporting {

// Kinds of fact that may decide an answer, and the place of their time in a row.
enum FactPlace { kCreated, kEngaged, kSigned, kDeclined, kFactPlaces };
using FactTimes = std::array<int64_t, kFactPlaces>;  // kNever: does not stand

// One department's standing answer to one question about one opportunity.
struct Standing {
  int64_t time = kNever;  // since when the department holds so
  uint16_t answer = 0;    // its number on the ballot; 0: none
};

// Who has judged opportunities, and how: a slot for each department in each question, and the
// answers that were given. No charter is known here: what was judged stays what it was.
class Ballot {
 public:
  // The slot of a department in a question; -1 where it has never judged.
  int SlotOf(absl::string_view question, absl::string_view department) const;
  int slots() const { return slots_; }
  // SlotOf() is -1: the next slot.
  int AddSlot(absl::string_view question, absl::string_view department);
  // The number of an answer, from 1; one that was not given before is added. 0 for the empty one.
  uint16_t NumberOf(absl::string_view question, absl::string_view answer);
  // The answers that were given to a question, by their numbers; the first one is empty.
  const std::vector<std::string>& AnswersTo(absl::string_view question) const;

 private:
  struct Entry {
    std::string question;
    std::vector<std::string> answers = {""};
    std::vector<std::pair<std::string, int>> slots;  // by department
  };
  const Entry* Find(absl::string_view question) const;
  Entry& FindOrAdd(absl::string_view question);

  std::vector<Entry> entries_;
  int slots_ = 0;
};

// The answers of a question in the order of the charter that it is of, from 1; 0 is no answer, and
// what an answer of another revision is in this one. `question` may be null: it has no answers.
uint16_t PlaceOfAnswer(const type::v1::Question* question, absl::string_view answer);
const std::string& AnswerAt(const type::v1::Question* question, uint16_t place);

// An answer and since when it holds: the time of the fact, or of the one judgement that is the
// answer. Where voices gather weight (majority, unanimity), the latest time of the judgements that
// hold the answer now: from then on nobody joined it.
struct LensView {
  uint16_t answer = 0;  // its place in the question
  int64_t time = kNever;
};

// A revision's rule for one question and one lens, compiled for the standings of a ballot.
class LensRule {
 public:
  // `question` may be null: then there is no answer.
  LensRule(const Ballot& ballot, const type::v1::Question* question, absl::string_view lens);
  // `standing`: the opportunity's slots.
  LensView Answer(const FactTimes& facts, const Standing* standing) const;

 private:
  // A voice that gathers weight.
  struct Voice {
    int slot = 0;
    int64_t weight = 1;
  };
  // What an answer of the ballot is in the question.
  struct Meaning {
    uint16_t answer = 0;  // 0: no answer of this revision
    int need = -1;        // the FactPlace without which it does not hold; -1: none
  };
  LensView Through(int slot, const FactTimes& facts, const Standing* standing) const;
  LensView Gathered(const FactTimes& facts, const Standing* standing) const;
  std::vector<std::pair<FactPlace, uint16_t>> decided_;  // by fact, in the charter's order
  std::vector<Meaning> meanings_;                        // by the ballot's numbers
  std::vector<int> asked_;     // slots in this order: the lens's own, then whom the rule asks
  std::vector<Voice> voices_;  // none where those asked decide
  int64_t needed_ = 0;         // the weight that an answer needs, more than half
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_ANSWERS_H_
