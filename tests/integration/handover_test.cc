// comity handover against a real suite: work passes from department to department, and the clocks
// of both sides say what was late.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "comity/account/v1/contact.pb.h"
#include "comity/fact/v1/fact.pb.h"
#include "comity/gateway/v1/handover_service.pb.h"
#include "comity/gateway/v1/onboard_customer.pb.h"
#include "comity/gateway/v1/workflow_service.pb.h"
#include "comity/lead/v1/lead.pb.h"
#include "tests/integration/command.h"
#include "tests/integration/journals.h"
#include "tests/integration/proposals.h"
#include "tests/integration/records.h"
#include "tests/integration/suite.h"

namespace comity::integration {
namespace {

using gateway::v1::Handover;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

constexpr char kAnswers[] = "--answer 'A CRM for forty' --answer 'Ms Weber' --answer 'A call'";

std::string LeadOfMarketing() {
  const auto lead = CreateLead("mia@marketing");
  EXPECT_TRUE(lead.ok()) << lead.status();
  return lead.ok() ? lead->name() : "";
}

Handover Offer(const std::string& lead, const std::string& agreement = "qualified-lead",
               const std::string& answers = kAnswers) {
  return ComityJson<Handover>(
      absl::StrCat("handover offer ", agreement, " ", lead, " ", answers, " --as mia@marketing"));
}
Handover Show(const std::string& name) {
  return ComityJson<Handover>(absl::StrCat("handover show ", name, " --as ana@sales"));
}
Handover Accept(const std::string& name) {
  return ComityJson<Handover>(absl::StrCat("handover accept ", name, " --as ana@sales"));
}
lead::v1::Lead ReadLead(const std::string& name) {
  return ComityJson<lead::v1::Lead>("lead get " + name);
}

// How often the gateway's journal holds an entry of that type about the handover.
int64_t CountEntries(const std::string& handover, const std::string& type) {
  Journals journals;
  ReadOn(&journals);
  const auto& journal = journals["gateway"];
  return std::count_if(journal.begin(), journal.end(), [&](const auto& positioned) {
    return positioned.entry().subject() == handover && positioned.entry().type() == type;
  });
}

// An agreement of seconds, signed by both sides and in force.
void AgreeOnHaste(double accept_hours, double act_hours) {
  type::v1::Charter document = CharterInForce();
  auto& agreements = *document.mutable_handovers();
  auto hasty = std::find_if(agreements.begin(), agreements.end(), [](const auto& agreement) {
    return agreement.name() == "agreements/hasty-lead";
  });
  type::v1::HandoverAgreement& agreement =
      hasty == agreements.end() ? *document.add_handovers() : *hasty;
  agreement.set_name("agreements/hasty-lead");
  agreement.set_collection("leads");
  agreement.set_from("departments/marketing");
  agreement.set_to("departments/sales");
  agreement.set_accept_hours(accept_hours);
  agreement.set_act_hours(act_hours);
  agreement.set_calendar("calendars/always");
  agreement.set_escalate_hours(0.0005);
  agreement.set_escalate_to("departments/management");
  const int revision = document.revision() + 1;
  AwaitState(SignByAll(Propose("sam@sales", document)).name(),
             gateway::v1::CHARTER_PROPOSAL_STATE_ENACTED);
  AwaitRevision(revision);
}

TEST(Handover, OfferedReturnedOfferedAgainAccepted) {
  const std::string lead = LeadOfMarketing();
  const Handover first = Offer(lead);
  EXPECT_EQ(first.state(), gateway::v1::HANDOVER_STATE_OFFERED);
  EXPECT_THAT(TryComity(absl::StrCat("handover offer qualified-lead ", lead, " ", kAnswers,
                                     " --as mia@marketing"))
                  .errors,
              AllOf(HasSubstr("HANDOVER_OPEN"), HasSubstr(first.name())));
  EXPECT_THAT(Comity(absl::StrCat("handover return ", first.name(),
                                  " --reason incomplete --note 'Who decides?' --as ana@sales")),
              HasSubstr("returned by ana@sales"));
  EXPECT_EQ(ReadLead(lead).responsible_department(), "departments/marketing");

  const Handover second = Offer(lead);
  EXPECT_EQ(second.offers_before(), 1);
  const Handover accepted = Accept(second.name());
  EXPECT_EQ(accepted.state(), gateway::v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_EQ(accepted.owner(), "persons/ana");
  EXPECT_EQ(ReadLead(lead).responsible_department(), "departments/sales");
  EXPECT_EQ(ReadLead(lead).owner(), "persons/ana");

  // The lead's history tells by which handover, and who took it.
  EXPECT_THAT(Comity("history " + lead),
              ContainsRegex(absl::StrCat("ana@sales +responsibility-changed +", second.name(),
                                         ".*responsible_department: marketing → sales")));
  const auto list = ComityJson<gateway::v1::ListHandoversResponse>(
      absl::StrCat("handover list --filter 'subject = \"", lead, "\"'"));
  ASSERT_EQ(list.handovers_size(), 2);
  EXPECT_EQ(list.handovers(0).name(), second.name());
  EXPECT_EQ(list.handovers(1).return_reason(), "incomplete");
  EXPECT_EQ(list.handovers(1).return_note(), "Who decides?");
  EXPECT_THAT(Comity("handover show " + second.name()),
              AllOf(HasSubstr("1 time before"), HasSubstr("Ms Weber"), HasSubstr("to act: due")));
}

TEST(Handover, EachSideDoesItsPart) {
  const std::string lead = LeadOfMarketing();
  const Handover offered = Offer(lead);
  const std::string& name = offered.name();
  for (const auto& [arguments, reason] :
       {std::pair(absl::StrCat("accept ", name, " --as sue@support"), "NOT_OWN_DEPARTMENT"),
        std::pair(absl::StrCat("return ", name, " --reason no-need --as sue@support"),
                  "NOT_OWN_DEPARTMENT"),
        std::pair(absl::StrCat("accept ", name, " --as mia@marketing"), "NOT_OWN_DEPARTMENT"),
        std::pair(absl::StrCat("withdraw ", name, " --as ana@sales"), "NOT_OWN_DEPARTMENT"),
        std::pair(absl::StrCat("show ", name, " --as ida@it"), "RIGHT_REQUIRED"),
        std::pair(absl::StrCat("show ", name, " --as ivo@it"), "ROLE_REQUIRED"),
        std::pair(absl::StrCat("return ", name, " --reason rain --as ana@sales"),
                  "RETURN_REASON_UNKNOWN"),
        std::pair(absl::StrCat("accept ", name, " --owner mia --as ana@sales"), "OWNER_INVALID"),
        std::pair(absl::StrCat("offer qualified-lead ", lead, " ", kAnswers, " --as ana@sales"),
                  "AGREEMENT_NOT_OWN")}) {
    const Outcome refused = TryComity("handover " + arguments);
    EXPECT_EQ(refused.code, 1) << arguments;
    EXPECT_THAT(refused.errors, HasSubstr(reason)) << arguments;
  }
  EXPECT_THAT(TryComity(absl::StrCat("handover offer qualified-lead ", lead,
                                     " --answer one --as mia@marketing"))
                  .errors,
              HasSubstr("Who decides"));
  EXPECT_THAT(
      TryComity(absl::StrCat("handover offer nothing ", lead, " --as mia@marketing")).errors,
      HasSubstr("handover agreements"));
  // No way beside: nobody writes a department into a record.
  EXPECT_THAT(TryComity(absl::StrCat("lead update ", lead,
                                     " --set responsible_department=departments/sales "
                                     "--as mia@marketing"))
                  .errors,
              HasSubstr("HANDOVER_REQUIRED"));
  EXPECT_EQ(ReadLead(lead).responsible_department(), "departments/marketing");
  EXPECT_THAT(Comity(absl::StrCat("handover withdraw ", name, " --as mia@marketing")),
              HasSubstr("withdrawn by mia@marketing"));
  EXPECT_THAT(TryComity(absl::StrCat("handover accept ", name, " --as ana@sales")).errors,
              HasSubstr("HANDOVER_NOT_OPEN"));
}

TEST(Handover, TheOwnerMayBeAnotherMember) {
  const std::string lead = LeadOfMarketing();
  const Handover offered = Offer(lead);
  EXPECT_THAT(
      Comity(absl::StrCat("handover accept ", offered.name(), " --validate-only --as ana@sales")),
      HasSubstr("nothing was started"));
  EXPECT_THAT(
      Comity(absl::StrCat("handover accept ", offered.name(), " --owner sam --as ana@sales")),
      HasSubstr("to be worked on by sam"));
  EXPECT_EQ(ReadLead(lead).owner(), "persons/sam");
  // A customer goes to support as well, of another service.
  const std::string account = CreateAccount("ana@sales");
  const Handover customer = ComityJson<Handover>(
      absl::StrCat("handover offer new-customer ", account, " ", kAnswers, " --as ana@sales"));
  const Handover accepted =
      ComityJson<Handover>(absl::StrCat("handover accept ", customer.name(), " --as sue@support"));
  EXPECT_EQ(accepted.state(), gateway::v1::HANDOVER_STATE_ACCEPTED);
  EXPECT_THAT(Comity("account get " + account + " --as sue@support"),
              AllOf(ContainsRegex("responsible_department +departments/support"),
                    ContainsRegex("owner +persons/sue")));
}

TEST(Handover, AgreementsAndListsAreShown) {
  EXPECT_THAT(Comity("handover agreements"),
              AllOf(HasSubstr("agreements/qualified-lead: leads from marketing to sales"),
                    HasSubstr("returned no-need"), HasSubstr("asks     Who decides")));
  const Handover offered = Offer(LeadOfMarketing());
  EXPECT_THAT(Comity("handover list --filter 'to = departments/sales AND state = OFFERED'"),
              ContainsRegex(absl::StrCat(offered.name(), " +leads/.* marketing +sales +offered")));
}

TEST(Handover, WhatIsLateIsNotedOnceAndStays) {
  AgreeOnHaste(0.001, 0.001);
  const std::string lead = LeadOfMarketing();
  const Handover offered = Offer(lead, "hasty-lead", "");
  EXPECT_EQ(offered.charter_revision(), CharterInForce().revision());
  ASSERT_TRUE(Eventually([&] { return Show(offered.name()).accept_clock().breached(); }));
  ASSERT_TRUE(Eventually([&] { return Show(offered.name()).accept_clock().escalated(); }));
  EXPECT_THAT(Comity("inbox --as max@management"),
              ContainsRegex("escalated +sales is to answer +" + lead));
  EXPECT_TRUE(Show(offered.name()).accept_clock().warned());
  const Handover accepted = Accept(offered.name());
  EXPECT_TRUE(accepted.accept_clock().breached()) << "a late acceptance was late";
  ASSERT_TRUE(Eventually([&] { return Show(offered.name()).act_clock().escalated(); }));
  EXPECT_THAT(Comity("handover show " + offered.name()),
              AllOf(ContainsRegex("to answer: .*breached"),
                    ContainsRegex("to act: .*breached, escalated to management")));
  for (const char* type : {"accept-warned", "accept-breached", "accept-escalated", "act-warned",
                           "act-breached", "act-escalated"}) {
    EXPECT_EQ(CountEntries(offered.name(), type), 1) << type;
  }
  // What is late waits all the same.
  EXPECT_THAT(Comity("inbox --as ana@sales"), ContainsRegex("over +to act +" + lead));
}

TEST(Handover, TheFirstDeedStopsTheTimeToAct) {
  AgreeOnHaste(1, 0.02);
  const std::string lead = LeadOfMarketing();
  const Handover offered = Offer(lead, "hasty-lead", "");
  Accept(offered.name());
  Comity(absl::StrCat("fact record ", lead, " --kind call --as ana@sales"));
  ASSERT_TRUE(Eventually([&] { return Show(offered.name()).act_clock().has_stop_time(); }));
  EXPECT_FALSE(Show(offered.name()).act_clock().breached());
  EXPECT_EQ(CountEntries(offered.name(), "acted"), 1);
}

// A customer of sales, and what it may buy.
struct Customer {
  std::string account = CreateAccount("ana@sales");
  std::string opportunity = CreateOpportunity("ana@sales", account);
  std::string contact =
      ComityJson<account::v1::Contact>(
          absl::StrCat("contact create --set family_name=Weber --set account=", account,
                       " --as ana@sales"))
          .name();

  // The fact.
  std::string Promise(const std::string& what, const std::string& due) const {
    return ComityJson<fact::v1::Fact>(
               absl::StrCat("fact record ", opportunity, " --kind promised --summary '", what,
                            "' --contact ", contact, " --due ", due, " --as ana@sales"))
        .name();
  }
  std::string Sign() const {
    return ComityJson<fact::v1::Fact>(
               absl::StrCat("fact record ", opportunity, " --kind signed --as ana@sales"))
        .name();
  }
  // The offer that the signature ends in.
  Handover AwaitOffer() const {
    Handover offer;
    EXPECT_TRUE(Eventually([&] {
      const auto list = ComityJson<gateway::v1::ListHandoversResponse>(
          absl::StrCat("handover list --filter 'subject = \"", account, "\"'"));
      if (list.handovers_size() != 0) offer = list.handovers(0);
      return list.handovers_size() != 0;
    })) << "no offer of "
        << account;
    return offer;
  }
};

TEST(Handover, ASignatureEndsInAnOfferWithWhatWasPromised) {
  const Customer customer;
  const std::string training = customer.Promise("Training for forty", "2020-06-01");
  const std::string import = customer.Promise("An import", "2099-06-01");
  EXPECT_THAT(Comity("customer " + customer.account),
              AllOf(HasSubstr("Open promises (2)"), HasSubstr("Training for forty")));
  customer.Sign();
  const Handover offer = customer.AwaitOffer();
  EXPECT_EQ(offer.agreement(), "agreements/new-customer");
  EXPECT_EQ(offer.offered_by().person(), "persons/ana");
  EXPECT_THAT(offer.promises(), ::testing::ElementsAre(training, import));
  EXPECT_THAT(offer.checklist(0).answer(),
              HasSubstr(absl::StrCat("Training for forty, to ", customer.contact)));
  EXPECT_THAT(Comity(absl::StrCat("handover show ", offer.name(), " --as sue@support")),
              AllOf(ContainsRegex("Training for forty, .*: open, overdue"),
                    ContainsRegex("An import, .*: open \\(")));

  // Whoever takes the customer says what became of it.
  Comity(absl::StrCat("handover accept ", offer.name(), " --as sue@support"));
  const std::string keep = absl::StrCat("fact record ", customer.opportunity,
                                        " --kind promise-kept --promise ", training);
  EXPECT_THAT(TryComity(keep + " --as mia@marketing").errors, HasSubstr("FACT_NOT_ALLOWED"));
  Comity(keep + " --as sue@support");
  EXPECT_THAT(TryComity(keep + " --as ana@sales").errors, HasSubstr("ALREADY_MARKED"));
  EXPECT_THAT(Comity(absl::StrCat("handover show ", offer.name(), " --as ana@sales")),
              ContainsRegex("Training for forty, .*: kept late by sue@support"));
  EXPECT_THAT(Comity("customer " + customer.account), HasSubstr("Open promises (1)"));
  EXPECT_THAT(Comity("facts " + customer.opportunity), HasSubstr("promise-kept"));
}

TEST(Handover, AVoidedSignatureTakesTheOfferBack) {
  const Customer customer;
  const std::string signature = customer.Sign();
  const Handover offer = customer.AwaitOffer();
  Comity(absl::StrCat("fact void ", signature, " --reason mistake --as ana@sales"));
  ASSERT_TRUE(Eventually(
      [&] { return Show(offer.name()).state() == gateway::v1::HANDOVER_STATE_WITHDRAWN; }));
  EXPECT_EQ(CountEntries(offer.name(), "withdrawn"), 1);
}

TEST(Handover, WhereSalesIsNotResponsibleItOffersNothing) {
  const std::string account = CreateAccount("sue@support");
  const std::string opportunity = CreateOpportunity("ana@sales", account);
  Comity(absl::StrCat("fact record ", opportunity, " --kind signed --as ana@sales"));
  gateway::v1::Workflow onboarding;
  ASSERT_TRUE(Eventually([&] {
    const auto list = ComityJson<gateway::v1::ListWorkflowsResponse>(absl::StrCat(
        "workflow list --filter 'subject = \"", opportunity, "\" AND kind = onboard-customer'"));
    if (list.workflows_size() != 0) onboarding = list.workflows(0);
    return onboarding.state() == gateway::v1::WORKFLOW_STATE_SUCCEEDED;
  }));
  EXPECT_EQ(ComityJson<gateway::v1::ListHandoversResponse>(
                absl::StrCat("handover list --filter 'subject = \"", account, "\"'"))
                .handovers_size(),
            0);
  const auto operation = ComityJson<google::longrunning::Operation>(
      absl::StrCat("call WorkflowService/GetOperation '{\"name\": \"", onboarding.name(), "\"}'"));
  gateway::v1::OnboardCustomerResponse made;
  ASSERT_TRUE(operation.response().UnpackTo(&made)) << operation.ShortDebugString();
  EXPECT_EQ(made.handover(), "");
  EXPECT_THAT(made.why_no_handover(), HasSubstr("departments/support is responsible"));
}

}  // namespace
}  // namespace comity::integration
