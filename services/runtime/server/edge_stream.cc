// Streams at the edge: admitted like calls, checked again while they last, counted when they end.
#include <memory>
#include <utility>

#include "services/runtime/server/authorize.h"
#include "services/runtime/server/call_outcome.h"
#include "services/runtime/server/edge.h"
#include "services/runtime/server/uptime.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::server {

class ServerEdge::Stream final : public AdmittedStream {
 public:
  // `method` may be null: then the stream only ends.
  Stream(ServerEdge* edge, const Method* method, const google::protobuf::Message& request,
         Call call)
      : edge_(edge), method_(method), request_(request.New()), call_(std::move(call)) {
    request_->CopyFrom(request);
    if (method_ != nullptr) method_->metrics->Started();
  }
  ~Stream() override { Ended(absl::CancelledError("the stream was dropped")); }

  // Checks everything and takes a place.
  absl::Status Admit(const grpc::CallbackServerContext& context) {
    COMITY_RETURN_IF_ERROR(edge_->CheckOpen());
    COMITY_RETURN_IF_ERROR(edge_->Check(context, method_, *request_, &call_));
    COMITY_RETURN_IF_ERROR(edge_->slots_.Take(call_.principal.person));
    holds_place_ = true;
    return absl::OkStatus();
  }

  const Call& call() const override { return call_; }

  absl::Status CheckStillAllowed(absl::Time now) const override {
    if (call_.principal.person.empty()) return absl::OkStatus();
    if (now >= call_.principal.expires + identity::kSkew) {
      return Unauthenticated("TOKEN_EXPIRED", "the token has expired; get a new one");
    }
    const directory::Directory& directory = *call_.runtime->directory;
    COMITY_RETURN_IF_ERROR(directory.CheckFresh(Uptime()));
    Principal principal = call_.principal;
    principal.roles = directory.snapshot()->RolesOf(principal.person, principal.department);
    if (principal.roles.empty()) {
      return PermissionDenied("ROLE_REVOKED",
                              "the directory no longer gives you a role: sign in anew");
    }
    COMITY_RETURN_IF_ERROR(CheckRole(*method_->rule, principal));
    return CheckRight(*method_->rule, principal, call_.charter(), edge_->options_.collections,
                      *request_);
  }

  void Ended(const absl::Status& status) override {
    if (!ended_) Conclude(status).IgnoreError();
  }
  // It may last a day: says now who came. How it ends is said by Conclude.
  void TellAdmitted() const {
    RequestLine line = OutcomeOf(call_, absl::OkStatus()).line;
    line.reason = "ADMITTED";
    WriteLine(line);
  }
  // Ends it; returns the status as its caller may see it.
  absl::Status Conclude(const absl::Status& status) {
    ended_ = true;
    if (holds_place_) edge_->slots_.GiveBack(call_.principal.person);
    const CallOutcome outcome = OutcomeOf(call_, status);
    if (method_ != nullptr) method_->metrics->StreamEnded(outcome.line.code);
    WriteLine(outcome.line);
    return outcome.status;
  }

 private:
  ServerEdge* const edge_;
  const Method* const method_;
  const std::unique_ptr<google::protobuf::Message> request_;
  Call call_;
  bool holds_place_ = false;
  bool ended_ = false;
};

absl::StatusOr<std::unique_ptr<AdmittedStream>> ServerEdge::Admit(
    grpc::CallbackServerContext* context, const char* method,
    const google::protobuf::Message* request) {
  const Method* known = FindMethod(method);
  auto stream = std::make_unique<Stream>(this, known, *request, BeginCall(*context, method, known));
  const absl::Status admitted = stream->Admit(*context);
  if (admitted.ok()) {
    stream->TellAdmitted();
    return stream;
  }
  if (absl::IsResourceExhausted(admitted)) metrics_->CountShed();
  return stream->Conclude(admitted);
}

}  // namespace comity::server
