#include "services/gateway/credit/draw_credit.h"

#include <memory>

#include "comity/gateway/v1/credit_service.pb.h"
#include "comity/lead/v1/opportunity_service.pb.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

const v1::DrawCreditInput& CreditInput(const StepContext& context) {
  return static_cast<const v1::DrawCreditInput&>(context.input);
}
const v1::DrawCreditData& CreditData(const StepContext& context) {
  return static_cast<const v1::DrawCreditData&>(context.data);
}

StepCall ReadTouchSet(const StepContext& context) {
  lead::v1::GetTouchesRequest request;
  request.set_name(CreditInput(context).opportunity());
  return MakeCall("lead", "comity.lead.v1.OpportunityService/GetTouches", request);
}

void TakeTouchSet(const Message& reply, Message* data) {
  *static_cast<v1::DrawCreditData*>(data)->mutable_touches() =
      static_cast<const lead::v1::TouchSet&>(reply);
}

// Another signature that stands by now has a workflow of its own.
bool StandsStill(const StepContext& context) {
  const v1::DrawCreditData& data = CreditData(context);
  return !data.statement().empty() ||
         data.touches().signature().fact() == CreditInput(context).signature();
}

StepCall DrawTheStatement(const StepContext& context) {
  if (!StandsStill(context)) return {};
  v1::DrawStatementRequest request;
  *request.mutable_touches() = CreditData(context).touches();
  request.set_position(CreditInput(context).position());
  return MakeCall("gateway", "comity.gateway.v1.CreditService/DrawStatement", request);
}

std::string NameOfStatement(const Message& reply) {
  return static_cast<const v1::DrawStatementResponse&>(reply).statement();
}

void TakeStatement(const Message& reply, Message* data) {
  auto& known = *static_cast<v1::DrawCreditData*>(data);
  known.set_statement(NameOfStatement(reply));
  known.clear_touches();  // the statement holds them
}

StepCall ReverseTheStatement(const StepContext& context) {
  if (CreditData(context).statement().empty()) return {};
  v1::ReverseStatementRequest request;
  request.set_name(CreditData(context).statement());
  request.set_reason("SIGNATURE_VOIDED");
  return MakeCall("gateway", "comity.gateway.v1.CreditService/ReverseStatement", request);
}

}  // namespace

Definition DrawCreditWorkflow() {
  Definition definition;
  definition.kind = kDrawCredit;
  definition.is_unattended = true;
  definition.make_data = []() -> std::unique_ptr<Message> {
    return std::make_unique<v1::DrawCreditData>();
  };
  definition.steps = {{.name = "read-touches", .call = ReadTouchSet, .take = TakeTouchSet},
                      {.name = "draw-statement",
                       .call = DrawTheStatement,
                       .take = TakeStatement,
                       .made = NameOfStatement,
                       .undo = ReverseTheStatement}};
  definition.result = [](const StepContext& context) -> std::unique_ptr<Message> {
    auto drawn = std::make_unique<v1::DrawStatementResponse>();
    drawn->set_statement(CreditData(context).statement());
    return drawn;
  };
  return definition;
}

}  // namespace comity::gateway
