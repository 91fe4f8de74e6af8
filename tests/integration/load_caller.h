// One of several callers that work on the same few subjects, as departments do.
#ifndef COMITY_TESTS_INTEGRATION_LOAD_CALLER_H_
#define COMITY_TESTS_INTEGRATION_LOAD_CALLER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/integration/act.h"

namespace comity::integration {

// Names that callers share: of subjects by collection, of facts and judgements by kind. Only the
// latest few of each, so that callers meet. Thread-safe.
class SharedNames {
 public:
  struct Item {
    std::string name;
    std::string as;  // who made it
  };
  void Add(const std::string& kind, Item item);
  // One of them, by `number`; an empty one when there is none.
  Item Pick(const std::string& kind, uint64_t number) const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::deque<Item>> items_ ABSL_GUARDED_BY(mutex_);
};

class LoadCaller {
 public:
  LoadCaller(uint64_t seed, Diary* diary, SharedNames* shared)
      : random_(seed), diary_(diary), shared_(shared) {}

  // One of each kind of subject, for all callers.
  void Begin();
  // Does one thing after another at random: creates, edits under etag, judges, withdraws, records,
  // corrects and voids facts, reads reports.
  void ActOnce();

 private:
  void CreateLead();
  void CreateOpportunity();
  void CreateAccount();
  void CreateCase();
  void CreatePerson();
  void EditUnderEtag();
  void Judge();
  void Withdraw();
  void RecordFact();
  void CorrectAmount();
  void VoidFact();
  void ReadReport();

  // Sends a request until its outcome is known, and notes it.
  absl::StatusOr<MessagePtr> Send(const std::string& as, const std::string& method,
                                  MessagePtr request);
  absl::StatusOr<MessagePtr> Send(const std::string& as, const std::string& method,
                                  const std::string& json);
  // The same; shares the name of what came of it.
  void Create(const std::string& as, const std::string& method, const std::string& json,
              const std::string& kind);
  // A record as it is now; null when it cannot be had.
  MessagePtr Read(const std::string& as, const std::string& name);

  uint64_t Any(uint64_t below) { return random_() % below; }
  std::string Word(const std::string& prefix);
  std::string Money();
  SharedNames::Item Pick(const std::string& kind) { return shared_->Pick(kind, random_()); }

  std::mt19937_64 random_;
  Diary* const diary_;
  SharedNames* const shared_;
};

}  // namespace comity::integration

#endif  // COMITY_TESTS_INTEGRATION_LOAD_CALLER_H_
