// What must come of each step about an opportunity's credit. For tests: it shares no code with the
// rules.
#ifndef COMITY_GATEWAY_CREDIT_CREDIT_ORACLE_H_
#define COMITY_GATEWAY_CREDIT_CREDIT_ORACLE_H_

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "comity/gateway/v1/credit.pb.h"
#include "comity/type/v1/charter.pb.h"
#include "services/gateway/credit/credit_statement.h"
#include "services/runtime/resource/columns.h"

namespace comity::gateway::credit {

using Names = std::set<std::string>;

// What an opportunity has been through, as far as the oracle looks at it.
struct Deal {
  type::v1::CreditRule rule;
  std::vector<v1::CreditTouch> touches;  // as they are told of now
  int64_t next_position = 1;
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  // The signature.
  bool is_signed = false;
  Signing signing;
  int signatures = 0;
};

// What stands by now, as it must be.
struct Expected {
  v1::CreditState state = v1::CREDIT_STATE_UNSPECIFIED;  // UNSPECIFIED: nothing stands
  absl::Time term_end;
  bool is_decided = false;
  std::vector<v1::CreditTouch> shown;    // what it was drawn from
  std::vector<v1::CreditTouch> brought;  // recorded since, and accepted by somebody
  std::map<std::string, Names> said;     // who has accepted which late touch
  Names counted_late;
  Names departments;  // whose term it is
  Names acknowledged;
  int disputes = 0;
};

class Oracle {
 public:
  explicit Oracle(const Deal& deal) : deal_(deal) {}
  Expected& now() { return now_; }

  // It is drawn from `touches`, by the rule.
  void Draw(const std::vector<v1::CreditTouch>& touches) {
    now_.shown = touches;
    now_.brought.clear();
    now_.is_decided = false;
    now_.acknowledged.clear();
    now_.disputes = 0;
    now_.counted_late.clear();
    for (auto said = now_.said.begin(); said != now_.said.end();) {
      said = IsLateClaim(said->first) ? std::next(said) : now_.said.erase(said);
    }
    for (const auto& [fact, by] : now_.said) {
      if (ByAll(by)) now_.counted_late.insert(fact);
    }
    now_.departments = Claimants();
    if (!Counted().empty() && ByDepartment()) AddRule(&now_.departments);
    now_.state = now_.departments.empty() ? v1::CREDIT_STATE_FINAL : v1::CREDIT_STATE_DRAWN;
    now_.term_end = deal_.now + deal_.rule.term_days() * absl::Hours(24);
  }
  std::string Acknowledge(const std::string& department) {
    if (!now_.departments.contains(department)) return "NOT_OWN_DEPARTMENT";
    if (now_.acknowledged.contains(department)) return "";
    if (!IsOpen()) return "CREDIT_STATEMENT_NOT_OPEN";
    now_.acknowledged.insert(department);
    if (now_.acknowledged == now_.departments) now_.state = v1::CREDIT_STATE_FINAL;
    return "";
  }
  std::string Dispute(const std::string& department) {
    if (!now_.departments.contains(department)) return "NOT_A_PARTY";
    if (now_.acknowledged.contains(department)) return "CREDIT_STATEMENT_ACKNOWLEDGED";
    const bool is_disputed = now_.state == v1::CREDIT_STATE_DISPUTED;
    if ((!IsOpen() && !is_disputed) || deal_.now >= now_.term_end) {
      return "CREDIT_STATEMENT_NOT_OPEN";
    }
    now_.state = v1::CREDIT_STATE_DISPUTED;
    ++now_.disputes;
    return "";
  }
  void EndDispute() {
    if (--now_.disputes > 0) return;
    now_.state = v1::CREDIT_STATE_DRAWN;
    EndTerm();
  }
  void EndTerm() {
    if (now_.state == v1::CREDIT_STATE_DRAWN && deal_.now >= now_.term_end) {
      now_.state = v1::CREDIT_STATE_FINAL;
    }
  }
  void Decide() {
    now_.state = v1::CREDIT_STATE_FINAL;
    now_.is_decided = true;
    now_.disputes = 0;
    now_.acknowledged.clear();
    now_.brought.clear();
    for (auto said = now_.said.begin(); said != now_.said.end();) {
      said = now_.counted_late.contains(said->first) ? std::next(said) : now_.said.erase(said);
    }
  }
  void Void() { now_ = Expected(); }
  // `is_drawn`: whether it must be drawn anew by it.
  std::string Accept(const std::string& department, const std::string& fact, bool* is_drawn) {
    const v1::CreditTouch* const since = Find(deal_.touches, fact);
    const bool is_news = Find(now_.shown, fact) == nullptr && Find(now_.brought, fact) == nullptr;
    const bool brings = is_news && since != nullptr && IsLate(*since) && IsClaim(*since);
    if (brings) now_.brought.push_back(*since);
    std::string reason;
    if (!Parties().contains(department)) {
      reason = "NOT_OWN_DEPARTMENT";
    } else if (!IsOpen()) {
      reason = "CREDIT_STATEMENT_NOT_OPEN";
    } else if (!IsLateClaim(fact)) {
      reason = "TOUCH_NOT_LATE";
    }
    if (reason.empty()) {
      now_.said[fact].insert(department);
    } else if (brings) {
      now_.brought.pop_back();
    }
    *is_drawn = MustBeDrawn();
    return reason;
  }
  std::string TakeBack(const std::string& department, const std::string& fact, bool* is_drawn) {
    *is_drawn = false;
    if (!Parties().contains(department)) return "NOT_OWN_DEPARTMENT";
    if (!IsOpen()) return "CREDIT_STATEMENT_NOT_OPEN";
    const auto said = now_.said.find(fact);
    if (said == now_.said.end() || !said->second.contains(department)) return "";
    if (now_.counted_late.contains(fact)) return "TOUCH_COUNTS";
    said->second.erase(department);
    if (said->second.empty()) {
      now_.said.erase(said);
      auto& brought = now_.brought;
      brought.erase(std::remove_if(brought.begin(), brought.end(),
                                   [&](const auto& touch) { return touch.fact() == fact; }),
                    brought.end());
    }
    *is_drawn = MustBeDrawn();
    return "";
  }
  // All that it shows by now: what it is drawn anew from.
  std::vector<v1::CreditTouch> Shown() const {
    std::vector<v1::CreditTouch> all = now_.shown;
    all.insert(all.end(), now_.brought.begin(), now_.brought.end());
    return all;
  }
  // Who must accept.
  Names Parties() const {
    Names parties = Claimants();
    // What is decided is split among departments, whatever the rule's kind of party.
    if (ByDepartment() || now_.is_decided) AddRule(&parties);
    return parties;
  }
  // The touches that count, in the order in which they happened.
  std::vector<v1::CreditTouch> Counted() const {
    std::vector<v1::CreditTouch> counted;
    for (const v1::CreditTouch& touch : now_.shown) {
      if (!IsClaim(touch)) continue;
      if (!IsLate(touch) || now_.counted_late.contains(touch.fact())) counted.push_back(touch);
    }
    std::sort(counted.begin(), counted.end(), [](const auto& a, const auto& b) {
      return resource::ToTime(a.occur_time()) < resource::ToTime(b.occur_time());
    });
    return counted;
  }
  // Basis points by party, those without any left out: largest remainders, ties to the smaller
  // name.
  std::map<std::string, int> Points() const {
    std::map<std::string, int64_t> weights;
    const auto counted = Counted();
    if (counted.empty()) return {};
    if (deal_.rule.model() == type::v1::CREDIT_MODEL_FIRST) {
      weights[PartyFor(counted.front())] = 1;
    } else if (deal_.rule.model() == type::v1::CREDIT_MODEL_LAST) {
      weights[PartyFor(counted.back())] = 1;
    } else {
      for (const auto& touch : counted) ++weights[PartyFor(touch)];
    }
    int64_t total = 0;
    for (const auto& [party, weight] : weights) total += weight;
    std::map<std::string, int> points;
    std::vector<std::pair<int64_t, std::string>> rests;
    int left = 10'000;
    for (const auto& [party, weight] : weights) {
      points[party] = static_cast<int>(weight * 10'000 / total);
      left -= points[party];
      rests.emplace_back(-(weight * 10'000 % total), party);
    }
    std::sort(rests.begin(), rests.end());
    for (int i = 0; i < left; ++i) ++points[rests[i].second];
    return points;
  }

 private:
  static const v1::CreditTouch* Find(const std::vector<v1::CreditTouch>& touches,
                                     const std::string& fact) {
    for (const auto& touch : touches) {
      if (touch.fact() == fact) return &touch;
    }
    return nullptr;
  }
  bool ByDepartment() const { return deal_.rule.party() == type::v1::CREDIT_PARTY_DEPARTMENT; }
  std::string PartyFor(const v1::CreditTouch& touch) const {
    return ByDepartment() ? touch.department() : touch.person();
  }
  void AddRule(Names* names) const {
    names->insert(deal_.rule.departments().begin(), deal_.rule.departments().end());
  }
  bool IsLate(const v1::CreditTouch& touch) const {
    return touch.position() >= deal_.signing.cuts[0].position();
  }
  bool IsClaim(const v1::CreditTouch& touch) const {
    const absl::Time time = resource::ToTime(touch.occur_time());
    const auto& of = deal_.rule.departments();
    if (!touch.voided_by().empty()) return false;
    if (!of.empty() && std::find(of.begin(), of.end(), touch.department()) == of.end())
      return false;
    if (deal_.rule.window_days() > 0 &&
        time < deal_.signing.sign_time - deal_.rule.window_days() * absl::Hours(24)) {
      return false;
    }
    return !IsLate(touch) || time <= deal_.signing.sign_time;
  }
  bool IsLateClaim(const std::string& fact) const {
    for (const auto* touches : {&now_.shown, &now_.brought}) {
      const v1::CreditTouch* const touch = Find(*touches, fact);
      if (touch != nullptr) return IsLate(*touch) && IsClaim(*touch);
    }
    return false;
  }
  Names Claimants() const {
    Names names;
    for (const auto& touch : Shown()) {
      if (IsClaim(touch)) names.insert(touch.department());
    }
    return names;
  }
  bool ByAll(const Names& by) const {
    const Names parties = Parties();
    return std::includes(by.begin(), by.end(), parties.begin(), parties.end());
  }
  bool IsOpen() const { return now_.state == v1::CREDIT_STATE_DRAWN && deal_.now < now_.term_end; }
  bool MustBeDrawn() const {
    return std::any_of(now_.said.begin(), now_.said.end(), [&](const auto& each) {
      return !now_.counted_late.contains(each.first) && ByAll(each.second);
    });
  }

  const Deal& deal_;
  Expected now_;
};

}  // namespace comity::gateway::credit

#endif  // COMITY_GATEWAY_CREDIT_CREDIT_ORACLE_H_
