// What callers asked and what they were told: the only thing that a checker believes.
#ifndef COMITY_TESTS_INTEGRATION_ACT_H_
#define COMITY_TESTS_INTEGRATION_ACT_H_

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/integration/calls.h"

namespace comity::integration {

// One request, sent until its outcome was known.
struct Act {
  std::string as;      // `ana@sales`
  std::string method;  // `LeadService/CreateLead`
  MessagePtr request;
  std::string request_id;
  MessagePtr reply;      // null: refused
  absl::Status refusal;  // for good
  absl::Time begun;      // before it was first sent
  absl::Time answered;
  int attempts = 0;  // more than one: an answer was lost, and the same request sent again

  bool acknowledged() const { return reply != nullptr; }
  // `Create` of `LeadService/CreateLead`.
  std::string verb() const;
  // The subject that an acknowledged act changed.
  std::string subject() const;
};

// Acts of many callers. Thread-safe.
class Diary {
 public:
  void Add(Act act);
  void CountRead(const std::string& service);
  std::vector<Act> acts() const;
  // Good answers of a service so far, reads among them.
  int Answered(const std::string& service) const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<Act> acts_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, int> answered_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_ACT_H_
