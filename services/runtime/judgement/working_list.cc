#include "services/runtime/judgement/working_list.h"

#include <algorithm>
#include <utility>

namespace comity::judgement {

bool FactsDecide(const charter::Charter& charter, const std::string& collection,
                 const std::string& kind) {
  const auto questions = charter.QuestionsAbout(collection);
  return std::any_of(questions.begin(), questions.end(),
                     [&](const auto* question) { return charter::FactsDecide(*question, kind); });
}

bool IsListed(const charter::Charter& charter, const std::string& collection,
              const std::string& department, const std::vector<StandingRow>& standing,
              const charter::StandingFacts& facts) {
  std::vector<std::pair<std::string, std::string>> own;
  for (const StandingRow& row : standing) {
    if (row.department == department) own.emplace_back(row.question, row.answer);
  }
  return charter::OnWorkingList(charter, collection, department, own, facts);
}

}  // namespace comity::judgement
