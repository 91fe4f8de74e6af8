// Many handovers at once: one result each.
#include <string>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/handover/handover_fixture.h"
#include "services/runtime/server/validate.h"

namespace comity::gateway {
namespace {

class HandoverBatchTest : public HandoverServiceTest {};

TEST_F(HandoverBatchTest, ABatchAsksAServiceThatIsAwayOnce) {
  v1::BatchOfferHandoversRequest offers;
  *offers.add_requests() = OfferOf(NewLead());
  Call mia = runtime_.MakeCall("mia@marketing", "test/BatchOffer");
  const auto first = service_.BatchOfferHandovers(mia, offers);
  ASSERT_TRUE(first.ok()) << first.status();
  for (int i = 0; i < 4; ++i) *offers.add_requests() = OfferOf(NewLead());
  int asked = 0;
  absl::Time deadline;
  owners_.before = [&](const std::string&) {
    ++asked;
    deadline = owners_.deadline;
    return Unavailable("SERVICE_UNAVAILABLE", "away");
  };
  const auto offered = service_.BatchOfferHandovers(mia, offers);
  ASSERT_TRUE(offered.ok()) << offered.status();
  EXPECT_EQ(asked, 1);
  EXPECT_LT(deadline, mia.deadline) << "time is left to store what was answered";
  ASSERT_EQ(offered->results_size(), 5);
  EXPECT_EQ(offered->results(0).handover().name(), first->results(0).handover().name());
  for (int i = 1; i < 5; ++i) {
    EXPECT_EQ(Reason(FromRpcStatus(offered->results(i).status().status())), "SERVICE_UNAVAILABLE");
  }
  while (offers.requests_size() <= 200) *offers.add_requests() = offers.requests(0);
  EXPECT_FALSE(server::Validate(offers).ok());
}

TEST_F(HandoverBatchTest, EachItemOfABatchIsByItself) {
  const std::string twice = NewLead();
  v1::BatchOfferHandoversRequest offers;
  *offers.add_requests() = OfferOf(NewLead());
  *offers.add_requests() = OfferOf(twice);
  *offers.add_requests() = OfferOf(twice);
  *offers.add_requests() = OfferOf(NewLead());
  offers.mutable_requests(3)->clear_checklist();
  *offers.add_requests() = OfferOf("cats/1");
  Call mia = runtime_.MakeCall("mia@marketing", "test/BatchOffer");
  const auto offered = service_.BatchOfferHandovers(mia, offers);
  ASSERT_TRUE(offered.ok()) << offered.status();
  const auto reason = [](const auto& result) {
    return Reason(FromRpcStatus(result.status().status()));
  };
  ASSERT_EQ(offered->results_size(), 5);
  EXPECT_EQ(reason(offered->results(0)), "");
  EXPECT_EQ(reason(offered->results(1)), "");
  EXPECT_EQ(reason(offered->results(2)), "HANDOVER_OPEN");
  EXPECT_EQ(reason(offered->results(3)), "CHECKLIST_INCOMPLETE");
  EXPECT_EQ(reason(offered->results(4)), "INVALID_NAME");
  EXPECT_FALSE(offered->results(2).has_handover());
  EXPECT_EQ(List("state = OFFERED").handovers_size(), 2);

  v1::BatchAcceptHandoversRequest accepts;
  for (int i = 0; i < 2; ++i) {
    auto* accept = accepts.add_requests();
    accept->set_name(offered->results(i).handover().name());
    accept->set_request_id(testlib::NewRequestId());
  }
  accepts.add_requests()->set_name("handovers/0190a000-0000-7000-8000-00000000dead");
  accepts.mutable_requests(2)->set_request_id(testlib::NewRequestId());
  Call ana = runtime_.MakeCall("ana@sales", "test/BatchAccept");
  const auto accepted = service_.BatchAcceptHandovers(ana, accepts);
  ASSERT_TRUE(accepted.ok()) << accepted.status();
  EXPECT_EQ(reason(accepted->results(2)), "RESOURCE_NOT_FOUND");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(AwaitEnd(accepted->results(i).operation().name()).state(),
              v1::WORKFLOW_STATE_SUCCEEDED);
  }
  EXPECT_EQ(List("state = ACCEPTED").handovers_size(), 2);
  EXPECT_EQ(owners_.transfers(), 2);
}

}  // namespace
}  // namespace comity::gateway
