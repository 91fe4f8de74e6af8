// Small records for the tests of reporting.
#ifndef COMITY_REPORTING_TESTING_H_
#define COMITY_REPORTING_TESTING_H_

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "services/reporting/effects.h"
#include "services/runtime/charter/charter.h"

namespace comity::reporting::testing {

// The starting charter.
inline charter::Charter StartingCharter() {
  const char* source = std::getenv("COMITY_SOURCE_DIR");
  return charter::Charter::FromYamlFile(
             absl::StrCat(source == nullptr ? "." : source, "/config/charter.yaml"))
      .value();
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
