#include "services/runtime/status/errors.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"

namespace comity {
namespace {

constexpr absl::string_view kDomain = "comity";
constexpr absl::string_view kTypePrefix = "type.googleapis.com/";
// Not a type of any message: ToRpcStatus keeps what stands under it from the wire.
constexpr absl::string_view kInternalDetail = "comity/internal-detail";
constexpr absl::Duration kRetryUnavailable = absl::Seconds(1);

std::string TypeUrl(const google::protobuf::Message& message) {
  return absl::StrCat(kTypePrefix, message.GetDescriptor()->full_name());
}

void Attach(const google::protobuf::Message& detail, absl::Status* status) {
  status->SetPayload(TypeUrl(detail), absl::Cord(detail.SerializeAsString()));
}

void AttachRetry(absl::Duration retry_after, absl::Status* status) {
  google::rpc::RetryInfo retry;
  const int64_t nanos = absl::ToInt64Nanoseconds(retry_after);
  retry.mutable_retry_delay()->set_seconds(nanos / 1'000'000'000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  Attach(retry, status);
}

absl::optional<google::rpc::ErrorInfo> InfoOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  const auto payload = status.GetPayload(TypeUrl(info));
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload))) return absl::nullopt;
  return info;
}

// Codes whose text may quote what no caller should read.
bool MayLeak(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

// An error that names no reason comes from a library, not from this file: its text is not for
// callers where it may leak, and its reason is its code.
absl::Status WithReason(const absl::Status& status) {
  const std::string reason = absl::StatusCodeToString(status.code());
  absl::Status named = MakeError(status.code(), reason,
                                 MayLeak(status.code()) ? "internal error" : status.message());
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { named.SetPayload(type, payload); });
  return named;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view reason, absl::string_view message,
                       ErrorMetadata metadata) {
  absl::Status status(code, message);
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kDomain));
  for (const auto& [key, value] : metadata) {
    (*info.mutable_metadata())[std::string(key)] = std::string(value);
  }
  Attach(info, &status);
  return status;
}

absl::Status InvalidField(absl::string_view reason, absl::string_view field,
                          absl::string_view description) {
  absl::Status status =
      MakeError(absl::StatusCode::kInvalidArgument, reason,
                field.empty() ? std::string(description) : absl::StrCat(field, ": ", description),
                {{"field", field}});
  google::rpc::BadRequest detail;
  auto* violation = detail.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  Attach(detail, &status);
  return status;
}

absl::Status NotFound(absl::string_view name) {
  return MakeError(absl::StatusCode::kNotFound, "RESOURCE_NOT_FOUND",
                   absl::StrCat(name, " does not exist"), {{"name", name}});
}

absl::Status AlreadyExists(absl::string_view reason, absl::string_view name,
                           absl::string_view message) {
  return MakeError(absl::StatusCode::kAlreadyExists, reason, message, {{"name", name}});
}

absl::Status PreconditionFailed(absl::string_view reason, absl::string_view subject,
                                absl::string_view description) {
  absl::Status status =
      MakeError(absl::StatusCode::kFailedPrecondition, reason, description, {{"subject", subject}});
  google::rpc::PreconditionFailure detail;
  auto* violation = detail.add_violations();
  violation->set_type(std::string(reason));
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  Attach(detail, &status);
  return status;
}

absl::Status PermissionDenied(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kPermissionDenied, reason, message);
}

absl::Status Unauthenticated(absl::string_view reason, absl::string_view message) {
  return MakeError(absl::StatusCode::kUnauthenticated, reason, message);
}

absl::Status EtagMismatch(absl::string_view name, absl::string_view current_etag) {
  return MakeError(absl::StatusCode::kAborted, "ETAG_MISMATCH",
                   absl::StrCat(name, " has changed: read it again, then repeat the change"),
                   {{"name", name}, {"etag", current_etag}});
}

absl::Status ConcurrentChange(absl::string_view message) {
  return MakeError(absl::StatusCode::kAborted, "CONCURRENT_CHANGE", message);
}

absl::Status ServerBusy(absl::Duration retry_after) {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, "SERVER_BUSY",
                                  "the server is busy: try again later");
  AttachRetry(retry_after, &status);
  return status;
}

absl::Status RateLimited(absl::Duration retry_after) {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, "RATE_LIMITED",
                                  "too many calls with this token: wait, then go on slower");
  AttachRetry(retry_after, &status);
  return status;
}

absl::Status TooManyStreams(absl::Duration retry_after) {
  absl::Status status = MakeError(absl::StatusCode::kResourceExhausted, "TOO_MANY_STREAMS",
                                  "too many streams at once: end one, or try again later");
  AttachRetry(retry_after, &status);
  return status;
}

absl::Status Unavailable(absl::string_view reason, absl::string_view message) {
  absl::Status status = MakeError(absl::StatusCode::kUnavailable, reason, message);
  AttachRetry(kRetryUnavailable, &status);
  return status;
}

absl::Status DeadlineExceeded() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_EXCEEDED",
                   "the deadline passed before the work was done");
}

absl::Status Internal(absl::string_view detail) {
  return WithInternalDetail(MakeError(absl::StatusCode::kInternal, "INTERNAL", "internal error"),
                            detail);
}

absl::Status WithInternalDetail(absl::Status status, absl::string_view detail) {
  status.SetPayload(kInternalDetail, absl::Cord(detail));
  return status;
}

absl::Status WithItem(const absl::Status& status, absl::string_view item) {
  if (status.ok()) return status;
  absl::Status named(status.code(), absl::StrCat(item, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view type, const absl::Cord& payload) { named.SetPayload(type, payload); });
  google::rpc::ErrorInfo info = InfoOf(status).value_or(google::rpc::ErrorInfo());
  (*info.mutable_metadata())["item"] = std::string(item);
  Attach(info, &named);
  return named;
}

std::string Reason(const absl::Status& status) {
  const auto info = InfoOf(status);
  return info.has_value() ? info->reason() : "";
}

std::string ErrorValue(const absl::Status& status, absl::string_view key) {
  const auto info = InfoOf(status);
  if (!info.has_value()) return "";
  const auto found = info->metadata().find(std::string(key));
  return found == info->metadata().end() ? "" : found->second;
}

std::string InternalDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(kInternalDetail);
  return payload.has_value() ? std::string(*payload) : "";
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  google::rpc::Status wire;
  wire.set_code(status.raw_code());
  if (status.ok()) return wire;
  const absl::Status named = InfoOf(status).has_value() ? status : WithReason(status);
  wire.set_message(std::string(named.message()));
  named.ForEachPayload([&](absl::string_view type, const absl::Cord& payload) {
    if (type == kInternalDetail) return;
    auto* detail = wire.add_details();
    detail->set_type_url(std::string(type));
    detail->set_value(std::string(payload));
  });
  return wire;
}

absl::Status FromRpcStatus(const google::rpc::Status& wire) {
  // A code that this build does not know becomes UNKNOWN, as absl::Status::code() has it.
  absl::Status status(static_cast<absl::StatusCode>(wire.code()), wire.message());
  if (status.ok()) return status;
  for (const auto& detail : wire.details()) {
    if (detail.type_url() == kInternalDetail) continue;
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return status;
}

}  // namespace comity
