// Answers through a lens, fast: charter::AnswerThrough over packed standings. The charter's rule is
// compiled once per report; answers_test.cc holds the two equal.
#ifndef COMITY_REPORTING_ANSWERS_H_
#define COMITY_REPORTING_ANSWERS_H_

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "services/reporting/effects.h"
#include "services/runtime/charter/charter.h"

namespace comity::reporting {

// Kinds of fact that may decide an answer, and the place of their time in a row.
enum FactPlace { kCreated, kEngaged, kSigned, kDeclined, kFactPlaces };
using FactTimes = std::array<int64_t, kFactPlaces>;  // kNever: does not stand

// One department's standing answer to one question about one opportunity.
struct Standing {
  int64_t time = kNever;  // since when the department holds so
  uint16_t answer = 0;    // its number in the question; 0: none
};

// The questions about opportunities, with a slot for each voice in each of them.
class Ballot {
 public:
  explicit Ballot(const charter::Charter& charter);

  // The slot of a department's voice in a question; -1 when it has none.
  int SlotOf(absl::string_view question, absl::string_view department) const;
  int slots() const { return slots_; }
  // The number of an answer, from 1; answers that the charter does not know are added.
  uint16_t NumberOf(absl::string_view question, absl::string_view answer);
  // The number, or 0 when the answer is not known.
  uint16_t FindAnswer(absl::string_view question, absl::string_view answer) const;
  // The answer of a number; empty for 0.
  const std::string& AnswerOf(absl::string_view question, uint16_t number) const;
  const type::v1::Question* question(absl::string_view name) const;

 private:
  struct Entry {
    type::v1::Question question;
    std::vector<std::string> answers;  // answers[0] is empty
    int first_slot = 0;
  };
  std::vector<Entry> entries_;
  int slots_ = 0;
  const Entry* Find(absl::string_view question) const;
};

// An answer and since when it holds.
struct LensView {
  uint16_t answer = 0;
  int64_t time = kNever;
};

// The charter's rule for one question and one lens, compiled.
class LensRule {
 public:
  LensRule(const Ballot& ballot, absl::string_view question, absl::string_view lens);
  // `standing`: the opportunity's slots.
  LensView Answer(const FactTimes& facts, const Standing* standing) const;

 private:
  LensView Through(int slot, const FactTimes& facts, const Standing* standing) const;
  std::vector<std::pair<FactPlace, uint16_t>> decided_;  // by fact, in the charter's order
  std::vector<int> needs_;  // by answer: the FactPlace without which it does not hold; -1: none
  int own_ = -1;
  int decider_ = -1;
};

}  // namespace comity::reporting

#endif  // COMITY_REPORTING_ANSWERS_H_
