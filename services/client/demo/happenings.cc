#include "services/client/demo/happenings.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/client/demo/draftsman.h"

namespace comity::client {
namespace {

constexpr char kRecord[] = "comity.fact.v1.FactService/BatchRecordFacts";
constexpr char kVoid[] = "comity.fact.v1.FactService/VoidFact";
constexpr char kJudge[] = "comity.judgement.v1.JudgementService/BatchJudge";
constexpr char kWithdraw[] = "comity.judgement.v1.JudgementService/Withdraw";

}  // namespace

Happenings::Happenings(Draftsman* draftsman, std::string what)
    : draftsman_(draftsman), what_(std::move(what)) {}

DraftedFact Happenings::AddFact(const std::string& subject, const Identity& as,
                                fact::v1::FactKind kind, absl::Time when) {
  if (!draftsman_->IsPast(when)) return {};
  auto request = std::make_unique<fact::v1::RecordFactRequest>();
  request->set_parent(Ref(subject));
  DraftedFact drafted{draftsman_->NextKey(subject, "fact"), request->mutable_fact()};
  drafted.fact->set_kind(kind);
  SetTime(when, drafted.fact->mutable_occur_time());
  facts_.push_back({drafted.key, as, std::move(request)});
  return drafted;
}

fact::v1::Fact* Happenings::Correct(const DraftedFact& earlier, const Identity& as,
                                    absl::string_view reason) {
  const std::string subject = earlier.key.substr(0, earlier.key.find('/'));
  auto request = std::make_unique<fact::v1::RecordFactRequest>();
  request->set_parent(Ref(subject));
  fact::v1::Fact* fact = request->mutable_fact();
  *fact = *earlier.fact;
  fact->set_corrects(Ref(earlier.key));
  fact->set_reason(std::string(reason));
  corrections_.push_back({draftsman_->NextKey(subject, "correction"), as, std::move(request)});
  return fact;
}

void Happenings::Void(const DraftedFact& earlier, const Identity& as, absl::string_view reason) {
  auto request = std::make_unique<fact::v1::VoidFactRequest>();
  request->set_name(Ref(earlier.key));
  request->set_reason(std::string(reason));
  voidings_.push_back({absl::StrCat(earlier.key, "/void"), as, std::move(request)});
}

DraftedJudgement Happenings::AddJudgement(const std::string& subject, const Identity& as,
                                          absl::string_view question, absl::string_view answer,
                                          absl::string_view reason, absl::Time when) {
  if (!draftsman_->IsPast(when)) return {};
  auto request = std::make_unique<judgement::v1::JudgeRequest>();
  DraftedJudgement drafted{draftsman_->NextKey(subject, "judgement"), request->mutable_judgement()};
  drafted.judgement->set_subject(Ref(subject));
  drafted.judgement->set_question(absl::StrCat("questions/", question));
  drafted.judgement->set_answer(std::string(answer));
  drafted.judgement->set_reason(std::string(reason));
  SetTime(when, drafted.judgement->mutable_occur_time());
  judgements_.push_back({drafted.key, as, std::move(request)});
  return drafted;
}

void Happenings::Withdraw(const DraftedJudgement& earlier, const Identity& as,
                          absl::string_view reason) {
  auto request = std::make_unique<judgement::v1::WithdrawRequest>();
  request->set_name(Ref(earlier.key));
  request->set_reason(std::string(reason));
  withdrawals_.push_back({absl::StrCat(earlier.key, "/withdraw"), as, std::move(request)});
}

void Happenings::Finish() {
  const auto finish = [this](const char* kind, const char* method, std::vector<Draft>* drafts) {
    if (drafts->empty()) return;
    draftsman_->AddPhase(absl::StrCat(what_, " ", kind), method)->drafts = std::move(*drafts);
  };
  finish("facts", kRecord, &facts_);
  finish("corrections", kRecord, &corrections_);
  finish("voidings", kVoid, &voidings_);
  finish("judgements", kJudge, &judgements_);
  finish("withdrawals", kWithdraw, &withdrawals_);
}

}  // namespace comity::client
