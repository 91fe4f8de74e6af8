// What happened with accounts, and how well they do by whose account.
#include "services/client/demo/calendar.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/happenings.h"

namespace comity::client {
namespace {

constexpr char kAccountHealth[] = "account-health";

const std::string& Health(int grade) {
  static const auto* grades =
      new std::vector<std::string>{"inactive", "critical", "at-risk", "healthy"};
  return (*grades)[std::clamp(grade, 0, 3)];
}

void AddContactWith(Random& random, const DemoAccount& account, absl::Time since,
                    Happenings* first) {
  const DraftedFact talk = first->AddFact(
      account.key, account.owner,
      random.Chance(0.6) ? fact::v1::FACT_KIND_CALL : fact::v1::FACT_KIND_MEETING, since);
  if (talk.fact == nullptr) return;
  talk.fact->set_summary(random.Pick(DemoWords().call_notes));
  const double share = random.Share();
  if (share < 0.04) {
    first->Correct(talk, account.owner, "wrong-note")
        ->set_summary(random.Pick(DemoWords().call_notes));
  } else if (share < 0.06) {
    first->Void(talk, account.owner, "other-account");
  }
}

// Support counts cases; whoever sells to it sees it in a better light.
void AddHealth(Draftsman* d, Random& random, const DemoAccount& account, absl::Time since,
               Happenings* first, Happenings* later) {
  const int grade = random.Below(4);
  const Identity& supporter = random.Pick(d->members["support"]);
  const absl::Time judged = Later(random, since, 0, 20);
  first->AddJudgement(account.key, supporter, kAccountHealth, Health(grade), "open-cases", judged);
  if (random.Chance(0.25)) {
    const int now = grade + random.Between(-1, 1);
    first->AddJudgement(account.key, supporter, kAccountHealth, Health(now), "quarterly-review",
                        Later(random, judged, 80, 100));
  }
  if (!random.Chance(0.6)) return;
  const int better = grade + random.Below(3);
  const DraftedJudgement own =
      first->AddJudgement(account.key, account.owner, kAccountHealth, Health(better), "orders",
                          Later(random, since, 0, 30));
  if (own.judgement == nullptr || !random.Chance(0.06)) return;
  first->Withdraw(own, account.owner, "other-account");
  if (!random.Chance(0.5)) return;
  later->AddJudgement(account.key, account.owner, kAccountHealth, Health(grade), "orders",
                      Later(random, judged, 20, 60));
}

void AddNewOwner(Draftsman* d, Random& random, const DemoAccount& account, absl::Time since,
                 Happenings* first) {
  const DraftedFact change = first->AddFact(
      account.key, account.owner, fact::v1::FACT_KIND_OWNER_CHANGED, Later(random, since, 10, 60));
  if (change.fact == nullptr) return;
  change.fact->set_owner(Other(random, d->Colleagues(account.owner), account.owner).person);
  change.fact->set_reason("territories-changed");
  if (random.Chance(0.1)) first->Void(change, account.owner, "stays-after-all");
}

}  // namespace

void MakeAccountHistory(Draftsman* d) {
  Random random(d->options.seed, "account-history");
  Happenings first(d, "account");
  Happenings later(d, "later account");
  for (const DemoAccount& account : d->accounts) {
    const absl::Time since = BeginTime(random, d->options.now);
    if (random.Chance(0.5)) AddContactWith(random, account, since, &first);
    if (random.Chance(0.45)) AddHealth(d, random, account, since, &first, &later);
    if (random.Chance(0.05)) AddNewOwner(d, random, account, since, &first);
  }
  first.Finish();
  later.Finish();
}

}  // namespace comity::client
