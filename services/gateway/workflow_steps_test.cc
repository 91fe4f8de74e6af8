// What the steps of the workflows ask for, by what they know. Pure.
#include "absl/strings/str_cat.h"
#include "comity/account/v1/account_service.pb.h"
#include "comity/account/v1/relationship_service.pb.h"
#include "comity/gateway/v1/convert_lead_service.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/move_owner_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/lead/v1/lead_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"
#include "comity/support/v1/case_service.pb.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "gtest/gtest.h"
#include "services/gateway/convert_lead.h"
#include "services/gateway/move_owner.h"
#include "services/gateway/onboard_customer.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

class Steps {
 public:
  Steps(Definition definition, const Message& input)
      : definition_(std::move(definition)), input_(input), data_(definition_.make_data()) {}

  const Step& step(const std::string& name) const {
    for (const Step& step : definition_.steps) {
      if (step.name == name) return step;
    }
    ADD_FAILURE() << "no step " << name;
    return definition_.steps.front();
  }
  template <typename Request>
  Request Ask(const std::string& name) const {
    const StepCall call = step(name).call({workflow_, input_, *data_, actor_, now_});
    EXPECT_NE(call.request, nullptr) << name;
    return call.request == nullptr ? Request() : static_cast<const Request&>(*call.request);
  }
  bool Asks(const std::string& name) const {
    return step(name).call({workflow_, input_, *data_, actor_, now_}).request != nullptr;
  }
  bool Undoes(const std::string& name) const {
    return step(name).undo({workflow_, input_, *data_, actor_, now_}).request != nullptr;
  }
  template <typename Request>
  Request AskToUndo(const std::string& name) const {
    const StepCall call = step(name).undo({workflow_, input_, *data_, actor_, now_});
    return static_cast<const Request&>(*call.request);
  }
  void Take(const std::string& name, const Message& reply) { step(name).take(reply, data_.get()); }
  bool GoesOn(const std::string& name) const { return step(name).more(*data_); }

 private:
  const Definition definition_;
  const Message& input_;
  const std::unique_ptr<Message> data_;
  const std::string workflow_ = "workflows/1";
  const type::v1::Actor actor_;
  const google::protobuf::Timestamp now_;
};

account::v1::Account AccountFor(const lead::v1::Lead& lead, const std::string& named = "") {
  v1::ConvertLeadRequest input;
  input.set_lead("leads/1");
  input.set_account(named);
  Steps steps(ConvertLeadWorkflow(), input);
  steps.Take("claim-lead", lead);
  return steps.Ask<account::v1::EnsureAccountRequest>("find-account").account();
}

TEST(ConvertLead, AsksForTheAccountThatIsNamedOrTheDomains) {
  lead::v1::Lead lead;
  lead.set_organization("Firm");
  for (const char* written : {"firm.example", " https://firm.example/contact?a=b",
                              "firm.example:443", "http://firm.example#top"}) {
    lead.set_domain(written);
    EXPECT_EQ(AccountFor(lead).domain(), "firm.example") << written;
  }
  EXPECT_EQ(AccountFor(lead).kind(), account::v1::ACCOUNT_KIND_ORGANIZATION);
  EXPECT_EQ(AccountFor(lead, "accounts/7").name(), "accounts/7");
}

TEST(ConvertLead, CallsAPartyWhatTheLeadSays) {
  lead::v1::Lead lead;
  lead.mutable_external_id()->set_id("L-17");
  EXPECT_EQ(AccountFor(lead).display_name(), "L-17");
  EXPECT_EQ(AccountFor(lead).kind(), account::v1::ACCOUNT_KIND_PERSON);
  lead.set_email_address("ada@firm.example");
  EXPECT_EQ(AccountFor(lead).display_name(), "ada@firm.example");
  lead.set_family_name("Lovelace");
  EXPECT_EQ(AccountFor(lead).display_name(), "Lovelace");
  lead.set_given_name("Ada");
  EXPECT_EQ(AccountFor(lead).display_name(), "Ada Lovelace");
  lead.set_organization("Firm");
  EXPECT_EQ(AccountFor(lead).display_name(), "Firm");
}

TEST(OnboardCustomer, MakesOfTheAccountWhatItBought) {
  for (const auto& [buyer, kind] :
       {std::pair(lead::v1::BUYER_KIND_MEMBER, account::v1::RELATIONSHIP_KIND_MEMBER),
        std::pair(lead::v1::BUYER_KIND_CLIENT, account::v1::RELATIONSHIP_KIND_CLIENT),
        std::pair(lead::v1::BUYER_KIND_CUSTOMER, account::v1::RELATIONSHIP_KIND_CUSTOMER),
        std::pair(lead::v1::BUYER_KIND_UNSPECIFIED, account::v1::RELATIONSHIP_KIND_CUSTOMER)}) {
    const v1::OnboardCustomerInput input;
    Steps steps(OnboardCustomerWorkflow(), input);
    lead::v1::SignedBrief brief;
    brief.set_buyer_becomes(buyer);
    brief.mutable_opportunity()->set_account("accounts/1");
    brief.mutable_opportunity()->mutable_sign_time()->set_seconds(1'740'787'200);  // 2025-03-01
    steps.Take("read-opportunity", brief);
    const auto asked = steps.Ask<account::v1::EnsureRelationshipRequest>("ensure-relationship");
    EXPECT_EQ(asked.relationship().kind(), kind);
    EXPECT_EQ(asked.relationship().account(), "accounts/1");
    EXPECT_EQ(asked.relationship().start_date().month(), 3);
    EXPECT_EQ(asked.relationship().start_date().day(), 1);
  }
}

TEST(OnboardCustomer, TellsSupportWhatWasSignedAndWhatWasNoted) {
  const v1::OnboardCustomerInput input;
  Steps steps(OnboardCustomerWorkflow(), input);
  lead::v1::SignedBrief brief;
  lead::v1::Opportunity& opportunity = *brief.mutable_opportunity();
  opportunity.set_name("opportunities/1");
  opportunity.set_display_name("Engine");
  opportunity.set_contact("contacts/1");
  lead::v1::OpportunityLine& line = *opportunity.add_lines();
  line.set_product("products/1");
  line.set_quantity(3);
  line.mutable_unit_price()->set_units(7);
  fact::v1::Fact& fact = *brief.add_notes();
  fact.set_summary("wants it by May");
  fact.mutable_actor()->set_person("persons/ana");
  fact.mutable_occur_time()->set_seconds(5);
  steps.Take("read-opportunity", brief);
  const auto asked = steps.Ask<support::v1::OpenOnboardingCaseRequest>("open-case");
  EXPECT_EQ(asked.title(), "Onboarding: Engine");
  EXPECT_EQ(asked.contact(), "contacts/1");
  ASSERT_EQ(asked.onboarding().lines_size(), 1);
  EXPECT_EQ(asked.onboarding().lines(0).product(), "products/1");
  EXPECT_EQ(asked.onboarding().lines(0).quantity(), 3);
  EXPECT_EQ(asked.onboarding().lines(0).unit_price().units(), 7);
  ASSERT_EQ(asked.onboarding().notes_size(), 1);
  EXPECT_EQ(asked.onboarding().notes(0).text(), "wants it by May");
  EXPECT_EQ(asked.onboarding().notes(0).actor().person(), "persons/ana");
  EXPECT_EQ(asked.onboarding().notes(0).occur_time().seconds(), 5);
}

TEST(OnboardCustomer, EndsInAnOfferThatIsTakenBackWhereOneWasMade) {
  const v1::OnboardCustomerInput input;
  Steps steps(OnboardCustomerWorkflow(), input);
  lead::v1::SignedBrief brief;
  steps.Take("read-opportunity", brief);
  EXPECT_FALSE(steps.Asks("offer-customer")) << "without an account there is nothing to offer";
  brief.mutable_opportunity()->set_name("opportunities/1");
  brief.mutable_opportunity()->set_account("accounts/1");
  brief.mutable_opportunity()->set_contact("contacts/1");
  brief.mutable_opportunity()->add_lines()->set_product("products/1");
  brief.mutable_opportunity()->mutable_amount()->set_units(7);
  steps.Take("read-opportunity", brief);
  const auto asked = steps.Ask<v1::OfferCustomerRequest>("offer-customer");
  EXPECT_EQ(asked.account(), "accounts/1");
  EXPECT_EQ(asked.workflow(), "workflows/1");
  EXPECT_EQ(asked.opportunity().contact(), "contacts/1");
  EXPECT_EQ(asked.opportunity().lines(0).product(), "products/1");
  EXPECT_FALSE(asked.opportunity().has_amount());
  v1::OfferCustomerResponse none;
  none.set_why_not("support is responsible");
  steps.Take("offer-customer", none);
  EXPECT_FALSE(steps.Undoes("offer-customer"));
  v1::OfferCustomerResponse offered;
  offered.set_handover("handovers/1");
  steps.Take("offer-customer", offered);
  ASSERT_TRUE(steps.Undoes("offer-customer"));
  EXPECT_EQ(steps.AskToUndo<v1::TakeBackOfferRequest>("offer-customer").name(), "handovers/1");
}

// Where each pass finds something again, as beside a move that gives it back.
TEST(MoveOwner, EndsThoughOthersGoOnGivingToThePerson) {
  const v1::MoveOwnerRequest input;
  Steps steps(MoveOwnerWorkflow(), input);
  workflow::v1::MoveOwnedResponse batch;
  batch.set_moved(1);
  int passes = 0;
  do {
    steps.Take("move-accounts", batch);
    ++passes;
  } while (steps.GoesOn("move-accounts") && passes < 100);
  EXPECT_EQ(passes, 5);
  steps.Take("move-cases", batch);
  EXPECT_TRUE(steps.GoesOn("move-cases")) << "each service has as many";
  batch.set_moved(0);
  steps.Take("move-cases", batch);
  EXPECT_FALSE(steps.GoesOn("move-cases"));
}

std::string ListOf(const Definition& definition) {
  std::string list = absl::StrCat(definition.revision);
  for (const Step& step : definition.steps) absl::StrAppend(&list, " ", step.name);
  return list;
}

// Whoever changes one of these lists raises its revision, so that an older replica does not end by
// its own list what a newer one has begun.
TEST(Definitions, AListOfStepsHasItsRevision) {
  EXPECT_EQ(ListOf(ConvertLeadWorkflow()),
            "1 claim-lead find-account create-contact create-opportunity complete-lead");
  EXPECT_EQ(ListOf(OnboardCustomerWorkflow()),
            "2 read-opportunity ensure-relationship open-case offer-customer");
  EXPECT_EQ(ListOf(MoveOwnerWorkflow()), "1 move-leads-and-opportunities move-accounts move-cases");
}

}  // namespace
}  // namespace comity::gateway
