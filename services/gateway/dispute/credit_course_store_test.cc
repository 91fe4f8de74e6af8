// Random courses of credit through the handlers, on a real database: what credit_course_test holds
// of the rules holds of what they store, in the order of the journal.
#include <random>
#include <set>

#include "gtest/gtest.h"
#include "services/gateway/credit/credit_course.h"
#include "services/gateway/credit/credit_terms.h"
#include "services/gateway/dispute/dispute_fixture.h"
#include "services/runtime/testlib/rounds.h"

namespace comity::gateway {
namespace {

constexpr unsigned kCourseSeed = 20261129;
const char* const kSpeakers[] = {"sam@sales", "mia@marketing", "sue@support"};
const char* const kSpeakFor[] = {kOwnSales, kOwnMarketing, "departments/support"};

class CreditStoreCourseTest : public DisputeServiceTest {
 protected:
  int Below(int end) { return static_cast<int>(random_() % end); }

  void Begin() {
    set_ = &Signed(++position_);
    said_.clear();
    open_.clear();
    first_ = standing_ = Drawn(*set_, position_);
  }
  void Step() {
    switch (Below(12)) {
      case 0:
        return TellLate();
      case 1:
        return Correct();
      case 2:
        return Below(3) == 0 ? VoidAndSign() : Speak();
      case 3:
        return OpenOne();
      case 4:
        return EndOne();
      case 5:
        return TakeOneBack();
      default:
        return AcceptOne();
    }
  }
  void Check() {
    const v1::CreditStatement standing = Get(standing_);
    ASSERT_NE(standing.state(), v1::CREDIT_STATE_REVERSED) << standing_;
    credit::ExpectWhole(standing);
    credit::ExpectLateOnlyByAll(standing, said_);
    for (const auto& touch : standing.late_touches()) {
      const bool is_open = standing.state() == v1::CREDIT_STATE_DRAWN;
      const auto by = said_.find(touch.fact());
      const bool by_all = by != said_.end() && by->second.size() == 2;
      EXPECT_FALSE(is_open && by_all) << touch.fact() << " is accepted and does not count";
    }
    EXPECT_EQ(credit::SaidOf(standing), said_);
  }
  // All of the opportunity, in the order of the journal.
  std::vector<v1::CreditStatement> InOrder() {
    std::vector<v1::CreditStatement> all;
    Call call = runtime_.MakeCall("ana@sales", "test/Journal");
    const auto session = runtime_.runtime()->pool->Borrow(call.deadline);
    EXPECT_TRUE(session.ok()) << session.status();
    while (journal::SequenceBatch(**session).value_or(0) > 0) {
    }
    std::vector<std::string> names;
    EXPECT_TRUE(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
                  names.clear();
                  for (int64_t from = 0;;) {
                    COMITY_ASSIGN_OR_RETURN(const auto page, journal::ReadPage(reader, from, 1000));
                    for (const auto& stored : page.entries) {
                      journal::v1::Entry entry;
                      v1::CreditStatement told;
                      if (!entry.ParseFromString(stored.body)) return Internal("no entry");
                      if (entry.type() != "drawn" || !entry.payload().UnpackTo(&told)) continue;
                      if (told.opportunity() == set_->opportunity()) names.push_back(told.name());
                    }
                    from += static_cast<int64_t>(page.entries.size());
                    if (from >= page.size) return absl::OkStatus();
                  }
                }).ok());
    for (const std::string& name : names) all.push_back(Get(name));
    return all;
  }
  size_t drawn_ = 0;
  int drawn_anew_ = 0;
  int decided_ = 0;

 private:
  // Dated before the signature; a correction shows it.
  void TellLate() {
    lead::v1::Touch& touch =
        Touch(set_, absl::StrCat("leads/1/facts/", set_->touches_size()), kSpeakFor[Below(2)]);
    touch.set_kind(fact::v1::FACT_KIND_CALL);
    touch.set_position(set_->signature().position() + set_->touches_size());
  }
  void Correct() {
    const std::string corrected = set_->signature().fact();
    const int64_t cut = set_->signature().position();
    Sign(set_, ++position_, 100 + Below(10'000));
    set_->mutable_signature()->set_position(cut);  // of the first
    set_->mutable_signature()->add_corrects(corrected);
    first_ = standing_ = Drawn(*set_, position_);
    open_.clear();
  }
  // The workflow knows the first statement of the signature alone.
  void VoidAndSign() {
    EXPECT_NE(Reverse(first_), "");
    EXPECT_EQ(Get(standing_).state(), v1::CREDIT_STATE_REVERSED);
    for (const auto& [party, cents] : SumsOf(set_->opportunity())) EXPECT_EQ(cents, 0) << party;
    const int64_t cut = set_->signature().position();
    set_->clear_signature();
    Sign(set_, ++position_, 100 + Below(10'000));
    set_->mutable_signature()->set_position(cut);
    said_.clear();
    open_.clear();
    first_ = standing_ = Drawn(*set_, position_);
  }
  void Speak() {
    if (Below(4) == 0) return terms_.RunDue(absl::Now() + absl::Hours(24 * 15));
    Acknowledge(standing_, kSpeakers[Below(3)]);
  }
  void OpenOne() {
    const auto opened = Open(standing_, kSpeakers[Below(2)]);
    if (opened.ok()) open_.push_back(opened->name());
  }
  void EndOne() {
    if (open_.empty()) return;
    const std::string name = open_.back();
    open_.pop_back();
    if (Below(2) == 0) {
      const auto dispute = GetIt(name);
      const bool by_sales = dispute.department() == kOwnSales;
      EXPECT_TRUE(Do(&DisputeService::WithdrawDispute, Named<v1::WithdrawDisputeRequest>(name),
                     by_sales ? "sam@sales" : "mia@marketing")
                      .ok());
      return;
    }
    auto offer = Named<v1::ProposeAgreementRequest>(name);
    *offer.mutable_outcome() = Halves();
    EXPECT_TRUE(Do(&DisputeService::ProposeAgreement, offer, "sam@sales").ok());
    auto agree = Named<v1::AgreeDisputeRequest>(name);
    agree.set_number(1);
    const auto agreed = Do(&DisputeService::AgreeDispute, agree, "mia@marketing");
    ASSERT_TRUE(agreed.ok()) << agreed.status();
    standing_ = agreed->statement();
    open_.clear();
    ++decided_;
    std::set<std::string> counted;
    const v1::CreditStatement split = Get(standing_);
    for (const auto& touch : split.touches()) counted.insert(touch.fact());
    for (auto said = said_.begin(); said != said_.end();) {
      said = counted.contains(said->first) ? std::next(said) : said_.erase(said);
    }
  }
  std::string SomeFact() { return set_->touches(Below(set_->touches_size())).name(); }
  template <typename Request>
  Request AboutTouch(const std::string& fact) {
    Request request;
    request.set_name(standing_);
    request.add_touches(fact);
    request.set_request_id(testlib::NewRequestId());
    return request;
  }
  void AcceptOne() {
    const int who = Below(3);
    const std::string fact = SomeFact();
    Call call = runtime_.MakeCall(kSpeakers[who], "test/AcceptLateTouches");
    const auto reply =
        service_.AcceptLateTouches(call, AboutTouch<v1::AcceptLateTouchesRequest>(fact));
    if (reply.ok()) said_[fact].insert(kSpeakFor[who]);
    Take(reply);
  }
  void TakeOneBack() {
    const int who = Below(3);
    const std::string fact = SomeFact();
    Call call = runtime_.MakeCall(kSpeakers[who], "test/TakeBackAcceptances");
    const auto reply =
        service_.TakeBackAcceptances(call, AboutTouch<v1::TakeBackAcceptancesRequest>(fact));
    const auto said = said_.find(fact);
    if (reply.ok() && said != said_.end()) {
      said->second.erase(kSpeakFor[who]);
      if (said->second.empty()) said_.erase(said);
    }
    Take(reply);
  }
  void Take(const absl::StatusOr<v1::CreditStatement>& reply) {
    if (!reply.ok()) return;
    drawn_anew_ += reply->name() == standing_ ? 0 : 1;
    standing_ = reply->name();
  }

  std::mt19937 random_{kCourseSeed};
  CreditTerms terms_{runtime_.runtime()};
  lead::v1::TouchSet* set_ = nullptr;
  int64_t position_ = 100;
  std::string first_;     // of the signature
  std::string standing_;  // now
  std::map<std::string, std::set<std::string>> said_;
  std::vector<std::string> open_;  // disputes
};

TEST_F(CreditStoreCourseTest, WhateverHappensTheLinesSumAtEveryPosition) {
  for (int round = 0; round < testlib::Rounds(8); ++round) {
    Begin();
    for (int step = 0; step < 30 && !HasFailure(); ++step) {
      Step();
      Check();
    }
    const auto all = InOrder();
    EXPECT_FALSE(all.empty());
    drawn_ += all.size();
    credit::ExpectSumsAtEveryPosition(all);
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  // Courses in which nothing happens would prove nothing.
  EXPECT_GT(drawn_, 20U);
  EXPECT_GT(drawn_anew_ + decided_, 0);
}

}  // namespace
}  // namespace comity::gateway
