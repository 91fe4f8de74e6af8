#include "services/lead/promise_rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "services/runtime/fact/fact_rules.h"
#include "services/runtime/status/errors.h"

namespace comity::lead {
namespace {

using fact::v1::Fact;

// What was promised on an opportunity, recorded fact by fact as the fact component does it.
class Promises {
 public:
  Promises() {
    opportunity_.set_name("opportunities/1");
    opportunity_.set_contact("contacts/weber");
  }

  v1::Opportunity& opportunity() { return opportunity_; }
  std::string NameOf(size_t index) const { return facts_[index].name(); }
  const Fact& At(size_t index) const { return facts_[index]; }

  // The reason where it is refused.
  std::string Record(Fact fact, int64_t at) {
    fact.set_name(absl::StrCat("opportunities/1/facts/", facts_.size()));
    fact.mutable_occur_time()->set_seconds(at);
    std::vector<Fact> before = facts_;
    CompletePromise(opportunity_, before, &fact);
    EXPECT_TRUE(fact::Supersede(fact, &before).ok());
    const absl::Status status = CheckPromise(opportunity_, before, fact);
    if (!status.ok()) return Reason(status);
    facts_ = before;
    facts_.push_back(fact);
    return "";
  }
  std::string Promise(int64_t due, int64_t at, const std::string& corrects = "") {
    Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_PROMISED);
    fact.set_summary("training");
    fact.mutable_due_time()->set_seconds(due);
    fact.set_corrects(corrects);
    return Record(fact, at);
  }
  std::string Mark(fact::v1::FactKind kind, const std::string& promise, int64_t at) {
    Fact fact;
    fact.set_kind(kind);
    fact.set_promise(promise);
    fact.mutable_actor()->set_department("departments/support");
    return Record(fact, at);
  }
  std::string Keep(size_t promise, int64_t at) {
    return Mark(fact::v1::FACT_KIND_PROMISE_KEPT, NameOf(promise), at);
  }
  std::string Break(size_t promise, int64_t at) {
    return Mark(fact::v1::FACT_KIND_PROMISE_BROKEN, NameOf(promise), at);
  }
  std::string Void(size_t index) {
    Fact fact;
    fact.set_kind(fact::v1::FACT_KIND_VOIDED);
    fact.set_voids(facts_[index].name());
    return Record(fact, 1000);
  }
  std::vector<v1::Promise> At(absl::Time now) const { return PromisesOf(facts_, now); }
  std::vector<v1::Promise> All() const { return At(absl::FromUnixSeconds(50)); }

 private:
  v1::Opportunity opportunity_;
  std::vector<Fact> facts_;
};

TEST(Promises, OneIsOpenUntilSomebodySaysWhatBecameOfIt) {
  Promises promises;
  ASSERT_EQ(promises.Promise(/*due=*/100, /*at=*/10), "");
  const v1::Promise open = promises.All().at(0);
  EXPECT_EQ(open.name(), promises.NameOf(0));
  EXPECT_EQ(open.opportunity(), "opportunities/1");
  EXPECT_EQ(open.text(), "training");
  EXPECT_EQ(open.contact(), "contacts/weber");
  EXPECT_EQ(open.state(), v1::PROMISE_STATE_OPEN);
  EXPECT_FALSE(open.late());
  EXPECT_TRUE(promises.At(absl::FromUnixSeconds(101)).at(0).late());

  ASSERT_EQ(promises.Keep(0, 100), "");
  const v1::Promise kept = promises.At(absl::FromUnixSeconds(500)).at(0);
  EXPECT_EQ(kept.state(), v1::PROMISE_STATE_KEPT);
  EXPECT_FALSE(kept.late()) << "kept on the last moment, it was kept in time";
  EXPECT_EQ(kept.mark(), promises.NameOf(1));
  EXPECT_EQ(kept.mark_time().seconds(), 100);
  EXPECT_EQ(kept.marked_by().department(), "departments/support");
}

TEST(Promises, ALateKeptIsKeptLateAndABrokenOneIsNeverLate) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Promise(90, 10), "");
  ASSERT_EQ(promises.Keep(0, 101), "");
  ASSERT_EQ(promises.Break(1, 200), "");
  const auto all = promises.All();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].state(), v1::PROMISE_STATE_BROKEN) << "due first";
  EXPECT_FALSE(all[0].late());
  EXPECT_EQ(all[1].state(), v1::PROMISE_STATE_KEPT);
  EXPECT_TRUE(all[1].late());
}

TEST(Promises, OneIsMarkedOnceUntilTheMarkIsVoid) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Keep(0, 50), "");
  EXPECT_EQ(promises.Break(0, 60), "ALREADY_MARKED");
  EXPECT_EQ(promises.Keep(0, 60), "ALREADY_MARKED");
  ASSERT_EQ(promises.Void(1), "");
  EXPECT_EQ(promises.All().at(0).state(), v1::PROMISE_STATE_OPEN);
  ASSERT_EQ(promises.Break(0, 60), "");
  EXPECT_EQ(promises.All().at(0).state(), v1::PROMISE_STATE_BROKEN);
}

TEST(Promises, AMarkIsCorrected) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Keep(0, 150), "");
  Fact correction = promises.At(1);
  correction.set_corrects(promises.NameOf(1));
  correction.clear_superseded_by();
  ASSERT_EQ(promises.Record(correction, 90), "");
  EXPECT_FALSE(promises.All().at(0).late());
  EXPECT_EQ(promises.All().at(0).mark(), promises.NameOf(2));
}

TEST(Promises, WhoPromisedDoesNotRewriteWhatIsMarked) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Break(0, 101), "");
  EXPECT_EQ(promises.Promise(500, 10, promises.NameOf(0)), "ALREADY_MARKED");
  EXPECT_EQ(promises.Void(0), "ALREADY_MARKED");
  EXPECT_EQ(promises.All().at(0).due_time().seconds(), 100);
}

TEST(Promises, ACorrectedOneHasItsFormerNamesAndAVoidedOneIsShown) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Promise(200, 10, promises.NameOf(0)), "");
  ASSERT_EQ(promises.Promise(300, 10, promises.NameOf(1)), "");
  const auto all = promises.All();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].name(), promises.NameOf(2));
  ASSERT_EQ(all[0].former_names_size(), 2);
  EXPECT_EQ(all[0].former_names(0), promises.NameOf(1));
  EXPECT_EQ(all[0].former_names(1), promises.NameOf(0));
  EXPECT_EQ(promises.Keep(1, 50), "PROMISE_NOT_STANDING") << "that one was corrected";
  ASSERT_EQ(promises.Void(2), "");
  EXPECT_EQ(promises.All().at(0).state(), v1::PROMISE_STATE_VOIDED);
  EXPECT_EQ(promises.Keep(2, 50), "PROMISE_NOT_STANDING");
}

TEST(Promises, OnlyAPromiseIsKept) {
  Promises promises;
  ASSERT_EQ(promises.Promise(100, 10), "");
  ASSERT_EQ(promises.Keep(0, 50), "");
  EXPECT_EQ(promises.Keep(1, 60), "PROMISE_NOT_STANDING") << "that one is a mark";
  EXPECT_EQ(promises.Mark(fact::v1::FACT_KIND_PROMISE_KEPT, "opportunities/2/facts/1", 60),
            "PROMISE_NOT_STANDING");
  ASSERT_EQ(promises.Promise(100, 20), "");
  EXPECT_EQ(promises.Keep(2, 19), "MARKED_BEFORE_PROMISED");
  EXPECT_EQ(promises.Keep(2, 20), "");
}

TEST(Promises, OneIsMadeToSomebody) {
  Promises promises;
  promises.opportunity().clear_contact();
  EXPECT_EQ(promises.Promise(100, 10), "PROMISED_TO_NOBODY");
  promises.opportunity().set_contact("contacts/weber");
  ASSERT_EQ(promises.Promise(100, 10), "");
  // Whoever speaks for the counterpart later: it was Weber whom it was promised.
  promises.opportunity().set_contact("contacts/braun");
  ASSERT_EQ(promises.Promise(120, 10, promises.NameOf(0)), "");
  EXPECT_EQ(promises.All().at(0).contact(), "contacts/weber");
}

}  // namespace
}  // namespace comity::lead
