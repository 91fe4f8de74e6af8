#include "comity/lead/v1/lead_service.pb.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/words.h"
#include "services/client/import/plan.h"

namespace comity::client {
namespace {

// Marketing counts generously, sales strictly: both by the same criteria.
const char* Verdict(double quality, double nurture_from, double qualified_from) {
  if (quality >= qualified_from) return "qualified";
  return quality >= nurture_from ? "nurture" : "disqualified";
}

const char* ReasonFor(absl::string_view answer) {
  if (answer == "qualified") return "need-confirmed";
  return answer == "nurture" ? "later" : "no-need";
}

void FillLead(Random& random, int number, lead::v1::Lead* lead) {
  const Words& words = DemoWords();
  lead->set_given_name(random.Pick(words.given_names));
  lead->set_family_name(random.Pick(words.family_names));
  lead->set_email_address(absl::StrCat(Slug(lead->given_name()), ".", Slug(lead->family_name()),
                                       ".", number, "@post.example"));
  lead->set_source(random.Pick(words.lead_sources));
  lead->set_country(random.Pick(words.countries));
  if (!random.Chance(0.7)) return;
  lead->set_job_title(random.Pick(words.job_titles));
  lead->set_organization(
      absl::StrCat(random.Pick(words.firm_names), " ", random.Pick(words.firm_kinds)));
}

void AddTouches(Draftsman* d, Random& random, const DemoLead& lead, const Identity& marketer,
                Happenings* happenings) {
  const int touches = random.Between(1, 3);
  for (int i = 0; i < touches; ++i) {
    auto* touch = happenings->AddFact(lead.key, marketer, fact::v1::FACT_KIND_TOUCH,
                                      lead.captured - absl::Hours(24 * (touches - i) - 5));
    if (touch == nullptr) return;
    touch->set_channel(random.Pick(DemoWords().channels));
    if (random.Chance(0.6)) touch->set_campaign(Ref(random.Pick(d->campaigns)));
  }
}

void AddVerdicts(Random& random, const DemoLead& lead, const Identity& marketer,
                 const Identity& seller, Happenings* happenings) {
  if (!random.Chance(0.85)) return;  // nobody has looked yet
  const char* first = Verdict(lead.quality, 0.25, 0.45);
  happenings->AddJudgement(lead.key, marketer, "lead-quality", first, ReasonFor(first),
                           random.After(lead.captured, 0, 8));
  const bool handed = absl::string_view(first) == "qualified";
  if (!random.Chance(handed ? 0.75 : 0.2)) return;
  const absl::Time called = random.After(lead.captured, 2, 20);
  auto* call = happenings->AddFact(lead.key, seller, fact::v1::FACT_KIND_CALL, called);
  if (call != nullptr) call->set_summary(random.Pick(DemoWords().call_notes));
  const char* second = Verdict(lead.quality, 0.5, 0.65);
  happenings->AddJudgement(lead.key, seller, "lead-quality", second, ReasonFor(second),
                           random.After(called, 0, 12));
}

}  // namespace

void MakeLeads(Draftsman* d) {
  Random random(d->options.seed, "leads");
  Happenings happenings(d);
  Phase phase{"leads", "comity.lead.v1.LeadService/BatchCreateLeads", {}};
  for (int i = 0; i < d->Count(2000); ++i) {
    DemoLead made;
    made.key = absl::StrCat("lead-", i);
    made.captured = d->options.now - absl::Hours(24 * random.Between(1, 360)) -
                    absl::Minutes(random.Below(600));
    made.quality = random.Share();
    const Identity& marketer = random.Pick(d->members["marketing"]);
    const Identity& seller = random.Pick(d->members[random.Chance(0.9) ? "sales" : "membership"]);
    auto* lead =
        AddCreate(*d, &phase, made.key, marketer, &lead::v1::CreateLeadRequest::mutable_lead);
    FillLead(random, i, lead);
    SetTime(made.captured, lead->mutable_capture_time());
    lead->set_owner(random.Chance(0.7) ? seller.person : marketer.person);
    AddTouches(d, random, made, marketer, &happenings);
    AddVerdicts(random, made, marketer, seller, &happenings);
    d->leads.push_back(std::move(made));
  }
  d->company.phases.push_back(std::move(phase));
  happenings.Finish("lead");
}

}  // namespace comity::client
