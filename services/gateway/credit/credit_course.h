// What must hold of the statements of an opportunity, whatever has happened. For tests: it knows no
// rule.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_COURSE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_COURSE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "comity/gateway/v1/credit.pb.h"
#include "gtest/gtest.h"
#include "services/runtime/resource/money.h"

namespace comity::gateway::credit {

// Parties that get something.
inline std::map<std::string, int> PointsOf(const v1::CreditStatement& statement) {
  std::map<std::string, int> points;
  for (const auto& line : statement.lines()) {
    if (line.basis_points() != 0) points[line.party()] = line.basis_points();
  }
  return points;
}

// Who has accepted which late touch.
inline std::map<std::string, std::set<std::string>> SaidOf(const v1::CreditStatement& statement) {
  std::map<std::string, std::set<std::string>> said;
  for (const auto& each : statement.late_acceptances()) {
    for (const auto& one : each.acceptances()) said[each.fact()].insert(one.department());
  }
  return said;
}

// That its basis points are 10,000 together, or there are none, and its money the amount.
inline void ExpectWhole(const v1::CreditStatement& statement) {
  int64_t points = 0;
  int64_t money = 0;
  for (const auto& line : statement.lines()) {
    points += line.basis_points();
    money += *resource::ToMinorUnits(line.amount());
  }
  if (statement.lines().empty()) return;
  EXPECT_EQ(points, statement.reverses().empty() ? 10'000 : -10'000) << statement.name();
  EXPECT_EQ(money, *resource::ToMinorUnits(statement.amount())) << statement.name();
}

// `drawn`: all statements of an opportunity, in the order in which they were drawn. After each of
// them what all give together is what the one gives that stands, and one at most does.
inline void ExpectSumsAtEveryPosition(const std::vector<v1::CreditStatement>& drawn) {
  std::map<std::string, std::pair<int64_t, int64_t>> sums;  // points and money, by party
  std::map<std::string, const v1::CreditStatement*> standing;
  for (const v1::CreditStatement& statement : drawn) {
    ExpectWhole(statement);
    if (statement.reverses().empty()) {
      standing[statement.name()] = &statement;
    } else {
      EXPECT_EQ(standing.erase(statement.reverses()), 1U) << statement.name();
    }
    EXPECT_LE(standing.size(), 1U) << statement.name();
    for (const auto& line : statement.lines()) {
      sums[line.party()].first += line.basis_points();
      sums[line.party()].second += *resource::ToMinorUnits(line.amount());
    }
    auto rest = sums;
    for (const auto& [name, each] : standing) {
      for (const auto& line : each->lines()) {
        rest[line.party()].first -= line.basis_points();
        rest[line.party()].second -= *resource::ToMinorUnits(line.amount());
      }
    }
    for (const auto& [party, left] : rest) {
      EXPECT_EQ(left.first, 0) << party << " after " << statement.name();
      EXPECT_EQ(left.second, 0) << party << " after " << statement.name();
    }
  }
}

// That each touch of it which was recorded after the cut and counts has been accepted by all whose
// term it is. `said`: who has accepted what, as whoever asked for it has noted.
inline void ExpectLateOnlyByAll(const v1::CreditStatement& statement,
                                const std::map<std::string, std::set<std::string>>& said) {
  for (const auto& touch : statement.touches()) {
    if (touch.position() >= 0 && touch.position() < statement.cuts(0).position()) continue;
    for (const std::string& department : statement.departments()) {
      const auto by = said.find(touch.fact());
      EXPECT_TRUE(by != said.end() && by->second.contains(department))
          << touch.fact() << " counts in " << statement.name() << " without " << department;
    }
  }
}

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_COURSE_H_
