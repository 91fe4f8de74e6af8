#include "services/client/demo/opportunity_course.h"

#include <utility>

#include "services/client/demo/calendar.h"

namespace comity::client {
namespace {

using fact::v1::FACT_KIND_AMOUNT_CHANGED;
using fact::v1::FACT_KIND_CALL;
using fact::v1::FACT_KIND_CLOSE_DATE_CHANGED;
using fact::v1::FACT_KIND_DECLINED;
using fact::v1::FACT_KIND_ENGAGED;
using fact::v1::FACT_KIND_MEETING;
using fact::v1::FACT_KIND_OWNER_CHANGED;
using fact::v1::FACT_KIND_SIGNED;

constexpr const char* kStages[] = {"prospecting", "engaging", "proposal", "negotiation"};
constexpr const char* kCategories[] = {"omitted", "pipeline", "best-case", "commit"};

}  // namespace

OpportunityCourse::OpportunityCourse(Draftsman* draftsman, Random& random, Happenings* first,
                                     Happenings* later, Beginning beginning)
    : d_(draftsman),
      random_(random),
      now_(first),
      later_(later),
      key_(std::move(beginning.key)),
      manager_(random.Pick(draftsman->members["management"])),
      owner_(std::move(beginning.owner)),
      time_(beginning.open),
      amount_(std::move(beginning.amount)) {}

void OpportunityCourse::Go() {
  JudgeStage(0);
  if (!random_.Chance(0.88)) return EndWithoutAnswer();
  time_ = Later(random_, time_, 1, 20);
  if (now_->AddFact(key_, owner_, FACT_KIND_ENGAGED, time_).fact == nullptr) return;
  JudgeStage(1);
  Talk();
  if (random_.Chance(0.06)) ChangeOwner();
  const double fate = random_.Share();
  for (int stage = 2; stage < 4 && random_.Chance(fate < 0.5 ? 0.9 : 0.55); ++stage) {
    time_ = Later(random_, time_, 5, 25);
    JudgeStage(stage);
    Talk();
  }
  if (random_.Chance(0.3)) ChangeAmount();
  if (random_.Chance(0.15)) ChangeCloseDate();
  if (fate < 0.45) return Sign();
  if (fate < 0.68) return Decline();
  if (fate < 0.80) return EndWithoutAnswer();
  Forecast();
}

void OpportunityCourse::JudgeStage(int stage) {
  now_->AddJudgement(key_, owner_, "opportunity-stage", kStages[stage], "progress", time_);
  // Management believes a stage later than sales does.
  if (stage > 0 && random_.Chance(0.08)) {
    now_->AddJudgement(key_, manager_, "opportunity-stage", kStages[stage - 1], "no-written-offer",
                       Later(random_, time_, 0, 4));
  }
}

void OpportunityCourse::Talk() {
  if (!random_.Chance(0.6)) return;
  const auto kind = random_.Chance(0.7) ? FACT_KIND_CALL : FACT_KIND_MEETING;
  const DraftedFact talk = now_->AddFact(key_, owner_, kind, Later(random_, time_, 0, 4));
  if (talk.fact == nullptr) return;
  talk.fact->set_summary(random_.Pick(DemoWords().call_notes));
  if (random_.Chance(0.02)) now_->Void(talk, owner_, "other-opportunity");
}

void OpportunityCourse::ChangeAmount() {
  time_ = Later(random_, time_, 1, 10);
  amount_ = Percent(random_.Between(70, 125));
  const DraftedFact change = now_->AddFact(key_, owner_, FACT_KIND_AMOUNT_CHANGED, time_);
  if (change.fact == nullptr) return;
  *change.fact->mutable_amount() = amount_;
  change.fact->set_reason("scope-changed");
}

void OpportunityCourse::ChangeCloseDate() {
  const DraftedFact change =
      now_->AddFact(key_, owner_, FACT_KIND_CLOSE_DATE_CHANGED, Later(random_, time_, 0, 3));
  if (change.fact == nullptr) return;
  *change.fact->mutable_close_date() =
      WorkingDate(time_ + absl::Hours(24 * random_.Between(20, 90)));
  change.fact->set_reason("customer-asked");
  if (random_.Chance(0.1)) {
    *now_->Correct(change, owner_, "wrong-month")->mutable_close_date() =
        WorkingDate(time_ + absl::Hours(24 * random_.Between(40, 120)));
  }
}

// A colleague goes on with it.
void OpportunityCourse::ChangeOwner() {
  time_ = Later(random_, time_, 1, 8);
  const DraftedFact change = now_->AddFact(key_, owner_, FACT_KIND_OWNER_CHANGED, time_);
  if (change.fact == nullptr) return;
  const Identity next = Other(random_, d_->Colleagues(owner_), owner_);
  change.fact->set_owner(next.person);
  change.fact->set_reason(random_.Chance(0.5) ? "workload" : "parental-leave");
  owner_ = next;
  now_ = later_;
}

void OpportunityCourse::Sign() {
  time_ = Later(random_, time_, 3, 25);
  const DraftedFact signature = now_->AddFact(key_, owner_, FACT_KIND_SIGNED, time_);
  if (signature.fact == nullptr) return Forecast();
  *signature.fact->mutable_amount() = Percent(random_.Between(90, 102));
  if (random_.Chance(0.05)) {
    *now_->Correct(signature, owner_, "amount-mistyped")->mutable_amount() =
        Percent(random_.Between(85, 101));
  } else if (random_.Chance(0.05) && now_ != later_) {
    Unsign(signature);
  }
}

// Withdrawn within the fortnight, or never signed; some sign in the end.
void OpportunityCourse::Unsign(const DraftedFact& signature) {
  const bool again = random_.Chance(0.4);
  now_->Void(signature, owner_, again ? "signed-by-unauthorised" : "withdrawn-in-time");
  now_ = later_;
  if (!again) return Decline();
  time_ = Later(random_, time_, 4, 15);
  const DraftedFact second = now_->AddFact(key_, owner_, FACT_KIND_SIGNED, time_);
  if (second.fact != nullptr) *second.fact->mutable_amount() = signature.fact->amount();
}

void OpportunityCourse::Decline() {
  time_ = Later(random_, time_, 3, 25);
  const DraftedFact declined = now_->AddFact(key_, owner_, FACT_KIND_DECLINED, time_);
  if (declined.fact == nullptr) return Forecast();
  const std::string reason = random_.Chance(0.5) ? "price" : "competitor";
  declined.fact->set_reason(reason);
  // Not every loss is called one by those whose list it would leave.
  const bool owned_up = random_.Chance(0.8);
  if (random_.Chance(owned_up ? 0.2 : 0.6)) {
    JudgeLost(manager_, reason, Later(random_, time_, 5, 20));
  }
  if (!owned_up) return;
  const DraftedJudgement lost = JudgeLost(owner_, reason, Later(random_, time_, 0, 10));
  if (lost.judgement != nullptr && now_ != later_ && random_.Chance(0.06)) ComeBack(lost);
}

// The counterpart thinks better of it: sales withdraws, and some sign.
void OpportunityCourse::ComeBack(const DraftedJudgement& lost) {
  now_->Withdraw(lost, owner_, "they-came-back");
  now_ = later_;
  time_ = Later(random_, time_, 15, 40);
  JudgeStage(3);
  if (!random_.Chance(0.5)) return Forecast();
  const DraftedFact signature = now_->AddFact(key_, owner_, FACT_KIND_SIGNED, time_);
  if (signature.fact != nullptr) *signature.fact->mutable_amount() = amount_;
}

// Sales gives up after ninety days; marketing sometimes does not.
void OpportunityCourse::EndWithoutAnswer() {
  const absl::Time given_up = Later(random_, time_, 90, 110);
  const DraftedJudgement lost = JudgeLost(owner_, "no-answer", given_up);
  if (lost.judgement == nullptr) return;
  if (random_.Chance(0.25)) {
    const Identity& marketer = random_.Pick(d_->members["marketing"]);
    JudgeLost(marketer, "no-answer", Later(random_, given_up, 1, 30));
  }
  if (!random_.Chance(0.05)) return;
  now_->Withdraw(lost, owner_, "answered-after-all");
  if (now_ != later_ && random_.Chance(0.5)) {
    now_ = later_;
    JudgeLost(owner_, "no-budget", Later(random_, given_up, 20, 60));
  }
}

DraftedJudgement OpportunityCourse::JudgeLost(const Identity& as, const std::string& reason,
                                              absl::Time when) {
  return now_->AddJudgement(key_, as, "opportunity-outcome", "lost", reason, when);
}

void OpportunityCourse::Forecast() {
  if (owner_.department != "departments/sales" || !random_.Chance(0.7)) return;
  const int category = random_.Between(1, 3);
  absl::Time when = DaysBefore(random_, d_->options.now, random_.Between(1, 20));
  if (when < time_) when = Later(random_, time_, 0, 2);
  now_->AddJudgement(key_, owner_, "forecast-category", kCategories[category], "talked-to-them",
                     when);
  if (!random_.Chance(0.4)) return;
  const int doubted = category - random_.Below(2);
  now_->AddJudgement(key_, manager_, "forecast-category", kCategories[doubted], "history",
                     Later(random_, when, 0, 2));
}

google::type::Money OpportunityCourse::Percent(int percent) const {
  return ToMoney(amount_.currency_code(), amount_.units() * percent / 100);
}

}  // namespace comity::client
