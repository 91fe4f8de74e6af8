// Small records for the tests of reporting.
#ifndef COMITY_REPORTING_TESTING_H_
#define COMITY_REPORTING_TESTING_H_

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/reporting/effects.h"
#include "services/runtime/charter/book.h"

namespace comity::reporting::testing {

// The starting charter.
inline charter::Charter StartingCharter() {
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  return charter::Charter::FromYamlFile(
             absl::StrCat(source == nullptr ? "." : source, "/config/charter.yaml"))
      .value();
}

// A book that has the starting charter alone; for all tests.
inline const charter::Book* StartingBook() {
  static const auto* const book =
      new std::shared_ptr<const charter::Book>(charter::MakeBook(StartingCharter()));
  return book->get();
}

// The revision after the last one of `book`, as `edit` makes it, in force from `effective` on.
inline charter::Revision NextRevision(const charter::Book& book, absl::Time effective,
                                      const std::function<void(type::v1::Charter*)>& edit) {
  type::v1::Charter document = book.last().charter.document();
  document.set_revision(document.revision() + 1);
  document.set_provisional(false);
  edit(&document);
  return {charter::Charter::Make(document).value(), absl::StrCat("of ", document.revision()),
          effective};
}

inline type::v1::Question* QuestionIn(type::v1::Charter* document, absl::string_view name) {
  for (auto& question : *document->mutable_questions()) {
    if (question.name() == name) return &question;
  }
  return nullptr;
}

inline void AddAnswer(const std::string& id, type::v1::Question* question) {
  type::v1::Answer* answer = question->add_answers();
  answer->set_id(id);
  answer->set_criteria("It is so.");
}

// Settles a question in some way, by some of its voices.
inline void SettleAnyhow(std::mt19937* random, type::v1::Question* question) {
  std::vector<std::string> voices(question->voices().begin(), question->voices().end());
  const auto below = [&](size_t most) { return static_cast<std::ptrdiff_t>((*random)() % most); };
  std::shuffle(voices.begin(), voices.end(), *random);
  voices.resize(1 + static_cast<size_t>(below(voices.size())));
  question->mutable_voices()->Assign(voices.begin(), voices.end());
  std::shuffle(voices.begin(), voices.end(), *random);
  question->clear_decider();
  question->clear_settlement();
  auto* settlement = question->mutable_settlement();
  settlement->set_rule(static_cast<type::v1::SettlementRule>(below(5)));
  switch (settlement->rule()) {
    case type::v1::SETTLEMENT_RULE_PRECEDENCE:
      settlement->mutable_precedence()->Assign(voices.begin(),
                                               voices.begin() + 1 + below(voices.size()));
      break;
    case type::v1::SETTLEMENT_RULE_MAJORITY:
      voices.resize(static_cast<size_t>(below(voices.size() + 1)));
      for (const std::string& voice : voices) {
        auto* weight = settlement->add_weights();
        weight->set_department(voice);
        weight->set_weight(static_cast<int>(1 + below(4)));
      }
      break;
    case type::v1::SETTLEMENT_RULE_UNANIMITY:
      break;
    default:
      question->set_decider(voices[0]);
  }
}

// Changes what may be answered, who has a voice, and how it is settled.
inline void Revise(std::mt19937* random, type::v1::Charter* document) {
  for (const char* name : {"questions/opportunity-outcome", "questions/opportunity-stage"}) {
    type::v1::Question* question = QuestionIn(document, name);
    auto* answers = question->mutable_answers();
    const auto place = static_cast<int>((*random)() % static_cast<size_t>(answers->size()));
    switch ((*random)() % 4) {
      case 0:
        AddAnswer(absl::StrCat("of-", document->revision()), question);
        break;
      case 1:  // won, lost, and what it was added as may go
        if (answers->size() > 1) answers->DeleteSubrange(place, 1);
        break;
      case 2:  // and come back
        answers->CopyFrom(StartingCharter().FindQuestion(name)->answers());
        break;
      default:
        break;
    }
    if ((*random)() % 2 == 0) *question->mutable_voices() = document->departments();
    if ((*random)() % 3 != 0) SettleAnyhow(random, question);
  }
}

// 16 bytes; ids order as their numbers.
inline std::string Id(int number) {
  std::string id(16, '\0');
  for (size_t i = 0; i < 4; ++i) id[15 - i] = static_cast<char>(number >> (8 * i));
  return id;
}

// Noon of a day in UTC, in microseconds.
inline int64_t Day(int year, int month, int day) {
  return absl::ToUnixMicros(
      absl::FromCivil(absl::CivilHour(year, month, day, 12), absl::UTCTimeZone()));
}

inline OpportunityVersion Opportunity(int number, int64_t minor, const std::string& owner) {
  OpportunityVersion version;
  version.opportunity = Id(number);
  version.owner = owner;
  version.amount = {minor, "EUR"};
  version.open_time = Day(2017, 1, 1);
  return version;
}

inline JudgementRow Judged(int number, const std::string& question, const std::string& department,
                           const std::string& answer, int64_t time) {
  return {0, Id(number), "questions/" + question, "departments/" + department, answer, time};
}

inline Effects Intake(int64_t number, const std::string& source = "lead") {
  Effects effects;
  effects.intake.set_number(number);
  effects.intake.set_source(source);
  effects.intake.set_from_position(10 * (number - 1));
  effects.intake.set_to_position(10 * number);
  return effects;
}

}  // namespace comity::reporting::testing

#endif  // COMITY_REPORTING_TESTING_H_
