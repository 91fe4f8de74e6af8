// One case from its opening to wherever it stands now.
#ifndef COMITY_CLIENT_DEMO_CASE_COURSE_H_
#define COMITY_CLIENT_DEMO_CASE_COURSE_H_

#include <string>

#include "absl/time/time.h"
#include "services/client/demo/draftsman.h"
#include "services/client/demo/happenings.h"
#include "services/client/demo/random.h"

namespace comity::client {

class CaseCourse {
 public:
  struct Opening {
    std::string key;
    Identity owner;
    Identity seller;  // who works on the account
    absl::Time opened;
  };
  CaseCourse(Draftsman* draftsman, Random& random, Happenings* happenings, Opening opening);
  void Go();

 private:
  // Null where the step lies in the future; then so do all that follow.
  DraftedFact Step(fact::v1::FactKind kind, int least_days, int most_days);
  void Hand(const std::string& team);
  void HandAround();
  void ItHandsBack();
  void AddNotes();
  void JudgeSeverity();
  void JudgeCause();
  void OthersJudgeCause(const std::string& cause, absl::Time when);
  void End();
  bool SoldBySales() const { return seller_.department == "departments/sales"; }

  Draftsman* const d_;
  Random& random_;
  Happenings* const happenings_;
  const std::string key_;
  const Identity opener_;
  const Identity seller_;
  const absl::Time opened_;
  Identity owner_;
  absl::Time time_;
  bool alive_ = true;
};

}  // namespace comity::client

#endif  // COMITY_CLIENT_DEMO_CASE_COURSE_H_
