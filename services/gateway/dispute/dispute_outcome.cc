#include "services/gateway/dispute/dispute_outcome.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/gateway/credit/credit_split.h"
#include "services/gateway/dispute/dispute_rules.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

bool IsAboutAnAnswer(const v1::Dispute& dispute) {
  return dispute.kind() == v1::DISPUTE_KIND_JUDGEMENT ||
         dispute.kind() == v1::DISPUTE_KIND_SETTLEMENT;
}

bool HasAnswer(const type::v1::Charter& charter, const std::string& name, const std::string& id) {
  for (const type::v1::Question& question : charter.questions()) {
    if (question.name() != name) continue;
    const auto& answers = question.answers();
    return std::any_of(answers.begin(), answers.end(),
                       [&](const auto& answer) { return answer.id() == id; });
  }
  return false;
}

absl::Status CheckAnswer(const type::v1::Charter& charter, const v1::Dispute& dispute,
                         const v1::DisputeOutcome& outcome) {
  if (outcome.answer().empty()) return absl::OkStatus();
  if (!IsAboutAnAnswer(dispute) || !Grants(outcome)) {
    return InvalidField("ANSWER_NOT_EXPECTED", "outcome.answer",
                        "it says what is to be judged instead: of a judgement or a settled answer, "
                        "unless dismissed");
  }
  if (HasAnswer(charter, dispute.question(), outcome.answer())) return absl::OkStatus();
  return InvalidField("ANSWER_UNKNOWN", "outcome.answer",
                      absl::StrCat(dispute.question(), " has no answer `", outcome.answer(), "`"));
}

absl::Status CheckShares(const v1::Dispute& dispute, const v1::DisputeOutcome& outcome) {
  int64_t sum = 0;
  std::set<std::string> departments;
  for (const type::v1::CreditShare& share : outcome.split()) {
    const bool fits = share.basis_points() >= 0 && IsParty(dispute, share.department()) &&
                      departments.insert(share.department()).second;
    if (!fits) {
      return InvalidField("SPLIT_INVALID", "outcome.split",
                          "each party of the statement once at most, with 0 or more basis points");
    }
    sum += share.basis_points();
  }
  if (sum == credit::kAllBasisPoints) return absl::OkStatus();
  return InvalidField("SPLIT_INVALID", "outcome.split",
                      absl::StrCat("basis points sum to 10000, these to ", sum));
}

absl::Status CheckSplit(const v1::Dispute& dispute, const v1::DisputeOutcome& outcome) {
  if (dispute.kind() == v1::DISPUTE_KIND_CREDIT_STATEMENT && Grants(outcome)) {
    return CheckShares(dispute, outcome);
  }
  if (outcome.split().empty()) return absl::OkStatus();
  return InvalidField("SPLIT_NOT_EXPECTED", "outcome.split",
                      "it says how a credit statement is split instead, unless dismissed");
}

}  // namespace

absl::Status CheckOutcome(const type::v1::Charter& charter, const v1::Dispute& dispute,
                          const v1::DisputeOutcome& outcome) {
  if (outcome.verdict() == v1::DISPUTE_VERDICT_UNSPECIFIED) {
    return InvalidField("VERDICT_REQUIRED", "outcome.verdict", "UPHELD, PARTLY or DISMISSED");
  }
  COMITY_RETURN_IF_ERROR(CheckAnswer(charter, dispute, outcome));
  return CheckSplit(dispute, outcome);
}

bool Grants(const v1::DisputeOutcome& outcome) {
  return outcome.verdict() == v1::DISPUTE_VERDICT_UPHELD ||
         outcome.verdict() == v1::DISPUTE_VERDICT_PARTLY;
}

}  // namespace comity::gateway
