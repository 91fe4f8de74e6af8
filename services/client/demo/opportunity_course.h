// One opportunity from its beginning to wherever it stands now.
#ifndef COMITY_CLIENT_DEMO_OPPORTUNITY_COURSE_H_
#define COMITY_CLIENT_DEMO_OPPORTUNITY_COURSE_H_

#include <string>

#include "absl/time/time.h"
#include "google/type/money.pb.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/happenings.h"
#include "services/client/demo/random.h"

namespace comity::client {

class OpportunityCourse {
 public:
  struct Beginning {
    std::string key;
    Identity owner;
    absl::Time open;
    google::type::Money amount;
  };
  OpportunityCourse(Draftsman* draftsman, Random& random, Happenings* first, Happenings* later,
                    Beginning beginning);
  void Go();

 private:
  void JudgeStage(int stage);
  void Talk();
  void ChangeAmount();
  void ChangeCloseDate();
  void ChangeOwner();
  void Sign();
  void Unsign(const DraftedFact& signature);
  void Decline();
  void ComeBack(const DraftedJudgement& lost);
  void EndWithoutAnswer();
  DraftedJudgement JudgeLost(const Identity& as, const std::string& reason, absl::Time when);
  void Forecast();
  google::type::Money Percent(int percent) const;

  Draftsman* const d_;
  Random& random_;
  Happenings* now_;  // where the next step belongs
  Happenings* const later_;
  const std::string key_;
  const Identity manager_;  // whoever of management looks at it
  Identity owner_;
  absl::Time time_;
  google::type::Money amount_;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_OPPORTUNITY_COURSE_H_
