#include "services/gateway/http_door/connect_error.h"

#include <memory>

#include "absl/strings/escaping.h"
#include "absl/strings/strip.h"
#include "google/protobuf/any.pb.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using nlohmann::json;

struct CodeRow {
  absl::StatusCode code;
  const char* name;
  int http;
};

// https://connectrpc.com/docs/protocol#error-codes
constexpr CodeRow kCodes[] = {
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

const CodeRow& RowOf(absl::StatusCode code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  return kCodes[1];
}

// The detail as JSON for people who debug; null when its type is not known here.
json Debug(const google::protobuf::Any& detail, const std::string& type) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)->New());
  std::string text;
  if (!message->ParseFromString(detail.value()) ||
      !google::protobuf::util::MessageToJsonString(*message, &text).ok()) {
    return nullptr;
  }
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

json Detail(const google::protobuf::Any& detail) {
  const std::string& url = detail.type_url();
  const std::string type = url.substr(url.rfind('/') + 1);
  std::string value = absl::Base64Escape(detail.value());
  while (!value.empty() && value.back() == '=') value.pop_back();
  json result = {{"type", type}, {"value", value}};
  const json debug = Debug(detail, type);
  if (debug.is_object()) result["debug"] = debug;
  return result;
}

}  // namespace

std::string ConnectCode(absl::StatusCode code) { return RowOf(code).name; }

int HttpCode(absl::StatusCode code) { return RowOf(code).http; }

std::string ConnectErrorJson(const absl::Status& status) {
  const google::rpc::Status rpc = ToRpcStatus(status);
  json error = {{"code", ConnectCode(status.code())}, {"message", rpc.message()}};
  for (const google::protobuf::Any& detail : rpc.details()) {
    error["details"].push_back(Detail(detail));
  }
  return error.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace comity::gateway
