#include "services/gateway/workflow/course.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/server/failpoint.h"
#include "services/runtime/server/request_log.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using google::protobuf::Message;

constexpr absl::Duration kSaveTimeout = absl::Seconds(5);
// What no replica knows that looks at it every second waits this long: releases run side by side
// for minutes.
constexpr absl::Duration kLongestUnknown = absl::Hours(1);
constexpr absl::Duration kPauseOfUnknown = absl::Seconds(1);

google::protobuf::Timestamp Now() { return resource::FromTime(absl::Now()); }

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

StepContext Course::Context() {
  return {shown().name(), *input_, *data_, shown().actor(), shown().create_time()};
}

bool Course::Unpack() {
  input_ = UnpackAny(workflow_.record.input());
  data_ =
      workflow_.record.has_data() ? UnpackAny(workflow_.record.data()) : definition_.make_data();
  return input_ != nullptr && data_ != nullptr;
}

bool Course::IsOfNewerRelease() {
  return workflow_.record.revision() > definition_.revision || !FindStep();
}

void Course::GetStuckAsItIs(const std::string& why) {
  *shown().mutable_last_error() = ToRpcStatus(Internal(why));
  const absl::Status saved = Write(Stuck());
  if (!saved.ok()) LeftToItsRow(saved);
}

void Course::Leave() {
  v1::WorkflowRecord& record = workflow_.record;
  if (!record.has_unknown_time()) *record.mutable_unknown_time() = Now();
  if (absl::Now() - resource::ToTime(record.unknown_time()) > kLongestUnknown) {
    return GetStuckAsItIs("no release that runs knows the workflow's steps as they are recorded");
  }
  const absl::Status saved = Transact({}, [&](storage::Transaction& tx) {
    return PutBackWorkflow(tx, workflow_, kPauseOfUnknown);
  });
  if (!saved.ok()) LeftToItsRow(saved);
}

// By its name: another release may have another number of steps before it. What has ended has none
// under way: of that the last one is undone first, if it is taken back.
bool Course::FindStep() {
  if (shown().step().empty()) {
    return static_cast<size_t>(workflow_.record.step_index()) < definition_.steps.size();
  }
  for (size_t i = 0; i < definition_.steps.size(); ++i) {
    if (definition_.steps[i].name != shown().step()) continue;
    workflow_.record.set_step_index(static_cast<int>(i));
    return true;
  }
  return false;
}

void Course::Run(const std::function<bool()>& stopping) {
  if (IsOfNewerRelease()) return Leave();
  if (!Unpack()) {
    return GetStuckAsItIs("what this release knows of the workflow does not fit its record");
  }
  workflow_.record.set_revision(definition_.revision);
  workflow_.record.clear_unknown_time();
  // What was asked before it was claimed.
  Move heeded = Heed({nullptr, Schedule{options_.lease, absl::ZeroDuration()}, true});
  if (heeded.type != nullptr && (!Save(&heeded) || !heeded.goes_on)) return;
  while (true) {
    const std::string name = step().name;  // Advance goes on to the next one
    Move move = Advance();
    if (stopping() && move.goes_on) move = {move.type, Schedule{}, false};
    const bool saved = Save(&move);
    Failpoint(name, "after-record");
    if (!saved || !move.goes_on) return;
  }
}

Course::Move Course::Advance() {
  return shown().state() == v1::WORKFLOW_STATE_COMPENSATING ? Undo() : Do();
}

absl::StatusOr<std::unique_ptr<Message>> Course::Ask(StepCall call, const std::string& verb,
                                                     const type::v1::Actor& actor) {
  SetRequestId(StepRequestId(shown().name(), step().name, verb), call.request.get());
  return caller_->Call(call, actor);
}

Course::Move Course::Do() {
  StepCall call = step().call(Context());
  if (call.request == nullptr) return Done("");
  // Under another name it is another request: what the former ones did must be known first.
  const auto former = VoidAll(call, formers());
  if (!former.ok()) return TryAgainToUndo(former.status());
  if (*former != nullptr) return Took(**former);
  Failpoint(step().name, "before-call");
  const auto reply = Ask(std::move(call), DoVerb(formers()), shown().actor());
  Failpoint(step().name, "after-call");
  const Verdict verdict = VerdictOf(reply.status());
  if (verdict == Verdict::kRefused) return Refused(reply.status());
  if (verdict != Verdict::kDone) return TryAgain(reply.status(), verdict);
  return Took(**reply);
}

Course::Move Course::Took(const Message& reply) {
  if (step().take) step().take(reply, data_.get());
  if (definition_.done) shown().set_done(definition_.done(*data_));
  if (step().more && step().more(*data_)) return NextBatch();
  return Done(step().made ? step().made(reply) : "");
}

std::string Course::DoVerb(int place) const {
  const int round = workflow_.record.round();
  return absl::StrCat("do", round == 0 ? "" : absl::StrCat("-", round),
                      place == 0 ? "" : absl::StrCat("@", place));
}

void Course::ClearTries() {
  workflow_.record.clear_unforeseen();
  shown().set_attempts(0);
  shown().clear_last_error();
  shown().clear_next_time();
}

Course::Move Course::NextBatch() {
  workflow_.record.set_round(workflow_.record.round() + 1);
  workflow_.record.clear_former_actors();
  ClearTries();
  return {nullptr, Schedule{options_.lease, absl::ZeroDuration()}, true};
}

Course::Move Course::Done(const std::string& record) {
  NoteStep(record, absl::OkStatus());
  workflow_.record.clear_former_actors();
  workflow_.record.set_round(0);
  const int next = workflow_.record.step_index() + 1;
  if (static_cast<size_t>(next) == definition_.steps.size()) {
    return End(v1::WORKFLOW_STATE_SUCCEEDED, "succeeded");
  }
  workflow_.record.set_step_index(next);
  shown().set_step(step().name);
  return {nullptr, Schedule{options_.lease, absl::ZeroDuration()}, true};
}

Course::Move Course::End(v1::WorkflowState state, const char* type) {
  shown().set_state(state);
  shown().clear_step();
  *shown().mutable_end_time() = Now();
  ended_ = true;
  return {type, Schedule{}, false};
}

// Its request is voided like those before it: an earlier try of it may still be on its way.
Course::Move Course::Refused(const absl::Status& status) {
  if (definition_.goes_by_batches || definition_.is_unattended) {
    shown().set_attempts(shown().attempts() + 1);
    *shown().mutable_last_error() = ToRpcStatus(status);
    return Stuck();
  }
  *shown().mutable_refusal() = ToRpcStatus(status);
  NoteStep("", status);
  shown().set_state(v1::WORKFLOW_STATE_COMPENSATING);
  return {"refused", Schedule{options_.lease, absl::ZeroDuration()}, true};
}

Course::Move Course::TryAgain(const absl::Status& status, Verdict verdict) {
  shown().set_attempts(shown().attempts() + 1);
  *shown().mutable_last_error() = ToRpcStatus(status);
  if (verdict != Verdict::kNotKnown) {
    workflow_.record.set_unforeseen(workflow_.record.unforeseen() + 1);
    const int most = verdict == Verdict::kNews ? options_.most_until_news : kMostUnforeseen;
    if (workflow_.record.unforeseen() >= most) return Stuck();
  }
  const absl::Duration pause = PauseAfter(shown().attempts());
  *shown().mutable_next_time() = resource::FromTime(absl::Now() + pause);
  return {nullptr, Schedule{absl::ZeroDuration(), pause}, false};
}

Course::Move Course::Stuck() {
  shown().set_stuck_in(shown().state());
  shown().set_state(v1::WORKFLOW_STATE_STUCK);
  shown().clear_next_time();  // somebody resumes it, no clock
  return {"stuck", Schedule{}, false};
}

bool Course::IsWithdrawn() const {
  return !workflow_.asked.empty() && workflow_.asked != kAskedToStop;
}

Course::Move Course::Heed(Move move) {
  const v1::WorkflowState state = shown().state();
  if (IsWithdrawn()) {
    if (state == v1::WORKFLOW_STATE_COMPENSATING || state == v1::WORKFLOW_STATE_WITHDRAWN) {
      return move;
    }
    if (!shown().has_refusal()) {
      *shown().mutable_refusal() = ToRpcStatus(PreconditionFailed(
          workflow_.asked, shown().subject(), "what started it was taken back: it is undone"));
    }
    shown().set_state(v1::WORKFLOW_STATE_COMPENSATING);
    shown().clear_stuck_in();
    shown().set_step(step().name);
    shown().clear_end_time();
    shown().clear_next_time();
    shown().set_attempts(0);
    workflow_.record.clear_unforeseen();
    ended_ = false;
    return {"withdrawal-begun", Schedule{options_.lease, absl::ZeroDuration()}, true};
  }
  if (workflow_.asked.empty() || state != v1::WORKFLOW_STATE_RUNNING) return move;
  shown().set_state(v1::WORKFLOW_STATE_STOPPED);
  return {"stopped", Schedule{}, false};
}

void Course::NoteStep(const std::string& record, const absl::Status& status) {
  const bool undoes = shown().state() == v1::WORKFLOW_STATE_COMPENSATING;
  v1::WorkflowStep* note = shown().add_steps();
  note->set_step(step().name);
  note->set_undoes(undoes);
  note->set_request_id(
      StepRequestId(shown().name(), step().name, undoes ? "undo" : DoVerb(formers())));
  note->set_record(record);
  note->set_attempts(shown().attempts() + 1);
  *note->mutable_end_time() = Now();
  if (!status.ok()) *note->mutable_error() = ToRpcStatus(status);
  ClearTries();
}

absl::Status Course::Write(const Move& move) {
  if (data_ != nullptr) workflow_.record.mutable_data()->PackFrom(*data_);
  storage::TransactOptions options;
  options.commits_alone = move.type == nullptr;  // no entry tells of it
  return Transact(options, [&](storage::Transaction& tx) {
    return SaveWorkflow(tx, workflow_, move.type, move.schedule);
  });
}

absl::Status Course::Transact(const storage::TransactOptions& options,
                              const std::function<absl::Status(storage::Transaction&)>& write) {
  Call call;
  call.runtime = runtime_;
  call.method = "workflow/step";
  call.principal.workload = "service/gateway";
  call.now = absl::Now();
  call.deadline = call.now + kSaveTimeout;
  google::protobuf::Any none;
  return storage::TransactInto(call, options, write, &none);
}

void Course::LeftToItsRow(const absl::Status& status) const {
  server::LogMessage("gateway", absl::StrCat(workflow_.record.workflow().name(),
                                             " is left to its row: ", status.message()));
}

bool Course::Save(Move* move) {
  absl::Status saved = Write(*move);
  if (Reason(saved) == "WORKFLOW_ASKED") {
    workflow_.asked = ErrorValue(saved, "asked");
    *move = Heed(*move);
    saved = Write(*move);
  }
  if (saved.ok()) {
    if (move->type != nullptr) ++workflow_.version;
    return true;
  }
  // Whether it was written is not known, or it is another replica's: its row says where it stands.
  ended_ = false;
  LeftToItsRow(saved);
  return false;
}

void Course::Failpoint(const std::string& step, const char* point) {
  (void)server::Failpoint("gateway", absl::StrCat(step, "/", point));
}

}  // namespace comity::gateway
