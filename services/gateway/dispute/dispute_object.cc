#include "services/gateway/dispute/dispute_object.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/gateway/handover/handover_rules.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using judgement::v1::GetStandingResponse;
using judgement::v1::Judgement;
using judgement::v1::Standing;

absl::Status AboutInvalid(const std::string& problem) {
  return InvalidField("ABOUT_INVALID", "about",
                      absl::StrCat(problem,
                                   ": a judgement or a fact (`leads/…/facts/…`), a credit "
                                   "statement, a handover, or a record with `question`"));
}

// `leads/…/judgements/…` of a record that departments judge.
v1::DisputeKind KindOfPart(absl::string_view part) {
  if (part == "judgements") return v1::DISPUTE_KIND_JUDGEMENT;
  if (part == "facts") return v1::DISPUTE_KIND_FACT;
  return v1::DISPUTE_KIND_UNSPECIFIED;
}

v1::DisputeKind KindOf(const std::string& about) {
  const std::string collection = resource::CollectionOf(about);
  const std::vector<std::string> parts = absl::StrSplit(about, '/');
  if (parts.size() == 4) {
    const bool is_named = resource::IsNameIn(absl::StrCat(parts[0], "/", parts[1]), parts[0]) &&
                          resource::IsNameIn(absl::StrCat(parts[2], "/", parts[3]), parts[2]);
    const bool is_kept = is_named && !ServiceOfSubject(about).empty();
    return is_kept ? KindOfPart(parts[2]) : v1::DISPUTE_KIND_UNSPECIFIED;
  }
  if (!resource::IsNameIn(about, collection)) return v1::DISPUTE_KIND_UNSPECIFIED;
  if (collection == "credit-statements") return v1::DISPUTE_KIND_CREDIT_STATEMENT;
  if (collection == "handovers") return v1::DISPUTE_KIND_HANDOVER;
  return ServiceOfSubject(about).empty() ? v1::DISPUTE_KIND_UNSPECIFIED
                                         : v1::DISPUTE_KIND_SETTLEMENT;
}

// `amount-changed` of FACT_KIND_AMOUNT_CHANGED.
std::string KindText(fact::v1::FactKind kind) {
  const std::string name = fact::v1::FactKind_Name(kind);
  return absl::AsciiStrToLower(
      absl::StrReplaceAll(absl::StripPrefix(name, "FACT_KIND_"), {{"_", "-"}}));
}

const Judgement* FindJudgement(const GetStandingResponse& response, const std::string& name) {
  for (const Standing& standing : response.standings()) {
    for (const Judgement& judgement : standing.judgements()) {
      if (judgement.name() == name) return &judgement;
    }
  }
  return nullptr;
}

const Standing* StandingOn(const GetStandingResponse& response, const std::string& question) {
  const auto& all = response.standings();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const auto& each) { return each.question() == question; });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<DisputeObject> ParseAbout(const std::string& about, const std::string& question) {
  DisputeObject object;
  object.kind = KindOf(about);
  object.about = about;
  object.subject = resource::SubjectOf(about);
  object.question = question;
  if (object.kind == v1::DISPUTE_KIND_UNSPECIFIED) {
    return AboutInvalid(absl::StrCat("`", about, "` cannot be disputed"));
  }
  const bool is_settlement = object.kind == v1::DISPUTE_KIND_SETTLEMENT;
  if (is_settlement && question.empty()) return AboutInvalid("a record itself cannot be disputed");
  if (!is_settlement && !question.empty()) {
    return InvalidField("QUESTION_NOT_EXPECTED", "question", "it is for the settled answer alone");
  }
  return object;
}

absl::Status TakeJudgement(const GetStandingResponse& standing, DisputeObject* object) {
  const Judgement* judgement = FindJudgement(standing, object->about);
  if (judgement == nullptr) {
    return PreconditionFailed("JUDGEMENT_NOT_STANDING", object->about,
                              "its department has judged anew or withdrawn it, or there is none");
  }
  object->question = judgement->question();
  object->disputed = judgement->answer();
  object->others = {judgement->department()};
  return absl::OkStatus();
}

absl::Status TakeSettlement(const GetStandingResponse& response, DisputeObject* object) {
  const Standing* standing = StandingOn(response, object->question);
  if (standing == nullptr || standing->settled().answer().empty()) {
    return PreconditionFailed("NOT_SETTLED", object->subject,
                              absl::StrCat(object->question, " has no settled answer"));
  }
  const type::v1::LensAnswer& settled = standing->settled();
  if (settled.basis() == type::v1::ANSWER_BASIS_FACT) {
    return PreconditionFailed("SETTLED_BY_FACT", object->subject,
                              "a fact decides the answer: dispute the fact");
  }
  object->disputed = settled.answer();
  for (const Judgement& judgement : standing->judgements()) {
    const bool made_it = settled.department().empty()
                             ? judgement.answer() == settled.answer()
                             : judgement.department() == settled.department();
    if (made_it) object->others.push_back(judgement.department());
  }
  return absl::OkStatus();
}

absl::Status TakeFact(const fact::v1::Fact& fact, DisputeObject* object) {
  if (!fact.superseded_by().empty()) {
    return PreconditionFailed("FACT_SUPERSEDED", object->about,
                              absl::StrCat(fact.superseded_by(), " has taken its place"));
  }
  object->disputed = KindText(fact.kind());
  if (!fact.actor().department().empty()) object->others = {fact.actor().department()};
  return absl::OkStatus();
}

void TakeStatement(const v1::CreditStatement& statement, DisputeObject* object) {
  object->subject = statement.opportunity();
  object->disputed = statement.rule();
  object->others.assign(statement.departments().begin(), statement.departments().end());
  object->parties = object->others;
  object->amount = statement.amount();
}

absl::Status TakeHandover(const v1::Handover& handover, DisputeObject* object) {
  if (handover.state() != v1::HANDOVER_STATE_RETURNED) {
    return PreconditionFailed("HANDOVER_NOT_RETURNED", handover.name(), "it was not returned");
  }
  object->subject = handover.subject();
  object->disputed = handover.return_reason();
  object->others = {handover.to()};
  object->parties = {handover.from()};
  return absl::OkStatus();
}

std::string DoneByJudgement(const v1::Dispute& dispute, const std::string& department,
                            const GetStandingResponse& response) {
  const std::string& wanted = dispute.outcome().answer();
  const Standing* standing = StandingOn(response, dispute.question());
  if (standing == nullptr) return "";
  for (const Judgement& judgement : standing->judgements()) {
    if (judgement.department() != department) continue;
    const bool is_other =
        wanted.empty() ? judgement.answer() != dispute.disputed() : judgement.answer() == wanted;
    return is_other ? judgement.name() : "";
  }
  return wanted.empty() ? dispute.subject() : "";  // withdrawn
}

std::string DoneByFact(const fact::v1::Fact& disputed) { return disputed.superseded_by(); }

}  // namespace comity::gateway
