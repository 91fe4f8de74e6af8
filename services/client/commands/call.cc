// comity call: any unary method by name.
#include <iostream>
#include <iterator>
#include <memory>

#include "services/client/api/field_value.h"
#include "services/client/api/request_id.h"
#include "services/client/commands/commands.h"
#include "services/client/output/format.h"
#include "services/client/output/json.h"
#include "services/runtime/status/macros.h"

namespace comity::client {
namespace {

struct CallFlags {
  std::string method;
  std::string json = "{}";
  std::string at;
};

absl::Status RunCall(Context& context, const CallFlags& flags) {
  COMITY_ASSIGN_OR_RETURN(const google::protobuf::MethodDescriptor* method,
                          FindMethod(flags.method));
  if (method->server_streaming()) return Usage("this method streams: use `comity watch`");
  std::string json = flags.json;
  if (json == "-") json.assign(std::istreambuf_iterator<char>(std::cin), {});
  const auto request = New(method->input_type());
  COMITY_RETURN_IF_ERROR(FromJson(json, request.get()));
  if (FieldAt(*method->input_type(), "request_id") != nullptr &&
      Cell(*request, "request_id").empty()) {
    COMITY_RETURN_IF_ERROR(SetField(request.get(), "request_id", RandomRequestId()));
  }
  COMITY_RETURN_IF_ERROR(context.Connect());
  const auto reply = New(method->output_type());
  COMITY_RETURN_IF_ERROR(
      context.caller().CallAt(flags.at, context.as(), flags.method, *request, reply.get()));
  return context.PrintMessage(*reply);
}

}  // namespace

void AddCallCommand(CLI::App* app, Context* context) {
  const auto flags = std::make_shared<CallFlags>();
  CLI::App* call = app->add_subcommand("call", "Calls any method with JSON");
  call->add_option("method", flags->method, "e.g. LeadService/GetLead")->required();
  call->add_option("json", flags->json, "The request; - reads it from standard input");
  call->add_option("--at", flags->at, "The service to ask where the request names no record");
  call->footer(
      "Examples:\n  comity call LeadService/GetLead '{\"name\": \"leads/0190…\"}'\n"
      "  comity call JournalService/ReadJournal '{\"pageSize\": 3}' --at lead");
  call->callback([=] { context->action = [=] { return RunCall(*context, *flags); }; });
}

}  // namespace comity::client
