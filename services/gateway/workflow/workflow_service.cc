#include "services/gateway/workflow/workflow_service.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "services/gateway/workflow/operation.h"
#include "services/runtime/resource/columns.h"
#include "services/runtime/resource/filter.h"
#include "services/runtime/resource/names.h"
#include "services/runtime/resource/page_token.h"
#include "services/runtime/status/errors.h"

namespace comity::gateway {
namespace {

using google::longrunning::Operation;

constexpr char kCollection[] = "workflows";
constexpr absl::Duration kLongestWait = absl::Minutes(1);
constexpr absl::Duration kListTimeout = absl::Seconds(5);

v1::WorkflowRecord NewRecord(absl::Time now, const Definition& definition,
                             const Beginning& beginning) {
  v1::WorkflowRecord record;
  v1::Workflow& workflow = *record.mutable_workflow();
  workflow.set_name(resource::MakeName(kCollection, resource::NewId(now)));
  workflow.set_kind(definition.kind);
  workflow.set_subject(beginning.subject);
  workflow.set_state(v1::WORKFLOW_STATE_RUNNING);
  workflow.set_step(definition.steps.front().name);
  *workflow.mutable_actor() = beginning.actor;
  *workflow.mutable_create_time() = resource::FromTime(now);
  record.mutable_input()->PackFrom(beginning.input);
  record.mutable_data()->PackFrom(*definition.make_data());
  record.set_revision(definition.revision);
  return record;
}

// `STUCK` of WORKFLOW_STATE_STUCK, or the whole name.
absl::StatusOr<int> StateOf(const std::string& text) {
  v1::WorkflowState state;
  if (v1::WorkflowState_Parse(text, &state) ||
      v1::WorkflowState_Parse(absl::StrCat("WORKFLOW_STATE_", text), &state)) {
    return static_cast<int>(state);
  }
  return InvalidField("FILTER_INVALID", "filter",
                      "a state is RUNNING, COMPENSATING, STUCK, STOPPED, SUCCEEDED or WITHDRAWN");
}

absl::StatusOr<WorkflowQuery> QueryOf(const std::string& filter) {
  static const auto* const fields = new std::vector<std::string>{"state", "kind", "subject"};
  COMITY_ASSIGN_OR_RETURN(const auto alternatives, resource::ParseFilter(filter, *fields));
  if (alternatives.size() != 1) {
    return InvalidField("FILTER_TOO_COMPLEX", "filter", "fields are combined by AND here");
  }
  WorkflowQuery query;
  for (const resource::Restriction& restriction : alternatives.front()) {
    if (restriction.field == "kind") query.kind = restriction.value;
    if (restriction.field == "subject") query.subject = restriction.value;
    if (restriction.field == "state") {
      COMITY_ASSIGN_OR_RETURN(query.state, StateOf(restriction.value));
    }
  }
  return query;
}

void Resume(v1::WorkflowRecord* record) {
  v1::Workflow& workflow = *record->mutable_workflow();
  const bool is_stopped = workflow.state() == v1::WORKFLOW_STATE_STOPPED;
  workflow.set_state(is_stopped ? v1::WORKFLOW_STATE_RUNNING : workflow.stuck_in());
  workflow.clear_stuck_in();
  workflow.set_attempts(0);
  record->clear_unforeseen();
  record->clear_unknown_time();
}

bool IsOperator(const Call& call) { return call.principal.HasRole(type::v1::ROLE_OPERATOR); }

// Who runs the suite may stop and resume what he finds; a steward, what his department has started.
absl::Status CheckMayHandle(const Call& call, const v1::Workflow& workflow) {
  if (IsOperator(call) || workflow.actor().department() == call.principal.department) {
    return absl::OkStatus();
  }
  return PermissionDenied("NOT_OWN_DEPARTMENT",
                          "it is for an operator, or a steward of the department that started it");
}

// The steward answers for it from now on: what is done is done on his behalf.
void TakeOver(const Call& call, v1::WorkflowRecord* record) {
  v1::Workflow& workflow = *record->mutable_workflow();
  if (IsOperator(call) || workflow.actor().person() == call.principal.person) return;
  *record->add_former_actors() = workflow.actor();
  *workflow.mutable_actor() = call.actor();
}

}  // namespace

absl::StatusOr<Operation> WorkflowStarter::Start(Call& call, const std::string& kind,
                                                 const std::string& subject,
                                                 const google::protobuf::Message& request) {
  const Definition* definition = runner_->Find(kind);
  if (definition == nullptr) return Internal(absl::StrCat("no workflow ", kind));
  COMITY_ASSIGN_OR_RETURN(const storage::TransactOptions options, storage::OptionsOf(request));
  StoredWorkflow started;
  Operation operation;
  COMITY_RETURN_IF_ERROR(storage::TransactInto(
      call, options,
      [&](storage::Transaction& tx) -> absl::Status {
        const Beginning beginning{subject, call.actor(), request, {}};
        started = {NewRecord(call.now, *definition, beginning), 1, 1, ""};
        COMITY_RETURN_IF_ERROR(InsertWorkflow(tx, started.record, {}, kLease));
        operation = OperationOf(started.record, definition);
        return absl::OkStatus();
      },
      &operation));
  // A repetition is answered by the first one's operation: that is run elsewhere, or here already.
  const bool is_new = operation.name() == started.record.workflow().name();
  if (is_new && !options.validate_only) runner_->Run(std::move(started));
  return operation;
}

absl::StatusOr<std::string> StartWorkflow(storage::Transaction& tx, absl::Time now,
                                          const Definition& definition,
                                          const Beginning& beginning) {
  const v1::WorkflowRecord record = NewRecord(now, definition, beginning);
  const absl::Status started = InsertWorkflow(tx, record, beginning.start, absl::ZeroDuration());
  if (Reason(started) == "WORKFLOW_EXISTS") return ErrorValue(started, "name");
  COMITY_RETURN_IF_ERROR(started);
  return record.workflow().name();
}

absl::StatusOr<v1::Workflow> WorkflowService::GetWorkflow(Call& call,
                                                          const v1::GetWorkflowRequest& request) {
  v1::Workflow workflow;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const StoredWorkflow stored,
                            gateway::GetWorkflow(reader, request.name()));
    workflow = stored.record.workflow();
    return absl::OkStatus();
  }));
  return workflow;
}

absl::StatusOr<v1::ListWorkflowsResponse> WorkflowService::ListWorkflows(
    Call& call, const v1::ListWorkflowsRequest& request) {
  COMITY_ASSIGN_OR_RETURN(WorkflowQuery query, QueryOf(request.filter()));
  COMITY_ASSIGN_OR_RETURN(const int size, resource::ReadPageSize(request));
  COMITY_ASSIGN_OR_RETURN(query.before, resource::ReadPageToken(call, request));
  query.limit = size + 1;
  v1::ListWorkflowsResponse response;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    response.Clear();
    COMITY_ASSIGN_OR_RETURN(auto workflows, gateway::ListWorkflows(reader, query));
    resource::PageRoom room(size);
    for (v1::Workflow& workflow : workflows) {
      if (!room.Take(workflow)) {
        const std::string& last = response.workflows(response.workflows_size() - 1).name();
        response.set_next_page_token(resource::MakePageToken(call, request, last));
        break;
      }
      *response.add_workflows() = std::move(workflow);
    }
    return absl::OkStatus();
  }));
  return response;
}

absl::StatusOr<v1::Workflow> WorkflowService::StopWorkflow(Call& call,
                                                           const v1::StopWorkflowRequest& request) {
  return storage::Transact<v1::Workflow>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Workflow> {
        COMITY_ASSIGN_OR_RETURN(const StoredWorkflow stored,
                                gateway::GetWorkflow(tx, request.name()));
        const v1::Workflow& workflow = stored.record.workflow();
        COMITY_RETURN_IF_ERROR(CheckMayHandle(call, workflow));
        // By what it is, not by how far it has come: who asks learns that no such one ever stops.
        const Definition* definition = runner_->Find(workflow.kind());
        if (definition == nullptr || !definition->goes_by_batches) {
          return PreconditionFailed("NOT_STOPPABLE", request.name(),
                                    absl::StrCat("a workflow ", workflow.kind(),
                                                 " goes by steps, each of which is done or undone, "
                                                 "and then it ends: only what goes by batches, "
                                                 "like a move of owners, can be stopped"));
        }
        if (workflow.state() != v1::WORKFLOW_STATE_RUNNING) return workflow;
        COMITY_RETURN_IF_ERROR(AskToStop(tx, request.name()));
        return workflow;
      });
}

absl::StatusOr<v1::Workflow> WorkflowService::ResumeWorkflow(
    Call& call, const v1::ResumeWorkflowRequest& request) {
  return storage::Transact<v1::Workflow>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Workflow> {
        COMITY_ASSIGN_OR_RETURN(StoredWorkflow stored, gateway::GetWorkflow(tx, request.name()));
        v1::Workflow& workflow = *stored.record.mutable_workflow();
        COMITY_RETURN_IF_ERROR(CheckMayHandle(call, workflow));
        if (workflow.state() != v1::WORKFLOW_STATE_STUCK &&
            workflow.state() != v1::WORKFLOW_STATE_STOPPED) {
          return workflow;
        }
        Resume(&stored.record);
        TakeOver(call, &stored.record);
        COMITY_RETURN_IF_ERROR(gateway::ResumeWorkflow(tx, stored, "resumed"));
        return workflow;
      });
}

absl::StatusOr<v1::Workflow> WorkflowService::UndoWorkflow(Call& call,
                                                           const v1::UndoWorkflowRequest& request) {
  return storage::Transact<v1::Workflow>(
      call, request, [&](storage::Transaction& tx) -> absl::StatusOr<v1::Workflow> {
        COMITY_ASSIGN_OR_RETURN(StoredWorkflow stored, gateway::GetWorkflow(tx, request.name()));
        v1::Workflow& workflow = *stored.record.mutable_workflow();
        COMITY_RETURN_IF_ERROR(CheckMayHandle(call, workflow));
        if (workflow.state() != v1::WORKFLOW_STATE_STUCK ||
            workflow.stuck_in() != v1::WORKFLOW_STATE_RUNNING) {
          return workflow;
        }
        const Definition* definition = runner_->Find(workflow.kind());
        if (definition == nullptr || definition->goes_by_batches || definition->is_unattended) {
          return PreconditionFailed(
              "NOT_UNDOABLE", request.name(),
              absl::StrCat("what a workflow ", workflow.kind(),
                           " did is not undone by giving it up: resume it, or take back what "
                           "started it"));
        }
        Resume(&stored.record);
        workflow.set_state(v1::WORKFLOW_STATE_COMPENSATING);
        *workflow.mutable_refusal() = ToRpcStatus(
            PreconditionFailed("GIVEN_UP", workflow.subject(), "it was stuck, and was given up"));
        TakeOver(call, &stored.record);
        COMITY_RETURN_IF_ERROR(gateway::ResumeWorkflow(tx, stored, "given-up"));
        return workflow;
      });
}

absl::StatusOr<Operation> WorkflowService::Read(Call& call, const std::string& name) const {
  Operation operation;
  COMITY_RETURN_IF_ERROR(storage::Read(call, [&](storage::Reader& reader) -> absl::Status {
    COMITY_ASSIGN_OR_RETURN(const StoredWorkflow stored, gateway::GetWorkflow(reader, name));
    operation = OperationOf(stored.record, runner_->Find(stored.record.workflow().kind()));
    return absl::OkStatus();
  }));
  return operation;
}

absl::StatusOr<Operation> WorkflowService::GetOperation(
    Call& call, const google::longrunning::GetOperationRequest& request) {
  return Read(call, request.name());
}

grpc::ServerUnaryReactor* WorkflowService::WaitOperation(
    grpc::CallbackServerContext* context, const google::longrunning::WaitOperationRequest* request,
    Operation* response) {
  static const auto* const name =
      new std::string(absl::StrCat(Api::service_full_name(), "/WaitOperation"));
  return edge_->RunLater(
      context, name->c_str(), request,
      [this, request, response](const std::shared_ptr<Call>& call, const server::Edge::Done& done) {
        const auto answer = [this, request, response, call, done] {
          call->deadline = absl::Now() + kListTimeout;
          const auto operation = Read(*call, request->name());
          if (operation.ok()) *response = *operation;
          done(operation.status());
        };
        const absl::Duration wanted = absl::Seconds(request->timeout().seconds()) +
                                      absl::Nanoseconds(request->timeout().nanos());
        const absl::Time deadline = std::exchange(call->deadline, absl::Now() + kListTimeout);
        const auto now = Read(*call, request->name());
        if (!now.ok() || now->done() || wanted <= absl::ZeroDuration()) {
          if (now.ok()) *response = *now;
          done(now.status());
          return;
        }
        const absl::Duration until_deadline = deadline - absl::Now() - absl::Milliseconds(500);
        waiters_->Add(request->name(), std::min({wanted, kLongestWait, until_deadline}), answer);
      });
}

}  // namespace comity::gateway
