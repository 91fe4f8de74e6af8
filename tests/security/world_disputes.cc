// The disputes of the world: one in each state that a method of DisputeService wants.
#include <string>

#include "comity/gateway/v1/dispute_service.pb.h"
#include "comity/judgement/v1/judgement_service.pb.h"
#include "gtest/gtest.h"
#include "tests/integration/suite.h"
#include "tests/security/fields.h"
#include "tests/security/world.h"

namespace comity::security {
namespace {

using integration::NewRequestId;

constexpr char kObjects[] = "mia@marketing";
constexpr char kDecides[] = "max@management";

// Sends what must succeed; the name of what comes back.
std::string Must(const Endpoint& endpoint, const std::string& as, const Message& request) {
  const auto reply = CallAs(endpoint, as, request);
  EXPECT_TRUE(reply.ok()) << endpoint.text() << reply.status();
  return reply.ok() ? GetText(**reply, "name") : "";
}

std::string JudgeLead(const std::string& lead, const std::string& answer) {
  judgement::v1::JudgeRequest judge;
  judge.mutable_judgement()->set_subject(lead);
  judge.mutable_judgement()->set_question("questions/lead-quality");
  judge.mutable_judgement()->set_answer(answer);
  judge.set_request_id(NewRequestId());
  return Must({"lead", EndpointNamed("JudgementService/Judge").method}, kSteward, judge);
}

template <typename Request>
Request On(const std::string& dispute) {
  Request request;
  request.set_name(dispute);
  request.set_request_id(NewRequestId());
  return request;
}

void SetOutcome(gateway::v1::DisputeOutcome* outcome, gateway::v1::DisputeVerdict verdict) {
  outcome->set_verdict(verdict);
  outcome->set_reason("criteria");
}

std::string Offered(const std::string& dispute) {
  auto offer = On<gateway::v1::ProposeAgreementRequest>(dispute);
  SetOutcome(offer.mutable_outcome(), gateway::v1::DISPUTE_VERDICT_UPHELD);
  return Must(EndpointNamed("DisputeService/ProposeAgreement"), kObjects, offer);
}

std::string Answered(const std::string& dispute) {
  auto answer = On<gateway::v1::AnswerDisputeRequest>(dispute);
  answer.set_note("As the criteria say.");
  return Must(EndpointNamed("DisputeService/AnswerDispute"), kSteward, answer);
}

std::string Decided(const std::string& dispute) {
  auto decision = On<gateway::v1::DecideDisputeRequest>(Answered(dispute));
  SetOutcome(decision.mutable_outcome(), gateway::v1::DISPUTE_VERDICT_DISMISSED);
  return Must(EndpointNamed("DisputeService/DecideDispute"), kDecides, decision);
}

std::string Agreed(const std::string& dispute) {
  auto agree = On<gateway::v1::AgreeDisputeRequest>(Offered(dispute));
  agree.set_number(1);
  return Must(EndpointNamed("DisputeService/AgreeDispute"), kSteward, agree);
}

}  // namespace

// A lead that sales has judged: the judgement.
std::string World::MakeDisputed(std::string* lead) const {
  const Endpoint& create = EndpointNamed("LeadService/CreateLead");
  const auto request = NewMessage(create.method->input_type());
  Fill(request.get(), caller(kSteward), "leads");
  *lead = Must(create, kSteward, *request);
  return JudgeLead(*lead, "disqualified");
}

// Marketing objects to what sales judged.
std::string World::MakeDispute(std::string* lead) const {
  gateway::v1::OpenDisputeRequest open;
  open.set_about(MakeDisputed(lead));
  open.set_reason("criteria");
  open.set_request_id(NewRequestId());
  return Must(EndpointNamed("DisputeService/OpenDispute"), kObjects, open);
}

void World::MakeDisputes() {
  std::string lead;
  records_["to be disputed"] = MakeDisputed(&lead);
  records_["disputes"] = Offered(MakeDispute(&lead));
  records_["to be decided"] = Answered(MakeDispute(&lead));
  records_["to be appealed"] = Decided(MakeDispute(&lead));
  records_["to be fulfilled"] = Agreed(MakeDispute(&lead));
  JudgeLead(lead, "nurture");
}

// Each method with the dispute that it wants.
void World::NameDispute(const Endpoint& endpoint, Message* item) const {
  const std::string& method = endpoint.method->name();
  if (method == "OpenDispute") SetText(item, "about", NameIn("to be disputed"));
  if (method == "DecideDispute") SetText(item, "name", NameIn("to be decided"));
  if (method == "AppealDispute") SetText(item, "name", NameIn("to be appealed"));
  if (method == "FulfilDispute") SetText(item, "name", NameIn("to be fulfilled"));
  if (auto* agree = dynamic_cast<gateway::v1::AgreeDisputeRequest*>(item)) agree->set_number(1);
}

}  // namespace comity::security
