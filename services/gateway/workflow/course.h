// One workflow while it is run: its steps, done or undone, each recorded before the next begins.
#ifndef COMITY_GATEWAY_WORKFLOW_COURSE_H_
#define COMITY_GATEWAY_WORKFLOW_COURSE_H_

#include <memory>
#include <string>

#include "services/gateway/workflow/runner.h"
#include "services/gateway/workflow/verdict.h"

namespace comity::gateway {

class Course {
 public:
  Course(Runtime* runtime, const Definition& definition, StepCaller* caller,
         const RunnerOptions& options, StoredWorkflow workflow);

  // Goes on until the workflow has ended, waits, is stuck, or belongs to another replica.
  void Run(const std::function<bool()>& stopping);
  bool ended() const { return ended_; }

 private:
  // What the next record says of the workflow.
  struct Move {
    const char* type = nullptr;  // of the journal's entry; null: its steps tell at the end
    Schedule schedule;
    bool goes_on = true;
  };

  // The record that was undone, if one was; or why it stays.
  struct Undone {
    std::string record;
    absl::Status kept;
  };

  v1::Workflow& shown() { return *workflow_.record.mutable_workflow(); }
  const Step& step() const;
  StepContext Context();
  bool Unpack();
  // Whether a newer release has run it, or its step is not known here.
  bool IsOfNewerRelease();
  // Leaves it to a replica that knows its steps; stuck when for long there was none.
  void Leave();
  // What this release cannot read: its data stays as it is stored.
  void GetStuckAsItIs(const std::string& why);
  // One call, and what follows from its answer.
  Move Advance();
  Move Do();
  // Takes over what a service has done.
  Move Took(const google::protobuf::Message& reply);
  Move Undo();
  // Voids what the first `people` of those sent on whose behalf the step was tried, who goes on
  // with it being the last; the reply of the one that had been done, else null: then none ever will
  // be.
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> VoidAll(const StepCall& call,
                                                                     int people);
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Void(const StepCall& call, int place);
  int formers() const { return workflow_.record.former_actors_size(); }
  absl::StatusOr<Undone> UndoWhatItDid(const std::string& service, const std::string& made);
  // Of a step that something rests on which stays: it stays as well.
  absl::StatusOr<Undone> Keep(const std::string& made);
  // The record of a later step that stays, with all before it; empty if there is none.
  std::string KeptLater() const;
  // The note that the current step is done; null: it is not, or in doubt.
  const v1::WorkflowStep* DoneStep() const;
  Move TryAgainToUndo(const absl::Status& status);
  absl::StatusOr<std::unique_ptr<google::protobuf::Message>> Ask(StepCall call,
                                                                 const std::string& verb,
                                                                 const type::v1::Actor& actor);
  Move Done(const std::string& record);
  Move Refused(const absl::Status& status);
  Move TryAgain(const absl::Status& status, Verdict verdict);
  Move End(v1::WorkflowState state, const char* type);
  // Leaves a step that goes by batches at its next one.
  Move NextBatch();
  Move Stuck();
  // Whether it is to undo what it did, though nothing of it was refused.
  bool IsWithdrawn() const;
  // What becomes of `move` by what was asked of the workflow meanwhile.
  Move Heed(Move move);
  // Whether this release has the step that is under way.
  bool FindStep();
  // Of whoever is at `place` among those who have tried the step.
  std::string DoVerb(int place) const;
  // What is tried next has not been tried.
  void ClearTries();
  void NoteStep(const std::string& record, const absl::Status& status);
  // Writes what the move says, and changes it where something was asked meanwhile. False: it is not
  // written, or not this replica's.
  bool Save(Move* move);
  absl::Status Write(const Move& move);
  absl::Status Transact(const storage::TransactOptions& options,
                        const std::function<absl::Status(storage::Transaction&)>& write);
  void LeftToItsRow(const absl::Status& status) const;
  // `create-contact/before-call`, `…/after-call`, `…/before-void`, `…/after-void`,
  // `…/before-undo`, `…/after-undo`, `…/after-record`.
  static void Failpoint(const std::string& step, const char* point);

  Runtime* const runtime_;
  const Definition& definition_;
  StepCaller* const caller_;
  const RunnerOptions& options_;
  StoredWorkflow workflow_;
  std::unique_ptr<google::protobuf::Message> input_;
  std::unique_ptr<google::protobuf::Message> data_;
  bool ended_ = false;
};

}  // namespace comity::gateway

#endif  // COMITY_GATEWAY_WORKFLOW_COURSE_H_
