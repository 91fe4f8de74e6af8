// For tests: who may enact what, written from the design's words and from nothing else: it knows no
// signature, digest or message, only what persons truly did and when.
#ifndef COMITY_GATEWAY_CHARTER_ORACLE_H_
#define COMITY_GATEWAY_CHARTER_ORACLE_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

namespace comity::gateway {

// The words of a proposal, until they are replaced.
struct TrueText {
  std::string author;
  std::string author_department;
  std::set<std::string> touches;       // departments
  std::set<std::string> changes_keys;  // of which departments
  absl::Time told;                     // when all could read it
  int base = 0;                        // the revision that it changes
  bool is_withdrawn = false;           // or amended: by other words
};

// A steward lets somebody sign.
struct TrueDelegation {
  std::string department;
  std::string steward;
  std::string steward_key;  // whose key it was signed with
  std::string delegate;
  std::string delegate_key;
  absl::Time issued;
  absl::Time expires;
  std::optional<absl::Time> revoked;
};

// Somebody says yes, or decides as the arbiter.
struct TrueWord {
  int text = -1;
  std::string department;  // for which he speaks
  std::string person;      // who he says he is
  std::string key;         // the key that was used, in truth
  bool decides = false;
  absl::Time said;      // in truth, whatever he says of it
  int delegation = -1;  // by which; none
};

class CharterOracle {
 public:
  std::map<std::pair<std::string, std::string>, std::string> stewards;  // person, department: key
  std::string arbiter;
  absl::Duration term;
  int in_force = 1;
  std::vector<TrueText> texts;
  std::vector<TrueDelegation> delegations;

  // Whether the word is one of the department under the text. `slack`: by how much a delegation's
  // end may be missed.
  bool Counts(const TrueWord& word, int text, absl::Duration slack) const;
  // Whether the one may speak for his department beside the other for his: nobody stands behind
  // two.
  bool MayStandTogether(const TrueWord& one, const TrueWord& other) const;
  // Whether the text may come into force by these words at `now`. That words were withdrawn only
  // the gateway knows: where it is in bad hands, those whom they touch have signed them all the
  // same.
  bool MayEnact(int text, const std::vector<TrueWord>& words, absl::Time now, absl::Duration slack,
                bool gateway_is_honest) const;

 private:
  bool IsSteward(const std::string& person, const std::string& department,
                 const std::string& key) const;
  bool HasAnotherSteward(const std::string& department, const std::string& than) const;
  bool DelegateMay(const TrueWord& word, const TrueText& text, absl::Duration slack) const;
  std::set<std::string> Behind(const TrueWord& word) const;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_CHARTER_ORACLE_H_
