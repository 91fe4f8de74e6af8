#include "services/gateway/charter_oracle.h"

#include <algorithm>

namespace comity::gateway {

bool CharterOracle::IsSteward(const std::string& person, const std::string& department,
                              const std::string& key) const {
  const auto found = stewards.find({person, department});
  return found != stewards.end() && found->second == key;
}

bool CharterOracle::HasAnotherSteward(const std::string& department,
                                      const std::string& than) const {
  return std::any_of(stewards.begin(), stewards.end(), [&](const auto& steward) {
    return steward.first.second == department && steward.first.first != than;
  });
}

// Named, expiring, revocable; no one's further; of somebody else's words; and no way to become a
// steward.
bool CharterOracle::DelegateMay(const TrueWord& word, const TrueText& text,
                                absl::Duration slack) const {
  const TrueDelegation& by = delegations[static_cast<size_t>(word.delegation)];
  const bool is_his =
      by.department == word.department && by.delegate == word.person && by.delegate_key == word.key;
  const bool is_genuine = IsSteward(by.steward, by.department, by.steward_key);
  const bool is_in_time = word.said >= by.issued && word.said <= by.expires + slack &&
                          !(by.revoked.has_value() && word.said >= *by.revoked);
  const bool is_own_text = text.author_department == word.department;
  const bool is_by_author =
      is_own_text &&
      (word.person == text.author ||
       (by.steward == text.author && HasAnotherSteward(word.department, by.steward)));
  return is_his && is_genuine && is_in_time && !is_by_author && !word.decides &&
         !text.changes_keys.contains(word.department);
}

bool CharterOracle::Counts(const TrueWord& word, int text, absl::Duration slack) const {
  if (word.text != text) return false;
  const TrueText& about = texts[static_cast<size_t>(text)];
  if (word.decides && word.department != arbiter) return false;
  if (word.delegation >= 0) return DelegateMay(word, about, slack);
  if (!IsSteward(word.person, word.department, word.key)) return false;
  const bool is_author = word.person == about.author && word.department == about.author_department;
  return word.decides || !is_author || !HasAnotherSteward(word.department, word.person);
}

std::set<std::string> CharterOracle::Behind(const TrueWord& word) const {
  std::set<std::string> behind = {word.person, word.key};
  if (word.delegation >= 0) {
    const TrueDelegation& by = delegations[static_cast<size_t>(word.delegation)];
    behind.insert({by.steward, by.steward_key});
  }
  return behind;
}

bool CharterOracle::MayStandTogether(const TrueWord& one, const TrueWord& other) const {
  if (one.department == other.department) return true;
  const std::set<std::string> behind = Behind(one);
  const std::set<std::string> others = Behind(other);
  return std::none_of(behind.begin(), behind.end(),
                      [&](const std::string& who) { return others.contains(who); });
}

bool CharterOracle::MayEnact(int text, const std::vector<TrueWord>& words, absl::Time now,
                             absl::Duration slack, bool gateway_is_honest) const {
  const TrueText& about = texts[static_cast<size_t>(text)];
  if (about.base != in_force || (gateway_is_honest && about.is_withdrawn)) return false;
  std::set<std::string> missing = about.touches;
  bool is_decided = false;
  for (const TrueWord& word : words) {
    for (const TrueWord& other : words) {
      if (!MayStandTogether(word, other)) return false;
    }
    if (!Counts(word, text, slack)) continue;
    if (word.decides) {
      is_decided = true;
    } else {
      missing.erase(word.department);
    }
  }
  return missing.empty() || (is_decided && now >= about.told + term);
}

}  // namespace comity::gateway
