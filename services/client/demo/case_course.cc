#include "services/client/demo/case_course.h"

#include <utility>

#include "services/client/demo/calendar.h"

namespace comity::client {
namespace {

using fact::v1::FACT_KIND_CLOSED;
using fact::v1::FACT_KIND_HANDED_TO_TEAM;
using fact::v1::FACT_KIND_NOTE;
using fact::v1::FACT_KIND_REOPENED;
using fact::v1::FACT_KIND_RESOLVED;
using fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER;

constexpr const char* kSeverities[] = {"minor", "major", "critical"};

}  // namespace

CaseCourse::CaseCourse(Draftsman* draftsman, Random& random, Happenings* happenings,
                       Opening opening)
    : d_(draftsman),
      random_(random),
      happenings_(happenings),
      key_(std::move(opening.key)),
      opener_(opening.owner),
      seller_(std::move(opening.seller)),
      opened_(opening.opened),
      owner_(std::move(opening.owner)),
      time_(opening.opened) {}

void CaseCourse::Go() {
  JudgeSeverity();
  AddNotes();
  if (random_.Chance(0.4)) HandAround();
  if (random_.Chance(0.25)) {
    const DraftedFact waiting = Step(FACT_KIND_WAITING_FOR_CUSTOMER, 0, 3);
    if (waiting.fact != nullptr && random_.Chance(0.04)) {
      happenings_->Void(waiting, owner_, "other-case");
    }
  }
  if (random_.Chance(0.75)) JudgeCause();
  End();
}

DraftedFact CaseCourse::Step(fact::v1::FactKind kind, int least_days, int most_days) {
  if (!alive_) return {};
  time_ = Later(random_, time_, least_days, most_days);
  const DraftedFact step = happenings_->AddFact(key_, owner_, kind, time_);
  alive_ = step.fact != nullptr;
  return step;
}

// To someone of the team.
void CaseCourse::Hand(const std::string& team) {
  const DraftedFact handed = Step(FACT_KIND_HANDED_TO_TEAM, 0, 3);
  if (handed.fact == nullptr) return;
  const Identity next = Other(random_, d_->teams[team], owner_);
  handed.fact->set_team(absl::StrCat("teams/", team));
  handed.fact->set_owner(next.person);
  if (random_.Chance(0.03)) {
    happenings_->Correct(handed, owner_, "reason-was-missing")
        ->set_summary("Needs a look into the device");
  }
  if (next.department == owner_.department) owner_ = next;
}

void CaseCourse::HandAround() {
  Hand("second-line");
  if (random_.Chance(0.25)) ItHandsBack();
  if (random_.Chance(0.3)) Hand("first-line");
  if (random_.Chance(0.2)) Hand("field");
}

// It looks into its own systems, and is done with it or says that it is not their doing.
void CaseCourse::ItHandsBack() {
  const Identity expert = random_.Pick(d_->members["it"]);
  Hand("platform");
  if (!alive_) return;
  time_ = Later(random_, time_, 0, 4);
  const DraftedFact back = happenings_->AddFact(key_, expert, FACT_KIND_HANDED_TO_TEAM, time_);
  alive_ = back.fact != nullptr;
  if (!alive_) return;
  back.fact->set_team("teams/second-line");
  back.fact->set_owner(owner_.person);
  back.fact->set_summary(random_.Chance(0.5) ? "Our systems were up all day" : "Mended");
}

void CaseCourse::AddNotes() {
  if (random_.Chance(0.5)) {
    const DraftedFact note = Step(FACT_KIND_NOTE, 0, 2);
    if (note.fact != nullptr) {
      note.fact->set_summary(random_.Pick(DemoWords().case_notes));
      if (random_.Chance(0.03)) happenings_->Void(note, owner_, "other-case");
    }
  }
  if (!SoldBySales() || !random_.Chance(0.1)) return;
  const DraftedFact note =
      happenings_->AddFact(key_, seller_, FACT_KIND_NOTE, Later(random_, opened_, 0, 5));
  if (note.fact != nullptr) note.fact->set_summary("They called me as well: please hurry");
}

void CaseCourse::JudgeSeverity() {
  const int severity = random_.Below(3);
  const absl::Time when = opened_ + absl::Minutes(20);
  happenings_->AddJudgement(key_, opener_, "case-severity", kSeverities[severity], "triage", when);
  if (random_.Chance(0.08)) {
    const absl::Time again = Later(random_, when, 1, 4);
    happenings_->AddJudgement(key_, opener_, "case-severity", kSeverities[random_.Below(3)],
                              "looked-again", again);
  }
  if (!SoldBySales() || !random_.Chance(0.3)) return;
  const DraftedJudgement louder = happenings_->AddJudgement(
      key_, seller_, "case-severity", kSeverities[std::min(2, severity + 1)], "customer-called",
      Later(random_, opened_, 0, 3));
  if (louder.judgement != nullptr && random_.Chance(0.06)) {
    happenings_->Withdraw(louder, seller_, "was-another-case");
  }
}

// Support sees promises where sales sees wrong use.
void CaseCourse::JudgeCause() {
  static const auto* causes = new std::vector<std::string>{"product",   "promise",     "promise",
                                                           "operation", "counterpart", "unknown"};
  const std::string& cause = random_.Pick(*causes);
  const absl::Time when = Later(random_, opened_, 1, 12);
  happenings_->AddJudgement(key_, opener_, "case-cause", cause, "looked-into", when);
  if (cause == "unknown" && random_.Chance(0.4)) {
    const absl::Time again = Later(random_, when, 3, 20);
    happenings_->AddJudgement(key_, opener_, "case-cause", "product", "found-it-elsewhere", again);
  }
  OthersJudgeCause(cause, when);
}

void CaseCourse::OthersJudgeCause(const std::string& cause, absl::Time when) {
  if (cause == "promise" && SoldBySales() && random_.Chance(0.6)) {
    const DraftedJudgement denied = happenings_->AddJudgement(
        key_, seller_, "case-cause", "counterpart", "not-promised", Later(random_, when, 0, 6));
    if (denied.judgement != nullptr && random_.Chance(0.06)) {
      happenings_->Withdraw(denied, seller_, "found-the-mail");
    }
  }
  if (cause == "operation" && random_.Chance(0.5)) {
    const Identity& expert = random_.Pick(d_->members["it"]);
    happenings_->AddJudgement(key_, expert, "case-cause", "product", "logs-are-clean",
                              Later(random_, when, 0, 6));
  }
  if (random_.Chance(0.2)) {
    const Identity& manager = random_.Pick(d_->members["management"]);
    happenings_->AddJudgement(key_, manager, "case-cause", cause, "heard-both",
                              Later(random_, when, 7, 20));
  }
}

void CaseCourse::End() {
  if (Step(FACT_KIND_RESOLVED, 0, 9).fact == nullptr) return;
  if (random_.Chance(0.1)) {
    if (Step(FACT_KIND_REOPENED, 1, 6).fact == nullptr) return;
    if (random_.Chance(0.3)) Hand("second-line");
    if (Step(FACT_KIND_RESOLVED, 1, 9).fact == nullptr) return;
  }
  if (!random_.Chance(0.8)) return;
  const DraftedFact closed = Step(FACT_KIND_CLOSED, 1, 14);
  if (closed.fact != nullptr && random_.Chance(0.02)) {
    happenings_->Void(closed, owner_, "closed-by-mistake");
  }
}

}  // namespace comity::client
