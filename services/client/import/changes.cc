// What a difference would change, for people.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/client/import/compare.h"
#include "services/client/import/record_paths.h"

namespace comity::client {
namespace {

// Of a fact, what tells it from others, in this order.
constexpr const char* kTold[] = {"occur_time", "amount",   "close_date", "owner",  "team",
                                 "channel",    "campaign", "due_time",   "summary"};

std::string TextOf(const fact::v1::Fact& fact) {
  std::vector<std::string> parts;
  for (const char* field : kTold) {
    std::string text = TextAt(fact, field);
    if (!text.empty()) parts.push_back(std::move(text));
  }
  return parts.empty() ? "yes" : absl::StrJoin(parts, ", ");
}

std::string Corrected(const Held& held, const fact::v1::Fact& fact) {
  for (const fact::v1::Fact& other : held.facts) {
    const std::string& target = fact.corrects().empty() ? fact.voids() : fact.corrects();
    if (!target.empty() && other.name() == target) return TextOf(other);
  }
  return "";
}

std::string LastAnswer(const Held& held, const std::string& question) {
  std::string answer;
  for (const judgement::v1::Judgement& judgement : held.judgements) {
    if (judgement.question() == question) answer = judgement.answer();
  }
  return answer;
}

}  // namespace

std::vector<RecordChange> ChangesOf(const RowPlan& plan, const Held& held,
                                    const Difference& difference) {
  const bool is_record = plan.subject.empty();
  const std::string& record = is_record ? plan.id : plan.subject;
  std::vector<RecordChange> changes;
  for (const ChangedValue& change : difference.changes) {
    changes.push_back({plan.line, record, change.path, change.held, change.said});
  }
  for (const fact::v1::Fact& fact : difference.facts) {
    if (!is_record && fact.corrects().empty() && fact.voids().empty()) continue;
    changes.push_back(
        {plan.line, record, TextAt(fact, "kind"), Corrected(held, fact), TextOf(fact)});
  }
  for (const judgement::v1::Judgement& judgement : difference.judgements) {
    if (!is_record) continue;
    changes.push_back({plan.line, record, judgement.question(),
                       LastAnswer(held, judgement.question()), judgement.answer()});
  }
  return changes;
}

}  // namespace comity::client
