#include "services/gateway/workflow/course.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

constexpr char kParticipant[] = "comity.workflow.v1.ParticipantService/";
constexpr absl::Duration kSaveTimeout = absl::Seconds(5);

google::protobuf::Timestamp Now() { return resource::FromMicros(absl::ToUnixMicros(absl::Now())); }

void SetRequestId(const std::string& id, Message* request) {
  const auto* field = request->GetDescriptor()->FindFieldByName("request_id");
  if (field != nullptr) request->GetReflection()->SetString(request, field, id);
}

}  // namespace

Course::Course(Runtime* runtime, const Definition& definition, StepCaller* caller,
               const RunnerOptions& options, StoredWorkflow workflow)
    : runtime_(runtime),
      definition_(definition),
      caller_(caller),
      options_(options),
      workflow_(std::move(workflow)) {}

const Step& Course::step() const {
  return definition_.steps[static_cast<size_t>(workflow_.record.step_index())];
}

bool Course::Unpack() {
  input_ = UnpackAny(workflow_.record.input());
  data_ =
      workflow_.record.has_data() ? UnpackAny(workflow_.record.data()) : definition_.make_data();
  const auto index = static_cast<size_t>(workflow_.record.step_index());
  return input_ != nullptr && data_ != nullptr && index < definition_.steps.size();
}

void Course::Run(const std::function<bool()>& stopping) {
  if (!Unpack()) {
    shown().set_stuck_in(shown().state());
    shown().set_state(v1::WORKFLOW_STATE_STUCK);
    *shown().mutable_last_error() =
        ToRpcStatus(Internal("what this release knows of the workflow does not fit its record"));
    Save({"stuck", Schedule{}, false});
    return;
  }
  while (true) {
    const std::string name = step().name;  // Advance goes on to the next one
    Move move = Advance();
    if (stopping() && move.goes_on) move = {move.type, Schedule{}, false};
    const bool saved = Save(move);
    Failpoint(name, "after-record");
    if (!saved || !move.goes_on) return;
  }
}

Course::Move Course::Advance() {
  return shown().state() == v1::WORKFLOW_STATE_COMPENSATING ? Undo() : Do();
}

absl::StatusOr<std::unique_ptr<Message>> Course::Ask(StepCall call, const char* verb,
                                                     const type::v1::Actor& actor) {
  SetRequestId(StepRequestId(shown().name(), step().name, verb), call.request.get());
  return caller_->Call(call, actor);
}

Course::Move Course::Do() {
  StepCall call = step().call({shown().name(), *input_, *data_});
  if (call.request == nullptr) return Done("");
  Failpoint(step().name, "before-call");
  const auto reply = Ask(std::move(call), "do", shown().actor());
  Failpoint(step().name, "after-call");
  const Verdict verdict = VerdictOf(reply.status());
  if (verdict == Verdict::kRefused) return Refused(reply.status());
  if (verdict != Verdict::kDone) return TryAgain(reply.status(), verdict);
  return Took(**reply);
}

Course::Move Course::Took(const Message& reply) {
  if (step().take) step().take(reply, data_.get());
  return Done(step().made ? step().made(reply) : "");
}

Course::Move Course::Done(std::string record) {
  NoteStep(record, absl::OkStatus());
  const int next = workflow_.record.step_index() + 1;
  if (static_cast<size_t>(next) == definition_.steps.size()) return Succeed();
  workflow_.record.set_step_index(next);
  shown().set_step(step().name);
  return {"step", Schedule{options_.lease, absl::ZeroDuration()}, true};
}

Course::Move Course::Succeed() {
  shown().set_state(v1::WORKFLOW_STATE_SUCCEEDED);
  shown().clear_step();
  *shown().mutable_end_time() = Now();
  ended_ = true;
  return {"succeeded", Schedule{}, false};
}

// Its request is voided like those before it: an earlier try of it may still be on its way.
Course::Move Course::Refused(const absl::Status& status) {
  *shown().mutable_refusal() = ToRpcStatus(status);
  NoteStep("", status);
  shown().set_state(v1::WORKFLOW_STATE_COMPENSATING);
  return {"refused", Schedule{options_.lease, absl::ZeroDuration()}, true};
}

Course::Move Course::TryAgain(const absl::Status& status, Verdict verdict) {
  shown().set_attempts(shown().attempts() + 1);
  *shown().mutable_last_error() = ToRpcStatus(status);
  if (verdict == Verdict::kUnforeseen && shown().attempts() >= kMostUnforeseen) {
    shown().set_stuck_in(shown().state());
    shown().set_state(v1::WORKFLOW_STATE_STUCK);
    return {"stuck", Schedule{}, false};
  }
  const absl::Duration pause = PauseAfter(shown().attempts());
  *shown().mutable_next_time() = resource::FromMicros(absl::ToUnixMicros(absl::Now() + pause));
  return {nullptr, Schedule{absl::ZeroDuration(), pause}, false};
}

// First the request is made void: then what it did, if it did, is known, and nothing comes after.
Course::Move Course::Undo() {
  const StepContext context{shown().name(), *input_, *data_};
  const StepCall call = step().call(context);
  Undone undone;
  if (call.request != nullptr) {
    const auto reply = Void(call);
    if (!reply.ok()) return TryAgainToUndo(reply.status());
    const bool last =
        workflow_.record.step_index() + 1 == static_cast<int>(definition_.steps.size());
    if (*reply != nullptr && last) {
      // All was done, and then its answer refused: nothing is left to be undone.
      shown().set_state(v1::WORKFLOW_STATE_RUNNING);
      shown().clear_refusal();
      return Took(**reply);
    }
    if (*reply != nullptr) {
      auto result = UndoWhatItDid(call.service, context, **reply);
      if (!result.ok()) return TryAgainToUndo(result.status());
      undone = *std::move(result);
    }
  }
  NoteStep(undone.record, undone.kept);
  if (workflow_.record.step_index() == 0) {
    shown().set_state(v1::WORKFLOW_STATE_WITHDRAWN);
    shown().clear_step();
    *shown().mutable_end_time() = Now();
    ended_ = true;
    return {"withdrawn", Schedule{}, false};
  }
  workflow_.record.set_step_index(workflow_.record.step_index() - 1);
  shown().set_step(step().name);
  return {"step-undone", Schedule{options_.lease, absl::ZeroDuration()}, true};
}

// Whatever is said against undoing is no reason to leave it half done.
Course::Move Course::TryAgainToUndo(const absl::Status& status) {
  const Verdict verdict = VerdictOf(status);
  return TryAgain(status, verdict == Verdict::kRefused ? Verdict::kUnforeseen : verdict);
}

absl::StatusOr<std::unique_ptr<Message>> Course::Void(const StepCall& call) {
  workflow::v1::VoidRequestRequest request;
  request.set_person(shown().actor().person());
  request.set_method(call.method);
  request.set_voided_request_id(StepRequestId(shown().name(), step().name, "do"));
  Failpoint(step().name, "before-void");
  COMITY_ASSIGN_OR_RETURN(
      const auto answer,
      Ask(MakeCall(call.service, absl::StrCat(kParticipant, "VoidRequest"), request), "void", {}));
  Failpoint(step().name, "after-void");
  const auto& voided = static_cast<const workflow::v1::VoidRequestResponse&>(*answer);
  if (!voided.happened()) return std::unique_ptr<Message>();
  std::unique_ptr<Message> reply = UnpackAny(voided.reply());
  if (reply == nullptr) return Internal("the reply of a voided request does not parse");
  return reply;
}

absl::StatusOr<Course::Undone> Course::UndoWhatItDid(const std::string& service,
                                                     const StepContext& context,
                                                     const Message& reply) {
  Undone undone;
  if (step().undo) {
    COMITY_RETURN_IF_ERROR(Ask(step().undo(context), "undo", {}).status());
    return undone;
  }
  if (step().made) undone.record = step().made(reply);
  if (undone.record.empty()) return undone;
  workflow::v1::WithdrawRecordRequest request;
  request.set_name(undone.record);
  request.set_workflow(shown().name());
  request.set_reason("compensation");
  COMITY_ASSIGN_OR_RETURN(
      const auto answer,
      Ask(MakeCall(service, absl::StrCat(kParticipant, "WithdrawRecord"), request), "undo", {}));
  if (!static_cast<const workflow::v1::WithdrawRecordResponse&>(*answer).withdrawn()) {
    undone.kept =
        PreconditionFailed("RECORD_IN_USE", undone.record,
                           "others have changed or use it since: it stays, and is theirs");
  }
  return undone;
}

void Course::NoteStep(const std::string& record, const absl::Status& status) {
  const bool undoes = shown().state() == v1::WORKFLOW_STATE_COMPENSATING;
  v1::WorkflowStep* note = shown().add_steps();
  note->set_step(step().name);
  note->set_undoes(undoes);
  note->set_request_id(StepRequestId(shown().name(), step().name, undoes ? "undo" : "do"));
  note->set_record(record);
  note->set_attempts(shown().attempts() + 1);
  *note->mutable_end_time() = Now();
  if (!status.ok()) *note->mutable_error() = ToRpcStatus(status);
  shown().set_attempts(0);
  shown().clear_last_error();
  shown().clear_next_time();
}

bool Course::Save(const Move& move) {
  workflow_.record.mutable_data()->PackFrom(*data_);
  Call call;
  call.runtime = runtime_;
  call.method = "workflow/step";
  call.principal.workload = "service/gateway";
  call.now = absl::Now();
  call.deadline = call.now + kSaveTimeout;
  google::protobuf::Any none;
  const absl::Status saved = storage::TransactInto(
      call, storage::TransactOptions(),
      [&](storage::Transaction& tx) {
        return SaveWorkflow(tx, workflow_, move.type, move.schedule);
      },
      &none);
  if (saved.ok()) {
    if (move.type != nullptr) ++workflow_.version;
    return true;
  }
  // Whether it was written is not known, or it is another replica's: its row says where it stands.
  ended_ = false;
  server::LogMessage("gateway",
                     absl::StrCat(shown().name(), " is left to its row: ", saved.message()));
  return false;
}

void Course::Failpoint(const std::string& step, const char* point) {
  server::Failpoint("gateway", absl::StrCat(step, "/", point));
}

}  // namespace comity::gateway
