#include "services/reporting/definition_origin.h"

#include <map>
#include <set>
#include <string>

namespace comity::reporting {
namespace {

using Parts = std::map<std::string, std::string>;  // name: all that is said of it

// The metric and the questions that it counts.
Parts PartsOf(const type::v1::Charter& document, absl::string_view metric) {
  Parts parts;
  for (const auto& definition : document.metrics()) {
    if (definition.name() != metric) continue;
    parts[definition.name()] = definition.SerializeAsString();
    for (const std::string& question : definition.questions()) parts[question];
  }
  for (const auto& question : document.questions()) {
    const auto part = parts.find(question.name());
    if (part != parts.end()) part->second = question.SerializeAsString();
  }
  return parts;
}

// The number of the revision that gave the part, as `in_force` has it, its words.
int OriginOf(const std::vector<const charter::Revision*>& revisions, int in_force,
             absl::string_view metric, const Parts::value_type& part) {
  int origin = in_force;
  for (auto earlier = revisions.rbegin(); earlier != revisions.rend(); ++earlier) {
    const charter::Charter& before = (*earlier)->charter;
    if (before.revision() >= origin) continue;
    const Parts parts = PartsOf(before.document(), metric);
    const auto found = parts.find(part.first);
    // Who signs the first one signs all its words.
    const bool is_same = found != parts.end() && found->second == part.second;
    if (before.provisional() || !is_same) break;
    origin = before.revision();
  }
  return origin;
}

}  // namespace

std::vector<const charter::Revision*> OriginsOf(
    const std::vector<const charter::Revision*>& revisions, const charter::Revision& in_force,
    absl::string_view metric) {
  std::set<int> numbers;
  for (const auto& part : PartsOf(in_force.charter.document(), metric)) {
    numbers.insert(OriginOf(revisions, in_force.charter.revision(), metric, part));
  }
  std::vector<const charter::Revision*> origins;
  for (const charter::Revision* revision : revisions) {
    if (numbers.contains(revision->charter.revision())) origins.push_back(revision);
  }
  return origins;
}

}  // namespace comity::reporting
