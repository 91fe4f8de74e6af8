#include "comity/support/v1/case_service.pb.h"
#include "services/client/demo/calendar.h"
#include "services/client/demo/case_course.h"
#include "services/client/demo/draftsman.h"

namespace comity::client {
namespace {

const DemoProduct& PickProduct(Draftsman* d, Random& random, bool membership) {
  while (true) {
    const DemoProduct& product = random.Pick(d->products);
    if (product.membership == membership) return product;
  }
}

void MakeCase(Draftsman* d, Random& random, const std::string& key, Phase* phase,
              Happenings* happenings) {
  const DemoAccount& account = random.Pick(d->accounts);
  const DemoProduct& product = PickProduct(d, random, !account.organization);
  const Identity owner = random.Pick(d->teams["first-line"]);
  const absl::Time opened = BeginTime(random, d->options.now);
  auto* record = AddCreate(*d, phase, key, owner, &support::v1::CreateCaseRequest::mutable_case_);
  record->set_title(absl::StrCat(product.display_name, ": ", random.Pick(DemoWords().case_titles)));
  record->set_account(Ref(account.key));
  record->set_contact(Ref(random.Pick(account.contacts)));
  record->set_channel(random.Chance(0.5) ? "phone" : "email");
  record->set_product(Ref(product.key));
  record->set_team("teams/first-line");
  record->set_owner(owner.person);
  SetTime(opened, record->mutable_open_time());
  CaseCourse(d, random, happenings, {key, owner, account.owner, opened}).Go();
}

}  // namespace

void MakeCases(Draftsman* d) {
  constexpr int kCases = 2000;
  Random random(d->options.seed, "cases");
  Happenings happenings(d, "case");
  Phase phase{"cases", "comity.support.v1.CaseService/BatchCreateCases", {}};
  for (int i = 0; i < d->Count(kCases); ++i) {
    MakeCase(d, random, absl::StrCat("case-", i), &phase, &happenings);
  }
  d->company.phases.push_back(std::move(phase));
  happenings.Finish();
}

}  // namespace comity::client
