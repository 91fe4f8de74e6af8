#include "comity/lead/v1/lead_service.pb.h"
#include "services/client/demo/calendar.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/happenings.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

constexpr char kLeadQuality[] = "lead-quality";

// Marketing counts generously, sales strictly: both by the same criteria.
const char* Verdict(double quality, double nurture_from, double qualified_from) {
  if (quality >= qualified_from) return "qualified";
  return quality >= nurture_from ? "nurture" : "disqualified";
}

std::string ReasonFor(Random& random, absl::string_view answer) {
  static const auto* good = new std::vector<std::string>{"need-confirmed", "budget-confirmed"};
  static const auto* bad = new std::vector<std::string>{"no-need", "no-budget", "not-reachable"};
  if (answer == "nurture") return random.Chance(0.5) ? "later" : "budget-next-year";
  return random.Pick(answer == "qualified" ? *good : *bad);
}

// One lead from its first touch to whatever became of it.
class LeadCourse {
 public:
  LeadCourse(Draftsman* d, Random& random, Happenings* first, Happenings* later, int number)
      : d_(d), random_(random), first_(first), later_(later), number_(number) {
    lead_.key = absl::StrCat("lead-", number);
    lead_.captured = BeginTime(random, d->options.now);
    lead_.quality = random.Share();
    marketer_ = random.Pick(d->members["marketing"]);
    place_ = &random.Pick(Places());
    if (random.Chance(0.45)) FindAccount();
    seller_ = lead_.account != nullptr ? lead_.account->owner
              : random.Chance(0.9)     ? random.Pick(d->teams[place_->team])
                                       : random.Pick(d->members["membership"]);
    owner_ = random.Chance(0.7) ? seller_ : marketer_;
  }

  void Begin(Phase* phase) {
    auto* lead =
        AddCreate(*d_, phase, lead_.key, marketer_, &lead::v1::CreateLeadRequest::mutable_lead);
    lead->set_given_name(random_.Pick(GivenNames()));
    lead->set_family_name(random_.Pick(FamilyNames()));
    lead->set_email_address(absl::StrCat(Slug(lead->given_name()), ".", Slug(lead->family_name()),
                                         ".", number_, "@post.example"));
    lead->set_source(random_.Pick(DemoWords().lead_sources));
    lead->set_country(place_->country);
    SetTime(lead_.captured, lead->mutable_capture_time());
    lead->set_owner(owner_.person);
    if (lead_.account == nullptr && random_.Chance(0.4)) return;
    lead->set_job_title(random_.Pick(DemoWords().job_titles));
    const std::string& firm = random_.Pick(DemoWords().firm_names);
    const std::string& kind = random_.Pick(DemoWords().firm_kinds);
    lead->set_organization(lead_.account != nullptr
                               ? lead_.account->display_name
                               : absl::StrCat(firm, " ", kind, " ", place_->legal_form));
  }

  void Go() {
    Touch();
    if (!random_.Chance(0.85)) return;  // nobody has looked yet
    const char* verdict = MarketingJudges();
    ChangeOwner();
    if (random_.Chance(absl::string_view(verdict) == "qualified" ? 0.75 : 0.2)) SalesJudges();
  }

  DemoLead&& Result() && { return std::move(lead_); }

 private:
  // An account whose people ask for more.
  void FindAccount() {
    const DemoAccount& account = random_.Pick(d_->accounts);
    if (!account.organization) return;
    lead_.account = &account;
    place_ = account.place;
  }

  void Touch() {
    const int touches = random_.Between(1, 3);
    for (int i = touches; i > 0; --i) {
      const DraftedFact touch =
          first_->AddFact(lead_.key, marketer_, fact::v1::FACT_KIND_TOUCH,
                          DaysBefore(random_, lead_.captured, i * random_.Between(1, 5)));
      touch.fact->set_channel(random_.Pick(DemoWords().channels));
      if (random_.Chance(0.6)) touch.fact->set_campaign(Ref(random_.Pick(d_->campaigns)));
      if (random_.Chance(0.02)) {
        first_->Correct(touch, marketer_, "other-campaign")
            ->set_campaign(Ref(random_.Pick(d_->campaigns)));
      }
    }
  }

  const char* MarketingJudges() {
    const char* verdict = Verdict(lead_.quality, 0.25, 0.45);
    const absl::Time when = Later(random_, lead_.captured, 0, 8);
    const DraftedJudgement judged = first_->AddJudgement(
        lead_.key, marketer_, kLeadQuality, verdict, ReasonFor(random_, verdict), when);
    if (judged.judgement == nullptr) return verdict;
    if (absl::string_view(verdict) == "nurture" && random_.Chance(0.3)) {
      verdict = "qualified";
      first_->AddJudgement(lead_.key, marketer_, kLeadQuality, verdict, "asked-again",
                           Later(random_, when, 30, 90));
    } else if (random_.Chance(0.03)) {
      first_->Withdraw(judged, marketer_, "other-person");
      if (random_.Chance(0.5)) {
        later_->AddJudgement(lead_.key, marketer_, kLeadQuality, "nurture", "later",
                             Later(random_, when, 5, 30));
      }
    }
    return verdict;
  }

  // Within the team, or from marketing to sales; now and then by mistake.
  void ChangeOwner() {
    if (!random_.Chance(0.08)) return;
    const DraftedFact change = first_->AddFact(lead_.key, owner_, fact::v1::FACT_KIND_OWNER_CHANGED,
                                               Later(random_, lead_.captured, 9, 20));
    if (change.fact == nullptr) return;
    const bool with_seller = owner_.person == seller_.person;
    change.fact->set_owner(with_seller ? Other(random_, d_->Colleagues(owner_), owner_).person
                                       : seller_.person);
    change.fact->set_reason("territory");
    if (random_.Chance(0.2)) first_->Void(change, owner_, "assigned-by-mistake");
  }

  void SalesJudges() {
    const absl::Time called = Later(random_, lead_.captured, 2, 20);
    const DraftedFact call = first_->AddFact(lead_.key, seller_, fact::v1::FACT_KIND_CALL, called);
    if (call.fact == nullptr) return;
    call.fact->set_summary(random_.Pick(DemoWords().call_notes));
    if (random_.Chance(0.04)) first_->Void(call, seller_, "other-lead");
    const char* verdict = Verdict(lead_.quality, 0.5, 0.65);
    const absl::Time when = Later(random_, called, 0, 12);
    const DraftedJudgement judged = first_->AddJudgement(lead_.key, seller_, kLeadQuality, verdict,
                                                         ReasonFor(random_, verdict), when);
    if (judged.judgement == nullptr) return;
    if (absl::string_view(verdict) == "qualified") lead_.qualified = when;
    if (lead_.quality < 0.6 || absl::string_view(verdict) == "qualified") return;
    // A near miss: some are looked at again.
    if (random_.Chance(0.3)) {
      const absl::Time again = Later(random_, when, 20, 60);
      first_->AddJudgement(lead_.key, seller_, kLeadQuality, "qualified", "new-budget", again);
      lead_.qualified = again;
    } else if (random_.Chance(0.3)) {
      first_->Withdraw(judged, seller_, "called-too-early");
    }
  }

  Draftsman* const d_;
  Random& random_;
  Happenings* const first_;
  Happenings* const later_;
  const int number_;
  DemoLead lead_;
  const Place* place_;
  Identity marketer_;
  Identity seller_;
  Identity owner_;
};

}  // namespace

void MakeLeads(Draftsman* d) {
  constexpr int kLeads = 2000;
  Random random(d->options.seed, "leads");
  Happenings first(d, "lead");
  Happenings later(d, "later lead");
  Phase phase{"leads", "comity.lead.v1.LeadService/BatchCreateLeads", {}};
  for (int i = 0; i < d->Count(kLeads); ++i) {
    LeadCourse course(d, random, &first, &later, i);
    course.Begin(&phase);
    course.Go();
    d->leads.push_back(std::move(course).Result());
  }
  d->company.phases.push_back(std::move(phase));
  first.Finish();
  later.Finish();
}

}  // namespace comity::client
