#include "services/reporting/known_values.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/reporting/report_query.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::reporting {
namespace {

constexpr size_t kListed = 20;     // known values that an error names
constexpr size_t kLongValue = 80;  // bytes of what was asked that an error repeats

// How the names that are values of a dimension begin; empty: they are no such names.
absl::string_view PrefixOf(v1::Dimension dimension) {
  switch (dimension) {
    case v1::DIMENSION_OWNER:
    case v1::DIMENSION_MANAGER:
      return "persons/";
    case v1::DIMENSION_TEAM:
      return "teams/";
    case v1::DIMENSION_PRODUCT:
      return "products/";
    default:
      return "";
  }
}

bool IsAnswer(v1::Dimension dimension) {
  return dimension == v1::DIMENSION_STAGE || dimension == v1::DIMENSION_OUTCOME;
}

// The answers that any revision of the charter has, those in force first, and that were once
// judged.
std::vector<std::string> KnownAnswers(const State& state, v1::Dimension dimension) {
  std::vector<std::string> answers;
  const auto add = [&](const std::string& answer) {
    const bool is_there = std::find(answers.begin(), answers.end(), answer) != answers.end();
    if (!answer.empty() && !is_there) answers.push_back(answer);
  };
  std::vector<const charter::Revision*> revisions = state.book().revisions();
  std::stable_partition(revisions.begin(), revisions.end(), [&](const auto* revision) {
    return revision->charter.revision() == state.revision();
  });
  for (const charter::Revision* revision : revisions) {
    const type::v1::Question* question = QuestionOf(revision->charter, dimension);
    if (question == nullptr) continue;
    for (const auto& answer : question->answers()) add(answer.id());
    for (const auto& given : state.ballot().AnswersTo(question->name())) add(given);
  }
  return answers;
}

bool IsKnown(const Known& known, v1::Dimension dimension, const std::string& value) {
  Key unused = 0;
  if (value.empty()) return true;
  if (IsAnswer(dimension)) {
    const std::vector<std::string> answers = KnownAnswers(*known.state, dimension);
    return std::find(answers.begin(), answers.end(), value) != answers.end();
  }
  // An account may be known to its service, and not be followed yet.
  if (dimension == v1::DIMENSION_ACCOUNT) return resource::IsNameIn(value, "accounts");
  const absl::string_view prefix = PrefixOf(dimension);
  if (!prefix.empty()) {
    return absl::StartsWith(value, prefix) &&
           (KeyOf(*known.state, dimension, value, &unused) || known.directory->KnowsPerson(value) ||
            known.directory->teams.contains(value));
  }
  const bool is_free = dimension == v1::DIMENSION_OFFICE || dimension == v1::DIMENSION_SECTOR ||
                       dimension == v1::DIMENSION_SOURCE;
  return is_free || KeyOf(*known.state, dimension, value, &unused);
}

std::set<std::string> NamesOf(const Known& known, absl::string_view prefix) {
  std::set<std::string> names;
  for (uint32_t i = 0; i < known.state->strings().size(); ++i) {
    const std::string& text = known.state->strings().text(i);
    if (absl::StartsWith(text, prefix)) names.insert(text);
  }
  for (const auto& [name, person] : known.directory->persons) {
    if (absl::StartsWith(name, prefix)) names.insert(name);
  }
  for (const auto& [name, team] : known.directory->teams) {
    if (absl::StartsWith(name, prefix)) names.insert(name);
  }
  return names;
}

// `products/… (GTX Basic)`
std::string Described(const Known& known, v1::Dimension dimension, const std::string& name) {
  Key key = 0;
  if (!KeyOf(*known.state, dimension, name, &key)) return name;
  const std::string label = KeyLabel(*known.state, dimension, key);
  return label == name ? name : absl::StrCat(name, " (", label, ")");
}

// What is known, those first that are called as `value` says.
std::string ListNames(const Known& known, v1::Dimension dimension, const std::string& value) {
  std::vector<std::string> listed;
  for (const std::string& name : NamesOf(known, PrefixOf(dimension))) {
    listed.push_back(Described(known, dimension, name));
  }
  if (listed.empty()) return "none is known yet";
  const auto meant = [&](const std::string& name) {
    return absl::EndsWithIgnoreCase(name, absl::StrCat(" (", value, ")")) ||
           absl::EndsWithIgnoreCase(name, absl::StrCat("/", value));
  };
  std::stable_partition(listed.begin(), listed.end(), meant);
  const size_t more = listed.size() - std::min(listed.size(), kListed);
  listed.resize(listed.size() - more);
  return absl::StrCat("known: ", absl::StrJoin(listed, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

std::string ListAnswers(const State& state, v1::Dimension dimension) {
  return absl::StrCat("known: ", absl::StrJoin(KnownAnswers(state, dimension), ", "),
                      ", and the empty value for none");
}

// The beginning of a text, without half of a character at its end.
std::string Beginning(const std::string& text) {
  size_t size = std::min(text.size(), kLongValue);
  while (size < text.size() && size > 0 && (text[size] & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

absl::Status Check(const Known& known, v1::Dimension dimension, const std::string& value,
                   absl::string_view field) {
  if (IsKnown(known, dimension, value)) return absl::OkStatus();
  std::string hint;
  if (IsAnswer(dimension)) {
    hint = ListAnswers(*known.state, dimension);
  } else if (dimension == v1::DIMENSION_MONTH) {
    hint = "a month is written as 2017-03";
  } else if (dimension == v1::DIMENSION_ACCOUNT) {
    hint = "an account is named as accounts/{uuid}";
  } else {
    hint = ListNames(known, dimension, value);
  }
  return InvalidField("UNKNOWN_VALUE", field,
                      absl::StrCat("`", Beginning(value), "` is unknown as ",
                                   v1::Dimension_Name(dimension), "; ", hint));
}

}  // namespace

absl::Status CheckFilters(const Known& known, const v1::ReportQuery& query) {
  for (const v1::DimensionFilter& filter : query.filters()) {
    for (const std::string& value : filter.values()) {
      COMITY_RETURN_IF_ERROR(Check(known, filter.dimension(), value, "query.filters.values"));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckKeys(const Known& known, const v1::ReportQuery& query,
                       const std::vector<std::string>& keys) {
  for (size_t i = 0; i < keys.size(); ++i) {
    const v1::Dimension dimension = query.group_by(static_cast<int>(i));
    COMITY_RETURN_IF_ERROR(Check(known, dimension, keys[i], "keys"));
  }
  return absl::OkStatus();
}

}  // namespace comity::reporting
