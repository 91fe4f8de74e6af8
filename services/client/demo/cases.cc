#include "comity/support/v1/case_service.pb.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/words.h"

namespace comity::client {
namespace {

using fact::v1::FACT_KIND_CLOSED;
using fact::v1::FACT_KIND_HANDED_TO_TEAM;
using fact::v1::FACT_KIND_NOTE;
using fact::v1::FACT_KIND_REOPENED;
using fact::v1::FACT_KIND_RESOLVED;
using fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER;

// One case from its opening on.
class CaseCourse {
 public:
  CaseCourse(Draftsman* d, Random& random, Happenings* happenings, std::string key)
      : d_(d),
        random_(random),
        happenings_(happenings),
        key_(std::move(key)),
        owner_(random.Pick(d->members["support"])) {}

  void Begin(Phase* phase) {
    time_ = d_->options.now - absl::Hours(24 * random_.Between(1, 360)) -
            absl::Minutes(random_.Below(600));
    opened_ = time_;
    auto* record =
        AddCreate(*d_, phase, key_, owner_, &support::v1::CreateCaseRequest::mutable_case_);
    const DemoAccount& account = random_.Pick(d_->accounts);
    seller_ = account.owner;
    record->set_title(random_.Pick(DemoWords().case_titles));
    record->set_account(Ref(account.key));
    if (!account.contacts.empty()) record->set_contact(Ref(random_.Pick(account.contacts)));
    record->set_channel(random_.Chance(0.5) ? "phone" : "email");
    record->set_product(Ref(random_.Pick(d_->products).key));
    record->set_team("teams/first-line");
    record->set_owner(owner_.person);
    SetTime(time_, record->mutable_open_time());
  }

  void Go() {
    JudgeSeverity();
    if (random_.Chance(0.5)) Step(FACT_KIND_NOTE, 0, 2);
    if (random_.Chance(0.4)) {
      Hand("teams/second-line");
      if (random_.Chance(0.35)) Hand("teams/first-line");
      if (random_.Chance(0.2)) Hand("teams/field");
    }
    if (random_.Chance(0.25)) Step(FACT_KIND_WAITING_FOR_CUSTOMER, 0, 3);
    JudgeCause();
    if (!Step(FACT_KIND_RESOLVED, 0, 9)) return;
    if (random_.Chance(0.08)) {
      if (!Step(FACT_KIND_REOPENED, 1, 6) || !Step(FACT_KIND_RESOLVED, 1, 9)) return;
    }
    if (random_.Chance(0.8)) Step(FACT_KIND_CLOSED, 1, 14);
  }

 private:
  // False where the step lies in the future.
  fact::v1::Fact* Step(fact::v1::FactKind kind, int least_days, int most_days) {
    if (!alive_) return nullptr;
    time_ = random_.After(time_, least_days, most_days);
    fact::v1::Fact* fact = happenings_->AddFact(key_, owner_, kind, time_);
    if (fact == nullptr) {
      alive_ = false;
    } else if (kind == FACT_KIND_NOTE) {
      fact->set_summary("Called back and asked for details");
    }
    return fact;
  }

  void Hand(const char* team) {
    fact::v1::Fact* fact = Step(FACT_KIND_HANDED_TO_TEAM, 0, 3);
    if (fact != nullptr) fact->set_team(team);
  }

  void JudgeSeverity() {
    static const std::vector<std::string> kSeverities = {"minor", "major", "critical"};
    const int severity = random_.Below(3);
    happenings_->AddJudgement(key_, owner_, "case-severity", kSeverities[severity], "triage",
                              opened_ + absl::Minutes(20));
    if (!random_.Chance(0.3) || seller_.department != "departments/sales") return;
    happenings_->AddJudgement(key_, seller_, "case-severity",
                              kSeverities[std::min(2, severity + 1)], "customer-called",
                              random_.After(opened_, 0, 3));
  }

  // Support sees promises where sales sees wrong use.
  void JudgeCause() {
    static const std::vector<std::string> kCauses = {"product",   "promise",     "promise",
                                                     "operation", "counterpart", "unknown"};
    if (!random_.Chance(0.75)) return;
    const std::string& cause = random_.Pick(kCauses);
    const absl::Time when = random_.After(opened_, 1, 12);
    happenings_->AddJudgement(key_, owner_, "case-cause", cause, "looked-into", when);
    if (cause == "promise" && random_.Chance(0.6) && seller_.department == "departments/sales") {
      happenings_->AddJudgement(key_, seller_, "case-cause", "counterpart", "not-promised",
                                random_.After(when, 0, 6));
    }
    if (cause == "operation" && random_.Chance(0.5)) {
      happenings_->AddJudgement(key_, random_.Pick(d_->members["it"]), "case-cause", "product",
                                "logs-are-clean", random_.After(when, 0, 6));
    }
    if (random_.Chance(0.2)) {
      happenings_->AddJudgement(key_, random_.Pick(d_->members["management"]), "case-cause", cause,
                                "heard-both", random_.After(when, 7, 20));
    }
  }

  Draftsman* const d_;
  Random& random_;
  Happenings* const happenings_;
  const std::string key_;
  const Identity owner_;
  Identity seller_;
  absl::Time opened_;
  absl::Time time_;
  bool alive_ = true;
};

}  // namespace

void MakeCases(Draftsman* d) {
  Random random(d->options.seed, "cases");
  Happenings happenings(d);
  Phase phase{"cases", "comity.support.v1.CaseService/BatchCreateCases", {}};
  for (int i = 0; i < d->Count(800); ++i) {
    CaseCourse course(d, random, &happenings, absl::StrCat("case-", i));
    course.Begin(&phase);
    course.Go();
  }
  d->company.phases.push_back(std::move(phase));
  happenings.Finish("case");
}

}  // namespace comity::client
