// One workflow of each kind, as the kill matrix begins it and looks at what came of it.
#ifndef COMITY_TESTS_FAULTS_TRIAL_H_
#define COMITY_TESTS_FAULTS_TRIAL_H_

#include <memory>
#include <string>

namespace comity::integration {

class Trial {
 public:
  virtual ~Trial() = default;
  // Makes what must be there first, while all is well.
  virtual void Prepare() {}
  // Starts the workflow; returns once that is acknowledged, whatever is killed meanwhile. Once more
  // where the one before was undone.
  virtual void Start() = 0;
  // Its name.
  virtual std::string Workflow() = 0;
  // Waits for its end: it is done, once, and everybody who took part says so.
  virtual void ExpectDone() = 0;
  // Waits until it waits for somebody, or has ended; then who started it takes it back.
  virtual void TakeBack() {}
  // Waits for its end: nothing of it stands.
  virtual void ExpectUndone() {}
};

std::unique_ptr<Trial> TryConversion();
std::unique_ptr<Trial> TryAcceptance();
std::unique_ptr<Trial> TryEnactment();
// What a signature starts: `onboard-customer` or `draw-credit`.
std::unique_ptr<Trial> TrySignature(const std::string& kind);
// A move of what sales works on, or support.
std::unique_ptr<Trial> TryMove(bool of_cases);

}  // namespace comity::integration

#endif  // COMITY_TESTS_FAULTS_TRIAL_H_
