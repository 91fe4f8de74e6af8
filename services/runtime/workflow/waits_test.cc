#include "services/runtime/workflow/waits.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comity::workflow {
namespace {

using fact::v1::Fact;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr int kNever = -1;

// Facts `f1`, `f2` … that are recorded at 1, 2 … seconds.
class Recorded {
 public:
  Recorded& Add(fact::v1::FactKind kind) {
    Fact& fact = facts_.emplace_back();
    fact.set_kind(kind);
    fact.set_name(absl::StrCat("f", facts_.size()));
    fact.mutable_record_time()->set_seconds(static_cast<int64_t>(facts_.size()));
    fact.mutable_occur_time()->set_seconds(-1000);  // whatever is said of it
    return *this;
  }
  Recorded& Wait() { return Add(fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER); }
  Recorded& Void(const std::string& name) {
    Add(fact::v1::FACT_KIND_VOIDED);
    facts_.back().set_voids(name);
    return *this;
  }
  Recorded& Correct(fact::v1::FactKind kind, const std::string& name) {
    Add(kind);
    facts_.back().set_corrects(name);
    return *this;
  }
  // From when until when.
  std::vector<std::pair<int64_t, int64_t>> waits() const {
    std::vector<std::pair<int64_t, int64_t>> waits;
    for (const v1::CustomerWait& wait : WaitsOf(facts_)) {
      waits.emplace_back(wait.start_time().seconds(),
                         wait.has_end_time() ? wait.end_time().seconds() : kNever);
    }
    return waits;
  }

 private:
  std::vector<Fact> facts_;
};

TEST(Waits, LastUntilTheCustomerIsHeardOf) {
  for (const auto kind : {fact::v1::FACT_KIND_CALL, fact::v1::FACT_KIND_MEETING,
                          fact::v1::FACT_KIND_MAIL, fact::v1::FACT_KIND_SIGNED,
                          fact::v1::FACT_KIND_RESOLVED, fact::v1::FACT_KIND_HANDED_TO_TEAM}) {
    EXPECT_THAT(Recorded().Add(kind).Wait().Wait().Add(kind).Add(kind).waits(),
                ElementsAre(Pair(2, 4)))
        << kind;
  }
  for (const auto kind :
       {fact::v1::FACT_KIND_NOTE, fact::v1::FACT_KIND_TASK, fact::v1::FACT_KIND_OWNER_CHANGED}) {
    EXPECT_THAT(Recorded().Wait().Add(kind).waits(), ElementsAre(Pair(1, kNever))) << kind;
  }
  EXPECT_THAT(Recorded().Add(fact::v1::FACT_KIND_CALL).waits(), IsEmpty());
}

TEST(Waits, ThereMayBeSeveral) {
  EXPECT_THAT(
      Recorded().Wait().Add(fact::v1::FACT_KIND_CALL).Add(fact::v1::FACT_KIND_NOTE).Wait().waits(),
      ElementsAre(Pair(1, 2), Pair(4, kNever)));
}

TEST(Waits, WhatIsVoidWasNoneAndEndedNone) {
  EXPECT_THAT(Recorded().Wait().Add(fact::v1::FACT_KIND_CALL).Void("f1").waits(), IsEmpty());
  EXPECT_THAT(Recorded().Wait().Add(fact::v1::FACT_KIND_CALL).Void("f2").waits(),
              ElementsAre(Pair(1, kNever)));
}

TEST(Waits, ACorrectionKeepsTheMoment) {
  constexpr auto kWaiting = fact::v1::FACT_KIND_WAITING_FOR_CUSTOMER;
  EXPECT_THAT(Recorded().Wait().Add(fact::v1::FACT_KIND_CALL).Correct(kWaiting, "f1").waits(),
              ElementsAre(Pair(1, 2)));
  EXPECT_THAT(Recorded().Wait().Correct(kWaiting, "f1").Void("f2").waits(), IsEmpty());
}

}  // namespace
}  // namespace comity::workflow
