// Facts and judgements of one kind of subject, gathered while its records are drafted.
#ifndef COMITY_CLIENT_DEMO_HAPPENINGS_H_
#define COMITY_CLIENT_DEMO_HAPPENINGS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "comity/fact/v1/fact_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "services/client/demo/company.h"

namespace comity::client {

struct Draftsman;

// A fact or judgement that was drafted; null where it would lie in the future.
struct DraftedFact {
  std::string key;
  fact::v1::Fact* fact = nullptr;
};
struct DraftedJudgement {
  std::string key;
  judgement::v1::Judgement* judgement = nullptr;
};

// They are sent in five phases: facts, their corrections, their voidings, judgements, withdrawals.
// Within a phase only one identity's drafts are in order: what follows the deed of another person,
// or a voiding or withdrawal, belongs to later Happenings.
class Happenings {
 public:
  Happenings(Draftsman* draftsman, std::string what);

  DraftedFact AddFact(const std::string& subject, const Identity& as, fact::v1::FactKind kind,
                      absl::Time when);
  // A copy of `earlier` that corrects it, to be changed; `earlier` is not null.
  fact::v1::Fact* Correct(const DraftedFact& earlier, const Identity& as, absl::string_view reason);
  void Void(const DraftedFact& earlier, const Identity& as, absl::string_view reason);

  DraftedJudgement AddJudgement(const std::string& subject, const Identity& as,
                                absl::string_view question, absl::string_view answer,
                                absl::string_view reason, absl::Time when);
  // `earlier` is not null, and the last judgement of its department in these Happenings.
  void Withdraw(const DraftedJudgement& earlier, const Identity& as, absl::string_view reason);

  // Appends all to the company.
  void Finish();

 private:
  Draftsman* const draftsman_;
  const std::string what_;
  std::vector<Draft> facts_;
  std::vector<Draft> corrections_;
  std::vector<Draft> voidings_;
  std::vector<Draft> judgements_;
  std::vector<Draft> withdrawals_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_HAPPENINGS_H_
