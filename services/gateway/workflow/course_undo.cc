// How a course undoes what it did: the last step first, each by its service.
#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "comity/workflow/v1/participant_service.pb.h"
#include "services/gateway/workflow/course.h"
#include "services/runtime/status/errors.h"
#include "services/runtime/status/macros.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

constexpr char kParticipant[] = "comity.workflow.v1.ParticipantService/";
constexpr size_t kLongestReason = 64;  // of WithdrawRecordRequest

// Of the answers of methods that undo: `withdrawn` is not set.
bool SaysItStays(const Message& answer) {
  const auto* field = answer.GetDescriptor()->FindFieldByName("withdrawn");
  return field != nullptr && !answer.GetReflection()->GetBool(answer, field);
}

// `signature-voided`: the same at each try, and short enough for whoever reads the record's
// history.
std::string WhyUndone(const v1::Workflow& workflow) {
  const std::string reason = Reason(FromRpcStatus(workflow.refusal()));
  if (reason.empty() || reason.size() > kLongestReason) return "compensation";
  return absl::StrReplaceAll(absl::AsciiStrToLower(reason), {{"_", "-"}});
}

absl::Status InUse(const std::string& record) {
  return PreconditionFailed("RECORD_IN_USE", record,
                            "others have changed or use it since: it stays, and is theirs");
}

}  // namespace

// What the row says is done was done, however long ago. Of the step that was under way only its
// service can tell: its request is made void, and then nothing of it comes after.
Course::Move Course::Undo() {
  const v1::WorkflowStep* const done = DoneStep();
  const StepCall call = step().call(Context());
  std::string made = done == nullptr ? "" : done->record();
  bool happened = done != nullptr;
  if (!happened && call.request != nullptr) {
    const auto reply = VoidAll(call, formers() + 1);
    if (!reply.ok()) return TryAgainToUndo(reply.status());
    happened = *reply != nullptr;
    const bool last =
        workflow_.record.step_index() + 1 == static_cast<int>(definition_.steps.size());
    if (happened && last && !IsWithdrawn()) {
      // All was done, and then its answer refused: nothing is left to be undone.
      shown().set_state(v1::WORKFLOW_STATE_RUNNING);
      shown().clear_refusal();
      return Took(**reply);
    }
    if (happened && step().take) step().take(**reply, data_.get());
    if (happened && step().made) made = step().made(**reply);
  }
  Undone undone;
  if (happened && call.request != nullptr) {
    Failpoint(step().name, "before-undo");
    auto result = KeptLater().empty() ? UndoWhatItDid(call.service, made) : Keep(made);
    if (!result.ok()) return TryAgainToUndo(result.status());
    undone = *std::move(result);
  }
  Failpoint(step().name, "after-undo");
  NoteStep(undone.record, undone.kept);
  workflow_.record.clear_former_actors();
  if (workflow_.record.step_index() == 0) {
    return End(v1::WORKFLOW_STATE_WITHDRAWN, "withdrawn");
  }
  workflow_.record.set_step_index(workflow_.record.step_index() - 1);
  shown().set_step(step().name);
  return {nullptr, Schedule{options_.lease, absl::ZeroDuration()}, true};
}

std::string Course::KeptLater() const {
  for (const v1::WorkflowStep& note : workflow_.record.workflow().steps()) {
    if (!note.undoes() || !note.has_error()) continue;
    const auto undone = std::find_if(definition_.steps.begin(), definition_.steps.end(),
                                     [&](const Step& other) { return other.name == note.step(); });
    if (undone != definition_.steps.end() && undone->keeps_earlier) return note.record();
  }
  return "";
}

absl::StatusOr<Course::Undone> Course::Keep(const std::string& made) {
  if (step().keep) {
    StepCall keep = step().keep(Context());
    if (keep.request != nullptr) {
      COMITY_RETURN_IF_ERROR(Ask(std::move(keep), "keep", {}).status());
    }
  }
  const std::string later = KeptLater();
  return Undone{made, PreconditionFailed("RECORD_IN_USE", made.empty() ? later : made,
                                         absl::StrCat(later, " stays, and rests on it"))};
}

const v1::WorkflowStep* Course::DoneStep() const {
  for (const v1::WorkflowStep& note : workflow_.record.workflow().steps()) {
    if (note.step() == step().name && !note.undoes() && !note.has_error()) return &note;
  }
  return nullptr;
}

// Whatever is said against undoing is no reason to leave it half done.
Course::Move Course::TryAgainToUndo(const absl::Status& status) {
  const Verdict verdict = VerdictOf(status);
  return TryAgain(status, verdict == Verdict::kRefused ? Verdict::kUnforeseen : verdict);
}

absl::StatusOr<std::unique_ptr<Message>> Course::VoidAll(const StepCall& call, int people) {
  for (int place = 0; place < people; ++place) {
    COMITY_ASSIGN_OR_RETURN(auto reply, Void(call, place));
    if (reply != nullptr) return reply;
  }
  return std::unique_ptr<Message>();
}

absl::StatusOr<std::unique_ptr<Message>> Course::Void(const StepCall& call, int place) {
  const type::v1::Actor& actor = place < formers() ? workflow_.record.former_actors(place)
                                                   : workflow_.record.workflow().actor();
  workflow::v1::VoidRequestRequest request;
  request.set_person(actor.person());
  request.set_method(call.method);
  request.set_voided_request_id(StepRequestId(shown().name(), step().name, DoVerb(place)));
  Failpoint(step().name, "before-void");
  COMITY_ASSIGN_OR_RETURN(
      const auto answer,
      Ask(MakeCall(call.service, absl::StrCat(kParticipant, "VoidRequest"), request),
          absl::StrCat("void-", DoVerb(place)), {}));
  Failpoint(step().name, "after-void");
  const auto& voided = static_cast<const workflow::v1::VoidRequestResponse&>(*answer);
  if (!voided.happened()) return std::unique_ptr<Message>();
  std::unique_ptr<Message> reply = UnpackAny(voided.reply());
  if (reply == nullptr) return Internal("the reply of a voided request does not parse");
  return reply;
}

absl::StatusOr<Course::Undone> Course::UndoWhatItDid(const std::string& service,
                                                     const std::string& made) {
  Undone undone;
  undone.record = made;
  if (step().undo) {
    StepCall undo = step().undo(Context());
    if (undo.request == nullptr) return undone;
    COMITY_ASSIGN_OR_RETURN(const auto answer, Ask(std::move(undo), "undo", {}));
    if (!made.empty() && SaysItStays(*answer)) undone.kept = InUse(made);
    return undone;
  }
  if (made.empty()) return undone;
  workflow::v1::WithdrawRecordRequest request;
  request.set_name(made);
  request.set_workflow(shown().name());
  request.set_reason(WhyUndone(shown()));
  COMITY_ASSIGN_OR_RETURN(
      const auto answer,
      Ask(MakeCall(service, absl::StrCat(kParticipant, "WithdrawRecord"), request), "undo", {}));
  if (SaysItStays(*answer)) undone.kept = InUse(made);
  return undone;
}

}  // namespace comity::gateway
