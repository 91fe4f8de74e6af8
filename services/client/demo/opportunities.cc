#include "comity/lead/v1/opportunity_service.pb.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/words.h"

namespace comity::client {
namespace {

using fact::v1::FACT_KIND_AMOUNT_CHANGED;
using fact::v1::FACT_KIND_CALL;
using fact::v1::FACT_KIND_CLOSE_DATE_CHANGED;
using fact::v1::FACT_KIND_DECLINED;
using fact::v1::FACT_KIND_ENGAGED;
using fact::v1::FACT_KIND_MEETING;
using fact::v1::FACT_KIND_SIGNED;

const std::vector<std::string>& Stages() {
  static const auto* stages =
      new std::vector<std::string>{"prospecting", "engaging", "proposal", "negotiation"};
  return *stages;
}

void SetDate(absl::Time time, google::type::Date* date) {
  const absl::CivilDay day = absl::ToCivilDay(time, absl::UTCTimeZone());
  date->set_year(static_cast<int>(day.year()));
  date->set_month(day.month());
  date->set_day(day.day());
}

// One opportunity from its beginning to wherever it stands now.
class Course {
 public:
  Course(Draftsman* d, Random& random, Happenings* happenings, std::string key, Identity owner)
      : d_(d), random_(random), happenings_(happenings), key_(std::move(key)), owner_(owner) {}

  void Begin(absl::Time open, Phase* phase) {
    time_ = open;
    auto* opportunity = AddCreate(*d_, phase, key_, owner_,
                                  &lead::v1::CreateOpportunityRequest::mutable_opportunity);
    const DemoAccount& account = random_.Pick(d_->accounts);
    opportunity->set_account(Ref(account.key));
    if (!account.contacts.empty()) opportunity->set_contact(Ref(random_.Pick(account.contacts)));
    const DemoLead& lead = random_.Pick(d_->leads);
    if (lead.quality > 0.55 && lead.captured < open) opportunity->set_lead(Ref(lead.key));
    AddLines(opportunity);
    *opportunity->mutable_amount() = Euro(amount_);
    opportunity->set_owner(owner_.person);
    SetTime(open, opportunity->mutable_open_time());
    SetDate(open + absl::Hours(24 * random_.Between(30, 150)),
            opportunity->mutable_expected_close_date());
  }

  void Go() {
    JudgeStage(0);
    if (!random_.Chance(0.88)) return EndWithoutAnswer();
    time_ = random_.After(time_, 1, 20);
    if (happenings_->AddFact(key_, owner_, FACT_KIND_ENGAGED, time_) == nullptr) return;
    JudgeStage(1);
    Talk();
    const double fate = random_.Share();
    for (int stage = 2; stage < 4 && random_.Chance(fate < 0.5 ? 0.9 : 0.55); ++stage) {
      time_ = random_.After(time_, 5, 25);
      JudgeStage(stage);
      Talk();
    }
    if (random_.Chance(0.3)) ChangeAmount();
    if (fate < 0.45) return Sign();
    if (fate < 0.68) return Decline();
    if (fate < 0.80) return EndWithoutAnswer();
    Forecast();
  }

 private:
  void AddLines(lead::v1::Opportunity* opportunity) {
    const int lines = random_.Between(1, 3);
    for (int i = 0; i < lines; ++i) {
      const DemoProduct& product = random_.Pick(d_->products);
      auto* line = opportunity->add_lines();
      line->set_product(Ref(product.key));
      line->set_quantity(random_.Between(1, product.price > 5000 ? 3 : 12));
      *line->mutable_unit_price() = Euro(product.price);
      amount_ += product.price * line->quantity();
    }
    opportunity->set_display_name(absl::StrCat(DemoWords().firm_names[random_.Below(50)], " ",
                                               lines == 1 ? "order" : "project"));
  }

  void JudgeStage(int stage) {
    happenings_->AddJudgement(key_, owner_, "opportunity-stage", Stages()[stage], "progress",
                              time_);
    // Management believes a stage later than sales does.
    if (stage > 0 && random_.Chance(0.08)) {
      happenings_->AddJudgement(key_, random_.Pick(d_->members["management"]), "opportunity-stage",
                                Stages()[stage - 1], "no-written-offer",
                                random_.After(time_, 0, 4));
    }
  }

  void Talk() {
    if (!random_.Chance(0.6)) return;
    auto* talk =
        happenings_->AddFact(key_, owner_, random_.Chance(0.7) ? FACT_KIND_CALL : FACT_KIND_MEETING,
                             random_.After(time_, 0, 4));
    if (talk != nullptr) talk->set_summary(random_.Pick(DemoWords().call_notes));
  }

  void ChangeAmount() {
    time_ = random_.After(time_, 1, 10);
    amount_ = amount_ * random_.Between(70, 125) / 100;
    auto* change = happenings_->AddFact(key_, owner_, FACT_KIND_AMOUNT_CHANGED, time_);
    if (change == nullptr) return;
    *change->mutable_amount() = Euro(amount_);
    change->set_reason("scope-changed");
    if (!random_.Chance(0.4)) return;
    auto* moved = happenings_->AddFact(key_, owner_, FACT_KIND_CLOSE_DATE_CHANGED, time_);
    if (moved == nullptr) return;
    SetDate(time_ + absl::Hours(24 * random_.Between(20, 90)), moved->mutable_close_date());
    moved->set_reason("customer-asked");
  }

  void Sign() {
    time_ = random_.After(time_, 3, 25);
    auto* fact = happenings_->AddFact(key_, owner_, FACT_KIND_SIGNED, time_);
    if (fact == nullptr) return Forecast();
    *fact->mutable_amount() = Euro(amount_ * random_.Between(90, 102) / 100);
  }

  void Decline() {
    time_ = random_.After(time_, 3, 25);
    auto* fact = happenings_->AddFact(key_, owner_, FACT_KIND_DECLINED, time_);
    if (fact == nullptr) return Forecast();
    fact->set_reason(random_.Chance(0.5) ? "price" : "competitor");
    // Not every loss is called one by those whose list it would leave.
    if (random_.Chance(0.85)) JudgeLost(owner_, fact->reason(), random_.After(time_, 0, 10));
    if (random_.Chance(0.3)) {
      JudgeLost(random_.Pick(d_->members["management"]), fact->reason(),
                random_.After(time_, 5, 20));
    }
  }

  // Sales gives up after ninety days; marketing sometimes does not.
  void EndWithoutAnswer() {
    const absl::Time given_up = random_.After(time_, 90, 110);
    JudgeLost(owner_, "no-answer", given_up);
    if (random_.Chance(0.25)) {
      JudgeLost(random_.Pick(d_->members["marketing"]), "no-answer",
                random_.After(given_up, 1, 30));
    }
  }

  void JudgeLost(const Identity& as, const std::string& reason, absl::Time when) {
    happenings_->AddJudgement(key_, as, "opportunity-outcome", "lost", reason, when);
  }

  void Forecast() {
    static const std::vector<std::string> kCategories = {"omitted", "pipeline", "best-case",
                                                         "commit"};
    if (owner_.department != "departments/sales" || !random_.Chance(0.7)) return;
    const int category = random_.Between(1, 3);
    const absl::Time when = d_->options.now - absl::Hours(24 * random_.Between(1, 20));
    happenings_->AddJudgement(key_, owner_, "forecast-category", kCategories[category],
                              "talked-to-them", when);
    if (random_.Chance(0.4)) {
      happenings_->AddJudgement(key_, random_.Pick(d_->members["management"]), "forecast-category",
                                kCategories[category - random_.Below(2)], "history", when);
    }
  }

  Draftsman* const d_;
  Random& random_;
  Happenings* const happenings_;
  const std::string key_;
  const Identity owner_;
  absl::Time time_;
  int64_t amount_ = 0;
};

}  // namespace

void MakeOpportunities(Draftsman* d) {
  Random random(d->options.seed, "opportunities");
  Happenings happenings(d);
  Phase phase{"opportunities", "comity.lead.v1.OpportunityService/BatchCreateOpportunities", {}};
  for (int i = 0; i < d->Count(1200); ++i) {
    const Identity owner = random.Pick(d->members[random.Chance(0.92) ? "sales" : "membership"]);
    Course course(d, random, &happenings, absl::StrCat("opportunity-", i), owner);
    course.Begin(d->options.now - absl::Hours(24 * random.Between(2, 362)), &phase);
    course.Go();
  }
  d->company.phases.push_back(std::move(phase));
  happenings.Finish("opportunity");
}

}  // namespace comity::client
